//! The people of a session as lists show them.

use std::collections::HashMap;

use catalog::answer::Field;
use catalog::organiser::address::OrganiserAddress;
use catalog::organiser::views::frame::{PersonRow, SessionRow};
use catalog::own::OtherSession;
use catalog::words::{EventWords, SessionWords};
use catalog::{Event, Session, SessionId};
use jiff::Timestamp;

use super::words::{moment, zone_of};
use crate::people::participant::Participant;
use crate::people::text::folded;
use crate::store::session::SessionState;

/// Returns what a list shows about a session.
pub(super) fn session_row(
    event: &Event,
    session: &Session,
    state: Option<&SessionState>,
    now: Timestamp,
) -> SessionRow {
    let (taken, capacity) = (state.map_or(0, |state| state.taken), session.capacity());
    SessionRow {
        event: EventWords::new(event, ""),
        session: SessionWords::new(event, session),
        url: OrganiserAddress::list(event.id(), session.id()).to_string(),
        taken,
        capacity,
        // The capacity is at least one.
        share: (taken.min(capacity) * 100).checked_div(capacity).unwrap_or_default(),
        waiting: state.map_or(0, |state| state.waiting.len()),
        is_over: session.ends_at() <= now,
        is_removed: session.is_removed(),
    }
}

/// Returns what a list shows about somebody. `state` is that of the session, for the place on its waiting list.
pub(super) fn person_row(
    event: &Event,
    participant: &Participant,
    state: Option<&SessionState>,
) -> PersonRow {
    let details = &participant.signup.details;
    PersonRow {
        url: OrganiserAddress::person(event.id(), participant.person.reference()).to_string(),
        reference: participant.person.reference().to_string(),
        full_name: details.full_name.as_str().to_owned(),
        email: participant.signup.email.as_str().to_owned(),
        organisation: details.organisation.as_str().to_owned(),
        status: participant.status,
        position: position(participant, state),
        signed_up_at: moment(participant.signed_up_at, &zone_of(event)),
    }
}

/// Returns the sessions to which an organiser can move people of a session, also those that are closed or full.
pub(super) fn other_sessions(
    event: &Event,
    session: &Session,
    states: &HashMap<SessionId, SessionState>,
    now: Timestamp,
) -> Vec<OtherSession> {
    let is_other = |other: &&Session| other.id() != session.id() && other.ends_at() > now;
    let other = |other: &Session| OtherSession {
        id: other.id().clone(),
        date: event.name_of(other),
        is_open: !other.is_called_off(),
        is_full: states.get(other.id()).is_some_and(|state| !state.has_seat(other)),
    };
    event.offered().filter(is_other).map(other).collect()
}

/// Returns the place of somebody on the waiting list, from 1; 0 for somebody who does not wait.
pub(super) fn position(participant: &Participant, state: Option<&SessionState>) -> usize {
    let at = state.and_then(|state| state.waiting.iter().position(|person| *person == participant.person));
    at.map_or(0, |at| at + 1)
}

/// Returns whether somebody matches every word of a search, in the name, the address, the organisation or the
/// reference.
pub(super) fn matches(participant: &Participant, query: &str) -> bool {
    let values = participant.signup.values();
    let reference = participant.person.reference();
    let shown = [Field::FullName, Field::Email, Field::Organisation].map(|field| values[&field].as_str());
    let text = folded(&format!("{} {}", shown.join(" "), reference.as_str()));
    query.split_whitespace().all(|word| text.contains(&folded(word)))
}

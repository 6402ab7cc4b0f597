//! Several people of a session, ticked in its list: cancelling or moving all of them, or writing to them.

use catalog::organiser::act::ActKind;
use catalog::organiser::address::{OrganiserAddress, SessionPart};
use catalog::organiser::page::OrganiserPage;
use catalog::organiser::views::chosen::{ChosenRow, ChosenView, Outcome};
use catalog::{Event, EventId, Session, SessionId};
use http::Response;

use super::desk::{Desk, about};
use super::form::Form;
use super::listed::other_sessions;
use crate::people::act::Act;
use crate::people::participant::Participant;
use crate::store::change::{Change, Changed};
use crate::store::error::StoreError;

/// Shows who was ticked, or does what the form asks to each of them.
pub(super) async fn chosen(
    desk: &Desk<'_>,
    which: (&EventId, &SessionId),
    form: Option<&Form>,
) -> Result<Response<String>, StoreError> {
    let Some((event, session)) = desk.session(which).await? else { return Ok(desk.gone()) };
    let Some(form) = form else { return Ok(desk.gone()) };
    let people = desk.store().participants(&event, desk.timing).await?.logged(event.id());
    let to = form.get("move").parse().ok().and_then(|id: SessionId| event.session(&id).cloned());
    let asked = match (form.action(), to) {
        ("cancel", _) => Some((ActKind::Cancelled, Change::Cancel)),
        (_, Some(to)) => Some((ActKind::Moved, Change::Move { to: to.id().clone(), may_wait: false })),
        _ => None,
    };
    let mut rows = Vec::new();
    for participant in ticked(&people, form) {
        let outcome = match &asked {
            Some((what, change)) => {
                Some(act(desk, form, (&event, &session), participant, (*what, change)).await?)
            }
            None => None,
        };
        // Whoever has moved or is cancelled since is still listed, with what became of it.
        if outcome.is_some() || participant.signup.session == *session.id() {
            rows.push(row(participant, outcome));
        }
    }
    let others = match asked {
        // Only what became of it is shown.
        Some(_) => Vec::new(),
        None => {
            let states = desk.store().session_states(event.id(), desk.timing.deadline).await?;
            other_sessions(&event, &session, &states, desk.timing.now)
        }
    };
    let address = |part| OrganiserAddress::session(event.id(), session.id(), part).to_string();
    let view = ChosenView {
        frame: desk.frame(),
        about: about(&event, &session),
        action: address(SessionPart::Chosen),
        message_url: address(SessionPart::Message { is_done: false }),
        people: rows,
        others,
    };
    Ok(desk.page(OrganiserPage::Chosen, &view))
}

/// Returns those whose references a form has.
pub(super) fn ticked<'a>(people: &'a [Participant], form: &'a Form) -> impl Iterator<Item = &'a Participant> {
    let is_ticked = |one: &&Participant| {
        let reference = one.person.reference();
        form.all("who").any(|who| who == reference.as_str())
    };
    people.iter().filter(is_ticked)
}

/// Returns somebody who was ticked.
pub(super) fn row(participant: &Participant, outcome: Option<Outcome>) -> ChosenRow {
    ChosenRow {
        reference: participant.person.reference().to_string(),
        full_name: participant.signup.details.full_name.as_str().to_owned(),
        status: participant.status,
        outcome,
    }
}

/// Does one part of what the form asks. It is an act of its own, so the same form, sent again, completes what an
/// interrupted request left.
async fn act(
    desk: &Desk<'_>,
    form: &Form,
    (event, session): (&Event, &Session),
    participant: &Participant,
    (what, change): (ActKind, &Change),
) -> Result<Outcome, StoreError> {
    let id = form.id.about(&participant.person);
    let act = Act { id, ..desk.act_on(form, what, event, participant) };
    if participant.signup.session != *session.id() {
        // Whoever went elsewhere since the page was shown stays there, unless this form moved them.
        let is_done = desk.store().act_with(&act.id, desk.timing.deadline).await?.is_some();
        return Ok(if is_done { Outcome::Done } else { Outcome::Gone });
    }
    let changed = desk.store().change_by((&act, event), &participant.key(), change, desk.timing).await?;
    Ok(match changed {
        Changed::Done => Outcome::Done,
        Changed::Full => Outcome::Full,
        Changed::Gone | Changed::TooSoon | Changed::AddressTaken => Outcome::Gone,
    })
}

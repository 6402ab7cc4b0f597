//! A participant as a row of a list.

use std::collections::HashMap;

use catalog::answer::{Field, Status};
use catalog::{Event, SessionId};
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::people::participant::Participant;
use crate::store::session::SessionState;

/// A participant, as shown to organisers.
#[derive(Debug, Serialize)]
pub struct Row {
    /// The id of the event.
    pub event: String,
    /// The id of the session.
    pub session: String,
    /// The status of the sign-up.
    pub status: Status,
    /// The position on the waiting list, from 1; `None` for a participant who does not wait.
    pub position: Option<usize>,
    /// The name.
    pub full_name: String,
    /// The email address.
    pub email: String,
    /// The organisation.
    pub organisation: String,
    /// The role, in Dutch.
    pub role: String,
    /// The question or contribution; empty if there is none.
    pub question: String,
    /// The time of the sign-up in the event's time zone: `2026-11-24 13:00`.
    pub signed_up_at: String,
    /// The reference.
    pub reference: String,
}

impl Row {
    /// The headings of the columns.
    pub const HEADINGS: [&str; 11] = [
        "bijeenkomst",
        "sessie",
        "status",
        "nummer op de wachtlijst",
        "naam",
        "e-mailadres",
        "organisatie",
        "functie",
        "vraag of inbreng",
        "aangemeld op",
        "kenmerk",
    ];

    fn new(event: &Event, participant: &Participant, position: Option<usize>) -> Self {
        let mut values = participant.signup.values();
        let mut take = |field| values.remove(&field).unwrap_or_default();
        let zone = TimeZone::get(event.time_zone()).unwrap_or(TimeZone::UTC);
        let signed_up_at =
            participant.signed_up_at.to_zoned_datetime(zone).strftime("%Y-%m-%d %H:%M").to_string();
        let role = match take(Field::Role).as_str() {
            "director" => "directeur".to_owned(),
            "board_member" => "bestuurder".to_owned(),
            "quality_officer" => "kwaliteitsmedewerker".to_owned(),
            _ => take(Field::RoleOther),
        };
        Self {
            event: event.id().to_string(),
            session: participant.signup.session.to_string(),
            status: participant.status,
            position,
            full_name: take(Field::FullName),
            email: take(Field::Email),
            organisation: take(Field::Organisation),
            role,
            question: take(Field::Question),
            signed_up_at,
            reference: participant.person.reference().as_str().to_owned(),
        }
    }

    /// Returns the row as text, in the order of [`Row::HEADINGS`].
    pub fn cells(self) -> [String; 11] {
        let position = self.position.map(|position| position.to_string()).unwrap_or_default();
        [
            self.event,
            self.session,
            status(self.status).to_owned(),
            position,
            self.full_name,
            self.email,
            self.organisation,
            self.role,
            self.question,
            self.signed_up_at,
            self.reference,
        ]
    }
}

/// Returns the rows of an event, or of one of its sessions, by session: first those with a seat, then the waiting
/// list in order, then those who cancelled.
pub fn rows(
    event: &Event,
    session: Option<&SessionId>,
    participants: &[Participant],
    states: &HashMap<SessionId, SessionState>,
) -> Vec<Row> {
    let place = |participant: &Participant| {
        let state = states.get(&participant.signup.session)?;
        state.waiting.iter().position(|person| *person == participant.person).map(|at| at + 1)
    };
    let order = |status| match status {
        Status::Confirmed | Status::Held => 0,
        Status::Waiting => 1,
        Status::Cancelled => 2,
    };
    let of_session =
        participants.iter().filter(|participant| session.is_none_or(|id| participant.signup.session == *id));
    let mut rows: Vec<Row> =
        of_session.map(|participant| Row::new(event, participant, place(participant))).collect();
    rows.sort_by(|one, other| {
        (&one.session, order(one.status), one.position, &one.signed_up_at).cmp(&(
            &other.session,
            order(other.status),
            other.position,
            &other.signed_up_at,
        ))
    });
    rows
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Confirmed => "bevestigd",
        Status::Held => "nog niet bevestigd",
        Status::Waiting => "op de wachtlijst",
        Status::Cancelled => "afgemeld",
    }
}

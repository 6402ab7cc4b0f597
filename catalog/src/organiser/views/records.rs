//! What is on record: the log, and what is stored.

use serde::Serialize;

use super::frame::{Frame, PersonRow};
use crate::organiser::act::ActKind;

/// An act of an organiser.
#[derive(Debug, Clone, Serialize)]
pub struct ActRow {
    /// When: `24-11-2026, 13.00`.
    pub at: String,
    /// The organiser's name; empty if the organiser is no longer on the list.
    pub who: String,
    /// What was done.
    pub what: ActKind,
    /// The event and the session; empty if the act is about none.
    pub about: String,
    /// The reference of the person; empty if the act is not about one.
    pub reference: String,
    /// How many people it concerned; 0 if that does not apply.
    pub count: usize,
}

/// What organisers did.
#[derive(Debug, Clone, Serialize)]
pub struct LogView {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: Frame,
    /// The session that they are about; empty if they are about everything.
    pub session: String,
    /// The address of the page of that session; empty if they are about everything.
    pub list: String,
    /// The acts, the newest first.
    pub acts: Vec<ActRow>,
}

/// What is stored about the people of a session.
#[derive(Debug, Clone, Serialize)]
pub struct HeldRow {
    /// The title of the event.
    pub event: String,
    /// The session.
    pub session: String,
    /// The number of people.
    pub people: usize,
    /// The number of mails.
    pub mails: usize,
    /// The last day on which any of it is stored.
    pub until: String,
}

/// What is stored about whom, and until when.
#[derive(Debug, Clone, Serialize)]
pub struct HeldView {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: Frame,
    /// The sessions about whose people anything is stored.
    pub held: Vec<HeldRow>,
    /// The address that was searched for; empty if none was.
    pub email: String,
    /// Whether the typed text is not an email address.
    pub is_malformed: bool,
    /// Who signed up with that address.
    pub people: Vec<PersonRow>,
}

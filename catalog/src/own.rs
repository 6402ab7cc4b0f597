//! The template values of the pages on which participants see and change their own sign-ups.

use serde::Serialize;

use crate::address::ManageDone;
use crate::answer::{FormView, Status};
use crate::id::SessionId;
use crate::words::{EventWords, SessionWords};

/// The template values of the page with the participant's own sign-up.
#[derive(Debug, Clone, Serialize)]
pub struct ManageView {
    /// The details, as stored or as just typed.
    #[serde(flatten)]
    pub form: FormView,
    /// The event.
    pub event: EventWords,
    /// The session of the sign-up.
    pub session: SessionWords,
    /// The sessions to which the participant could switch.
    pub others: Vec<OtherSession>,
    /// The participant's email address.
    pub email: String,
    /// The new email address that is not confirmed yet, or an empty text.
    pub new_email: String,
    /// The status of the sign-up.
    pub status: Status,
    /// The reference that the participant can quote.
    pub reference: String,
    /// Whether the session has begun.
    pub has_begun: bool,
    /// The place on the waiting list, from 1; 0 for a participant who is not waiting.
    pub position: usize,
    /// The link with which to join the session online; empty unless the participant has a seat and the link is set.
    pub join_url: String,
    /// The address to which the page's forms post.
    pub action: String,
    /// The address to which the form that confirms the email address posts.
    pub confirm_action: String,
    /// The outcome of the change that the participant just asked for, if any.
    pub notice: Option<Notice>,
}

/// A session to which a participant could switch.
#[derive(Debug, Clone, Serialize)]
pub struct OtherSession {
    /// The session's id, which is its value in the form.
    pub id: SessionId,
    /// What the session is called: its date, with the time if another session is on the same day.
    pub date: String,
    /// Whether sign-up is open.
    pub is_open: bool,
    /// Whether it is full for a newcomer.
    pub is_full: bool,
}

/// The template values of the page that asks for the mail with the links again.
#[derive(Debug, Clone, Serialize)]
pub struct AgainView {
    /// The event.
    pub event: EventWords,
    /// The address to which the form posts.
    pub action: String,
    /// The typed text.
    pub email: String,
    /// Whether the typed text is no email address.
    pub is_malformed: bool,
    /// Whether a mail is on its way, if the address is known.
    pub is_sent: bool,
}

/// The template values of the page after a sign-up was erased.
#[derive(Debug, Clone, Serialize)]
pub struct ErasedView {
    /// The event.
    pub event: EventWords,
}

/// A notice on the page with the participant's own sign-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "session", rename_all = "snake_case")]
pub enum Notice {
    /// The details were saved.
    Saved,
    /// The sign-up was moved to the chosen session.
    Moved,
    /// The sign-up was cancelled.
    Cancelled,
    /// The email address was confirmed.
    Confirmed,
    /// A mail was sent to a new email address.
    Asked,
    /// The email address was changed.
    Readdressed,
    /// A mail was sent to another new address a moment ago.
    TooSoon,
    /// The new address belongs to a sign-up with the same name, or to too many sign-ups.
    AddressTaken,
    /// The chosen session has no free seat.
    Full(SessionId),
    /// The change is no longer possible: the session has begun, or its sign-up is closed.
    TooLate,
}

impl From<ManageDone> for Notice {
    fn from(done: ManageDone) -> Self {
        match done {
            ManageDone::Saved => Self::Saved,
            ManageDone::Moved => Self::Moved,
            ManageDone::Cancelled => Self::Cancelled,
            ManageDone::Confirmed => Self::Confirmed,
            ManageDone::Asked => Self::Asked,
            ManageDone::Readdressed => Self::Readdressed,
        }
    }
}

//! Somebody who signed up, or is added.

use serde::Serialize;
use strum::VariantArray;

use super::frame::{About, Frame};
use super::message::MessageError;
use super::records::ActRow;
use crate::answer::{FormView, Status};
use crate::mail::Report;
use crate::organiser::address::PersonDone;
use crate::own::OtherSession;

/// Adds somebody by hand.
#[derive(Debug, Clone, Serialize)]
pub struct AddView {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: Frame,
    /// The session.
    #[serde(flatten)]
    pub about: About,
    /// The typed values and their problems.
    #[serde(flatten)]
    pub form: FormView,
    /// The address to which the form posts.
    pub action: String,
    /// Why the person was not added, although the form is valid.
    pub refused: Option<Refused>,
}

/// Why somebody was not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, strum::VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// The session is full.
    Full,
    /// Somebody with this name and address has signed up already.
    Known,
    /// Five people have signed up with this address already.
    Crowded,
}

impl Refused {
    /// Every one.
    pub const ALL: &'static [Self] = Self::VARIANTS;
}

/// A mail to somebody.
#[derive(Debug, Clone, Serialize)]
pub struct MailRow {
    /// The name of its kind.
    pub kind: &'static str,
    /// When it was put into the outbox: `24-11-2026, 13.00`.
    pub at: String,
    /// Whether it was sent.
    pub is_sent: bool,
    /// Whether it could not be sent.
    pub is_parked: bool,
    /// What was reported about it since, if anything.
    pub report: Option<Report>,
}

/// Somebody who signed up.
#[derive(Debug, Clone, Serialize)]
pub struct PersonView {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: Frame,
    /// The session.
    #[serde(flatten)]
    pub about: About,
    /// The details, as stored or as just typed.
    #[serde(flatten)]
    pub form: FormView,
    /// The name, as stored.
    pub full_name: String,
    /// The email address.
    pub email: String,
    /// A new address that is not confirmed yet; empty if there is none.
    pub new_email: String,
    /// The status of the sign-up.
    pub status: Status,
    /// The place on the waiting list, from 1; 0 for somebody who does not wait.
    pub position: usize,
    /// The person's reference.
    pub reference: String,
    /// The day and time of the sign-up.
    pub signed_up_at: String,
    /// The version of the privacy notice that was shown with the form.
    pub privacy_notice_version: String,
    /// The last day on which any of it is stored.
    pub stored_until: String,
    /// What organisers did about the sign-up, the newest first.
    pub acts: Vec<ActRow>,
    /// The mails, the newest first.
    pub mails: Vec<MailRow>,
    /// What organisers noted; empty if nothing.
    pub note: String,
    /// What is wrong with the note or the reason that was just typed, if anything.
    pub note_error: Option<MessageError>,
    /// Whether it is noted whether the person was there.
    pub is_attendance_noted: bool,
    /// The address of the certificate; empty unless the person was there.
    pub certificate: String,
    /// The sessions to which the person can be moved.
    pub others: Vec<OtherSession>,
    /// The address to which the page's forms post.
    pub action: String,
    /// The change that was just made, if any.
    pub done: Option<PersonDone>,
    /// The chosen session, if it is full; otherwise empty.
    pub full_session: String,
    /// Whether another address was asked for a moment ago, so that this one has to wait.
    pub is_too_soon: bool,
}

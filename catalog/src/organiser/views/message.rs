//! A message to participants.

use serde::Serialize;
use strum::VariantArray;

use super::chosen::ChosenRow;
use super::enter::CodeError;
use super::frame::{About, Frame, TabLink};

/// Why a message is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, strum::VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum MessageError {
    /// Nothing was typed.
    Empty,
    /// It is too long.
    TooLong,
    /// It has a placeholder that does not exist.
    UnknownPlaceholder,
    /// It contains `{link}`, but the session has no link or the recipients have no seat.
    NoLink,
}

impl MessageError {
    /// Every one.
    pub const ALL: &'static [Self] = Self::VARIANTS;
}

/// A message that was sent, and what became of it.
#[derive(Debug, Clone, Serialize)]
pub struct SentRow {
    /// The id, which a form sends to have it sent again to those it did not reach.
    pub id: String,
    /// When.
    pub at: String,
    /// The subject; empty for the session's link.
    pub subject: String,
    /// The number of recipients.
    pub total: usize,
    /// How many were sent.
    pub sent: usize,
    /// How many could not be sent.
    pub failed: usize,
    /// How many were sent, but did not arrive.
    pub bounced: usize,
    /// How many are on their way.
    pub under_way: usize,
}

/// What a message looks like for one of its recipients.
#[derive(Debug, Clone, Serialize)]
pub struct Preview {
    /// The recipient's name.
    pub full_name: String,
    /// The subject.
    pub subject: String,
    /// The text as safe HTML.
    pub html: String,
}

/// A message to participants of a session.
#[derive(Debug, Clone, Serialize)]
pub struct MessageView {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: Frame,
    /// The session.
    #[serde(flatten)]
    pub about: About,
    /// The address to which the form posts.
    pub action: String,
    /// Who can get it.
    pub tabs: Vec<TabLink>,
    /// Who was ticked in the list; empty if nobody was.
    pub chosen: Vec<ChosenRow>,
    /// Whether it is for those who were ticked.
    pub is_for_chosen: bool,
    /// The typed subject.
    pub subject: String,
    /// The typed text.
    pub text: String,
    /// Why the subject is refused, if it is.
    pub subject_error: Option<MessageError>,
    /// Why the text is refused, if it is.
    pub text_error: Option<MessageError>,
    /// The placeholders that do not exist.
    pub unknown: String,
    /// What it looks like, once the form is valid.
    pub preview: Option<Preview>,
    /// The number of recipients.
    pub count: usize,
    /// Whether the number of recipients has changed since the page was shown.
    pub has_changed: bool,
    /// Whether a fresh code is needed to send it.
    pub needs_code: bool,
    /// Whether a mail with a code is on its way.
    pub is_code_sent: bool,
    /// Whether too many codes were asked for.
    pub is_code_refused: bool,
    /// Why the typed code is refused, if it is.
    pub code_error: Option<CodeError>,
    /// Whether a message was just sent.
    pub is_done: bool,
    /// Whether a proof was just sent.
    pub is_proof_sent: bool,
    /// The messages that were sent, the newest first.
    pub sent: Vec<SentRow>,
}

//! A mail to several participants of a session at once.

use std::fmt;

use catalog::SessionId;
use catalog::mail::MailKind;
use catalog::organiser::address::Tab;
use jiff::Timestamp;

use super::act::ActId;
use super::field::{Line, Lines};
use super::identity::Person;

/// A mail to several participants of a session at once: an organiser's message, or the session's link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broadcast {
    /// The id, which is that of the act.
    pub id: ActId,
    /// The session.
    pub session: SessionId,
    /// Whom it is for, unless they were ticked. Who no longer belongs to them when the mail is sent is skipped.
    pub to: Option<Tab>,
    /// What the organiser wrote; `None` for the link.
    pub message: Option<Message>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// The number of recipients.
    pub total: usize,
    /// Those whose mails are not in the outbox yet.
    pub recipients: Vec<Person>,
}

/// What an organiser wrote.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The subject.
    pub subject: Line<120>,
    /// The text, in Markdown.
    pub text: Lines<5000>,
}

impl Broadcast {
    /// Returns the kind of its mails.
    pub fn kind(&self) -> MailKind {
        match self.message {
            Some(_) => MailKind::Message,
            None => MailKind::JoinLink,
        }
    }
}

/// Prints nothing of the message, which may name people.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Message(…)")
    }
}

//! A mail in the outbox.

use catalog::SessionId;
use catalog::mail::MailKind;
use jiff::Timestamp;

use crate::people::identity::Person;
use crate::people::participant::Participant;

/// The key of a mail within an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailKey {
    /// The recipient.
    pub person: Person,
    /// Unique among the person's mails.
    pub id: String,
}

/// A mail in the outbox. It contains no name and no address: the mailer reads those when it sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The key of the mail.
    pub key: MailKey,
    /// What the mail tells.
    pub kind: MailKind,
    /// The session that it is about.
    pub session: SessionId,
    /// The version of the participant that it describes; calendars use it as `SEQUENCE`.
    pub sequence: i64,
    /// When it was put into the outbox.
    pub created_at: Timestamp,
    /// How often the mailer has tried to send it.
    pub attempts: i64,
    /// Why the mailer no longer tries to send it.
    pub parked: Option<String>,
    /// Whether it was sent.
    pub is_sent: bool,
}

impl Mail {
    /// Describes the present state of a participant.
    pub fn new(kind: MailKind, participant: &Participant, id: impl Into<String>, now: Timestamp) -> Self {
        Self {
            key: MailKey { person: participant.person, id: id.into() },
            kind,
            session: participant.signup.session.clone(),
            sequence: participant.version,
            created_at: now,
            attempts: 0,
            parked: None,
            is_sent: false,
        }
    }
}

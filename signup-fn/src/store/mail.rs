//! A mail in the outbox.

use catalog::SessionId;
use catalog::mail::{MailKind, Report};
use jiff::Timestamp;

use crate::people::act::ActId;
use crate::people::field::Email;
use crate::people::identity::Person;
use crate::people::participant::Participant;

/// The end of the id of a mail that shows an organiser what a message looks like.
pub(super) const PROOF: &str = "-proof";

/// The key of a mail within an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailKey {
    /// The recipient.
    pub person: Person,
    /// An id that is unique among the person's mails.
    pub id: String,
}

/// A mail in the outbox. It contains no name, since the mailer reads the participant when it sends. It contains
/// an address only if it goes to a new or a former one, and only until it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The key of the mail.
    pub key: MailKey,
    /// The kind of mail.
    pub kind: MailKind,
    /// The session that the mail is about.
    pub session: SessionId,
    /// The former date and time in words, if the mail says that they changed.
    pub previous: Option<String>,
    /// The recipient, if it is not the address of the sign-up.
    pub to: Option<Email>,
    /// The version of the participant that the mail describes. Calendars use it as `SEQUENCE`.
    pub sequence: i64,
    /// The time at which the mail was put into the outbox.
    pub created_at: Timestamp,
    /// The number of attempts to send the mail.
    pub attempts: i64,
    /// The time before which no attempt may start, if any.
    pub not_before: Option<Timestamp>,
    /// The reason why the mailer parked the mail, if it did.
    pub parked: Option<String>,
    /// Whether the mail was sent.
    pub is_sent: bool,
    /// What was reported about it since, if anything.
    pub report: Option<Report>,
}

impl Mail {
    /// Returns the broadcast that the mail belongs to, if any. Its id is followed by the number of the recipient.
    pub fn broadcast(&self) -> Option<ActId> {
        match self.kind {
            MailKind::Message | MailKind::JoinLink => self.key.id.split_once('-')?.0.parse().ok(),
            _ => None,
        }
    }

    /// Returns whether an organiser got the mail, to see what a message looks like.
    pub fn is_proof(&self) -> bool {
        self.key.id.ends_with(PROOF)
    }

    /// Returns whether the mail goes to the address of the sign-up, rather than to a new or a former one or to an
    /// organiser.
    pub fn is_to_own_address(&self) -> bool {
        !self.is_proof() && !matches!(self.kind, MailKind::ConfirmAddress | MailKind::Readdressed)
    }

    /// Creates a mail about the current state of a participant.
    pub fn new(kind: MailKind, participant: &Participant, id: impl Into<String>, now: Timestamp) -> Self {
        Self {
            key: MailKey { person: participant.person, id: id.into() },
            kind,
            session: participant.signup.session.clone(),
            previous: None,
            to: None,
            sequence: participant.version,
            created_at: now,
            attempts: 0,
            not_before: None,
            parked: None,
            is_sent: false,
            report: None,
        }
    }
}

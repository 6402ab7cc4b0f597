//! The mails to participants, and the values that fill them when they are sent.
//!
//! `site-gen` renders each kind of mail once, in plain text and in HTML. It leaves
//! expressions between [`crate::answer::DELIMITERS`] for values that are known only at sending. These
//! include the words about the event, so that mail can be sent when its page is no longer online.

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use crate::answer::Status;
use crate::words::{EventWords, SessionWords};

/// The kind of a mail to a participant.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MailKind {
    /// The participant has a seat.
    Confirmation,
    /// A seat is held until the participant confirms the email address.
    Confirm,
    /// The participant is on the waiting list.
    Waiting,
    /// A seat came free, and the participant got it from the waiting list.
    Promoted,
    /// The participant has a seat in another session.
    Changed,
    /// The session was moved to another date or time.
    Rescheduled,
    /// The session was called off; the participant had a confirmed seat.
    CalledOff,
    /// The session was called off; the participant waited, or had not confirmed the seat.
    CalledOffUnseated,
    /// The participant chose another session; cancels the calendar entry of this one.
    Left,
    /// Asks to confirm the participant's new email address; sent to that address.
    ConfirmAddress,
    /// The sign-up has another email address now; sent to the former one.
    Readdressed,
    /// The sign-up was cancelled.
    Cancelled,
    /// The place on the waiting list, or the unconfirmed seat, was given up.
    Withdrawn,
    /// The session has begun, and no seat came free.
    NoSeat,
    /// The session starts soon.
    Reminder,
    /// The form was submitted again with the participant's email address and name.
    Repeat,
    /// The form was submitted with the participant's email address and another name, but too many people
    /// share the address already.
    Crowded,
    /// The link with which to join the session was set or changed.
    JoinLink,
    /// What an organiser wrote.
    Message,
    /// The links, which the participant asked for again.
    Again,
}

impl MailKind {
    /// Every kind.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Returns the name of the kind in the store, which is also the name of its templates.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Returns the method of the mail's calendar entry, if it has one.
    pub fn calendar(self) -> Option<CalendarMethod> {
        match self {
            Self::Confirmation | Self::Promoted | Self::Changed | Self::Rescheduled | Self::JoinLink => {
                Some(CalendarMethod::Request)
            }
            Self::Cancelled | Self::CalledOff | Self::Left => Some(CalendarMethod::Cancel),
            Self::Confirm
            | Self::Waiting
            | Self::CalledOffUnseated
            | Self::Withdrawn
            | Self::NoSeat
            | Self::Reminder
            | Self::Repeat
            | Self::ConfirmAddress
            | Self::Readdressed
            | Self::Crowded
            | Self::Message
            | Self::Again => None,
        }
    }
}

/// The method of a calendar entry: what the calendar does with it (RFC 5546, section 1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalendarMethod {
    /// Add the entry, or update it.
    Request,
    /// Cancel the entry.
    Cancel,
}

impl CalendarMethod {
    /// Returns the name of the method in iCalendar.
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }

    /// Returns the status of an entry with this method.
    pub fn status(self) -> &'static str {
        match self {
            Self::Request => "CONFIRMED",
            Self::Cancel => "CANCELLED",
        }
    }
}

/// What the recipient's mail server or provider reported about a mail that was sent.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::IntoStaticStr, strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Report {
    /// The mail was refused for good: the address does not exist, or accepts nothing.
    Bounce,
    /// The mail was refused after some attempts, for instance because the mailbox is full, or the answer is
    /// automatic.
    SoftBounce,
    /// The recipient marked the mail as spam.
    Complaint,
}

impl Report {
    /// Every one.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Returns its name in the store.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// A part of a mail, with a template file of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailPart {
    /// Plain text; its first line is the subject.
    Text,
    /// The same text in HTML.
    Html,
}

impl MailPart {
    /// Both parts.
    pub const ALL: [Self; 2] = [Self::Text, Self::Html];

    /// Returns the extension of the part's file name.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Text => "txt",
            Self::Html => "html",
        }
    }
}

/// Returns the path of one part of a mail within the folder that is deployed with the function.
pub fn mail_file(kind: MailKind, part: MailPart) -> String {
    format!("mails/{}.{}", kind.name(), part.ending())
}

/// The kind of a mail to an organiser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum OrganiserMail {
    /// The link and the code with which to log in.
    LogIn,
    /// What participants did since the day before.
    Digest,
}

impl OrganiserMail {
    /// Every kind.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Returns the path of one part of the mail, within the same folder.
    pub fn file(self, part: MailPart) -> String {
        let name: &str = self.into();
        format!("mails/organiser_{name}.{}", part.ending())
    }
}

/// The template values of the mail with which an organiser logs in.
#[derive(Debug, Clone, Serialize)]
pub struct LogInMailView {
    /// Name of the organiser.
    pub full_name: String,
    /// The code.
    pub code: String,
    /// URL of the link; empty if the mail is about a fresh code in a running log-in.
    pub link_url: String,
}

/// What participants did about one session.
#[derive(Debug, Clone, Serialize)]
pub struct DigestRow {
    /// The title of the event.
    pub event: String,
    /// The session.
    pub session: String,
    /// The number of taken seats now.
    pub taken: u32,
    /// The number of seats.
    pub capacity: u32,
    /// How many wait now.
    pub waiting: usize,
    /// How many signed up.
    pub signed_up: usize,
    /// How many gave up their seat or their place on the waiting list.
    pub cancelled: usize,
    /// How many got a seat from the waiting list.
    pub promoted: usize,
}

/// The template values of the daily digest.
#[derive(Debug, Clone, Serialize)]
pub struct DigestMailView {
    /// Name of the organiser.
    pub full_name: String,
    /// The sessions in which participants did something.
    pub sessions: Vec<DigestRow>,
    /// URL of the overview.
    pub overview_url: String,
    /// URL of the page that turns the digest off.
    pub settings_url: String,
}

/// The template values of a mail.
#[derive(Debug, Clone, Serialize)]
pub struct MailView {
    /// The event.
    pub event: EventWords,
    /// The session that the mail is about.
    pub session: SessionWords,
    /// Name of the participant.
    pub full_name: String,
    /// The reference that the participant can quote.
    pub reference: String,
    /// The status of the sign-up when the mail is sent.
    pub status: Status,
    /// The former date and time in words, if the mail says that they changed; otherwise empty.
    pub previous: String,
    /// `Vandaag`, `Morgen`, or empty if the session is on another day.
    pub day: String,
    /// URL of the page on which the participant can see and change the sign-up; empty in a mail to an address
    /// that is not, or no longer, the participant's.
    pub manage_url: String,
    /// Whether the entry stays in the calendar although the sign-up ends, because somebody with the same address
    /// still attends.
    pub keeps_entry: bool,
    /// The link with which to join the session online; empty unless the participant has a seat and the link is set.
    pub join_url: String,
    /// The subject that an organiser wrote; empty in other mails.
    pub subject: String,
    /// The text that an organiser wrote, as text or as HTML.
    pub message: String,
    /// URL of the page that confirms the email address, or the new one; empty if there is nothing to confirm.
    pub confirm_url: String,
}

//! The mails that participants get, and what fills them when they are sent.
//!
//! `site-gen` renders each for each session, in plain text and in HTML, with
//! expressions between [`crate::answer::DELIMITERS`] for what is known only then.

use serde::Serialize;

use crate::answer::Status;
use crate::id::{EventId, SessionId};

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MailKind {
    /// The seat is yours.
    Confirmation,
    /// The seat is held; say that the address is yours.
    Confirm,
    /// You wait for a seat.
    Waiting,
    /// A seat came free: it is yours.
    Promoted,
    /// Another session.
    Changed,
    /// The seat or the place in line was given up.
    Cancelled,
    /// The session is near.
    Reminder,
    /// The form was filled in with your address again.
    Repeat,
}

impl MailKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Confirmation,
        Self::Confirm,
        Self::Waiting,
        Self::Promoted,
        Self::Changed,
        Self::Cancelled,
        Self::Reminder,
        Self::Repeat,
    ];

    /// Its name in the store, and of its templates.
    pub fn name(self) -> &'static str {
        match self {
            Self::Confirmation => "confirmation",
            Self::Confirm => "confirm",
            Self::Waiting => "waiting",
            Self::Promoted => "promoted",
            Self::Changed => "changed",
            Self::Cancelled => "cancelled",
            Self::Reminder => "reminder",
            Self::Repeat => "repeat",
        }
    }

    /// The kind of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What its calendar entry says of the session, if it has one.
    pub fn calendar(self) -> Option<CalendarMethod> {
        match self {
            Self::Confirmation | Self::Promoted | Self::Changed => Some(CalendarMethod::Request),
            Self::Cancelled => Some(CalendarMethod::Cancel),
            Self::Confirm | Self::Waiting | Self::Reminder | Self::Repeat => None,
        }
    }
}

/// What a calendar is to do with an entry (RFC 5546, section 1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalendarMethod {
    /// Enter it, or bring it up to date.
    Request,
    /// Strike it out.
    Cancel,
}

impl CalendarMethod {
    /// As iCalendar writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }

    /// The status of the entry.
    pub fn status(self) -> &'static str {
        match self {
            Self::Request => "CONFIRMED",
            Self::Cancel => "CANCELLED",
        }
    }
}

/// A file that a mail is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailPart {
    /// Plain text; its first line is the subject.
    Text,
    /// The same in HTML.
    Html,
}

impl MailPart {
    /// Both parts.
    pub const ALL: [Self; 2] = [Self::Text, Self::Html];

    /// How the name of its file ends.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Text => "txt",
            Self::Html => "html",
        }
    }
}

/// Path of a part of a mail within the folder that travels with the function.
pub fn mail_file(event: &EventId, session: &SessionId, kind: MailKind, part: MailPart) -> String {
    format!("mails/{event}/{session}/{}.{}", kind.name(), part.ending())
}

/// Path of a session's calendar entry within the same folder, filled from a [`CalendarView`].
pub fn calendar_file(event: &EventId, session: &SessionId) -> String {
    format!("mails/{event}/{session}/entry.ics")
}

/// What fills a mail.
#[derive(Debug, Clone, Serialize)]
pub struct MailView {
    /// Name of the participant.
    pub full_name: String,
    /// What to quote.
    pub reference: String,
    /// Where things stand as the mail is sent.
    pub status: Status,
    /// Address of the page to see and change the sign-up.
    pub manage_url: String,
    /// Address of the page to confirm the address; empty where there is nothing to confirm.
    pub confirm_url: String,
}

/// What fills a calendar entry.
#[derive(Debug, Clone, Serialize)]
pub struct CalendarView {
    /// What a calendar is to do.
    pub method: &'static str,
    /// The status of the entry.
    pub status: &'static str,
    /// What to quote: the same for all entries of one sign-up.
    pub reference: String,
    /// Greater in each newer entry.
    pub sequence: i64,
    /// Now, as iCalendar writes it: `20281128T150000Z`.
    pub stamp: String,
    /// The address that the mail comes from.
    pub organizer: String,
    /// The address of the participant.
    pub attendee: String,
}

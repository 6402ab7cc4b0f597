//! The pages that the function answers with, and what fills them at request time.
//!
//! `site-gen` renders each with the site's layout and leaves expressions between
//! [`DELIMITERS`] for what is known only when somebody asks. The form's own page
//! is filled with an empty [`FormView`] at build time, so that the page one
//! visits and the page one gets back are the same template.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Catalog;
use crate::event::Event;
use crate::id::{EventId, SessionId};
use crate::session::Phase;

/// Start and end of a block, a variable and a comment at request time.
///
/// All begin with `<` and a sign that begins no tag: text that was escaped for
/// HTML can't contain them, so content never turns into an expression.
pub const DELIMITERS: [(&str, &str); 3] = [("<%", "%>"), ("<<", ">>"), ("<#", "#>")];

/// A page that the function answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer<'a> {
    /// The event's page with its form, filled from a [`FormView`].
    Form(&'a EventId),
    /// Thanks for a sign-up, filled from a [`ReceivedView`].
    Received(&'a EventId, &'a SessionId),
    /// A place on the waiting list, filled from a [`ReceivedView`].
    Waiting(&'a EventId, &'a SessionId),
    /// All seats are taken, filled from a [`FormView`] that keeps what was typed.
    Full(&'a EventId, &'a SessionId),
    /// Sign-up is not open, before or after its window; filled from a [`FormView`].
    NotOpen(&'a EventId, &'a SessionId),
    /// The sign-up may not have been stored, filled from a [`FailedView`] that keeps what was typed.
    Failed(&'a EventId),
    /// Somebody's own sign-up, filled from a [`ManageView`].
    Manage(&'a EventId),
    /// The question whether an address is one's own, filled from a [`ManageView`].
    Confirm(&'a EventId),
    /// Nothing is remembered any more; nothing to fill in.
    Erased(&'a EventId),
    /// A link that opens nothing; nothing to fill in.
    LinkExpired,
    /// Anything else, filled from an [`ErrorView`].
    Error,
}

impl<'a> Answer<'a> {
    /// Every page that the function needs for a catalogue.
    pub fn all(catalog: &'a Catalog) -> Vec<Self> {
        let mut all = vec![Self::Error, Self::LinkExpired];
        for event in catalog.events() {
            let id = event.id();
            all.extend([
                Self::Form(id),
                Self::Failed(id),
                Self::Manage(id),
                Self::Confirm(id),
                Self::Erased(id),
            ]);
            for session in event.sessions() {
                let (event, session) = (event.id(), session.id());
                all.extend([
                    Self::Received(event, session),
                    Self::Waiting(event, session),
                    Self::Full(event, session),
                    Self::NotOpen(event, session),
                ]);
            }
        }
        all
    }

    /// Path of the page within the folder that travels with the function.
    pub fn file(&self) -> String {
        match self {
            Self::Form(event) => format!("answers/{event}/form.html"),
            Self::Received(event, session) => format!("answers/{event}/{session}/received.html"),
            Self::Waiting(event, session) => format!("answers/{event}/{session}/waiting.html"),
            Self::Full(event, session) => format!("answers/{event}/{session}/full.html"),
            Self::NotOpen(event, session) => format!("answers/{event}/{session}/not-open.html"),
            Self::Failed(event) => format!("answers/{event}/failed.html"),
            Self::Manage(event) => format!("answers/{event}/manage.html"),
            Self::Confirm(event) => format!("answers/{event}/confirm.html"),
            Self::Erased(event) => format!("answers/{event}/erased.html"),
            Self::LinkExpired => "answers/link-expired.html".to_owned(),
            Self::Error => "answers/error.html".to_owned(),
        }
    }
}

/// What became of a sign-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It has a seat.
    Confirmed,
    /// It has a seat until the time for confirming the address is over.
    Held,
    /// It waits for a seat.
    Waiting,
    /// It was given up.
    Cancelled,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Confirmed, Self::Held, Self::Waiting, Self::Cancelled];

    /// Its name in the store and in templates.
    pub fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Held => "held",
            Self::Waiting => "waiting",
            Self::Cancelled => "cancelled",
        }
    }

    /// The status of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// A field of the sign-up form, in the order of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Which session one takes.
    Session,
    /// Given name and surname, never split.
    FullName,
    /// Where mail about the sign-up goes.
    Email,
    /// The partnership, board or school one works for.
    Organisation,
    /// What one does there.
    Role,
    /// The role in one's own words, when it is none of those listed.
    RoleOther,
    /// Something to bring to the session; optional.
    Question,
}

impl Field {
    /// Every field, in the order of the page.
    pub const ALL: [Self; 7] = [
        Self::Session,
        Self::FullName,
        Self::Email,
        Self::Organisation,
        Self::Role,
        Self::RoleOther,
        Self::Question,
    ];

    /// Its name in the form, and the id of its (first) element on the page.
    pub fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::FullName => "full_name",
            Self::Email => "email",
            Self::Organisation => "organisation",
            Self::Role => "role",
            Self::RoleOther => "role_other",
            Self::Question => "question",
        }
    }
}

/// What fills a page with a form: what was typed, what is wrong with it, what is open.
#[derive(Debug, Clone, Serialize)]
pub struct FormView {
    /// What was typed, for every field.
    pub values: BTreeMap<Field, String>,
    /// What is wrong, for every field; empty where nothing is.
    pub errors: BTreeMap<Field, String>,
    /// The same again for the error summary, in the order of the page.
    pub summary: Vec<SummaryLine>,
    /// The phase of every session.
    pub phases: BTreeMap<SessionId, Phase>,
    /// Whether one can sign up for any session.
    pub is_open: bool,
    /// Whether one can sign up for any session but the one chosen.
    pub has_other_open: bool,
    /// Whether a field was filled in that only a program sees.
    pub is_trapped: bool,
}

/// One line of the error summary.
#[derive(Debug, Clone, Serialize)]
pub struct SummaryLine {
    /// The field it links to.
    pub field: Field,
    /// The words that also stand at the field.
    pub message: String,
}

impl FormView {
    /// The form as one first meets it.
    pub fn empty(event: &Event, now: Timestamp) -> Self {
        Self::new(event, now, BTreeMap::new(), &BTreeMap::new())
    }

    /// The form with what was typed and what is wrong with it.
    pub fn new(
        event: &Event,
        now: Timestamp,
        values: BTreeMap<Field, String>,
        errors: &BTreeMap<Field, String>,
    ) -> Self {
        let complete = |given: &BTreeMap<Field, String>| {
            Field::ALL
                .into_iter()
                .map(|field| (field, given.get(&field).cloned().unwrap_or_default()))
                .collect()
        };
        let chosen = values.get(&Field::Session);
        let mut open = event.sessions().iter().filter(|session| session.phase(now) == Phase::Open);
        Self {
            is_open: open.clone().next().is_some(),
            has_other_open: open.any(|session| chosen.is_none_or(|chosen| session.id().as_str() != chosen)),
            is_trapped: false,
            values: complete(&values),
            errors: complete(errors),
            summary: errors
                .iter()
                .map(|(&field, message)| SummaryLine { field, message: message.clone() })
                .collect(),
            phases: event.sessions().iter().map(|s| (s.id().clone(), s.phase(now))).collect(),
        }
    }
}

/// What fills the page after a sign-up.
#[derive(Debug, Clone, Serialize)]
pub struct ReceivedView {
    /// What to quote when asking about it.
    pub reference: String,
}

/// What fills the page of somebody's own sign-up.
#[derive(Debug, Clone, Serialize)]
pub struct ManageView {
    /// The details, as they are or as they were just typed; and what is open.
    #[serde(flatten)]
    pub form: FormView,
    /// The address that mail goes to.
    pub email: String,
    /// What became of the sign-up.
    pub status: Status,
    /// The session that one has or waits for.
    pub session: SessionId,
    /// What to quote when asking about it.
    pub reference: String,
    /// Whether that session has begun.
    pub has_begun: bool,
    /// The place in line, from 1; 0 for who does not wait.
    pub position: usize,
    /// Whether each session has no seat for a newcomer.
    pub is_full: BTreeMap<SessionId, bool>,
    /// Where the page's forms are sent to.
    pub action: String,
    /// Where the form is sent to that confirms the address.
    pub confirm_action: String,
    /// What was just done, or could not be.
    pub notice: Option<Notice>,
}

/// What the page of a sign-up has to tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "session", rename_all = "snake_case")]
pub enum Notice {
    /// The details are as they were typed.
    Saved,
    /// It is the session that was chosen.
    Moved,
    /// The sign-up was given up.
    Cancelled,
    /// The address was confirmed.
    Confirmed,
    /// The session that was chosen has no seat.
    Full(SessionId),
    /// The session has begun, or does not take sign-ups any more.
    TooLate,
}

/// What fills the page after a sign-up of which we don't know whether it was stored.
#[derive(Debug, Clone, Serialize)]
pub struct FailedView {
    /// What was typed, to be sent once more.
    #[serde(flatten)]
    pub form: FormView,
    /// The id under which the log tells the cause.
    pub incident: String,
}

/// What fills the page for everything else that went wrong.
#[derive(Debug, Clone, Serialize)]
pub struct ErrorView {
    /// The HTTP status, by which the page chooses its words.
    pub status: u16,
    /// The id under which the log tells the cause; empty where there is nothing to look up.
    pub incident: String,
}

impl ErrorView {
    /// The statuses that the page has words for.
    pub const STATUSES: [u16; 9] = [400, 403, 404, 405, 413, 415, 429, 500, 503];
}

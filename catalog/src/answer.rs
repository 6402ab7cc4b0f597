//! The pages that the function answers with, and the values that fill them at request time.
//!
//! `site-gen` renders each page with the site's layout. It leaves expressions
//! between [`DELIMITERS`] for values that are known only at request time. The
//! form's own page is also filled with an empty [`FormView`] at build time, so the
//! static page and the function's page come from the same template.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::VariantArray;

use crate::Catalog;
use crate::event::Event;
use crate::id::{EventId, SessionId};
use crate::session::Phase;

/// Delimiters of request-time templates: the start and end of a block, a variable and a comment.
///
/// Each starts with `<` and a character that can't begin a tag. Text that was
/// escaped for HTML can't contain them, so content never becomes an expression.
pub const DELIMITERS: [(&str, &str); 3] = [("<%", "%>"), ("<<", ">>"), ("<#", "#>")];

/// A page that the function answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer<'a> {
    /// The event's page with its form, filled from a [`FormView`].
    Form(&'a EventId),
    /// The page after a sign-up, filled from a [`ReceivedView`].
    Received(&'a EventId, &'a SessionId),
    /// The page after joining the waiting list, filled from a [`ReceivedView`].
    Waiting(&'a EventId, &'a SessionId),
    /// The page for a session without free seats, filled from a [`FormView`] with the typed values.
    Full(&'a EventId, &'a SessionId),
    /// The page for a sign-up before or after the session's window, filled from a [`FormView`].
    NotOpen(&'a EventId, &'a SessionId),
    /// The page for a sign-up whose outcome is unknown, filled from a [`FailedView`] with the typed values.
    Failed(&'a EventId),
    /// The participant's own sign-up, filled from a [`crate::own::ManageView`].
    Manage,
    /// The page that confirms the participant's email address, filled from a [`crate::own::ManageView`].
    Confirm,
    /// The page that confirms a participant's new email address, filled from a [`crate::own::ManageView`].
    NewAddress,
    /// The page that asks for the mail with the links again, filled from an [`crate::own::AgainView`].
    Again,
    /// The page after a sign-up was erased, filled from an [`crate::own::ErasedView`].
    Erased,
    /// The page for an invalid or expired link; has no values to fill in.
    LinkExpired,
    /// The page for every other error, filled from an [`ErrorView`].
    Error,
}

impl<'a> Answer<'a> {
    /// Returns every page that the function needs for a catalogue.
    pub fn all(catalog: &'a Catalog) -> Vec<Self> {
        let mut all = vec![
            Self::Error,
            Self::LinkExpired,
            Self::Manage,
            Self::Confirm,
            Self::NewAddress,
            Self::Again,
            Self::Erased,
        ];
        for event in catalog.events() {
            let id = event.id();
            all.extend([Self::Form(id), Self::Failed(id)]);
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

    /// Returns the path of the page within the folder that is deployed with the function.
    pub fn file(&self) -> String {
        match self {
            Self::Form(event) => format!("answers/{event}/form.html"),
            Self::Received(event, session) => format!("answers/{event}/{session}/received.html"),
            Self::Waiting(event, session) => format!("answers/{event}/{session}/waiting.html"),
            Self::Full(event, session) => format!("answers/{event}/{session}/full.html"),
            Self::NotOpen(event, session) => format!("answers/{event}/{session}/not-open.html"),
            Self::Failed(event) => format!("answers/{event}/failed.html"),
            Self::Manage => "answers/manage.html".to_owned(),
            Self::Confirm => "answers/confirm.html".to_owned(),
            Self::NewAddress => "answers/new-address.html".to_owned(),
            Self::Again => "answers/again.html".to_owned(),
            Self::Erased => "answers/erased.html".to_owned(),
            Self::LinkExpired => "answers/link-expired.html".to_owned(),
            Self::Error => "answers/error.html".to_owned(),
        }
    }
}

/// The status of a sign-up.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// The participant has a seat.
    Confirmed,
    /// A seat is held until the time for confirming the email address is over.
    Held,
    /// The participant is on the waiting list.
    Waiting,
    /// The sign-up was cancelled.
    Cancelled,
}

impl Status {
    /// Every status.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Returns the name of the status in the store and in templates.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// A field of the sign-up form; the variants are in page order.
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
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Field {
    /// The chosen session.
    Session,
    /// Given name and surname, in a single field.
    FullName,
    /// The email address for mail about the sign-up.
    Email,
    /// The partnership, school board or school that the participant works for.
    Organisation,
    /// The participant's role there.
    Role,
    /// The role in the participant's own words, if it is not in the list.
    RoleOther,
    /// A question or contribution for the session; optional.
    Question,
}

impl Field {
    /// Every field, in page order.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Returns the name of the field in the form, which is also the id of its first element on the page.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// A problem with a field; the templates have its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, strum::VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum FieldError {
    /// The field is required, and nothing visible was typed or chosen.
    Empty,
    /// The value has more characters than the field's limit.
    TooLong,
    /// The value does not have the form of an email address.
    Malformed,
    /// The value is an email address to which mail cannot be sent: letters before the `@` are not ASCII.
    NotAscii,
    /// The value contains a web address or an email address where a name belongs.
    Link,
}

impl FieldError {
    /// Every error.
    pub const ALL: &'static [Self] = Self::VARIANTS;
}

/// The invalid fields of a form, each with its problem.
pub type FieldErrors = BTreeMap<Field, FieldError>;

/// The template values of a page with a form: typed values, errors, and the phase of each session.
#[derive(Debug, Clone, Serialize)]
pub struct FormView {
    /// The typed value of every field; empty if nothing was typed.
    pub values: BTreeMap<Field, String>,
    /// The problem with every field; `None` if the field is valid.
    pub errors: BTreeMap<Field, Option<FieldError>>,
    /// Whether any field is invalid.
    pub has_errors: bool,
    /// The phase of every session.
    pub phases: BTreeMap<SessionId, Phase>,
    /// Whether a session that is open is known to be full.
    pub full: BTreeMap<SessionId, bool>,
    /// The first session that is open for sign-up; empty if there is none.
    pub first_open: String,
    /// Whether any session is open for sign-up.
    pub is_open: bool,
    /// Whether sign-up for any session opens later.
    pub opens_later: bool,
    /// Whether any session other than the chosen one is open for sign-up.
    pub has_other_open: bool,
    /// Whether the honeypot field, which only programs see, was filled in.
    pub is_trapped: bool,
}

impl FormView {
    /// Returns the empty form.
    pub fn empty(event: &Event, now: Timestamp) -> Self {
        Self::new(event, now, BTreeMap::new(), &FieldErrors::new())
    }

    /// Returns the form with the typed values and the problems with them.
    pub fn new(
        event: &Event,
        now: Timestamp,
        mut values: BTreeMap<Field, String>,
        errors: &FieldErrors,
    ) -> Self {
        let chosen = values.get(&Field::Session);
        let mut open = event.sessions().iter().filter(|session| session.phase(now) == Phase::Open);
        let first_open = open.clone().next().map(|session| session.id().to_string()).unwrap_or_default();
        let has_other_open = open.any(|session| chosen.is_none_or(|chosen| session.id().as_str() != chosen));
        for &field in Field::ALL {
            values.entry(field).or_default();
        }
        Self {
            values,
            errors: Field::ALL.iter().map(|&field| (field, errors.get(&field).copied())).collect(),
            has_errors: !errors.is_empty(),
            phases: event.sessions().iter().map(|s| (s.id().clone(), s.phase(now))).collect(),
            full: event.sessions().iter().map(|session| (session.id().clone(), false)).collect(),
            is_open: !first_open.is_empty(),
            first_open,
            opens_later: event.sessions().iter().any(|session| session.phase(now) == Phase::NotYet),
            has_other_open,
            is_trapped: false,
        }
    }
}

/// The template values of the page after a sign-up.
#[derive(Debug, Clone, Serialize)]
pub struct ReceivedView {
    /// The reference that the participant can quote.
    pub reference: String,
}

/// The template values of the page for a sign-up whose outcome is unknown.
#[derive(Debug, Clone, Serialize)]
pub struct FailedView {
    /// The typed values, so that the visitor can send them again.
    #[serde(flatten)]
    pub form: FormView,
    /// The incident id, under which the log has the cause.
    pub incident: String,
}

/// The template values of the page for every other error.
#[derive(Debug, Clone, Serialize)]
pub struct ErrorView {
    /// The HTTP status, which selects the text of the page.
    pub status: u16,
    /// The incident id, under which the log has the cause; empty if there is nothing to look up.
    pub incident: String,
}

impl ErrorView {
    /// Returns a view for each status, as an example.
    pub fn examples() -> [Self; 9] {
        let statuses = [400, 403, 404, 405, 410, 413, 415, 429, 507];
        statuses.map(|status| Self { status, incident: "0".to_owned() })
    }
}

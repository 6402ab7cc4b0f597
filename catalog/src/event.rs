//! An announced event.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::id::{EventId, SessionId};
use crate::session::Session;

/// How long links in mails work after the last data must be gone.
const LINK_MARGIN: SignedDuration = SignedDuration::from_hours(365 * 24);

/// An event with one or more sessions, of which a participant chooses one.
///
/// Invariants: there is at least one session, and the session ids are unique.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "EventRecord", into = "EventRecord")]
pub struct Event(EventRecord);

/// The unvalidated form of an [`Event`], as stored in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventRecord {
    /// The event's id, unique among all events.
    pub id: EventId,
    /// The event's name, as shown to participants.
    pub title: String,
    /// Path of the page that announces the event and contains its form: `/nieuws/lnpo/`.
    pub page: String,
    /// IANA name of the time zone in which its times are shown: `Europe/Amsterdam`.
    pub time_zone: String,
    /// Number of days after the end of a session until all data about its participants is gone.
    pub retention_days: u16,
    /// Whether a seat is only held until the participant confirms the email address.
    #[serde(default)]
    pub confirm_by_mail: bool,
    /// The sessions, in the order of the form.
    pub sessions: Vec<Session>,
}

/// A reason why a record is not a valid event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// The event has no session.
    #[error("an event needs at least one session")]
    NoSession,
    /// Two sessions have the same id.
    #[error("session id `{0}` occurs twice")]
    DuplicateSession(SessionId),
}

impl Event {
    /// Returns the event's id, which is unique among all events.
    pub fn id(&self) -> &EventId {
        &self.0.id
    }

    /// Returns the event's name, as shown to participants.
    pub fn title(&self) -> &str {
        &self.0.title
    }

    /// Returns the path of the page that announces the event and contains its form.
    pub fn page(&self) -> &str {
        &self.0.page
    }

    /// Returns the IANA name of the time zone in which its times are shown.
    pub fn time_zone(&self) -> &str {
        &self.0.time_zone
    }

    /// Returns the number of days after the end of a session until all data about its participants is gone.
    pub fn retention_days(&self) -> u16 {
        self.0.retention_days
    }

    /// Returns whether a seat is only held until the participant confirms the email address.
    pub fn confirm_by_mail(&self) -> bool {
        self.0.confirm_by_mail
    }

    /// Returns the sessions, in the order of the form.
    pub fn sessions(&self) -> &[Session] {
        &self.0.sessions
    }

    /// Returns the session with this id.
    pub fn session(&self, id: &SessionId) -> Option<&Session> {
        self.0.sessions.iter().find(|session| session.id() == id)
    }

    /// Returns the instant from which no data about a participant of this session may be kept or shown.
    pub fn forget_at(&self, session: &Session) -> Timestamp {
        let retention = SignedDuration::from_hours(24 * i64::from(self.0.retention_days));
        session.ends_at().saturating_add(retention).unwrap_or(Timestamp::MAX)
    }

    /// Returns the expiry of links in mails: a year after the last participant's data must be gone, so that
    /// they outlive a session that is postponed. Once a sign-up is gone, its links open nothing.
    pub fn links_expire_at(&self) -> Timestamp {
        let last = self.sessions().iter().map(|session| self.forget_at(session)).max();
        let expiry = last.and_then(|last| last.checked_add(LINK_MARGIN).ok());
        expiry.unwrap_or(Timestamp::MAX)
    }
}

impl TryFrom<EventRecord> for Event {
    type Error = EventError;

    fn try_from(record: EventRecord) -> Result<Self, EventError> {
        if record.sessions.is_empty() {
            return Err(EventError::NoSession);
        }
        let mut seen = HashSet::new();
        if let Some(twice) = record.sessions.iter().find(|s| !seen.insert(s.id().clone())) {
            return Err(EventError::DuplicateSession(twice.id().clone()));
        }
        Ok(Self(record))
    }
}

impl From<Event> for EventRecord {
    fn from(event: Event) -> Self {
        event.0
    }
}

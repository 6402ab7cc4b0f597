//! An announced event.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::id::{EventId, SessionId};
use crate::session::Session;

/// An event with one or more sessions, of which a participant chooses one.
///
/// Holds: at least one session, and each session id once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "EventRecord", into = "EventRecord")]
pub struct Event(EventRecord);

/// An event as it is written down, before anything about it has been checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventRecord {
    /// Unique among all events.
    pub id: EventId,
    /// Its name, as participants read it.
    pub title: String,
    /// Path of the page that announces it and holds its form: `/nieuws/lnpo/`.
    pub page: String,
    /// IANA name of the zone in which its times are told: `Europe/Amsterdam`.
    pub time_zone: String,
    /// Days after the end of a session until everything about its participants is gone.
    pub retention_days: u16,
    /// Whether a seat is only held until the participant has confirmed the address.
    #[serde(default)]
    pub confirm_by_mail: bool,
    /// Its dates, in the order of the form.
    pub sessions: Vec<Session>,
}

/// Why a record is no event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// There is nothing to sign up for.
    #[error("an event has at least one session")]
    NoSession,
    /// Two sessions share an id.
    #[error("session id `{0}` occurs twice")]
    DuplicateSession(SessionId),
}

impl Event {
    /// Unique among all events.
    pub fn id(&self) -> &EventId {
        &self.0.id
    }

    /// Its name, as participants read it.
    pub fn title(&self) -> &str {
        &self.0.title
    }

    /// Path of the page that announces it and holds its form.
    pub fn page(&self) -> &str {
        &self.0.page
    }

    /// IANA name of the zone in which its times are told.
    pub fn time_zone(&self) -> &str {
        &self.0.time_zone
    }

    /// Days after the end of a session until everything about its participants is gone.
    pub fn retention_days(&self) -> u16 {
        self.0.retention_days
    }

    /// Whether a seat is only held until the participant has confirmed the address.
    pub fn confirm_by_mail(&self) -> bool {
        self.0.confirm_by_mail
    }

    /// Its dates, in the order of the form.
    pub fn sessions(&self) -> &[Session] {
        &self.0.sessions
    }

    /// The session with this id.
    pub fn session(&self, id: &SessionId) -> Option<&Session> {
        self.0.sessions.iter().find(|session| session.id() == id)
    }

    /// From when nothing about a participant of this session may be kept or shown.
    pub fn forget_at(&self, session: &Session) -> Timestamp {
        let retention = SignedDuration::from_hours(24 * i64::from(self.0.retention_days));
        session.ends_at().saturating_add(retention).unwrap_or(Timestamp::MAX)
    }

    /// From when nothing about any participant may be kept or shown.
    pub fn last_forget_at(&self) -> Timestamp {
        let all = self.sessions().iter().map(|session| self.forget_at(session));
        all.max().unwrap_or(Timestamp::MAX)
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

//! An announced event.

use std::collections::{BTreeMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::amendment::Amendment;
use crate::id::{EventId, SessionId};
use crate::session::Session;

/// How long links in mails work, and removed sessions are remembered, after the last data must be gone.
const LINK_MARGIN: SignedDuration = SignedDuration::from_hours(365 * 24);

/// An event with one or more sessions, of which a participant chooses one.
///
/// Invariants: there is at least one session, and the session ids are unique.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "EventRecord", into = "EventRecord")]
pub struct Event(EventRecord);

/// The unvalidated form of an [`Event`], as stored in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRecord {
    /// The event's id, unique among all events.
    pub id: EventId,
    /// The event's name, as shown to participants.
    pub title: String,
    /// Path of the page that announces the event and contains its form: `/nieuws/lnpo/`.
    pub page: String,
    /// Summary of that page, for calendars.
    pub description: String,
    /// IANA name of the time zone in which its times are shown: `Europe/Amsterdam`.
    pub time_zone: String,
    /// City of that time zone: `Amsterdam`.
    pub place_of_time: String,
    /// Number of days after the end of a session until all data about its participants is gone.
    pub retention_days: u16,
    /// Whether a seat is only held until the participant confirms the email address.
    #[serde(default)]
    pub confirm_by_mail: bool,
    /// What taking part costs, as a sentence; empty if it is free.
    #[serde(default)]
    pub costs: String,
    /// The sessions, in the order of the form.
    pub sessions: Vec<Session>,
    /// The new id of each session whose id was changed. Never set in the catalogue; see [`crate::standing`].
    #[serde(default)]
    pub renamed: BTreeMap<SessionId, SessionId>,
    /// What organisers changed about sessions, by their current ids. Never set in the catalogue.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub amended: BTreeMap<SessionId, Amendment>,
    /// Whether the event is no longer in the catalogue. Never set there; see [`crate::standing`].
    #[serde(default)]
    pub is_offline: bool,
    /// Whether the table spreads the event's people over several partitions. Never set in the catalogue: it is decided
    /// when the event is first kept, and stays whatever becomes of the capacity; see [`crate::standing`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_spread: bool,
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

    /// Returns what taking part costs, as a sentence.
    pub fn costs(&self) -> &str {
        if self.0.costs.is_empty() { "Deelname is kosteloos." } else { &self.0.costs }
    }

    /// Returns whether taking part is free.
    pub fn is_free(&self) -> bool {
        self.0.costs.is_empty()
    }

    /// Returns what a session is called among those of the event: its date, with the time if another session
    /// is on the same day.
    pub fn name_of(&self, session: &Session) -> String {
        let is_alone = self.sessions().iter().filter(|one| one.date() == session.date()).count() < 2;
        if is_alone { session.date().to_owned() } else { format!("{}, {}", session.date(), session.time()) }
    }

    /// Returns the path of the page that announces the event and contains its form.
    pub fn page(&self) -> &str {
        &self.0.page
    }

    /// Returns the summary of that page, for calendars.
    pub fn description(&self) -> &str {
        &self.0.description
    }

    /// Returns whether the event is no longer in the catalogue, so that its page is gone.
    pub fn is_offline(&self) -> bool {
        self.0.is_offline
    }

    /// Returns whether the table spreads the event's people over several partitions.
    pub fn is_spread(&self) -> bool {
        self.0.is_spread
    }

    /// Returns the event with its people spread over several partitions, or not.
    pub fn spread(&self, is_spread: bool) -> Self {
        Self(EventRecord { is_spread, ..self.0.clone() })
    }

    /// Returns the city of the event's time zone: `Amsterdam`.
    pub fn place_of_time(&self) -> &str {
        &self.0.place_of_time
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

    /// Returns the session that has this id, or had it before its id was changed.
    pub fn session(&self, id: &SessionId) -> Option<&Session> {
        let id = self.current_id(id);
        self.0.sessions.iter().find(|session| session.id() == id)
    }

    /// Returns the sessions whose ids were changed, each with its current id.
    pub fn renamed(&self) -> &BTreeMap<SessionId, SessionId> {
        &self.0.renamed
    }

    /// Returns what organisers changed, by the current ids of the sessions.
    pub(crate) fn amended(&self) -> &BTreeMap<SessionId, Amendment> {
        &self.0.amended
    }

    /// Returns what organisers changed about a session.
    pub fn amendment(&self, id: &SessionId) -> Amendment {
        self.0.amended.get(self.current_id(id)).cloned().unwrap_or_default()
    }

    /// Returns the sessions that participants can choose, in the order of the form.
    pub fn offered(&self) -> impl Iterator<Item = &Session> {
        self.0.sessions.iter().filter(|session| !session.is_removed())
    }

    /// Returns the current id of the session that has this id, or had it before its id was changed.
    pub fn current_id<'a>(&'a self, id: &'a SessionId) -> &'a SessionId {
        self.0.renamed.get(id).unwrap_or(id)
    }

    /// Returns the instant from which no data about a participant of this session may be kept or shown.
    pub fn forget_at(&self, session: &Session) -> Timestamp {
        let retention = SignedDuration::from_hours(24 * i64::from(self.0.retention_days));
        session.ends_at().saturating_add(retention).unwrap_or(Timestamp::MAX)
    }

    /// Returns the instant until which a session that was removed is remembered: a year after its participants
    /// must be gone, so that they are always found.
    pub(crate) fn remembered_until(&self, session: &Session) -> Timestamp {
        self.forget_at(session).saturating_add(LINK_MARGIN).unwrap_or(Timestamp::MAX)
    }

    /// Returns the expiry of links in mails: a year after the last participant's data must be gone, so that
    /// they outlive a session that is postponed. Once a sign-up is gone, its links open nothing.
    pub fn links_expire_at(&self) -> Timestamp {
        let last = self.sessions().iter().map(|session| self.remembered_until(session)).max();
        last.unwrap_or(Timestamp::MAX)
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

//! One date of an event.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::SessionId;

/// One date of an event, with its seats and the window in which one can sign up.
///
/// Holds: capacity ≥ 1, and `opens_at < closes_at ≤ starts_at < ends_at`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "SessionRecord", into = "SessionRecord")]
pub struct Session(SessionRecord);

/// A session as it is written down, before anything about it has been checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionRecord {
    /// Unique within the event.
    pub id: SessionId,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it is over.
    pub ends_at: Timestamp,
    /// Number of seats.
    pub capacity: u32,
    /// From when one can sign up.
    pub opens_at: Timestamp,
    /// Until when one can sign up; that instant itself is too late.
    pub closes_at: Timestamp,
}

/// Why a record is no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// It has no seats.
    #[error("a session has at least one seat")]
    NoSeats,
    /// It ends before it starts.
    #[error("a session ends after its start")]
    EndsBeforeStart,
    /// Its sign-up closes before it opens.
    #[error("sign-up closes after it opens")]
    ClosesBeforeOpening,
    /// One could sign up for a session that has begun.
    #[error("sign-up closes at the start of the session at the latest")]
    ClosesAfterStart,
}

/// Whether one can sign up for a session at some instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Sign-up has not opened yet.
    NotYet,
    /// One can sign up.
    Open,
    /// Sign-up has closed.
    Closed,
}

impl Session {
    /// Unique within the event.
    pub fn id(&self) -> &SessionId {
        &self.0.id
    }

    /// When it begins.
    pub fn starts_at(&self) -> Timestamp {
        self.0.starts_at
    }

    /// From when one can sign up.
    pub fn opens_at(&self) -> Timestamp {
        self.0.opens_at
    }

    /// Until when one can sign up.
    pub fn closes_at(&self) -> Timestamp {
        self.0.closes_at
    }

    /// When it is over.
    pub fn ends_at(&self) -> Timestamp {
        self.0.ends_at
    }

    /// Number of seats, at least one.
    pub fn capacity(&self) -> u32 {
        self.0.capacity
    }

    /// Whether one can sign up at this instant: open from `opens_at`, closed from `closes_at`.
    pub fn phase(&self, now: Timestamp) -> Phase {
        if now < self.0.opens_at {
            Phase::NotYet
        } else if now < self.0.closes_at {
            Phase::Open
        } else {
            Phase::Closed
        }
    }
}

impl TryFrom<SessionRecord> for Session {
    type Error = SessionError;

    fn try_from(record: SessionRecord) -> Result<Self, SessionError> {
        if record.capacity == 0 {
            Err(SessionError::NoSeats)
        } else if record.ends_at <= record.starts_at {
            Err(SessionError::EndsBeforeStart)
        } else if record.closes_at <= record.opens_at {
            Err(SessionError::ClosesBeforeOpening)
        } else if record.closes_at > record.starts_at {
            Err(SessionError::ClosesAfterStart)
        } else {
            Ok(Self(record))
        }
    }
}

impl From<Session> for SessionRecord {
    fn from(session: Session) -> Self {
        session.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    fn record() -> SessionRecord {
        SessionRecord {
            id: "28-november".parse().unwrap_or_else(|error| panic!("{error}")),
            starts_at: at("2028-11-28T15:00:00Z"),
            ends_at: at("2028-11-28T16:30:00Z"),
            capacity: 40,
            opens_at: at("2028-11-01T08:00:00Z"),
            closes_at: at("2028-11-28T15:00:00Z"),
        }
    }

    #[test]
    fn the_window_includes_its_opening_and_excludes_its_closing() {
        let Ok(session) = Session::try_from(record()) else { panic!("a good record is a session") };
        assert_eq!(session.phase(at("2028-11-01T07:59:59.999Z")), Phase::NotYet);
        assert_eq!(session.phase(at("2028-11-01T08:00:00Z")), Phase::Open);
        assert_eq!(session.phase(at("2028-11-28T14:59:59.999Z")), Phase::Open);
        assert_eq!(session.phase(at("2028-11-28T15:00:00Z")), Phase::Closed);
    }

    #[test]
    fn what_breaks_an_invariant_is_no_session() {
        let check = |change: fn(&mut SessionRecord), expected| {
            let mut record = record();
            change(&mut record);
            assert_eq!(Session::try_from(record), Err(expected));
        };
        check(|r| r.capacity = 0, SessionError::NoSeats);
        check(|r| r.ends_at = r.starts_at, SessionError::EndsBeforeStart);
        check(|r| r.opens_at = r.closes_at, SessionError::ClosesBeforeOpening);
        check(|r| r.closes_at = r.ends_at, SessionError::ClosesAfterStart);
    }
}

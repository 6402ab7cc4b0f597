//! What an organiser changed about a session. The catalogue decides everything else.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::period::Period;
use crate::session::{Session, SessionRecord};

/// What an organiser changed about a session; by default nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amendment {
    /// The number of seats, if it is another than in the catalogue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// Another date and time, if an organiser chose one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<Moved>,
    /// When an organiser closed the sign-up, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// The reason why an organiser called the session off, which may be empty, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called_off: Option<String>,
}

/// Another date and time than the catalogue's.
///
/// It counts as long as the catalogue still has the times that it replaces. If an editor changes these later, the
/// editor's times count, as whoever comes last decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// When the session takes place.
    pub to: Period,
    /// Start and end in the catalogue when the organiser moved the session.
    pub from: (Timestamp, Timestamp),
}

impl Moved {
    /// Returns whether it counts for the session of the catalogue, or for one that is no longer there.
    fn counts_for(&self, session: &Session) -> bool {
        session.is_removed() || self.from == (session.starts_at(), session.ends_at())
    }
}

impl Amendment {
    /// Returns whether nothing was changed.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Returns what counts for the session of the catalogue.
    pub(crate) fn counting_for(&self, session: &Session) -> Self {
        Self { moved: self.moved.clone().filter(|moved| moved.counts_for(session)), ..self.clone() }
    }

    /// Returns the session with the changes. Changes nothing if the result would not be a valid session.
    pub(crate) fn apply(&self, session: &Session) -> Session {
        let mut record = SessionRecord::from(session.clone());
        if let Some(Moved { to, .. }) = &self.moved {
            // Sign-up closes as long before the start as it did.
            let later = to.starts_at.duration_since(record.period.starts_at);
            record.closes_at = record.closes_at.saturating_add(later).unwrap_or(to.starts_at);
            record.opens_at = record.opens_at.min(record.closes_at - SignedDuration::from_secs(1));
            record.period = to.clone();
        }
        record.capacity = self.capacity.unwrap_or(record.capacity);
        if let Some(closed_at) = self.closed_at.filter(|closed_at| *closed_at < record.closes_at) {
            // Also before sign-up would open.
            record.opens_at = record.opens_at.min(closed_at - SignedDuration::from_secs(1));
            record.closes_at = closed_at;
        }
        if let Some(reason) = &self.called_off {
            (record.called_off, record.called_off_because) = (true, reason.clone());
        }
        Session::try_from(record).unwrap_or_else(|_| session.clone())
    }
}

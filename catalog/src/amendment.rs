//! What an organiser changed about a session. The catalogue decides everything else.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::session::{Session, SessionRecord};

/// What an organiser changed about a session; by default nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amendment {
    /// The number of seats, if it is another than in the catalogue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// When an organiser closed the sign-up, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// The reason why an organiser called the session off, which may be empty, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called_off: Option<String>,
}

impl Amendment {
    /// Returns whether nothing was changed.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the session with the changes. Changes nothing if the result would not be a valid session.
    pub(crate) fn apply(&self, session: &Session) -> Session {
        let mut record = SessionRecord::from(session.clone());
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

//! A request to log in, and the log-in that follows.

use jiff::{SignedDuration, Timestamp};

use super::identity::OrganiserId;
use super::pass::RequestId;
use super::secret::SecretHash;

/// A request to log in, as the table has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogInRequest {
    /// The random id, from which the link and the code follow.
    pub id: RequestId,
    /// Who asked, or claims to be.
    pub organiser: OrganiserId,
    /// Whether it asks for a fresh code in a running log-in, so that the mail has no link.
    pub is_fresh: bool,
    /// The time from which the link and the code open nothing.
    pub forget_at: Timestamp,
}

/// A log-in of an organiser in one browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogIn {
    /// The hash of the cookie.
    pub hash: SecretHash,
    /// Who logged in.
    pub organiser: OrganiserId,
    /// When it began.
    pub since: Timestamp,
    /// When it was last used, to the minute.
    pub used_at: Timestamp,
    /// When the organiser last presented a link or a code.
    pub fresh_at: Timestamp,
}

/// How long a link and a code open anything (OWASP ASVS 5.0, 6.5.5).
pub const VALID: SignedDuration = SignedDuration::from_mins(10);
/// How long a log-in lasts without being used (OWASP ASVS 5.0, 7.3.1).
const IDLE: SignedDuration = SignedDuration::from_hours(1);
/// How long a log-in lasts in any case (OWASP ASVS 5.0, 7.3.2).
const LONGEST: SignedDuration = SignedDuration::from_hours(12);
/// How long after a link or a code sensitive actions are allowed.
const FRESH: SignedDuration = SignedDuration::from_mins(15);
impl LogInRequest {
    /// Returns when it was made.
    pub fn asked_at(&self) -> Timestamp {
        self.forget_at - VALID
    }
}

impl LogIn {
    /// Returns the time at which the log-in ends, however often it is used.
    pub fn ends_at(&self) -> Timestamp {
        self.since + LONGEST
    }

    /// Returns whether the organiser presented a link or a code a moment ago.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        now.duration_since(self.fresh_at) < FRESH
    }

    /// Returns whether the log-in has ended.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.ends_at() <= now || self.used_at + IDLE <= now
    }
}

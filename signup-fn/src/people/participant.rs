//! A participant: a sign-up and its current state.

use std::fmt;

use catalog::answer::Status;
use jiff::Timestamp;

use super::identity::Person;
use super::signup::Signup;
use super::token::{SignupId, SignupKey};

/// A sign-up and its current state.
#[derive(Clone, PartialEq, Eq)]
pub struct Participant {
    /// The person.
    pub person: Person,
    /// The sign-up. Its session is the one in which the participant currently has a seat or waits.
    pub signup: Signup,
    /// The id that distinguishes this sign-up from the person's earlier ones.
    pub id: SignupId,
    /// The status of the sign-up.
    pub status: Status,
    /// The time at which the seat is released if the address is not confirmed by then.
    pub held_until: Option<Timestamp>,
    /// The time at which the form was submitted.
    pub signed_up_at: Timestamp,
    /// The version of the privacy notice that was shown with the form.
    pub privacy_notice_version: String,
    /// The version, which increases with each change: the optimistic lock, and the sequence number in
    /// calendars.
    pub version: i64,
    /// The time of the last submission with this address that caused a mail.
    pub mailed_at: Timestamp,
    /// The time from which the participant may no longer be stored or shown.
    pub forget_at: Timestamp,
}

impl Participant {
    /// Returns whether the time to confirm the address is over.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.status == Status::Held && self.held_until.is_some_and(|until| until <= now)
    }

    /// Returns the key of the sign-up.
    pub fn key(&self) -> SignupKey {
        SignupKey { person: self.person, signup: self.id }
    }
}

/// Prints no personal data, so that none can end up in a log.
impl fmt::Debug for Participant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Participant")
            .field("session", &self.signup.session)
            .field("status", &self.status)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

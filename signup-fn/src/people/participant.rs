//! A participant: a sign-up, and what has become of it.

use std::fmt;

use catalog::answer::Status;
use jiff::Timestamp;

use super::identity::Person;
use super::signup::Signup;
use super::token::{SignupId, SignupKey};

/// A sign-up, and what has become of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Participant {
    /// The person.
    pub person: Person,
    /// The sign-up; its session is the one in which the participant now has a seat or waits.
    pub signup: Signup,
    /// Tells this sign-up from the person's earlier ones.
    pub id: SignupId,
    /// The status of the sign-up.
    pub status: Status,
    /// When a seat that was never confirmed is released.
    pub held_until: Option<Timestamp>,
    /// When the form was sent.
    pub signed_up_at: Timestamp,
    /// The version of the privacy notice that was shown with the form.
    pub privacy_notice_version: String,
    /// Increases with each change: the optimistic lock, and the sequence number in calendars.
    pub version: i64,
    /// When a mail was last sent because somebody submitted the form with this address.
    pub mailed_at: Timestamp,
    /// From when on the participant may no longer be stored or shown.
    pub forget_at: Timestamp,
}

impl Participant {
    /// The key of the sign-up.
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

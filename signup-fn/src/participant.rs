//! A participant, as the table remembers one.

use std::fmt;

use catalog::answer::Status;
use jiff::Timestamp;

use crate::identity::Person;
use crate::signup::Signup;
use crate::token::SignupId;

/// A sign-up with what became of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Participant {
    /// Who it is.
    pub person: Person,
    /// What was asked for; its session is the one that the participant now has or waits for.
    pub signup: Signup,
    /// Which of the person's sign-ups this is.
    pub id: SignupId,
    /// What became of it.
    pub status: Status,
    /// Until when an address that was not confirmed yet keeps its seat.
    pub held_until: Option<Timestamp>,
    /// When it was asked.
    pub signed_up_at: Timestamp,
    /// The version of the notice that stood at the form.
    pub privacy_notice_version: String,
    /// Grows with each change; calendars tell newer from older by it.
    pub version: i64,
    /// When a mail last went out because somebody filled in the form with this address.
    pub mailed_at: Timestamp,
    /// From when on nothing about this participant may be shown.
    pub forget_at: Timestamp,
}

/// Personal data stays out of logs, even by accident.
impl fmt::Debug for Participant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Participant")
            .field("session", &self.signup.session)
            .field("status", &self.status)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

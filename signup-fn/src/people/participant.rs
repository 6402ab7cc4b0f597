//! A participant: a sign-up and its current state.

use std::fmt;

use catalog::answer::Status;
use catalog::calendar::sequence;
use catalog::organiser::address::Tab;
use catalog::session::SessionTimes;
use catalog::{Event, Session, SessionId};
use jiff::{SignedDuration, Timestamp};

use super::field::{Email, Lines};
use super::identity::{Mailbox, Person};
use super::signup::Signup;
use super::text::folded;
use super::token::{SignupId, SignupKey};

/// A sign-up and its current state.
#[derive(Clone, PartialEq, Eq)]
pub struct Participant {
    /// The person.
    pub person: Person,
    /// The mailbox that the person's address belongs to.
    pub mailbox: Mailbox,
    /// The sign-up. Its session is the one in which the participant currently has a seat or waits.
    pub signup: Signup,
    /// Whether the table still has a former id of the session.
    pub has_former_session_id: bool,
    /// The id that distinguishes this sign-up from the person's earlier ones.
    pub id: SignupId,
    /// The new address that the participant asked for and has not confirmed yet.
    pub new_address: Option<NewAddress>,
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
    /// The time at which a mail told the participant that the form was submitted again.
    pub repeated_at: Option<Timestamp>,
    /// The date and time of the session that the participant knows: as at sign-up, or as told by the last
    /// mail about a change.
    pub told: Option<SessionTimes>,
    /// The time at which a mail told the participant that the session was rescheduled.
    pub rescheduled_at: Option<Timestamp>,
    /// What organisers noted about the participant.
    pub note: Option<Lines<1000>>,
    /// Whether the participant was there, once an organiser has noted it.
    pub was_there: Option<bool>,
    /// The time from which the participant may no longer be stored or shown.
    pub forget_at: Timestamp,
}

/// A new email address that is not confirmed yet.
#[derive(Clone, PartialEq, Eq)]
pub struct NewAddress {
    /// The address.
    pub email: Email,
    /// The id of the request, which the link in the mail contains.
    pub id: SignupId,
    /// The time from which the link no longer works and the address is forgotten.
    pub until: Timestamp,
}

/// How long a participant can confirm a new address.
pub const TO_CONFIRM: SignedDuration = SignedDuration::from_hours(24);

/// The minimum time between two mails to new addresses.
const BETWEEN_ADDRESSES: SignedDuration = SignedDuration::from_mins(5);

/// The minimum time between two mails that a session was rescheduled, so that an editor who corrects a
/// date does not cause a mail for each attempt.
const BETWEEN_RESCHEDULES: SignedDuration = SignedDuration::from_hours(1);

/// The minimum time between two mails that repeated submissions cause.
const BETWEEN_REPEATS: SignedDuration = SignedDuration::from_hours(1);

impl NewAddress {
    /// Returns a request for a new address, which its owner has a day to confirm.
    ///
    /// # Errors
    /// Fails if the operating system supplies no random bits.
    pub fn ask(email: Email, now: Timestamp) -> Result<Self, getrandom::Error> {
        Ok(Self { email, id: SignupId::random()?, until: now + TO_CONFIRM })
    }
}

impl Participant {
    /// Returns whether the time to confirm the address is over.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.status == Status::Held && self.held_until.is_some_and(|until| until <= now)
    }

    /// Returns whether the participant may no longer be stored or shown.
    pub fn is_forgotten(&self, now: Timestamp) -> bool {
        self.forget_at <= now
    }

    /// Returns whether everything about the participant must be erased.
    pub fn must_go(&self, now: Timestamp) -> bool {
        self.is_expired(now) || self.is_forgotten(now)
    }

    /// Returns the participant with the version of the next change, which is at least that of any entry that the
    /// site's calendars had by then.
    pub fn next(&self, now: Timestamp) -> Self {
        Self { version: (self.version + 1).max(sequence(now)), ..self.clone() }
    }

    /// Returns the new address that can still be confirmed.
    pub fn pending_address(&self, now: Timestamp) -> Option<&NewAddress> {
        self.new_address.as_ref().filter(|address| now < address.until)
    }

    /// Returns whether the participant may ask for another new address. Otherwise, the mails could disturb
    /// many strangers.
    pub fn may_ask_for_address(&self, now: Timestamp) -> bool {
        let asked_at = self.new_address.as_ref().map(|address| address.until - TO_CONFIRM);
        asked_at.is_none_or(|at| now.duration_since(at) >= BETWEEN_ADDRESSES)
    }

    /// Returns the participant as they should be now that the catalogue describes the session in this way,
    /// or `None` if nothing changed for them. The times in [`Self::told`] differ if they must be told.
    pub fn following(&self, event: &Event, session: &Session, now: Timestamp) -> Option<Self> {
        let new_address = self.pending_address(now).cloned();
        let mut following = Self {
            forget_at: event.forget_at(session),
            new_address,
            has_former_session_id: false,
            ..self.clone()
        };
        let times = session.times();
        let is_rescheduled = self.told.as_ref().is_some_and(|told| !is_same(told, &times));
        if self.status == Status::Cancelled || !is_rescheduled {
            // The words may differ in a newer version, which is no reason for a mail.
            following.told = Some(times);
        } else if self.rescheduled_at.is_none_or(|at| now.duration_since(at) >= BETWEEN_RESCHEDULES) {
            following.told = Some(times);
            following.rescheduled_at = Some(now);
        }
        (following != *self).then_some(following)
    }

    /// Returns whether to tell the participant now that the form was submitted again, for `session`.
    ///
    /// The first submission for another session is told at once, since the participant may expect to have it now.
    /// Everything else is told once an hour, so that nobody can fill the mailbox.
    pub fn hears_of_repeat(&self, session: &SessionId, now: Timestamp) -> bool {
        match self.repeated_at {
            Some(at) => now.duration_since(at) >= BETWEEN_REPEATS,
            None => {
                *session != self.signup.session || now.duration_since(self.signed_up_at) >= BETWEEN_REPEATS
            }
        }
    }

    /// Returns the name in the form by which people with the same address are told apart.
    pub fn folded_name(&self) -> String {
        folded(self.signup.details.full_name.as_str())
    }

    /// Returns whether the participant is among these people of the session.
    pub fn is_among(&self, tab: Tab) -> bool {
        let has_seat = matches!(self.status, Status::Confirmed | Status::Held);
        match tab {
            Tab::Coming => has_seat,
            Tab::Waiting => self.status == Status::Waiting,
            Tab::Cancelled => self.status == Status::Cancelled,
            Tab::WasThere => has_seat && self.was_there == Some(true),
            Tab::WasNotThere => has_seat && self.was_there == Some(false),
        }
    }

    /// Returns the key of the sign-up.
    pub fn key(&self) -> SignupKey {
        SignupKey { person: self.person, signup: self.id }
    }
}

fn is_same(a: &SessionTimes, b: &SessionTimes) -> bool {
    // An older version did not store the place.
    let is_same_place = a.place.as_ref().zip(b.place.as_ref()).is_none_or(|(a, b)| a == b);
    (a.starts_at, a.ends_at) == (b.starts_at, b.ends_at) && is_same_place
}

/// Prints no personal data, so that none can end up in a log.
impl fmt::Debug for NewAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewAddress(until {})", self.until)
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

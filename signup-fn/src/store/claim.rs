//! A request to sign up, its outcome, and the transaction for a seat or a place on the waiting list:
//!
//! | write | condition |
//! |---|---|
//! | the person | absent, or cancelled and still at the version that was read |
//! | the mailbox | still the list that was read, so that nobody else joined it |
//! | the session | for a seat: one is free and nobody waits; to wait: none is free or somebody waits, and the list has room |
//! | the mail about it | absent |
//! | the count of this sender's requests in this hour | below its limit |

use std::sync::atomic::AtomicU8;

use catalog::answer::Status;
use catalog::calendar::sequence;
use catalog::mail::MailKind;
use catalog::{Event, Session};
use jiff::{SignedDuration, Timestamp};

use super::client::member;
use super::count::count;
use super::error::StoreError;
use super::expression::{Changes, Condition};
use super::item::{self, number};
use super::mail::Mail;
use super::organiser::acts::enter;
use super::sharing::Sharing;
use super::transaction::Write;
use super::{outbox, record};
use crate::people::act::Act;
use crate::people::identity::{Identity, Mailbox, Person, Source};
use crate::people::participant::Participant;
use crate::people::signup::Signup;
use crate::people::token::SignupId;

/// A request to sign up.
#[derive(Debug)]
pub struct Request<'a> {
    /// The event.
    pub event: &'a Event,
    /// The requested sign-up. Its session is one of the event's.
    pub signup: Signup,
    /// The key that identifies people.
    pub identity: &'a Identity,
    /// Whether the participant is willing to wait if there is no seat.
    pub may_wait: bool,
    /// The sender of the form, if known.
    pub source: Option<&'a Source>,
    /// The time of the request.
    pub now: Timestamp,
    /// The version of the privacy notice that was shown with the form.
    pub privacy_notice_version: &'a str,
    /// The act of an organiser that adds the participant by hand, if one does. It enters the log with the sign-up.
    pub act: Option<&'a Act>,
}

/// The outcome of a sign-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// The sign-up was stored.
    Placed(Place),
    /// The person had already signed up; nothing changed, but a mail tells the person so. Contains the place
    /// that a new person would have been given.
    Known(Place),
    /// Five others had already signed up with this address; nothing changed, but a mail to the address says so.
    /// Contains the place that a new person would have been given.
    Crowded(Place),
    /// There is no seat, and the participant does not want to wait or the waiting list is full.
    /// Nothing changed. Takes precedence over all others, so that a full session reveals nothing about
    /// anybody.
    Full,
    /// The sender has reached the limit for this hour, so it is probably a program. Nothing changed.
    TooOften,
}

/// A sign-up and its outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimed {
    /// The outcome.
    pub claim: Claim,
    /// The person, whose reference is the same for every submission with the same address and name.
    pub person: Person,
}

/// A participant's place in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A seat.
    Seat,
    /// A place on the waiting list.
    WaitingList,
}

/// The maximum length of a waiting list: 5,000 × 26 bytes = 130 KB, a third of the maximum size of an
/// item (400 KB).
pub(super) const MAX_WAITING: usize = 5_000;
/// The divisor of a session's seats: one sender may request half of them in an hour, but at least
/// [`MIN_PER_SOURCE`], since a whole school may share one network address.
const SHARE_PER_SOURCE: u32 = 2;
/// The number of sign-ups that every sender may request in an hour, however small the session is.
const MIN_PER_SOURCE: u32 = 5;
/// The maximum number of sign-ups that one sender may request in an hour, however large the session is.
const MAX_PER_SOURCE: u32 = 60;
/// How long a seat is held for an unconfirmed address.
pub(super) const HOLD: SignedDuration = SignedDuration::from_hours(24);

/// A sign-up, with the values that all its attempts share.
pub(super) struct Claiming<'a> {
    pub(super) request: &'a Request<'a>,
    pub(super) event: &'a Event,
    pub(super) session: &'a Session,
    pub(super) mailbox: Mailbox,
    pub(super) name: &'a str,
    pub(super) id: SignupId,
    pub(super) attempt_id: String,
    /// The number of people with this name who were found elsewhere, since they have changed their address.
    pub(super) taken_keys: AtomicU8,
}

/// Somebody who can be given a place.
pub(super) struct Newcomer {
    /// The key of the new item.
    pub(super) person: Person,
    /// The condition that the person is still new.
    pub(super) condition: Condition,
    /// The people who share the address already.
    pub(super) sharing: Sharing,
}

impl Claiming<'_> {
    pub(super) fn writes(&self, newcomer: &Newcomer, place: Place) -> Result<Vec<Write>, StoreError> {
        let Newcomer { person, condition, sharing } = newcomer;
        let Request { ref signup, now, .. } = *self.request;
        let event = self.event;
        let forget_at = event.forget_at(self.session);
        let (status, kind) = match place {
            Place::WaitingList => (Status::Waiting, MailKind::Waiting),
            Place::Seat if event.confirm_by_mail() => (Status::Held, MailKind::Confirm),
            Place::Seat => (Status::Confirmed, MailKind::Confirmation),
        };
        let participant = Participant {
            person: *person,
            mailbox: self.mailbox,
            signup: Signup { session: self.session.id().clone(), ..signup.clone() },
            id: self.id,
            has_former_session_id: false,
            new_address: None,
            status,
            held_until: (status == Status::Held).then(|| now + HOLD),
            signed_up_at: now,
            privacy_notice_version: self.request.privacy_notice_version.to_owned(),
            // At least the version of an earlier sign-up of the same person.
            version: sequence(now),
            repeated_at: None,
            told: Some(self.session.times()),
            rescheduled_at: None,
            note: None,
            was_there: None,
            forget_at,
        };
        let mail = Mail::new(kind, &participant, &self.attempt_id, now);
        let mut writes = vec![
            Write::put(record::person_item(event.id(), &participant, &self.attempt_id)?, condition.clone()),
            take(event, self.session, person, place),
            outbox::put(event.id(), &mail, forget_at)?,
            sharing.clone().with(event.id(), &self.mailbox, person, forget_at)?,
        ];
        writes.extend(self.count());
        if let Some(act) = self.request.act {
            writes.push(enter(&Act { reference: Some(person.reference()), ..act.clone() })?);
        }
        Ok(writes)
    }

    /// Returns the write that counts the request of the sender, if the sender is known.
    pub(super) fn count(&self) -> Option<Write> {
        let source = self.request.source?;
        let limit = (self.session.capacity() / SHARE_PER_SOURCE).clamp(MIN_PER_SOURCE, MAX_PER_SOURCE);
        Some(count(source, "asked", limit.into()))
    }
}

/// Returns the write to a session that gives a person a place in it.
pub(super) fn take(event: &Event, session: &Session, person: &Person, place: Place) -> Write {
    let key = item::key(event.id(), item::session_key(session.id()));
    let capacity = number(session.capacity().into());
    match place {
        Place::Seat => {
            let is_free =
                Condition::Any(vec![Condition::Absent("taken"), Condition::Less("taken", capacity)]);
            let nobody_waits = Condition::Absent("waiting[0]");
            let has_seat = Condition::All(vec![is_free, nobody_waits]);
            Write::update(key, Changes::default().add("taken", 1), has_seat)
        }
        Place::WaitingList => {
            let has_no_seat =
                Condition::Any(vec![Condition::AtLeast("taken", capacity), Condition::Exists("waiting[0]")]);
            let has_room = Condition::Any(vec![
                Condition::Absent("waiting"),
                Condition::Shorter("waiting", MAX_WAITING),
            ]);
            let joined = Changes::default().append("waiting", member(person));
            Write::update(key, joined, Condition::All(vec![has_no_seat, has_room]))
        }
    }
}

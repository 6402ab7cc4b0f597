//! A request to sign up, its outcome, and the transaction for a seat or a place on the waiting list:
//!
//! | write | condition |
//! |---|---|
//! | the person | absent, or cancelled and still at the version that was read |
//! | the mailbox | still the list that was read, so that nobody else joined it |
//! | the session | for a seat: one is free and nobody waits; to wait: none is free or somebody waits, and the list has room |
//! | the mail about it | absent |
//! | the count of this sender's requests in this hour | below its limit |

use catalog::answer::Status;
use catalog::calendar::sequence;
use catalog::mail::MailKind;
use catalog::{Event, Session};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::client::member;
use super::count::count;
use super::error::StoreError;
use super::expression::{Changes, Condition};
use super::item;
use super::mail::Mail;
use super::organiser::acts::enter;
use super::progress::Progress;
use super::sharing::Sharing;
use super::transaction::Write;
use super::{outbox, record};
use crate::people::act::Act;
use crate::people::applicant::Applicant;
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
    /// Nothing changed but the count of the sender's requests. Takes precedence over all others, so that a full session reveals nothing about
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
    /// The moment at which the time was the request's `now`.
    pub(super) started: Instant,
    /// The time at which the request ends.
    pub(super) until: Timestamp,
    pub(super) progress: Progress,
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

impl Request<'_> {
    /// Returns who asks for a place.
    pub fn applicant(&self) -> Applicant {
        let Signup { session, email, .. } = &self.signup;
        Applicant { mailbox: self.identity.mailbox(self.event.id(), email), session: session.clone() }
    }
}

impl Claiming<'_> {
    /// Returns the current time.
    pub(super) fn now(&self) -> Timestamp {
        let since = SignedDuration::try_from(self.started.elapsed()).unwrap_or(SignedDuration::MAX);
        self.request.now.saturating_add(since).unwrap_or(Timestamp::MAX)
    }

    /// Returns the person whom the name and the address say, unless somebody else has that key.
    pub(super) fn likely_person(&self) -> Person {
        self.request.identity.person(&self.mailbox, self.name, 0)
    }

    /// Returns the writes for one person alone.
    pub(super) fn writes(&self, newcomer: &Newcomer, place: Place) -> Result<Vec<Write>, StoreError> {
        let person = newcomer.person;
        let [own, mail, mailbox] = self.own_writes(newcomer, place)?;
        let mut writes = vec![own, take(self.event, self.session, &[person], place), mail, mailbox];
        writes.extend(self.count());
        if let Some(act) = self.request.act {
            writes.push(enter(&Act { reference: Some(person.reference()), ..act.clone() })?);
        }
        Ok(writes)
    }

    /// Returns the writes that are about the person: the participant, the mail and the mailbox.
    pub(super) fn own_writes(&self, newcomer: &Newcomer, place: Place) -> Result<[Write; 3], StoreError> {
        let Newcomer { person, condition, sharing } = newcomer;
        let (event, forget_at) = (self.event, self.event.forget_at(self.session));
        let kind = match place {
            Place::WaitingList => MailKind::Waiting,
            Place::Seat if event.confirm_by_mail() => MailKind::Confirm,
            Place::Seat => MailKind::Confirmation,
        };
        let participant = self.participant(person, place);
        let mail = Mail::new(kind, &participant, &self.attempt_id, self.request.now);
        Ok([
            Write::put(record::person_item(event, &participant, &self.attempt_id)?, condition.clone()),
            outbox::put(event, &mail, forget_at)?,
            sharing.clone().with(event, &self.mailbox, person, forget_at)?,
        ])
    }

    /// Returns the participant that a person becomes.
    pub(super) fn participant(&self, person: &Person, place: Place) -> Participant {
        let Request { ref signup, now, .. } = *self.request;
        let status = match place {
            Place::WaitingList => Status::Waiting,
            Place::Seat if self.event.confirm_by_mail() => Status::Held,
            Place::Seat => Status::Confirmed,
        };
        Participant {
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
            forget_at: self.event.forget_at(self.session),
        }
    }

    /// Returns the write that counts the request of the sender, if the sender is known and it was not counted before.
    pub(super) fn count(&self) -> Option<Write> {
        let source = self.request.source.filter(|_| !self.progress.is_counted())?;
        let limit = (self.session.capacity() / SHARE_PER_SOURCE).clamp(MIN_PER_SOURCE, MAX_PER_SOURCE);
        Some(count(source, "asked", limit.into()))
    }
}

/// Returns the write to a session that gives people places in it, all of the same kind: seats for at most as many as the
/// session has.
pub(super) fn take(event: &Event, session: &Session, people: &[Person], place: Place) -> Write {
    let key = item::of_session(event.id(), session.id());
    let (number, capacity) = (i64::try_from(people.len()).unwrap_or(i64::MAX), i64::from(session.capacity()));
    match place {
        Place::Seat => {
            let fits = Condition::AtMost("taken", item::number(capacity - number));
            let is_free = Condition::Any(vec![Condition::Absent("taken"), fits]);
            let nobody_waits = Condition::Absent("waiting[0]");
            let has_seat = Condition::All(vec![is_free, nobody_waits]);
            Write::update(key, Changes::default().add("taken", number), has_seat)
        }
        Place::WaitingList => {
            let has_no_seat = Condition::Any(vec![
                Condition::AtLeast("taken", item::number(capacity)),
                Condition::Exists("waiting[0]"),
            ]);
            let has_room = Condition::Any(vec![
                Condition::Absent("waiting"),
                Condition::Shorter("waiting", (MAX_WAITING + 1).saturating_sub(people.len())),
            ]);
            let joined = Changes::default().append("waiting", people.iter().map(member).collect());
            Write::update(key, joined, Condition::All(vec![has_no_seat, has_room]))
        }
    }
}

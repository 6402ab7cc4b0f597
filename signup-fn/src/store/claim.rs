//! Taking a seat, or a place on the waiting list.
//!
//! Each attempt is one transaction:
//!
//! | write | condition |
//! |---|---|
//! | the person | absent, cancelled, or past `forget_at` |
//! | the session | for a seat: one is free and nobody waits; to wait: none is free or somebody waits, and the list has room |
//! | the mail about it | absent |
//! | the count of this sender's requests in this hour | below its limit |

use catalog::answer::Status;
use catalog::mail::MailKind;
use catalog::{Event, Session};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::client::{Store, attempt_id, member, unknown_session};
use super::error::{Setback, StoreError};
use super::expression::{Changes, Condition, equals};
use super::item::{self, number, text};
use super::mail::Mail;
use super::transaction::{Cancelled, Outcome, Write};
use super::{outbox, record, retry};
use crate::people::identity::{Person, Source};
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
    /// The person who signs up.
    pub person: &'a Person,
    /// Whether the participant is willing to wait if there is no seat.
    pub may_wait: bool,
    /// The sender of the form, if known.
    pub source: Option<&'a Source>,
    /// The time of the request.
    pub now: Timestamp,
    /// The version of the privacy notice that was shown with the form.
    pub privacy_notice_version: &'a str,
}

/// The outcome of a sign-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// The sign-up was stored.
    Placed(Place),
    /// The person had already signed up; nothing changed. Contains the place that a new person would have
    /// been given.
    Known(Place),
    /// There is no seat, and the participant does not want to wait or the waiting list is full.
    /// Nothing changed. Takes precedence over [`Claim::Known`] and [`Claim::TooOften`].
    Full,
    /// The sender has reached the limit for this hour, so it is probably a program. Nothing changed.
    TooOften,
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
const MAX_WAITING: usize = 5_000;
/// The divisor of a session's seats: one sender may request half of them in an hour, but at least
/// [`MIN_PER_SOURCE`], since a whole school may share one network address.
const SHARE_PER_SOURCE: u32 = 2;
/// The number of sign-ups that every sender may request in an hour, however small the session is.
const MIN_PER_SOURCE: u32 = 5;
/// The maximum number of sign-ups that one sender may request in an hour, however large the session is.
const MAX_PER_SOURCE: u32 = 60;
/// How long a seat is held for an unconfirmed address.
pub(super) const HOLD: SignedDuration = SignedDuration::from_hours(24);

/// The positions of the writes within the transaction.
const PERSON: usize = 0;
const SESSION: usize = 1;
const SOURCE: usize = 3;

/// A sign-up, with the values that all its attempts share.
struct Claiming<'a> {
    request: &'a Request<'a>,
    session: &'a Session,
    id: SignupId,
    attempt_id: String,
}

impl Store {
    /// Stores a sign-up if the person is new and there is a seat or a place on the waiting list.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses a request, if the event has no such session, or
    /// if the operating system supplies no random bits.
    pub async fn claim(&self, request: &Request<'_>, deadline: Instant) -> Result<Claim, StoreError> {
        let chosen = &request.signup.session;
        let session = request.event.session(chosen);
        let claiming = Claiming {
            request,
            session: session.ok_or_else(|| unknown_session(request.event.id(), chosen))?,
            id: SignupId::random()?,
            attempt_id: attempt_id(),
        };
        let claim = retry::until(deadline, || self.try_to_claim(&claiming)).await?;
        // Counts a probe for known addresses like a sign-up, although it changes nothing else.
        if let (Claim::Known(_), Some(count)) = (claim, claiming.count()) {
            let id = attempt_id();
            return retry::until(deadline, || self.try_to_count(count.clone(), &id, claim)).await;
        }
        Ok(claim)
    }

    async fn try_to_count(&self, count: Write, id: &str, claim: Claim) -> Result<Claim, Setback> {
        match self.transact(vec![count], id).await? {
            Outcome::Committed => Ok(claim),
            Outcome::Cancelled(cancelled) if cancelled.condition_failed(0) => Ok(Claim::TooOften),
            Outcome::Cancelled(cancelled) => Err(cancelled.setback()),
        }
    }

    async fn try_to_claim(&self, claiming: &Claiming<'_>) -> Result<Claim, Setback> {
        match self.try_for(claiming, Place::Seat).await? {
            Claim::Full if claiming.request.may_wait => self.try_for(claiming, Place::WaitingList).await,
            decided => Ok(decided),
        }
    }

    async fn try_for(&self, claiming: &Claiming<'_>, place: Place) -> Result<Claim, Setback> {
        let token = match place {
            Place::Seat => claiming.attempt_id.clone(),
            Place::WaitingList => format!("{}w", claiming.attempt_id),
        };
        match self.transact(claiming.writes(place)?, &token).await? {
            Outcome::Committed => Ok(Claim::Placed(place)),
            Outcome::Cancelled(cancelled) => claiming.outcome(&cancelled, place),
        }
    }
}

impl Claiming<'_> {
    fn writes(&self, place: Place) -> Result<Vec<Write>, StoreError> {
        let Request { event, ref signup, person, now, .. } = *self.request;
        let forget_at = event.forget_at(self.session);
        let (status, kind) = match place {
            Place::WaitingList => (Status::Waiting, MailKind::Waiting),
            Place::Seat if event.confirm_by_mail() => (Status::Held, MailKind::Confirm),
            Place::Seat => (Status::Confirmed, MailKind::Confirmation),
        };
        let participant = Participant {
            person: *person,
            signup: signup.clone(),
            id: self.id,
            status,
            held_until: (status == Status::Held).then(|| now + HOLD),
            signed_up_at: now,
            privacy_notice_version: self.request.privacy_notice_version.to_owned(),
            version: first_version(now),
            mailed_at: now,
            told: Some(self.session.times()),
            rescheduled_at: None,
            forget_at,
        };
        let is_new = Condition::Any(vec![
            Condition::Absent("pk"),
            equals("status", text(Status::Cancelled.name())),
            Condition::AtMost("forget_at", number(now.as_second())),
        ]);
        let mail = Mail::new(kind, &participant, &self.attempt_id, now);
        let mut writes = vec![
            Write::put(record::person_item(event.id(), &participant, &self.attempt_id)?, is_new),
            take(event, self.session, person, place),
            outbox::put(event.id(), &mail, forget_at)?,
        ];
        writes.extend(self.count());
        Ok(writes)
    }

    /// Returns the write that counts the request of the sender, if the sender is known.
    fn count(&self) -> Option<Write> {
        let source = self.request.source?;
        let limit = (self.session.capacity() / SHARE_PER_SOURCE).clamp(MIN_PER_SOURCE, MAX_PER_SOURCE);
        let may_ask = vec![Condition::Absent("asked"), Condition::Less("asked", number(limit.into()))];
        let forget_at = number(source.forget_at().as_second());
        Some(Write::update(
            item::source_key(source),
            Changes::default().add("asked", 1).set("forget_at", forget_at),
            Condition::Any(may_ask),
        ))
    }

    /// Decides what a cancelled transaction means for the participant.
    fn outcome(&self, cancelled: &Cancelled, place: Place) -> Result<Claim, Setback> {
        // An earlier attempt, for a seat or for the waiting list, was committed, but its response was lost.
        if cancelled.condition_failed(PERSON) && cancelled.found_attempt(PERSON, &self.attempt_id) {
            let status = cancelled.item(PERSON).and_then(|item| item::text_of(item, "status"));
            let is_waiting = status == Some(Status::Waiting.name());
            return Ok(Claim::Placed(if is_waiting { Place::WaitingList } else { Place::Seat }));
        }
        // Checked before the person, so that a full session reveals nothing about anybody.
        if cancelled.condition_failed(SESSION) {
            return match place {
                Place::Seat => Ok(Claim::Full),
                // Either the waiting list itself is full, or a seat came free in the meantime.
                Place::WaitingList => match record::session_state(cancelled.item(SESSION)) {
                    Ok(state) if state.waiting.len() >= MAX_WAITING => Ok(Claim::Full),
                    _ => Err(Setback::Passing("a seat came free".to_owned())),
                },
            };
        }
        if !cancelled.would_succeed(SESSION) {
            return Err(cancelled.setback());
        }
        if cancelled.condition_failed(SOURCE) {
            return Ok(Claim::TooOften);
        }
        if cancelled.condition_failed(PERSON) {
            return Ok(Claim::Known(place));
        }
        Err(cancelled.setback())
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

/// Returns the version of a new sign-up: seconds since 2026.
///
/// It exceeds the version of an earlier sign-up of the same person, so that calendars accept the
/// newer one. It stays below 2³¹, the limit of `SEQUENCE`, until 2094.
fn first_version(now: Timestamp) -> i64 {
    now.as_second() - 1_767_225_600
}

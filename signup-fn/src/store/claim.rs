//! Taking a seat, or a place on the waiting list.
//!
//! Each attempt is one transaction:
//!
//! | write | condition |
//! |---|---|
//! | the person | absent, cancelled, or past `forget_at` |
//! | the session | for a seat: one is free and nobody waits; for a place in line: the opposite |
//! | the mail about it | absent |
//! | the count of what this sender asked for | below [`MAX_PER_SOURCE`] |

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

/// A sign-up on its way into the table.
#[derive(Debug)]
pub struct Request<'a> {
    /// The event.
    pub event: &'a Event,
    /// What the participant asks for; its session is one of the event's.
    pub signup: Signup,
    /// The person who signs up.
    pub person: &'a Person,
    /// Whether the participant is willing to wait if there is no seat.
    pub may_wait: bool,
    /// The sender of the form, if known.
    pub source: Option<&'a Source>,
    /// The moment of the request.
    pub now: Timestamp,
    /// The version of the privacy notice that was shown with the form.
    pub privacy_notice_version: &'a str,
}

/// The outcome of a sign-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// It is in the table.
    Placed(Place),
    /// This person had signed up already, and nothing changed. Holds what a newcomer would have got.
    Known(Place),
    /// There is no seat, and the participant does not want to wait or the waiting list is full.
    /// Nothing changed. This takes precedence over anything about the person.
    Full,
    /// The sender has asked so often that it is probably a program; nothing changed.
    TooOften,
}

/// What a participant has in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A seat.
    Seat,
    /// A place on the waiting list.
    Line,
}

/// The maximum length of a waiting list: 5,000 × 26 bytes is a third of an item's maximum size (400 KB).
const LONGEST_LINE: usize = 5_000;
/// How many sign-ups one sender may ask for in an hour; a whole school may share one network address.
const MAX_PER_SOURCE: i64 = 60;
/// How long an unconfirmed address keeps its seat.
pub(super) const HOLD: SignedDuration = SignedDuration::from_hours(24);

/// The positions of the writes within the transaction.
const PERSON: usize = 0;
const SESSION: usize = 1;
const SOURCE: usize = 3;

/// A sign-up with everything that stays the same from one attempt to the next.
struct Claiming<'a> {
    request: &'a Request<'a>,
    session: &'a Session,
    id: SignupId,
    attempt_id: String,
}

impl Store {
    /// Stores a sign-up if the person is new and there is a seat or a place to wait.
    ///
    /// # Errors
    /// Fails if the table did not decide before the deadline, or refused.
    pub async fn claim(&self, request: &Request<'_>, deadline: Instant) -> Result<Claim, StoreError> {
        let chosen = &request.signup.session;
        let session = request.event.session(chosen);
        let claiming = Claiming {
            request,
            session: session.ok_or_else(|| unknown_session(request.event.id(), chosen))?,
            id: SignupId::random()?,
            attempt_id: attempt_id(),
        };
        retry::until(deadline, || self.try_to_claim(&claiming)).await
    }

    async fn try_to_claim(&self, claiming: &Claiming<'_>) -> Result<Claim, Setback> {
        match self.try_for(claiming, Place::Seat).await? {
            Claim::Full if claiming.request.may_wait => self.try_for(claiming, Place::Line).await,
            decided => Ok(decided),
        }
    }

    async fn try_for(&self, claiming: &Claiming<'_>, place: Place) -> Result<Claim, Setback> {
        let token = match place {
            Place::Seat => claiming.attempt_id.clone(),
            Place::Line => format!("{}w", claiming.attempt_id),
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
            Place::Line => (Status::Waiting, MailKind::Waiting),
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
        if let Some(source) = self.request.source {
            let may_ask = vec![Condition::Absent("asked"), Condition::Less("asked", number(MAX_PER_SOURCE))];
            let forget_at = number(source.forget_at().as_second());
            writes.push(Write::update(
                item::source_key(source),
                Changes::default().add("asked", 1).set("forget_at", forget_at),
                Condition::Any(may_ask),
            ));
        }
        Ok(writes)
    }

    /// Decides what a cancelled transaction means for the participant.
    fn outcome(&self, cancelled: &Cancelled, place: Place) -> Result<Claim, Setback> {
        // An earlier attempt, for a seat or for a place in line, was committed but its answer got lost.
        if cancelled.is_unmet(PERSON) && cancelled.found_attempt(PERSON, &self.attempt_id) {
            let status = cancelled.item(PERSON).and_then(|item| item::text_of(item, "status"));
            let is_waiting = status == Some(Status::Waiting.name());
            return Ok(Claim::Placed(if is_waiting { Place::Line } else { Place::Seat }));
        }
        // Before anything about the person, so that a full session reveals nothing about anybody.
        if cancelled.is_unmet(SESSION) {
            return match place {
                Place::Seat => Ok(Claim::Full),
                // A seat came free in the meantime, unless the waiting list itself is full.
                Place::Line => match record::session_state(cancelled.item(SESSION)) {
                    Ok(state) if state.waiting.len() >= LONGEST_LINE => Ok(Claim::Full),
                    _ => Err(Setback::Passing("a seat came free".to_owned())),
                },
            };
        }
        if !cancelled.is_fine(SESSION) {
            return Err(cancelled.setback());
        }
        if cancelled.is_unmet(SOURCE) {
            return Ok(Claim::TooOften);
        }
        if cancelled.is_unmet(PERSON) {
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
        Place::Line => {
            let has_no_seat =
                Condition::Any(vec![Condition::AtLeast("taken", capacity), Condition::Exists("waiting[0]")]);
            let has_room = Condition::Any(vec![
                Condition::Absent("waiting"),
                Condition::Shorter("waiting", LONGEST_LINE),
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

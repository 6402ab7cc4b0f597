//! Taking a seat, or a place on the waiting list.
//!
//! One transaction each: the person, if absent; the session; the mail; the
//! count of what the same sender asked. A seat is there while fewer are taken
//! than there are *and nobody waits*, so a newcomer never passes the line.

use aws_sdk_dynamodb::types::TransactWriteItem;
use catalog::answer::Status;
use catalog::mail::MailKind;
use catalog::{Event, Session};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::item::{self, number, text};
use super::retry::{self, Attempt};
use super::transaction::Cancelled;
use super::{Mail, Store, StoreError};
use crate::identity::{Person, Source};
use crate::participant::Participant;
use crate::signup::Signup;
use crate::token::SignupId;

/// A sign-up on its way into the table.
#[derive(Debug)]
pub struct Request<'a> {
    /// The event.
    pub event: &'a Event,
    /// What the participant asks for; its session is one of the event's.
    pub signup: Signup,
    /// Who the participant is.
    pub person: &'a Person,
    /// Whether to wait where there is no seat.
    pub may_wait: bool,
    /// Who sent it, where that is known.
    pub source: Option<&'a Source>,
    /// When it was asked.
    pub now: Timestamp,
    /// The version of the notice that stood at the form.
    pub privacy_notice_version: &'a str,
}

/// What became of a sign-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// It is in the table.
    Placed(Place),
    /// This person was there already, and nothing has changed; a new one would have got this.
    Known(Place),
    /// There is no seat, and the participant did not ask to wait or the line is full; nothing has
    /// changed. Said before anything about the person.
    Full,
    /// The sender has asked so often that it is no person; nothing has changed.
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

/// How many may wait for a session: 5,000 × 26 bytes is a third of what an item may hold (400 KB).
const LONGEST_LINE: i64 = 5_000;
/// How many sign-ups one sender may ask for in an hour; a school may share one address.
const MOST_OF_A_SOURCE: i64 = 60;
/// How long an address that is to be confirmed keeps its seat.
pub(super) const HOLD: SignedDuration = SignedDuration::from_hours(24);

/// Positions of the parts within the transaction.
const PERSON: usize = 0;
const SESSION: usize = 1;
const SOURCE: usize = 3;

/// A seat is free, and nobody waits for it.
pub(super) const HAS_SEAT: &str =
    "(attribute_not_exists(taken) OR taken < :capacity) AND attribute_not_exists(waiting[0])";
/// There is no such seat, and the line has room.
pub(super) const HAS_LINE: &str = "(taken >= :capacity OR attribute_exists(waiting[0])) \
                                   AND (attribute_not_exists(waiting) OR size(waiting) < :longest)";
pub(super) const TAKE_SEAT: &str = "ADD taken :one";
pub(super) const JOIN_LINE: &str = "SET waiting = list_append(if_not_exists(waiting, :nobody), :me)";

impl Store {
    /// Stores a sign-up, if the person is new and there is a seat or a place to wait.
    ///
    /// # Errors
    /// When the table did not take it before the deadline, however often it was asked.
    pub async fn claim(&self, request: &Request<'_>, deadline: Instant) -> Result<Claim, StoreError> {
        let Some(session) = request.event.session(&request.signup.session) else {
            return Err(StoreError::Refused(format!("no session `{}`", request.signup.session)));
        };
        // By this an attempt whose answer was lost is known again.
        let attempt_id = super::attempt_id();
        let id = SignupId::random().map_err(|error| StoreError::Refused(error.to_string()))?;
        let seat = self.parts(request, session, id, Place::Seat, &attempt_id)?;
        retry::until(deadline, || async {
            match self.try_for(Place::Seat, seat.clone(), &attempt_id).await {
                Attempt::Done(Claim::Full) if request.may_wait => {
                    match self.parts(request, session, id, Place::Line, &attempt_id) {
                        Ok(line) => self.try_for(Place::Line, line, &attempt_id).await,
                        Err(error) => super::Failure::from(error).into(),
                    }
                }
                decided => decided,
            }
        })
        .await
    }

    async fn try_for(&self, place: Place, parts: Vec<TransactWriteItem>, attempt_id: &str) -> Attempt<Claim> {
        let token = match place {
            Place::Seat => attempt_id.to_owned(),
            Place::Line => format!("{attempt_id}w"),
        };
        let sent = self.transact(parts, &token).await;
        sent.decide(Claim::Placed(place), |cancelled| judge(cancelled, place, attempt_id))
    }

    fn parts(
        &self,
        request: &Request<'_>,
        session: &Session,
        id: SignupId,
        place: Place,
        attempt_id: &str,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let Request { event, signup, person, now, .. } = request;
        let forget_at = event.forget_at(session);
        let (status, kind) = match place {
            Place::Line => (Status::Waiting, MailKind::Waiting),
            Place::Seat if event.confirm_by_mail() => (Status::Held, MailKind::Confirm),
            Place::Seat => (Status::Confirmed, MailKind::Confirmation),
        };
        let participant = Participant {
            person: **person,
            signup: signup.clone(),
            id,
            status,
            held_until: (status == Status::Held).then(|| *now + HOLD),
            signed_up_at: *now,
            privacy_notice_version: request.privacy_notice_version.to_owned(),
            version: super::first_version(*now),
            mailed_at: *now,
            forget_at,
        };
        let mail = Mail::new(kind, &participant, attempt_id, *now);
        let absent = "attribute_not_exists(pk) OR #status = :cancelled OR forget_at <= :now";
        let mut parts = vec![
            self.put(
                item::from_participant(event.id(), &participant, attempt_id),
                absent,
                vec![(":cancelled", text(Status::Cancelled.name())), (":now", number(now.as_second()))],
            )?,
            self.place(event, session, person, place)?,
            self.mail_part(event.id(), &mail, forget_at)?,
        ];
        if let Some(source) = request.source {
            parts.push(self.update(
                item::source_key(source),
                "ADD asked :one SET forget_at = :forget_at",
                "attribute_not_exists(asked) OR asked < :most",
                vec![
                    (":one", number(1)),
                    (":most", number(MOST_OF_A_SOURCE)),
                    (":forget_at", number(source.forget_at().as_second())),
                ],
            )?);
        }
        Ok(parts)
    }

    /// The part of a session that gives a person a place.
    pub(super) fn place(
        &self,
        event: &Event,
        session: &Session,
        person: &Person,
        place: Place,
    ) -> Result<TransactWriteItem, StoreError> {
        let key = item::key(event.id(), item::session_key(session.id()));
        let capacity = (":capacity", number(session.capacity().into()));
        match place {
            Place::Seat => self.update(key, TAKE_SEAT, HAS_SEAT, vec![(":one", number(1)), capacity]),
            Place::Line => {
                let me = item::list([text(person.key())]);
                let values = vec![
                    (":me", me),
                    (":nobody", item::list([])),
                    (":longest", number(LONGEST_LINE)),
                    capacity,
                ];
                self.update(key, JOIN_LINE, HAS_LINE, values)
            }
        }
    }
}

fn judge(cancelled: &Cancelled, place: Place, attempt_id: &str) -> Attempt<Claim> {
    // An earlier attempt went through, but its answer was lost; for a seat or for a place in line.
    if cancelled.is_unmet(PERSON) && cancelled.met_own(PERSON, attempt_id) {
        let is_waiting =
            cancelled.item(PERSON).and_then(|item| item.get("status")).and_then(|s| s.as_s().ok());
        let is_waiting = is_waiting.is_some_and(|status| status == Status::Waiting.name());
        return Attempt::Done(Claim::Placed(if is_waiting { Place::Line } else { Place::Seat }));
    }
    // Before anything about the person, so that a full session tells nothing about anybody.
    if cancelled.is_unmet(SESSION) {
        return match place {
            Place::Seat => Attempt::Done(Claim::Full),
            // A seat came free in between, unless the line itself is full.
            Place::Line => match item::session_state(cancelled.item(SESSION)) {
                Ok(state) if state.waiting.len() as i64 >= LONGEST_LINE => Attempt::Done(Claim::Full),
                _ => Attempt::Again("a seat came free".to_owned()),
            },
        };
    }
    if !cancelled.is_fine(SESSION) {
        return cancelled.undecided();
    }
    if cancelled.is_unmet(SOURCE) {
        return Attempt::Done(Claim::TooOften);
    }
    if cancelled.is_unmet(PERSON) {
        return Attempt::Done(Claim::Known(place));
    }
    cancelled.undecided()
}

//! Signing up: attempts of the transaction in [`super::claim`] until one decides.

use std::sync::atomic::{AtomicU8, Ordering};

use catalog::mail::MailKind;
use tokio::time::Instant;

use super::applicant::Found;
use super::claim::{Claim, Claimed, Claiming, MAX_WAITING, Newcomer, Place, Request};
use super::client::{Store, attempt_id, unknown_session};
use super::error::{Setback, StoreError};
use super::item;
use super::transaction::{Cancelled, Outcome, Write};
use super::{record, retry};
use crate::people::identity::Person;
use crate::people::signup::Signup;
use crate::people::timing::Timing;
use crate::people::token::SignupId;

/// The positions of the writes within the transaction.
const PERSON: usize = 0;
const SESSION: usize = 1;
const MAILBOX: usize = 3;
const SOURCE: usize = 4;

impl Store {
    /// Stores a sign-up if the person is new and there is a seat or a place on the waiting list. Keeps the
    /// event first, so that the sign-up does not depend on the catalogue any more.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses a request, if the event has no such session, or
    /// if the operating system supplies no random bits.
    pub async fn claim(&self, request: &Request<'_>, deadline: Instant) -> Result<Claimed, StoreError> {
        let timing = Timing { now: request.now, deadline };
        let kept = self.keep(request.event.id(), Some(request.event), timing).await?;
        let event = kept.as_ref().unwrap_or(request.event);
        let Signup { ref session, ref email, ref details } = request.signup;
        let claiming = Claiming {
            request,
            event,
            session: event.session(session).ok_or_else(|| unknown_session(event.id(), session))?,
            mailbox: request.identity.mailbox(event.id(), email),
            name: details.full_name.as_str(),
            id: SignupId::random()?,
            attempt_id: attempt_id(),
            taken_keys: AtomicU8::new(0),
        };
        let (claimed, told) = retry::until(deadline, || self.try_to_claim(&claiming)).await?;
        let Some(person) = told else { return Ok(claimed) };
        // A probe for known addresses counts like a sign-up, although it changes nothing else.
        if let Some(count) = claiming.count() {
            let id = attempt_id();
            if !retry::until(deadline, || self.try_to_count(count.clone(), &id)).await? {
                return Ok(Claimed { claim: Claim::TooOften, ..claimed });
            }
        }
        let kind = if let Claim::Crowded(_) = claimed.claim { MailKind::Crowded } else { MailKind::Repeat };
        self.repeat(event, claiming.session.id(), (kind, &person), timing).await?;
        Ok(claimed)
    }

    /// Counts a request. Returns whether the sender is below the limit.
    async fn try_to_count(&self, count: Write, id: &str) -> Result<bool, Setback> {
        match self.transact(vec![count], id).await? {
            Outcome::Committed => Ok(true),
            Outcome::Cancelled(cancelled) if cancelled.condition_failed(0) => Ok(false),
            Outcome::Cancelled(cancelled) => Err(cancelled.setback()),
        }
    }

    /// Returns the outcome, and the person whom a mail must tell that the form was submitted again.
    async fn try_to_claim(&self, claiming: &Claiming<'_>) -> Result<(Claimed, Option<Person>), Setback> {
        let newcomer = match self.look_up(claiming).await? {
            Found::Done(claimed) => return Ok((claimed, None)),
            Found::Refused(claimed, person) => {
                let is_full = claimed.claim == Claim::Full;
                return Ok((claimed, (!is_full).then_some(person)));
            }
            Found::New(newcomer) => newcomer,
        };
        let taken_keys = claiming.taken_keys.load(Ordering::Relaxed);
        let claim = match self.try_for(claiming, &newcomer, Place::Seat, taken_keys).await? {
            Claim::Full if claiming.request.may_wait => {
                self.try_for(claiming, &newcomer, Place::WaitingList, taken_keys).await?
            }
            decided => decided,
        };
        Ok((Claimed { claim, person: newcomer.person }, None))
    }

    async fn try_for(
        &self,
        claiming: &Claiming<'_>,
        newcomer: &Newcomer,
        place: Place,
        taken_keys: u8,
    ) -> Result<Claim, Setback> {
        // Each attempt reads the table again and may write something else, so it needs a new idempotency key.
        match self.transact(claiming.writes(newcomer, place)?, &attempt_id()).await? {
            Outcome::Committed => Ok(Claim::Placed(place)),
            Outcome::Cancelled(cancelled) => {
                let item = cancelled.item(PERSON);
                let mailbox = item.and_then(|item| item::text_of(item, "mailbox"));
                if mailbox.is_some_and(|mailbox| mailbox != claiming.mailbox.key()) {
                    // Somebody who has changed the address since has this key.
                    claiming.taken_keys.store(taken_keys.saturating_add(1), Ordering::Relaxed);
                }
                outcome(&cancelled, place)
            }
        }
    }
}

/// Decides what a cancelled transaction means for the participant.
fn outcome(cancelled: &Cancelled, place: Place) -> Result<Claim, Setback> {
    // Somebody else changed the person or the mailbox, perhaps by taking the last seat for the same person. So
    // the next attempt reads them again.
    if !(cancelled.would_succeed(PERSON) && cancelled.would_succeed(MAILBOX)) {
        return Err(cancelled.setback());
    }
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
    if cancelled.would_succeed(SESSION) && cancelled.condition_failed(SOURCE) {
        return Ok(Claim::TooOften);
    }
    Err(cancelled.setback())
}

//! Signing up: attempts of the transaction in [`super::claim`] until one decides.

use catalog::mail::MailKind;
use jiff::Timestamp;
use tokio::time::Instant;

use super::ahead::{self, Ahead, Seen};
use super::applicant::Found;
use super::claim::{Claim, Claimed, Claiming, MAX_WAITING, Newcomer, Place, Request};
use super::client::{Store, attempt_id, unknown_session};
use super::desk::is_led;
use super::error::{Setback, StoreError};
use super::item;
use super::mailbox::sharing;
use super::progress::Progress;
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
    /// `ahead` is what was read about the applicant a moment ago.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses a request, if the event has no such session, or
    /// if the operating system supplies no random bits.
    pub async fn claim(
        &self,
        request: &Request<'_>,
        mut ahead: Ahead,
        deadline: Instant,
    ) -> Result<Claimed, StoreError> {
        let applicant = request.applicant();
        let timing = Timing { now: request.now, deadline };
        let started = Instant::now();
        let Signup { ref session, ref details, .. } = request.signup;
        let kept = Box::pin(self.keep_found(
            request.event.id(),
            Some(request.event),
            Some(ahead.kept.take()),
            timing,
        ))
        .await?;
        let event = kept.as_ref().unwrap_or(request.event);
        let seen = ahead.about(event, &applicant);
        let time_left = deadline.saturating_duration_since(started);
        let claiming = Claiming {
            request,
            event,
            session: event.session(session).ok_or_else(|| unknown_session(event.id(), session))?,
            mailbox: applicant.mailbox,
            name: details.full_name.as_str(),
            id: SignupId::random()?,
            attempt_id: attempt_id(),
            started,
            until: request.now.saturating_add(time_left).unwrap_or(Timestamp::MAX),
            progress: Progress::default(),
        };
        let (claimed, told) = retry::with(deadline, seen, |seen| self.try_to_claim(&claiming, seen)).await?;
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

    /// Makes one attempt. Whoever has an answer leaves no ticket behind.
    async fn try_to_claim(&self, claiming: &Claiming<'_>, seen: Option<Seen>) -> Result<Answer, Setback> {
        let answer = self.answer(claiming, seen).await;
        let is_over = !matches!(answer, Err(Setback::Passing(_)));
        if !is_over || !claiming.progress.has_ticket() || self.withdraw(claiming).await? {
            return answer;
        }
        // The ticket was served since, so that is the answer.
        match self.look_up(claiming).await? {
            Found::Answered(claimed, told) => Ok((claimed, told)),
            Found::New(_) => answer,
        }
    }

    async fn answer(&self, claiming: &Claiming<'_>, seen: Option<Seen>) -> Result<Answer, Setback> {
        let Claiming { event, session, ref mailbox, .. } = *claiming;
        let [found, desk] = match seen {
            Some(seen) => seen,
            None => self.items(ahead::keys(event, mailbox, session.id())).await?,
        };
        let read = self.with_sharers(event, sharing(found.as_ref())?).await?;
        let is_busy = is_led(desk.as_ref(), claiming.now());
        let newcomer = match self.find(claiming, &read).await? {
            Found::Answered(claimed, told) => return Ok((claimed, told)),
            Found::New(newcomer) => newcomer,
        };
        // An organiser's act enters the log in the same transaction, and does not queue.
        let (progress, may_queue) = (&claiming.progress, claiming.request.act.is_none());
        let goes_on_alone = progress.was_turned_back() || !may_queue;
        let tried = match !goes_on_alone && (is_busy || progress.has_ticket()) {
            true => Tried::Busy(Setback::Passing("the desk is at work".to_owned())),
            false => self.try_directly(claiming, &newcomer).await?,
        };
        let setback = match tried {
            Tried::Decided(claim) => return Ok((Claimed { claim, person: newcomer.person }, None)),
            Tried::Busy(setback) => setback,
        };
        // Whoever does not wait needs no transaction to see that the session is full.
        if !claiming.request.may_wait {
            let state = self.session_state(claiming.event.id(), claiming.session.id()).await?;
            if !state.has_seat(claiming.session) {
                return Ok((Claimed { claim: Claim::Full, person: newcomer.person }, None));
            }
        }
        if !may_queue {
            return Err(setback);
        }
        // Most sign-ups never get here, so their future has no room for it.
        if let Some(claim) = Box::pin(self.wait_at_desk(claiming, is_busy)).await? {
            return Ok((Claimed { claim, person: newcomer.person }, None));
        }
        match self.look_up(claiming).await? {
            Found::Answered(claimed, told) => Ok((claimed, told)),
            Found::New(_) => {
                claiming.progress.turn_back();
                Err(Setback::Passing("turned back at the desk".to_owned()))
            }
        }
    }

    /// Tries to give a place to one person alone.
    async fn try_directly(&self, claiming: &Claiming<'_>, newcomer: &Newcomer) -> Result<Tried, Setback> {
        match self.try_for(claiming, newcomer, Place::Seat).await? {
            Tried::Decided(Claim::Full) if claiming.request.may_wait => {
                self.try_for(claiming, newcomer, Place::WaitingList).await
            }
            tried => Ok(tried),
        }
    }

    async fn try_for(
        &self,
        claiming: &Claiming<'_>,
        newcomer: &Newcomer,
        place: Place,
    ) -> Result<Tried, Setback> {
        let mut writes = claiming.writes(newcomer, place)?;
        writes.extend(claiming.progress.has_ticket().then(|| Self::withdrawal(claiming)));
        // Each attempt reads the table again and may write something else, so it needs a new idempotency key.
        match self.transact(writes, &attempt_id()).await? {
            Outcome::Committed => {
                claiming.progress.set_ticket(false);
                Ok(Tried::Decided(Claim::Placed(place)))
            }
            Outcome::Cancelled(cancelled) => {
                let item = cancelled.item(PERSON);
                let mailbox = item.and_then(|item| item::text_of(item, "mailbox"));
                if mailbox.is_some_and(|mailbox| mailbox != claiming.mailbox.key()) {
                    // Somebody who has changed the address since has this key.
                    claiming.progress.find_taken_key();
                }
                if cancelled.conflicts(SESSION) {
                    return Ok(Tried::Busy(cancelled.setback()));
                }
                outcome(&cancelled, place).map(Tried::Decided)
            }
        }
    }
}

/// The outcome, and the person whom a mail must tell that the form was submitted again.
type Answer = (Claimed, Option<Person>);

/// The outcome of an attempt for one person alone.
enum Tried {
    Decided(Claim),
    /// Another transaction was at work on the session.
    Busy(Setback),
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

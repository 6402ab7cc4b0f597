//! The waiting list: giving up a place, and giving free seats to the head of the line.

use catalog::answer::Status;
use catalog::mail::MailKind;
use catalog::{Event, Session};
use jiff::Timestamp;

use super::client::{Store, attempt_id, member};
use super::error::{Setback, StoreError};
use super::expression::{Changes, Condition, equals};
use super::item::{self, number};
use super::mail::Mail;
use super::session::SessionState;
use super::transaction::{Outcome, Write};
use super::{claim, outbox, record, retry};
use crate::people::identity::Person;
use crate::people::participant::Participant;
use crate::people::timing::Timing;

/// One attempt to change something about an event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt<'a> {
    /// The event.
    pub(super) event: &'a Event,
    /// Identifies the attempt, so that a retry can recognise its own earlier write.
    pub(super) id: &'a str,
    /// The moment of the request.
    pub(super) now: Timestamp,
}

impl Store {
    /// Gives free seats to those who wait, for example after an editor raised the capacity.
    ///
    /// Returns how many were promoted.
    ///
    /// # Errors
    /// Fails if the table did not decide before the deadline, or refused.
    pub async fn settle(
        &self,
        event: &Event,
        session: &Session,
        timing: Timing,
    ) -> Result<usize, StoreError> {
        let mut promoted = 0;
        while timing.now < session.starts_at() {
            let attempt = || self.try_to_settle(event, session, timing.now);
            if !retry::until(timing.deadline, attempt).await? {
                break;
            }
            promoted += 1;
        }
        Ok(promoted)
    }

    async fn try_to_settle(&self, event: &Event, session: &Session, now: Timestamp) -> Result<bool, Setback> {
        let SessionState { taken, waiting } = self.session_state(event.id(), session.id()).await?;
        let Some(head) = waiting.first().filter(|_| taken < session.capacity()) else {
            return Ok(false);
        };
        let id = attempt_id();
        let mut writes = self.promote(&Attempt { event, id: &id, now }, head).await?;
        writes.push(Write::update(
            item::key(event.id(), item::session_key(session.id())),
            Changes::default().remove("waiting[0]").add("taken", 1),
            Condition::All(vec![
                equals("waiting[0]", member(head)),
                Condition::Less("taken", number(session.capacity().into())),
            ]),
        ));
        match self.transact(writes, &id).await? {
            Outcome::Committed => Ok(true),
            Outcome::Cancelled(cancelled) => Err(cancelled.setback()),
        }
    }

    /// Returns the writes by which a participant gives up the place in the session.
    ///
    /// A seat goes to the head of the line in the same transaction.
    pub(super) async fn leave(
        &self,
        attempt: &Attempt<'_>,
        participant: &Participant,
    ) -> Result<Vec<Write>, Setback> {
        let Attempt { event, now, .. } = *attempt;
        let id = &participant.signup.session;
        let state = self.session_state(event.id(), id).await?;
        let key = item::key(event.id(), item::session_key(id));
        if participant.status == Status::Waiting {
            let Some(at) = state.waiting.iter().position(|person| *person == participant.person) else {
                return Err(Setback::Passing("no longer on the waiting list".to_owned()));
            };
            let place = format!("waiting[{at}]");
            let removed = Changes::default().remove(&place);
            return Ok(vec![Write::update(key, removed, equals(place, member(&participant.person)))]);
        }
        // The seats of a session that has begun, or that is no longer announced, go to nobody.
        let session = event.session(id).filter(|session| now < session.starts_at());
        let was_taken = Condition::More("taken", number(0));
        match session.zip(state.waiting.first()) {
            Some((_, head)) => {
                let mut writes = self.promote(attempt, head).await?;
                // The seat changes hands, so the number of taken seats stays.
                let removed = Changes::default().remove("waiting[0]");
                writes.push(Write::update(key, removed, equals("waiting[0]", member(head))));
                Ok(writes)
            }
            None => {
                let condition = match session {
                    Some(_) => Condition::All(vec![was_taken, Condition::Absent("waiting[0]")]),
                    None => was_taken,
                };
                Ok(vec![Write::update(key, Changes::default().add("taken", -1), condition)])
            }
        }
    }

    /// Returns the writes that give the head of the line a seat, and tell the person.
    async fn promote(&self, attempt: &Attempt<'_>, head: &Person) -> Result<Vec<Write>, Setback> {
        let Attempt { event, id, now } = *attempt;
        let key = item::key(event.id(), item::person_key(head));
        let Some(found) = self.item(key.clone()).await? else {
            return Err(Setback::Passing("the head of the line is gone".to_owned()));
        };
        let waiting = record::participant(&found)?;
        let mut promoted = Participant { version: waiting.version + 1, ..waiting.clone() };
        if event.confirm_by_mail() {
            (promoted.status, promoted.held_until) = (Status::Held, Some(now + claim::HOLD));
        } else {
            promoted.status = Status::Confirmed;
        }
        let mail = Mail::new(MailKind::Promoted, &promoted, format!("{id}p"), now);
        let still_waiting = equals("version", number(waiting.version));
        Ok(vec![
            Write::update(key, record::changes(&waiting, &promoted)?, still_waiting),
            outbox::put(event.id(), &mail, promoted.forget_at)?,
        ])
    }
}

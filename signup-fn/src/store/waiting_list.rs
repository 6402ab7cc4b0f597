//! The waiting list: giving up a place, and promoting the head of the list to a free seat.

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
use crate::people::act::Act;
use crate::people::identity::Person;
use crate::people::participant::Participant;
use crate::people::timing::Timing;

/// One attempt to change the sign-ups of an event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt<'a> {
    /// The event.
    pub(super) event: &'a Event,
    /// Identifies the attempt, so that a retry can recognise its own earlier write.
    pub(super) id: &'a str,
    /// The time of the request.
    pub(super) now: Timestamp,
    /// The act of an organiser that asks for the change, if one does. It enters the log with the change.
    pub(super) act: Option<&'a Act>,
}

impl Store {
    /// Gives free seats to the waiting list, for example after an editor raised the capacity.
    ///
    /// Returns the number of participants who were promoted.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses a request, or if the session is unreadable.
    pub async fn settle(
        &self,
        event: &Event,
        session: &Session,
        timing: Timing,
    ) -> Result<usize, StoreError> {
        let mut promoted = 0;
        while session.promotes(timing.now) {
            let attempt = || self.try_to_settle(event, session, timing.now);
            if !retry::until(timing.deadline, attempt).await? {
                break;
            }
            promoted += 1;
        }
        Ok(promoted)
    }

    async fn try_to_settle(&self, event: &Event, session: &Session, now: Timestamp) -> Result<bool, Setback> {
        let SessionState { taken, waiting, .. } = self.session_state(event.id(), session.id()).await?;
        let Some(person) = waiting.first().filter(|_| taken < session.capacity()) else {
            return Ok(false);
        };
        let id = attempt_id();
        let mut writes = match self.head(event, session, person, now).await? {
            Head::Waiting(head) => promote(&Attempt { event, id: &id, now, act: None }, &head)?,
            Head::Unreadable => return Ok(false),
        };
        writes.push(Write::update(
            item::of_session(event.id(), session.id()),
            Changes::default().remove("waiting[0]").add("taken", 1),
            Condition::All(vec![
                equals("waiting[0]", member(person)),
                Condition::Less("taken", number(session.capacity().into())),
            ]),
        ));
        match self.transact(writes, &id).await? {
            Outcome::Committed => Ok(true),
            Outcome::Cancelled(cancelled) => Err(cancelled.setback()),
        }
    }

    /// Returns the writes by which a participant gives up a place in the session.
    ///
    /// If the place is a seat, the writes also give it to the head of the waiting list.
    pub(super) async fn leave(
        &self,
        attempt: &Attempt<'_>,
        participant: &Participant,
    ) -> Result<Vec<Write>, Setback> {
        let Attempt { event, now, .. } = *attempt;
        let id = &participant.signup.session;
        let state = self.session_state(event.id(), id).await?;
        let key = item::of_session(event.id(), id);
        if participant.status == Status::Waiting {
            // If the person has been promoted in the meantime, their version has changed too.
            let Some(at) = state.waiting.iter().position(|person| *person == participant.person) else {
                return Ok(Vec::new());
            };
            let place = format!("waiting[{at}]");
            let removed = Changes::default().remove(&place);
            return Ok(vec![Write::update(key, removed, equals(place, member(&participant.person)))]);
        }
        let was_taken = Condition::More("taken", number(0));
        let release =
            |condition| vec![Write::update(key.clone(), Changes::default().add("taken", -1), condition)];
        // Nobody is promoted in a session that has begun, that is called off, or that the event does not
        // know.
        let Some(session) = event.session(id).filter(|session| session.promotes(now)) else {
            return Ok(release(was_taken));
        };
        let Some(person) = state.waiting.first() else {
            return Ok(release(Condition::All(vec![was_taken, Condition::Absent("waiting[0]")])));
        };
        let capacity = number(session.capacity().into());
        if state.taken > session.capacity() {
            // An editor lowered the capacity. This seat is above it, so nobody gets it.
            return Ok(release(Condition::More("taken", capacity)));
        }
        let is_head = equals("waiting[0]", member(person));
        match self.head(event, session, person, now).await? {
            Head::Waiting(head) => {
                let mut writes = promote(attempt, &head)?;
                // The seat changes hands, so the number of taken seats stays the same.
                let fits = Condition::All(vec![is_head, Condition::AtMost("taken", capacity)]);
                writes.push(Write::update(key, Changes::default().remove("waiting[0]"), fits));
                Ok(writes)
            }
            // The seat stays free for the head of the list: newcomers cannot overtake the waiting list.
            Head::Unreadable => Ok(release(Condition::All(vec![was_taken, is_head]))),
        }
    }

    /// Reads the head of the waiting list. If that person does not wait for the session (any more),
    /// removes the person from the list and fails, so that the next attempt reads the next person.
    async fn head(
        &self,
        event: &Event,
        session: &Session,
        person: &Person,
        now: Timestamp,
    ) -> Result<Head, Setback> {
        let id = event.id();
        let key = item::of_person(event, person);
        let found = self.item(key.clone()).await?;
        let waits = |head: &Participant| {
            head.status == Status::Waiting && head.signup.session == *session.id() && !head.is_forgotten(now)
        };
        let unchanged = match found.as_ref().map(|item| record::participant(item, event)) {
            None => Condition::Absent("pk"),
            Some(Err(error)) => {
                tracing::error!(event.id = %id, session.id = %session.id(), %error, "unreadable head skipped");
                return Ok(Head::Unreadable);
            }
            Some(Ok(head)) if waits(&head) => return Ok(Head::Waiting(Box::new(head))),
            Some(Ok(head)) => equals("version", number(head.version)),
        };
        let line = item::of_session(id, session.id());
        let removed = Changes::default().remove("waiting[0]");
        let writes = vec![
            Write::update(line, removed, equals("waiting[0]", member(person))),
            Write::check(key, unchanged),
        ];
        if let Outcome::Committed = self.transact(writes, &attempt_id()).await? {
            tracing::warn!(event.id = %id, session.id = %session.id(), "removed a head who no longer waits");
        }
        Err(Setback::Passing("the head of the waiting list no longer waits".to_owned()))
    }
}

/// The head of a waiting list.
enum Head {
    /// A participant who waits for the session.
    Waiting(Box<Participant>),
    /// An item that this version cannot read, and so leaves unchanged.
    Unreadable,
}

/// Returns the writes that give the head of the waiting list a seat, and put the mail about it into the
/// outbox.
fn promote(attempt: &Attempt<'_>, head: &Participant) -> Result<Vec<Write>, StoreError> {
    let Attempt { event, id, now, .. } = *attempt;
    let key = item::of_person(event, &head.person);
    let mut promoted = head.next(now);
    if event.confirm_by_mail() {
        (promoted.status, promoted.held_until) = (Status::Held, Some(now + claim::HOLD));
    } else {
        promoted.status = Status::Confirmed;
    }
    let mail = Mail::new(MailKind::Promoted, &promoted, format!("{id}p"), now);
    Ok(vec![
        Write::update(key, record::changes(head, &promoted)?, equals("version", number(head.version))),
        outbox::put(event, &mail, promoted.forget_at)?,
    ])
}

//! Changing what is stored of one participant: details, session, status, or everything gone.
//!
//! Whoever gives up a seat gives it, in the same transaction, to the head of the line:
//!
//! | part | condition |
//! |---|---|
//! | the participant | still at the version that was read |
//! | the session that is left | the same head of the line, or still nobody |
//! | the head of the line | still waiting for this session |
//! | the session that is chosen | a seat and nobody waiting, or a line to join |
//! | the mails to both | |

use aws_sdk_dynamodb::types::TransactWriteItem;
use catalog::answer::Status;
use catalog::mail::MailKind;
use catalog::{Event, Session, SessionId};
use jiff::Timestamp;
use tokio::time::Instant;

use super::claim::{HOLD, Place};
use super::item::{self, number, text};
use super::retry::{self, Attempt};
use super::transaction::Cancelled;
use super::{Mail, SessionState, Store, StoreError};
use crate::identity::Person;
use crate::participant::Participant;
use crate::signup::Details;
use crate::token::SignupId;

/// What is to change.
#[derive(Debug, Clone)]
pub enum Change {
    /// Name, organisation, role and question.
    Details(Details),
    /// Another session; where it is full the old one is kept, or given up to wait for the new one.
    Move {
        /// The session chosen.
        to: SessionId,
        /// Whether to wait there.
        may_wait: bool,
    },
    /// The seat or the place in line is given up.
    Cancel,
    /// The address is the participant's own.
    Confirm,
    /// Nothing is to be remembered.
    Erase,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// It is as was asked; also when it was so already.
    Done,
    /// The session chosen has no seat; nothing has changed.
    Full,
    /// There is no such sign-up, or it is another one of the same person.
    Gone,
}

/// Positions of the parts within the transaction.
const OWN: usize = 0;

/// A change on its way into the table.
struct Step<'a> {
    event: &'a Event,
    participant: &'a Participant,
    attempt_id: &'a str,
    now: Timestamp,
}

impl Store {
    /// Changes a participant's sign-up; `id` says which of a person's sign-ups is meant.
    ///
    /// # Errors
    /// When the table did not take it before the deadline, however often it was asked.
    pub async fn change(
        &self,
        event: &Event,
        (person, id): (&Person, SignupId),
        change: &Change,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<Changed, StoreError> {
        let attempt_id = super::attempt_id();
        retry::until(deadline, || async {
            let try_it = self.try_to_change(event, (person, id), change, (now, &attempt_id));
            try_it.await.unwrap_or_else(Attempt::from)
        })
        .await
    }

    async fn try_to_change(
        &self,
        event: &Event,
        (person, id): (&Person, SignupId),
        change: &Change,
        (now, attempt_id): (Timestamp, &str),
    ) -> Result<Attempt<Changed>, super::Failure> {
        let item = self.item(item::key(event.id(), item::person_key(person))).await?;
        let Some(item) = item else {
            return Ok(Attempt::Done(if matches!(change, Change::Erase) {
                Changed::Done
            } else {
                Changed::Gone
            }));
        };
        // An earlier attempt went through, but its answer was lost.
        if item::Read(&item).optional_text("attempt_id") == Some(attempt_id) {
            return Ok(Attempt::Done(Changed::Done));
        }
        let participant = item::participant(&item)?;
        if participant.id != id || participant.forget_at <= now {
            return Ok(Attempt::Done(Changed::Gone));
        }
        let step = Step { event, participant: &participant, attempt_id, now };
        let (parts, chosen) = match self.parts_of(&step, change).await? {
            Planned::Nothing(changed) => return Ok(Attempt::Done(changed)),
            Planned::Parts { parts, chosen } => (parts, chosen),
        };
        // What is read anew is another request; the same one again is harmless in any case.
        let sent = self.transact(parts, &super::attempt_id()).await;
        Ok(sent.decide(Changed::Done, |cancelled| judge(cancelled, change, chosen)))
    }

    async fn parts_of(&self, step: &Step<'_>, change: &Change) -> Result<Planned, super::Failure> {
        let Step { event, participant, .. } = *step;
        let mut changed = Participant { version: participant.version + 1, ..participant.clone() };
        match change {
            Change::Details(details) if *details == participant.signup.details => {
                Ok(Planned::Nothing(Changed::Done))
            }
            Change::Details(details) => {
                changed.signup.details = details.clone();
                Ok(Planned::parts(vec![self.own(step, &changed)?]))
            }
            Change::Confirm if participant.status != Status::Held => Ok(Planned::Nothing(Changed::Done)),
            Change::Confirm => {
                (changed.status, changed.held_until) = (Status::Confirmed, None);
                let mail = self.mail(step, MailKind::Confirmation, &changed)?;
                Ok(Planned::parts(vec![self.own(step, &changed)?, mail]))
            }
            Change::Cancel if participant.status == Status::Cancelled => Ok(Planned::Nothing(Changed::Done)),
            Change::Cancel => {
                (changed.status, changed.held_until) = (Status::Cancelled, None);
                let mut parts =
                    vec![self.own(step, &changed)?, self.mail(step, MailKind::Cancelled, &changed)?];
                parts.extend(self.leave(step).await?);
                Ok(Planned::parts(parts))
            }
            Change::Erase => {
                let key = item::key(event.id(), item::person_key(&participant.person));
                let mut parts = vec![self.delete(
                    key,
                    "version = :version",
                    vec![(":version", number(participant.version))],
                )?];
                if participant.status != Status::Cancelled {
                    parts.extend(self.leave(step).await?);
                }
                for mail in self.few_mails_of(event.id(), &participant.person).await? {
                    parts.push(self.delete(mail, "attribute_exists(pk)", Vec::new())?);
                }
                Ok(Planned::parts(parts))
            }
            Change::Move { to, .. } if *to == participant.signup.session => {
                Ok(Planned::Nothing(Changed::Done))
            }
            Change::Move { .. } if participant.status == Status::Cancelled => {
                Ok(Planned::Nothing(Changed::Gone))
            }
            Change::Move { to, may_wait } => {
                let Some(session) = event.session(to) else {
                    return Err(StoreError::Refused(format!("no session `{to}`")).into());
                };
                let state = self.session_state(event, to).await?;
                let place = match (state.has_seat(session), may_wait) {
                    (true, _) => Place::Seat,
                    (false, true) => Place::Line,
                    (false, false) => return Ok(Planned::Nothing(Changed::Full)),
                };
                changed.signup.session = to.clone();
                changed.forget_at = event.forget_at(session);
                changed.status = match (place, participant.status) {
                    (Place::Line, _) => Status::Waiting,
                    // Who was to confirm the address still is.
                    (Place::Seat, Status::Held) => Status::Held,
                    (Place::Seat, _) => Status::Confirmed,
                };
                changed.held_until = changed.held_until.filter(|_| changed.status == Status::Held);
                let kind = if place == Place::Line { MailKind::Waiting } else { MailKind::Changed };
                let mut parts = vec![
                    self.own(step, &changed)?,
                    self.place(event, session, &participant.person, place)?,
                    self.mail(step, kind, &changed)?,
                ];
                if place == Place::Line && participant.status == Status::Confirmed {
                    // The seat is gone, and so is the entry in the participant's calendar.
                    let session = participant.signup.session.clone();
                    let id = format!("{}c", step.attempt_id);
                    let mail = Mail { session, ..Mail::new(MailKind::Cancelled, &changed, &id, step.now) };
                    parts.push(self.mail_part(event.id(), &mail, changed.forget_at)?);
                }
                parts.extend(self.leave(step).await?);
                Ok(Planned::Parts { parts, chosen: Some(1) })
            }
        }
    }

    /// The participant's own item as it is to be.
    fn own(&self, step: &Step<'_>, changed: &Participant) -> Result<TransactWriteItem, StoreError> {
        let item = item::from_participant(step.event.id(), changed, step.attempt_id);
        self.put(item, "version = :version", vec![(":version", number(step.participant.version))])
    }

    fn mail(
        &self,
        step: &Step<'_>,
        kind: MailKind,
        participant: &Participant,
    ) -> Result<TransactWriteItem, StoreError> {
        let mail = Mail::new(kind, participant, step.attempt_id, step.now);
        self.mail_part(step.event.id(), &mail, participant.forget_at)
    }

    /// Gives up what the participant has: the seat goes to the head of the line.
    async fn leave(&self, step: &Step<'_>) -> Result<Vec<TransactWriteItem>, super::Failure> {
        let Step { event, participant, now, .. } = *step;
        let id = &participant.signup.session;
        let state = self.session_state(event, id).await?;
        let key = item::key(event.id(), item::session_key(id));
        if participant.status == Status::Waiting {
            let Some(at) = state.waiting.iter().position(|person| *person == participant.person) else {
                return Err(super::Failure::Again("not in line any more".to_owned()));
            };
            let (update, condition) = (format!("REMOVE waiting[{at}]"), format!("waiting[{at}] = :me"));
            let me = vec![(":me", text(participant.person.key()))];
            return Ok(vec![self.update(key, &update, &condition, me)?]);
        }
        // A session that is no longer announced gives its seats to nobody.
        let session = event.session(id).filter(|session| now < session.starts_at());
        match session.zip(state.waiting.first()) {
            Some((_, head)) => {
                let mut parts = self.promote(event, head, step.attempt_id, now).await?;
                // The seat changes hands; how many are taken stays.
                parts.push(self.update(
                    key,
                    "REMOVE waiting[0]",
                    "waiting[0] = :head",
                    vec![(":head", text(head.key()))],
                )?);
                Ok(parts)
            }
            None => {
                let condition = match session {
                    Some(_) => "taken > :nothing AND attribute_not_exists(waiting[0])",
                    None => "taken > :nothing",
                };
                let values = vec![(":less", number(-1)), (":nothing", number(0))];
                Ok(vec![self.update(key, "ADD taken :less", condition, values)?])
            }
        }
    }

    /// The parts that give the head of a line a seat, and tell so.
    async fn promote(
        &self,
        event: &Event,
        head: &Person,
        attempt_id: &str,
        now: Timestamp,
    ) -> Result<Vec<TransactWriteItem>, super::Failure> {
        let key = item::key(event.id(), item::person_key(head));
        let Some(found) = self.item(key.clone()).await? else {
            return Err(super::Failure::Again("the head of the line is gone".to_owned()));
        };
        let waiting = item::participant(&found)?;
        let mut promoted = Participant { version: waiting.version + 1, ..waiting };
        let mut values =
            vec![(":version", number(promoted.version)), (":before", number(promoted.version - 1))];
        let update = if event.confirm_by_mail() {
            (promoted.status, promoted.held_until) = (Status::Held, Some(now + HOLD));
            values.push((":until", number((now + HOLD).as_second())));
            "SET #status = :status, version = :version, held_until = :until"
        } else {
            promoted.status = Status::Confirmed;
            "SET #status = :status, version = :version"
        };
        values.push((":status", text(promoted.status.name())));
        let mail = Mail::new(MailKind::Promoted, &promoted, &format!("{attempt_id}p"), now);
        Ok(vec![
            self.update(key, update, "version = :before", values)?,
            self.mail_part(event.id(), &mail, promoted.forget_at)?,
        ])
    }

    /// Gives seats that are free to those who wait, as after a session was given more of them.
    ///
    /// # Errors
    /// When the table did not take it before the deadline.
    pub async fn settle(
        &self,
        event: &Event,
        session: &Session,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<usize, StoreError> {
        let mut promoted = 0;
        while now < session.starts_at() {
            let given = retry::until(deadline, || async {
                self.try_to_settle(event, session, now).await.unwrap_or_else(Attempt::from)
            });
            if !given.await? {
                break;
            }
            promoted += 1;
        }
        Ok(promoted)
    }

    async fn try_to_settle(
        &self,
        event: &Event,
        session: &Session,
        now: Timestamp,
    ) -> Result<Attempt<bool>, super::Failure> {
        let SessionState { taken, waiting } = self.session_state(event, session.id()).await?;
        let Some(head) = waiting.first().filter(|_| taken < session.capacity()) else {
            return Ok(Attempt::Done(false));
        };
        let attempt_id = super::attempt_id();
        let mut parts = self.promote(event, head, &attempt_id, now).await?;
        parts.push(self.update(
            item::key(event.id(), item::session_key(session.id())),
            "REMOVE waiting[0] ADD taken :one",
            "waiting[0] = :head AND taken < :capacity",
            vec![
                (":head", text(head.key())),
                (":one", number(1)),
                (":capacity", number(session.capacity().into())),
            ],
        )?);
        Ok(self.transact(parts, &attempt_id).await.decide(true, Cancelled::undecided))
    }
}

/// What a change asks of the table.
enum Planned {
    /// Nothing.
    Nothing(Changed),
    /// A transaction; the place in it of the session that was chosen.
    Parts { parts: Vec<TransactWriteItem>, chosen: Option<usize> },
}

impl Planned {
    fn parts(parts: Vec<TransactWriteItem>) -> Self {
        Self::Parts { parts, chosen: None }
    }
}

fn judge(cancelled: &Cancelled, change: &Change, chosen: Option<usize>) -> Attempt<Changed> {
    let may_wait = matches!(change, Change::Move { may_wait: true, .. });
    // Where one is ready to wait, the line is looked at anew.
    if !may_wait && cancelled.is_fine(OWN) && chosen.is_some_and(|part| cancelled.is_unmet(part)) {
        return Attempt::Done(Changed::Full);
    }
    // Somebody else was quicker: what there is now is read once more.
    cancelled.undecided()
}

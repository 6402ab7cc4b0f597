//! Changes to a stored participant: new details, another session, another status, or erasure.
//!
//! If a participant gives up a seat, the same transaction gives it to the head of the waiting list:
//!
//! | write | condition |
//! |---|---|
//! | the participant | still at the version that was read |
//! | the old session | still the same head of the waiting list, or still nobody waiting |
//! | the head of the waiting list | still at the version that was read |
//! | the new session | for a seat: one is free and nobody waits; to wait: the opposite, and room |
//! | the mails to both | absent |

use catalog::answer::Status;
use catalog::mail::MailKind;
use catalog::session::SessionTimes;
use catalog::{Event, Session, SessionId};

use super::claim::{self, Place};
use super::client::{Store, attempt_id, unknown_session};
use super::error::{Setback, StoreError};
use super::expression::{Changes, Condition, equals};
use super::item::{self, number, text};
use super::mail::Mail;
use super::organiser::acts::enter;
use super::transaction::{Outcome, Write};
use super::waiting_list::Attempt;
use super::{outbox, record, retry};
use crate::people::act::Act;
use crate::people::field::Lines;
use crate::people::identity::Mailbox;
use crate::people::participant::{NewAddress, Participant};
use crate::people::signup::Details;
use crate::people::timing::Timing;
use crate::people::token::{SignupId, SignupKey};

/// A change to a sign-up.
#[derive(Debug, Clone)]
pub enum Change {
    /// Replaces name, organisation, role and question.
    Details(Details),
    /// Moves the participant to another session. If it is full, `may_wait` decides whether the participant
    /// gives up the old place to wait there, or keeps it.
    Move {
        /// The chosen session.
        to: SessionId,
        /// Whether to join the waiting list of a full session.
        may_wait: bool,
    },
    /// Gives up the seat or the place on the waiting list.
    Cancel,
    /// Ends the sign-up because the session was called off.
    CallOff,
    /// Confirms the address.
    Confirm,
    /// Asks for another email address, to which a mail with a link goes.
    AskAddress(NewAddress),
    /// Takes the new address, which its owner has confirmed.
    TakeAddress {
        /// The id of the request. The sign-up takes it as its own, so that the links in earlier mails no longer
        /// work.
        id: SignupId,
        /// The mailbox of the new address.
        mailbox: Mailbox,
    },
    /// Gives somebody who waits a seat, out of turn and whether or not one is free, for this reason.
    LetIn(Lines<1000>),
    /// Replaces what organisers note about the participant.
    Note(Option<Lines<1000>>),
    /// Removes everything about the participant.
    Erase,
    /// Removes everything about a participant who did not confirm the address in time, or whose retention
    /// period is over.
    Expire,
    /// Adopts the session's times and the retention period of the catalogue. If the times differ from those
    /// that the participant knows, tells the participant.
    Follow,
}

/// The outcome of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// The sign-up is as requested, possibly since before the request.
    Done,
    /// The chosen session has no seat; nothing changed.
    Full,
    /// The sign-up no longer exists, was replaced, or may no longer be shown; or it was cancelled, and
    /// cannot be moved.
    Gone,
    /// Another new address was asked for a moment ago; nothing changed.
    TooSoon,
    /// The new address belongs to somebody with the same name, or to too many people; nothing changed.
    AddressTaken,
}

/// The position of the participant's own write within the transaction.
const OWN: usize = 0;

/// The writes of a change.
pub(super) enum Plan {
    /// Nothing to write.
    Nothing(Changed),
    /// One transaction.
    Writes {
        writes: Vec<Write>,
        /// The position of the write to the chosen session.
        chosen: Option<usize>,
    },
}

impl Plan {
    pub(super) fn writes(writes: Vec<Write>) -> Self {
        Self::Writes { writes, chosen: None }
    }
}

impl Store {
    /// Changes a sign-up.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses a request, if an item is unreadable, or if the
    /// event has no session with the chosen id.
    pub async fn change(
        &self,
        event: &Event,
        key: &SignupKey,
        change: &Change,
        timing: Timing,
    ) -> Result<Changed, StoreError> {
        let id = attempt_id();
        let attempt = Attempt { event, id: &id, now: timing.now, act: None };
        retry::until(timing.deadline, || self.try_to_change(&attempt, key, change)).await
    }

    /// Changes a sign-up on behalf of an organiser, and enters the act in the log: both or neither. Does nothing
    /// if the same form was handled before.
    ///
    /// # Errors
    /// Fails like [`Store::change`].
    pub async fn change_by(
        &self,
        (act, event): (&Act, &Event),
        key: &SignupKey,
        change: &Change,
        timing: Timing,
    ) -> Result<Changed, StoreError> {
        let id = attempt_id();
        let attempt = Attempt { event, id: &id, now: timing.now, act: Some(act) };
        retry::until(timing.deadline, || self.try_to_change(&attempt, key, change)).await
    }

    pub(super) async fn try_to_change(
        &self,
        attempt: &Attempt<'_>,
        key: &SignupKey,
        change: &Change,
    ) -> Result<Changed, Setback> {
        let found = self.item(item::of_person(attempt.event, &key.person)).await?;
        let Some(found) = found else {
            let is_erasure = matches!(change, Change::Erase | Change::Expire);
            return Ok(if is_erasure { Changed::Done } else { Changed::Gone });
        };
        // An earlier attempt was committed, but its response was lost.
        if item::text_of(&found, "attempt_id") == Some(attempt.id) {
            return Ok(Changed::Done);
        }
        let participant = record::participant(&found, attempt.event)?;
        let is_forgotten = participant.is_forgotten(attempt.now) && !matches!(change, Change::Expire);
        if participant.key() != *key || is_forgotten {
            return Ok(Changed::Gone);
        }
        let (mut writes, chosen) = match self.plan(attempt, &participant, change).await? {
            Plan::Nothing(changed) => return Ok(changed),
            Plan::Writes { writes, chosen } => (writes, chosen),
        };
        let log = writes.len();
        writes.extend(attempt.act.map(enter).transpose()?);
        // Each attempt reads the table again and may write something else, so it needs a new idempotency key.
        match self.transact(writes, &attempt_id()).await? {
            Outcome::Committed => Ok(Changed::Done),
            // The same form was handled before.
            Outcome::Cancelled(cancelled) if cancelled.condition_failed(log) => Ok(Changed::Done),
            Outcome::Cancelled(cancelled) => {
                let lacks_seat = cancelled.would_succeed(OWN)
                    && chosen.is_some_and(|write| cancelled.condition_failed(write));
                let may_wait = matches!(change, Change::Move { may_wait: true, .. });
                // For a participant who is willing to wait, the next attempt joins the waiting list.
                if lacks_seat && !may_wait { Ok(Changed::Full) } else { Err(cancelled.setback()) }
            }
        }
    }

    async fn plan(
        &self,
        attempt: &Attempt<'_>,
        participant: &Participant,
        change: &Change,
    ) -> Result<Plan, Setback> {
        let mut changed = participant.next(attempt.now);
        match change {
            Change::Details(details) if *details == participant.signup.details => {
                Ok(Plan::Nothing(Changed::Done))
            }
            Change::Details(details) => {
                changed.signup.details = details.clone();
                Ok(Plan::writes(vec![update(attempt, participant, &changed)?]))
            }
            Change::Note(note) if *note == participant.note => Ok(Plan::Nothing(Changed::Done)),
            Change::Note(note) => {
                changed.note.clone_from(note);
                Ok(Plan::writes(vec![update(attempt, participant, &changed)?]))
            }
            Change::LetIn(reason) => self.plan_to_let_in(attempt, participant, reason).await,
            Change::Confirm if participant.status != Status::Held => Ok(Plan::Nothing(Changed::Done)),
            Change::Confirm => {
                (changed.status, changed.held_until) = (Status::Confirmed, None);
                let own = update(attempt, participant, &changed)?;
                Ok(Plan::writes(vec![own, tell(attempt, MailKind::Confirmation, &changed)?]))
            }
            Change::Cancel | Change::CallOff if participant.status == Status::Cancelled => {
                Ok(Plan::Nothing(Changed::Done))
            }
            // The participant may have chosen another session a moment ago.
            Change::CallOff if !is_called_off(attempt.event, participant) => Ok(Plan::Nothing(Changed::Done)),
            Change::Cancel | Change::CallOff => {
                (changed.status, changed.held_until, changed.new_address) = (Status::Cancelled, None, None);
                let own = update(attempt, participant, &changed)?;
                // Only a confirmed seat has an entry in the participant's calendar.
                let has_entry = participant.status == Status::Confirmed;
                let kind = match (change, has_entry) {
                    (Change::CallOff, true) => MailKind::CalledOff,
                    (Change::CallOff, false) => MailKind::CalledOffUnseated,
                    (_, true) => MailKind::Cancelled,
                    (_, false) => MailKind::Withdrawn,
                };
                let mut writes = vec![own, tell(attempt, kind, &changed)?];
                writes.extend(self.leave(attempt, participant).await?);
                Ok(Plan::writes(writes))
            }
            Change::AskAddress(_) | Change::TakeAddress { .. } if participant.status == Status::Cancelled => {
                Ok(Plan::Nothing(Changed::Gone))
            }
            Change::AskAddress(address) => Self::plan_to_ask(attempt, participant, address),
            Change::TakeAddress { id, mailbox } => self.plan_to_take(attempt, participant, id, mailbox).await,
            Change::Erase => {
                self.forget_tickets(attempt.event, &participant.mailbox).await?;
                self.plan_erasure(attempt, participant).await
            }
            // The participant may have confirmed a moment ago. So the item that was just read decides, and
            // the transaction requires that it is unchanged.
            Change::Expire if participant.must_go(attempt.now) => {
                self.plan_erasure(attempt, participant).await
            }
            Change::Expire => Ok(Plan::Nothing(Changed::Gone)),
            Change::Follow => self.plan_to_follow(attempt, participant).await,
            Change::Move { to, .. } if *to == participant.signup.session => Ok(Plan::Nothing(Changed::Done)),
            Change::Move { .. } if participant.status == Status::Cancelled => {
                Ok(Plan::Nothing(Changed::Gone))
            }
            Change::Move { to, may_wait } => self.plan_move(attempt, participant, to, *may_wait).await,
        }
    }

    /// Plans the deletion of the participant and of all their mails. If there are more mails than one
    /// transaction can hold, deletes the rest at once.
    async fn plan_erasure(&self, attempt: &Attempt<'_>, participant: &Participant) -> Result<Plan, Setback> {
        let event = attempt.event;
        let key = item::of_person(event, &participant.person);
        let sharing = self.sharing(event, &participant.mailbox).await?;
        let mut writes = vec![
            Write::delete(key, is_unchanged(participant)),
            sharing.without(event, &participant.mailbox, &participant.person)?,
        ];
        if participant.status != Status::Cancelled {
            writes.extend(self.leave(attempt, participant).await?);
        }
        for mail in self.delete_mails_beyond_one_transaction(event, &participant.person).await? {
            writes.push(Write::delete(mail, Condition::Exists("pk")));
        }
        Ok(Plan::writes(writes))
    }

    async fn plan_move(
        &self,
        attempt: &Attempt<'_>,
        participant: &Participant,
        to: &SessionId,
        may_wait: bool,
    ) -> Result<Plan, Setback> {
        let event = attempt.event;
        let session = event.session(to).ok_or_else(|| unknown_session(event.id(), to))?;
        let state = self.session_state(event.id(), to).await?;
        // Without a seat, the transaction decides: only it sees the participant and the session at one moment.
        let place = if state.has_seat(session) || !may_wait { Place::Seat } else { Place::WaitingList };
        let mut moved = participant.next(attempt.now);
        moved.signup.session = to.clone();
        moved.told = Some(session.times());
        (moved.rescheduled_at, moved.was_there) = (None, None);
        moved.forget_at = event.forget_at(session);
        moved.status = match (place, participant.status) {
            (Place::WaitingList, _) => Status::Waiting,
            // An unconfirmed address stays unconfirmed.
            (Place::Seat, Status::Held) => Status::Held,
            (Place::Seat, _) => Status::Confirmed,
        };
        moved.held_until = moved.held_until.filter(|_| moved.status == Status::Held);
        let kind = if place == Place::WaitingList { MailKind::Waiting } else { MailKind::Changed };
        let mut writes = vec![
            update(attempt, participant, &moved)?,
            claim::take(event, session, &[participant.person], place),
            tell(attempt, kind, &moved)?,
        ];
        writes.extend(self.remember_mailbox(event, &moved).await?);
        if participant.status == Status::Confirmed {
            // Each session has an entry of its own in the participant's calendar.
            let session = participant.signup.session.clone();
            let mail = Mail::new(MailKind::Left, &moved, format!("{}c", attempt.id), attempt.now);
            writes.push(outbox::put(event, &Mail { session, ..mail }, moved.forget_at)?);
        }
        writes.extend(self.leave(attempt, participant).await?);
        Ok(Plan::Writes { writes, chosen: Some(1) })
    }

    async fn plan_to_follow(
        &self,
        attempt: &Attempt<'_>,
        participant: &Participant,
    ) -> Result<Plan, Setback> {
        let event = attempt.event;
        let Some(session) = event.session(&participant.signup.session) else {
            return Ok(Plan::Nothing(Changed::Gone));
        };
        let Some(following) = participant.following(event, session, attempt.now) else {
            return Ok(Plan::Nothing(Changed::Done));
        };
        let following = following.next(attempt.now);
        let mut changes = record::changes(participant, &following)?;
        let mut mail = None;
        if following.rescheduled_at != participant.rescheduled_at {
            // The new date gets a reminder of its own.
            changes = changes.remove("reminded_of").remove("told_no_seat_of");
            let when_and_where = |told: &SessionTimes| {
                let place = told.place.as_ref().filter(|place| *place != session.place());
                place.map_or_else(|| told.when.clone(), |place| format!("{}, {}", told.when, place.words()))
            };
            let previous = participant.told.as_ref().map(when_and_where);
            let about = Mail::new(MailKind::Rescheduled, &following, attempt.id, attempt.now);
            mail = Some(outbox::put(event, &Mail { previous, ..about }, following.forget_at)?);
        }
        let own = own_write(attempt, participant, changes);
        let mailbox = self.remember_mailbox(event, &following).await?;
        Ok(Plan::writes([own].into_iter().chain(mail).chain(mailbox).collect()))
    }
}

fn is_called_off(event: &Event, participant: &Participant) -> bool {
    event.session(&participant.signup.session).is_some_and(Session::is_called_off)
}

/// Returns the write that updates the participant's own item.
pub(super) fn update(
    attempt: &Attempt<'_>,
    participant: &Participant,
    changed: &Participant,
) -> Result<Write, StoreError> {
    Ok(own_write(attempt, participant, record::changes(participant, changed)?))
}

/// Returns the write that makes these changes to the participant's own item, on behalf of an attempt.
fn own_write(attempt: &Attempt<'_>, participant: &Participant, changes: Changes) -> Write {
    let key = item::of_person(attempt.event, &participant.person);
    Write::update(key, changes.set("attempt_id", text(attempt.id)), is_unchanged(participant))
}

fn is_unchanged(participant: &Participant) -> Condition {
    equals("version", number(participant.version))
}

/// Returns the write that puts a mail about the participant's new state into the outbox.
pub(super) fn tell(
    attempt: &Attempt<'_>,
    kind: MailKind,
    changed: &Participant,
) -> Result<Write, StoreError> {
    let mail = Mail::new(kind, changed, attempt.id, attempt.now);
    outbox::put(attempt.event, &mail, changed.forget_at)
}

//! The scheduled rounds: what happens by itself as time passes or an editor changes an event, and the mails
//! that the stream missed.

use catalog::answer::Status;
use catalog::{Event, EventId, Session};
use jiff::{SignedDuration, Timestamp};

use super::mailer::{Delivery, Mailer};
use crate::people::broadcast::Broadcast;
use crate::people::participant::Participant;
use crate::people::timing::Timing;
use crate::store::change::{Change, Changed};
use crate::store::error::StoreError;
use crate::store::mail::Mail;

/// The minimum age of a mail that the schedule sweeps up. By then the stream should have delivered it.
pub const OVERDUE: SignedDuration = SignedDuration::from_mins(10);
/// How long before the start of a session its reminders are sent.
const REMIND_BEFORE: SignedDuration = SignedDuration::from_hours(24);
/// How long after the start of a session the mailer still tells waiting participants that no seat came
/// free.
const TELL_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// The error for rounds or sweeps of which some operations failed. The others were completed.
#[derive(Debug, thiserror::Error)]
#[error("{count} operations failed; first cause: {first}")]
pub struct RoundsError {
    /// The number of operations that failed. Each is logged.
    pub count: usize,
    /// The error of the first one.
    pub first: StoreError,
}

/// The failures of a run, collected so that one failure does not stop the rest.
#[derive(Default)]
pub(super) struct Failures {
    count: usize,
    first: Option<StoreError>,
}

impl Failures {
    /// Returns the value of a success. Logs a failure, counts it unless the item is unreadable, and
    /// returns `None`.
    fn note<T>(&mut self, event: &EventId, result: Result<T, StoreError>) -> Option<T> {
        let error = match result {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        if let StoreError::Unreadable { .. } = error {
            // A newer version may have written the item. It is left unchanged, and a retry would not help.
            tracing::error!(event.id = %event, %error, "unreadable item skipped");
            return None;
        }
        tracing::error!(event.id = %event, %error, "scheduled operation failed");
        self.count(error);
        None
    }

    /// Returns the value of a success. Logs and counts a failure that is about no single event, and returns `None`.
    pub(super) fn count_failed<T>(&mut self, result: Result<T, StoreError>) -> Option<T> {
        result
            .map_err(|error| {
                tracing::error!(%error, "scheduled operation failed");
                self.count(error);
            })
            .ok()
    }

    fn count(&mut self, error: StoreError) {
        self.count += 1;
        self.first.get_or_insert(error);
    }

    fn into_result(self) -> Result<(), RoundsError> {
        self.first.map_or(Ok(()), |first| Err(RoundsError { count: self.count, first }))
    }
}

impl Mailer {
    /// Delivers all due mails that are at least as old as `older_than`, the oldest of each event first.
    /// Returns the outcome of each.
    ///
    /// # Errors
    /// Fails if some mails could not be listed or handled. All others have been tried first.
    pub async fn sweep(
        &self,
        older_than: SignedDuration,
        timing: Timing,
    ) -> Result<Vec<Delivery>, RoundsError> {
        let mut deliveries = Vec::new();
        let mut failures = Failures::default();
        for event in &self.events(timing, &mut failures).await {
            let id = event.id();
            let mails = self.store.mails(event, timing.deadline).await.map(|mails| mails.logged(id));
            let mut due = failures.note(id, mails).unwrap_or_default();
            due.retain(|mail| is_due(mail, older_than, timing.now));
            due.sort_by_key(|mail| mail.created_at);
            for mail in due {
                let delivered = self.deliver_about(event, &mail.key, timing).await;
                deliveries.extend(failures.note(id, delivered));
            }
        }
        deliveries.extend(self.sweep_passes(older_than, timing, &mut failures).await);
        failures.into_result().map(|()| deliveries)
    }

    /// Delivers the mails with which organisers log in, like [`Mailer::sweep`].
    async fn sweep_passes(
        &self,
        older_than: SignedDuration,
        timing: Timing,
        failures: &mut Failures,
    ) -> Vec<Delivery> {
        let mut deliveries = Vec::new();
        let passes = match self.store.passes(timing.deadline).await {
            Ok(passes) => passes,
            Err(error) => {
                failures.count(error);
                return deliveries;
            }
        };
        for error in &passes.unreadable {
            tracing::error!(%error, "unreadable mail skipped");
        }
        let is_due = |asked_at| timing.now.duration_since(asked_at) >= older_than;
        for request in passes.readable.iter().filter(|request| is_due(request.asked_at())) {
            match self.deliver_pass(&request.id, timing).await {
                Ok(delivery) => deliveries.push(delivery),
                Err(error) => failures.count(error),
            }
        }
        deliveries
    }

    /// Performs the periodic work: keeps each event as it stands, erases sign-ups that were not confirmed in
    /// time or whose retention period is over, clears the desks, tells participants about rescheduled sessions, gives free seats
    /// to the waiting list, and puts reminders and mails that no seat came free into the outbox, completes
    /// broadcasts that were interrupted, and sends organisers the daily digest.
    ///
    /// # Errors
    /// Fails if some operations failed. All others have been tried first.
    pub async fn rounds(&self, timing: Timing) -> Result<(), RoundsError> {
        let mut failures = Failures::default();
        let events = self.events(timing, &mut failures).await;
        for event in &events {
            let id = event.id();
            let cleared = self.store.clear_desks(event, timing.now, timing.deadline).await;
            failures.note(id, cleared);
            let people = self.store.stored_participants(event, timing.deadline).await;
            let people = people.map(|people| people.logged(id));
            let Some(participants) = failures.note(id, people) else { continue };
            let (gone, participants): (Vec<_>, Vec<_>) =
                participants.into_iter().partition(|participant| participant.must_go(timing.now));
            for participant in &gone {
                // The table's time to live would erase them too, but would not free their seats.
                let erased = self.store.change(event, &participant.key(), &Change::Expire, timing).await;
                if let Some(Changed::Done) = failures.note(id, erased) {
                    let outcome =
                        if participant.is_forgotten(timing.now) { "forgotten" } else { "not_confirmed" };
                    tracing::info!(event.id = %id, signup.outcome = outcome, "sign-up erased");
                }
            }
            let broadcasts = self.store.broadcasts(event, timing.deadline).await.map(|all| all.logged(id));
            for broadcast in &failures.note(id, broadcasts).unwrap_or_default() {
                let completed = self.complete(event, broadcast, timing).await;
                failures.note(id, completed);
            }
            for session in event.sessions() {
                let promoted = self.store.settle(event, session, timing).await;
                if let Some(promoted @ 1..) = failures.note(id, promoted) {
                    tracing::info!(event.id = %id, session.id = %session.id(), promoted, "participants promoted");
                }
                for participant in of_session(&participants, session) {
                    let attended = self.attend(event, session, participant, timing).await;
                    failures.note(id, attended);
                }
            }
        }
        self.digests(&events, timing, &mut failures).await;
        // The alarm `mailer-silent` counts this line.
        tracing::info!(failures = failures.count, "rounds made");
        failures.into_result()
    }

    /// Puts what an interrupted broadcast left into the outbox, or deletes a broadcast whose recipients are forgotten.
    async fn complete(&self, event: &Event, broadcast: &Broadcast, timing: Timing) -> Result<(), StoreError> {
        let session = event.session(&broadcast.session);
        if session.is_none_or(|session| event.forget_at(session) <= timing.now) {
            return self.store.forget_broadcast(event.id(), &broadcast.id, timing.deadline).await;
        }
        self.store.spread(event, &broadcast.id, timing).await
    }

    /// Keeps every event as it stands, and returns them: those of the catalogue, and those that are offline
    /// but whose participants are not forgotten yet.
    async fn events(&self, timing: Timing, failures: &mut Failures) -> Vec<Event> {
        let mut ids: Vec<EventId> = self.catalog.events().iter().map(|event| event.id().clone()).collect();
        match self.store.kept_events(timing.deadline).await {
            Ok(kept) => {
                for error in &kept.unreadable {
                    tracing::error!(%error, "kept event skipped");
                }
                let offline =
                    kept.readable.iter().map(Event::id).filter(|id| self.catalog.event(id).is_none());
                ids.extend(offline.cloned());
            }
            Err(error) => failures.count(error),
        }
        let mut events = Vec::new();
        for id in &ids {
            let standing = self.store.keep(id, self.catalog.event(id), timing).await;
            let Some(event) = failures.note(id, standing).flatten() else { continue };
            let gathered = self.store.gather_seats(&event, timing.deadline).await;
            failures.note(id, gathered);
            events.push(event);
        }
        events
    }

    /// Tells a participant about a session that was called off or rescheduled. If it was not, puts the
    /// reminder or the mail that no seat came free into the outbox, if it is due.
    async fn attend(
        &self,
        event: &Event,
        session: &Session,
        participant: &Participant,
        timing: Timing,
    ) -> Result<(), StoreError> {
        if session.is_called_off() && participant.status != Status::Cancelled {
            self.store.change(event, &participant.key(), &Change::CallOff, timing).await?;
            // What a participant follows depends on whether the sign-up is cancelled.
            self.store.change(event, &participant.key(), &Change::Follow, timing).await?;
            return Ok(());
        }
        if let Some(following) = participant.following(event, session, timing.now) {
            // A former id of the session is no reason to wait with a reminder.
            self.store.change(event, &participant.key(), &Change::Follow, timing).await?;
            let former = participant.has_former_session_id;
            if (Participant { has_former_session_id: former, ..following }) != *participant {
                return Ok(());
            }
        }
        self.tell(event, session, participant, timing).await
    }

    /// Puts the reminder or the mail that no seat came free into the outbox, if it is due.
    async fn tell(
        &self,
        event: &Event,
        session: &Session,
        participant: &Participant,
        timing: Timing,
    ) -> Result<(), StoreError> {
        let (starts_at, now) = (session.starts_at(), timing.now);
        let signup = &participant.key();
        let remind_from = starts_at - REMIND_BEFORE;
        let knows_since = participant.rescheduled_at.unwrap_or(participant.signed_up_at);
        match participant.status {
            // A participant who signed up or was told a new date later than that knows.
            Status::Confirmed if (remind_from..starts_at).contains(&now) && knows_since < remind_from => {
                self.store.remind(event, session.id(), signup, timing).await
            }
            Status::Waiting if (starts_at..starts_at + TELL_AFTER).contains(&now) => {
                self.store.tell_no_seat(event, session.id(), signup, timing).await
            }
            _ => Ok(()),
        }
    }
}

fn of_session<'a>(
    participants: &'a [Participant],
    session: &'a Session,
) -> impl Iterator<Item = &'a Participant> {
    participants.iter().filter(|participant| participant.signup.session == *session.id())
}

fn is_due(mail: &Mail, older_than: SignedDuration, now: Timestamp) -> bool {
    !mail.is_sent
        && mail.parked.is_none()
        && mail.not_before.is_none_or(|not_before| not_before <= now)
        && now.duration_since(mail.created_at) >= older_than
}

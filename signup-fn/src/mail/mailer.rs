//! Sends the mails in the outbox, at least once each.
//!
//! The mailer leases a mail, sends it, and marks it as sent. If it dies in between, the lease
//! expires and the next mailer sends the mail again, with the same `Message-ID`. A mail that
//! fails is tried again; after a few attempts it is parked, where organisers and operators see it.

use std::sync::Arc;

use catalog::answer::Status;
use catalog::{Catalog, Event, EventId, Session};
use jiff::{SignedDuration, Timestamp};

use super::message::{Messages, Sender};
use super::send_error::SendError;
use super::transport::Transport;
use crate::people::participant::Participant;
use crate::people::timing::Timing;
use crate::store::change::Change;
use crate::store::client::Store;
use crate::store::error::StoreError;
use crate::store::mail::{Mail, MailKey};
use crate::store::outbox::Lease;

/// Everything that sending needs.
#[derive(Debug)]
pub struct Mailer {
    /// The events.
    pub catalog: Arc<Catalog>,
    /// The outbox and the participants.
    pub store: Store,
    /// Makes mails from templates.
    pub messages: Messages,
    /// The sender of all mails.
    pub sender: Sender,
    /// Where mails go.
    pub transport: Transport,
}

/// The outcome of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The mail was sent.
    Sent,
    /// There was nothing to send: the mail was sent already, or its recipient is gone.
    Nothing,
    /// The mail will be tried again.
    Failed,
    /// The mail is not tried again until somebody asks for it.
    Parked,
}

/// After so many attempts a mail is parked.
const MAX_ATTEMPTS: i64 = 5;
/// A mail that waits longer than this was missed by the stream, and is swept up.
pub const OVERDUE: SignedDuration = SignedDuration::from_mins(10);
/// How long before a session its reminders are sent.
const REMIND_BEFORE: SignedDuration = SignedDuration::from_hours(24);

impl Mailer {
    /// Delivers one mail, if it is still to be sent.
    ///
    /// # Errors
    /// Fails if the table did not answer before the deadline, or refused.
    pub async fn deliver(
        &self,
        event: &EventId,
        key: &MailKey,
        timing: Timing,
    ) -> Result<Delivery, StoreError> {
        let Some(event) = self.catalog.event(event) else {
            // The event is no longer announced, so there is nothing to say about it.
            return Ok(Delivery::Nothing);
        };
        let (id, deadline) = (event.id(), timing.deadline);
        let mail = match self.store.lease(id, key, timing).await? {
            Lease::Ours(mail) => mail,
            Lease::NotNow => return Ok(Delivery::Nothing),
        };
        let Some(participant) = self.store.participant(id, &key.person, timing).await? else {
            self.store.forget_mail(id, key, deadline).await?;
            return Ok(Delivery::Nothing);
        };
        let sent = match self.messages.build(event, &mail, &participant, &self.sender, timing.now) {
            Ok(message) => self.transport.send(&mail, &message, deadline).await,
            Err(error) => Err(SendError::Never(format!("{error:#}"))),
        };
        match sent {
            Ok(()) => {
                self.store.mark_sent(id, key, timing).await?;
                log(event, &mail, "sent");
                Ok(Delivery::Sent)
            }
            Err(SendError::Later(reason)) if mail.attempts < MAX_ATTEMPTS => {
                self.store.give_back(id, key, None, deadline).await?;
                tracing::warn!(event.id = %id, mail.kind = mail.kind.name(), mail.attempts, reason, "mail failed");
                Ok(Delivery::Failed)
            }
            Err(SendError::Later(reason) | SendError::Never(reason)) => {
                self.store.give_back(id, key, Some(&reason), deadline).await?;
                tracing::error!(event.id = %id, mail.kind = mail.kind.name(), mail.attempts, reason, "mail parked");
                Ok(Delivery::Parked)
            }
        }
    }

    /// Delivers all unsent mails older than `older_than`, oldest first, and returns what became of each.
    ///
    /// # Errors
    /// Fails if the table did not answer before the deadline, or refused.
    pub async fn sweep(
        &self,
        older_than: SignedDuration,
        timing: Timing,
    ) -> Result<Vec<Delivery>, StoreError> {
        let mut deliveries = Vec::new();
        for event in self.catalog.events() {
            let mut due = self.store.mails(event.id(), timing.deadline).await?;
            due.retain(|mail| is_due(mail, older_than, timing.now));
            due.sort_by_key(|mail| mail.created_at);
            for mail in due {
                deliveries.push(self.deliver(event.id(), &mail.key, timing).await?);
            }
        }
        Ok(deliveries)
    }

    /// Does what is due every few minutes: releases seats that nobody confirmed, gives free seats
    /// to the waiting list, and puts reminders into the outbox.
    ///
    /// # Errors
    /// Fails if the table did not answer before the deadline, or refused; what was done stays done.
    pub async fn rounds(&self, timing: Timing) -> Result<(), StoreError> {
        for event in self.catalog.events() {
            if event.sessions().iter().all(|session| session.starts_at() <= timing.now) {
                continue;
            }
            let participants = self.store.participants(event.id(), timing).await?;
            self.release_unconfirmed(event, &participants, timing).await?;
            for session in event.sessions() {
                let promoted = self.store.settle(event, session, timing).await?;
                if promoted > 0 {
                    tracing::info!(event.id = %event.id(), session.id = %session.id(), promoted, "waiting list moved up");
                }
                self.remind(event, session, &participants, timing).await?;
            }
        }
        Ok(())
    }

    async fn release_unconfirmed(
        &self,
        event: &Event,
        participants: &[Participant],
        timing: Timing,
    ) -> Result<(), StoreError> {
        for participant in participants {
            let is_over = participant.held_until.is_some_and(|until| until <= timing.now);
            if participant.status == Status::Held && is_over {
                // The address may be somebody else's, so nothing about it is kept.
                self.store.change(event, &participant.key(), &Change::Erase, timing).await?;
                tracing::info!(event.id = %event.id(), signup.outcome = "not_confirmed", "sign-up erased");
            }
        }
        Ok(())
    }

    async fn remind(
        &self,
        event: &Event,
        session: &Session,
        participants: &[Participant],
        timing: Timing,
    ) -> Result<(), StoreError> {
        let from = session.starts_at() - REMIND_BEFORE;
        if timing.now < from || session.starts_at() <= timing.now {
            return Ok(());
        }
        let to_remind = participants.iter().filter(|participant| {
            participant.signup.session == *session.id()
                && participant.status == Status::Confirmed
                // A participant who signed up since then has just received a confirmation.
                && participant.signed_up_at < from
        });
        for participant in to_remind {
            self.store.remind(event.id(), &participant.person, timing).await?;
        }
        Ok(())
    }
}

fn is_due(mail: &Mail, older_than: SignedDuration, now: Timestamp) -> bool {
    !mail.is_sent && mail.parked.is_none() && now.duration_since(mail.created_at) >= older_than
}

fn log(event: &Event, mail: &Mail, outcome: &str) {
    tracing::info!(event.id = %event.id(), mail.kind = mail.kind.name(), mail.attempts, mail.outcome = outcome, "mail handled");
}

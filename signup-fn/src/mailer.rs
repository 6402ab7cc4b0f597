//! Sends what lies in the outbox: at least once, and each mail by one sender at a time.
//!
//! A mail is leased, sent, and marked as sent. A sender that dies in between
//! leaves the lease to run out; the next one sends again, under the same
//! `Message-ID`. What fails is tried again, and after a few attempts parked
//! where organisers and operators see it.

use std::sync::Arc;

use catalog::answer::Status;
use catalog::{Catalog, Event, EventId};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use crate::identity::Person;
use crate::message::{Messages, Sender};
use crate::store::{Change, Lease, Mail, Store, StoreError};
use crate::transport::{SendError, Transport};

/// Everything that sending takes.
#[derive(Debug)]
pub struct Mailer {
    /// The events.
    pub catalog: Arc<Catalog>,
    /// The outbox, and the participants.
    pub store: Store,
    /// Makes mails of templates.
    pub messages: Messages,
    /// Who they are from.
    pub sender: Sender,
    /// Takes them away.
    pub transport: Transport,
}

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// It went out.
    Sent,
    /// There was nothing to send: it went out already, or its person is gone.
    Nothing,
    /// It is to be tried again.
    Failed,
    /// It is tried no more until somebody asks.
    Parked,
}

/// After so many attempts a mail is parked.
const MOST_ATTEMPTS: i64 = 5;
/// A mail that nobody took for so long is swept up: the stream has missed it.
pub const OVERDUE: SignedDuration = SignedDuration::from_mins(10);
/// Reminders go out from so long before a session on.
const REMIND_BEFORE: SignedDuration = SignedDuration::from_hours(24);

impl Mailer {
    /// Delivers one mail, if it is still to be sent.
    ///
    /// # Errors
    /// When the table did not answer before the deadline.
    pub async fn deliver(
        &self,
        event: &EventId,
        key: (&Person, &str),
        now: Timestamp,
        deadline: Instant,
    ) -> Result<Delivery, StoreError> {
        let Some(event) = self.catalog.event(event) else {
            // No longer announced: there is nothing to say about it.
            return Ok(Delivery::Nothing);
        };
        let mail = match self.store.lease(event.id(), key, now, deadline).await? {
            Lease::Ours(mail) => mail,
            Lease::NotNow => return Ok(Delivery::Nothing),
        };
        let Some(participant) = self.store.participant(event.id(), &mail.person, now, deadline).await? else {
            self.store.forget_mail(event.id(), &mail, deadline).await?;
            return Ok(Delivery::Nothing);
        };
        let sent = match self.messages.build(event, &mail, &participant, &self.sender, now) {
            Ok(message) => self.transport.send(&mail, &message, deadline).await,
            Err(error) => Err(SendError::Never(format!("{error:#}"))),
        };
        match sent {
            Ok(()) => {
                self.store.mark_sent(event.id(), &mail, now, deadline).await?;
                log(event, &mail, "sent");
                Ok(Delivery::Sent)
            }
            Err(SendError::Later(reason)) if mail.attempts < MOST_ATTEMPTS => {
                self.store.give_back(event.id(), &mail, None, deadline).await?;
                tracing::warn!(event.id = %event.id(), mail.kind = mail.kind.name(), mail.attempts, reason, "mail failed");
                Ok(Delivery::Failed)
            }
            Err(SendError::Later(reason) | SendError::Never(reason)) => {
                self.store.give_back(event.id(), &mail, Some(&reason), deadline).await?;
                tracing::error!(event.id = %event.id(), mail.kind = mail.kind.name(), mail.attempts, reason, "mail parked");
                Ok(Delivery::Parked)
            }
        }
    }

    /// Delivers what is to be sent and was put longer than this ago; tells what became of each.
    ///
    /// # Errors
    /// When the table did not answer before the deadline.
    pub async fn sweep(
        &self,
        older_than: SignedDuration,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<Vec<Delivery>, StoreError> {
        let mut deliveries = Vec::new();
        for event in self.catalog.events() {
            let mut due = self.store.mails(event.id(), deadline).await?;
            due.retain(|mail| {
                !mail.is_sent && mail.parked.is_none() && now.duration_since(mail.created_at) >= older_than
            });
            due.sort_by_key(|mail| mail.created_at);
            for mail in due {
                deliveries.push(self.deliver(event.id(), (&mail.person, &mail.id), now, deadline).await?);
            }
        }
        Ok(deliveries)
    }

    /// What is done every few minutes: seats that are free go to who waits, seats that nobody
    /// confirmed come free, and reminders are put.
    ///
    /// # Errors
    /// When the table did not answer before the deadline; what was done stays done.
    pub async fn rounds(&self, now: Timestamp, deadline: Instant) -> Result<(), StoreError> {
        for event in self.catalog.events() {
            let is_over = |session: &catalog::Session| session.starts_at() <= now;
            if event.sessions().iter().all(is_over) {
                continue;
            }
            let participants = self.store.participants(event.id(), now, deadline).await?;
            for participant in &participants {
                let key = (&participant.person, participant.id);
                if participant.status == Status::Held
                    && participant.held_until.is_some_and(|until| until <= now)
                {
                    // The address may be somebody else's: nothing of it is kept.
                    self.store.change(event, key, &Change::Erase, now, deadline).await?;
                    tracing::info!(event.id = %event.id(), signup.outcome = "not_confirmed", "sign-up erased");
                }
            }
            for session in event.sessions() {
                let promoted = self.store.settle(event, session, now, deadline).await?;
                if promoted > 0 {
                    tracing::info!(event.id = %event.id(), session.id = %session.id(), promoted, "line moved up");
                }
                let from = session.starts_at() - REMIND_BEFORE;
                if now < from || session.starts_at() <= now {
                    continue;
                }
                let reminded = participants.iter().filter(|participant| {
                    participant.signup.session == *session.id()
                        && participant.status == Status::Confirmed
                        // Who signed up since has just had a mail.
                        && participant.signed_up_at < from
                });
                for participant in reminded {
                    self.store.remind(event.id(), &participant.person, now, deadline).await?;
                }
            }
        }
        Ok(())
    }
}

fn log(event: &Event, mail: &Mail, outcome: &str) {
    tracing::info!(event.id = %event.id(), mail.kind = mail.kind.name(), mail.attempts, mail.outcome = outcome, "mail handled");
}

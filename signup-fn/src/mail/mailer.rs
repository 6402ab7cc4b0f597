//! Sends the mails in the outbox, with at-least-once delivery.
//!
//! The mailer leases a mail, sends it, and marks it as sent. If it dies in between, the lease
//! expires and the next mailer sends the mail again, with the same `Message-ID`. After a transient
//! failure the mailer retries, with growing pauses. After almost a day of retries, or at once after a
//! permanent failure, it parks the mail. Organisers and operators see parked mails.

use std::sync::Arc;

use catalog::answer::Status;
use catalog::mail::{CalendarMethod, MailKind};
use catalog::{Catalog, Event, EventId};
use jiff::{SignedDuration, Timestamp};

use super::message::{About, Messages, Sender};
use super::send_error::SendError;
use super::transport::Transport;
use crate::people::broadcast::Broadcast;
use crate::people::identity::Identity;
use crate::people::organiser::Organisers;
use crate::people::participant::Participant;
use crate::people::timing::Timing;
use crate::store::client::Store;
use crate::store::error::StoreError;
use crate::store::mail::{Mail, MailKey};
use crate::store::outbox::Lease;

/// The mailer, with everything that it needs to send mail.
#[derive(Debug)]
pub struct Mailer {
    /// The events.
    pub catalog: Arc<Catalog>,
    /// The outbox and the participants.
    pub store: Store,
    /// The organisers, to whom links and codes go.
    pub organisers: Organisers,
    /// The key that identifies them.
    pub identity: Identity,
    /// The templates of mails.
    pub messages: Messages,
    /// The sender of all mails.
    pub sender: Sender,
    /// The destination of mails.
    pub transport: Transport,
}

/// The outcome of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The mail was sent.
    Sent,
    /// There was nothing to send: the mail was sent, postponed, parked or leased by another mailer, or
    /// it is out of date, or its recipient or its event is gone.
    Nothing,
    /// The attempt failed, and the mail will be retried.
    Failed,
    /// The mail was parked. It is not retried until an organiser unparks it.
    Parked,
}

/// The minimum pauses in minutes before the second and each further attempt. If the tenth attempt
/// fails, the mail is parked: after 1 + 5 + 15 + 30 + 60 + 120 + 240 + 480 + 480 = 1,431 minutes, almost
/// a day.
const PAUSES: [i64; 9] = [1, 5, 15, 30, 60, 120, 240, 480, 480];

impl Mailer {
    /// Delivers one mail, if it still needs to be sent.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses a request, or if an item is unreadable. A mail
    /// that cannot be sent is not an error, but [`Delivery::Failed`] or [`Delivery::Parked`].
    pub async fn deliver(
        &self,
        event: &EventId,
        key: &MailKey,
        timing: Timing,
    ) -> Result<Delivery, StoreError> {
        match self.store.standing(event, self.catalog.event(event), timing).await? {
            Some(event) => self.deliver_about(&event, key, timing).await,
            // All participants of the event are forgotten, so there is nobody to write to. The mail expires with them.
            None => Ok(Delivery::Nothing),
        }
    }

    /// Delivers one mail about an event as it stands, like [`Mailer::deliver`].
    pub(super) async fn deliver_about(
        &self,
        event: &Event,
        key: &MailKey,
        timing: Timing,
    ) -> Result<Delivery, StoreError> {
        let (id, deadline) = (event.id(), timing.deadline);
        let mail = match self.store.lease(event, key, timing).await? {
            Lease::Ours(mail) => mail,
            Lease::NotNow => return Ok(Delivery::Nothing),
        };
        let participant = self.store.participant(event, &key.person, timing).await?;
        let participant = participant.filter(|participant| is_current(&mail, participant, timing.now));
        let (Some(participant), Some(session)) = (participant, event.session(&mail.session)) else {
            self.store.forget_mail(event, key, deadline).await?;
            return Ok(Delivery::Nothing);
        };
        let keeps_entry = mail.kind.calendar() == Some(CalendarMethod::Cancel)
            && mail.kind != MailKind::CalledOff
            && self.store.shares_entry(event, &participant, session.id(), timing).await?;
        let join = self.store.join_of(event, session.id(), deadline).await?;
        let broadcast = match mail.broadcast().filter(|_| mail.kind == MailKind::Message) {
            Some(id) => self.store.broadcast_of(event, &id, deadline).await?,
            None => None,
        };
        // Whoever cancelled or got a seat in the meantime is no longer among those it was for.
        let is_for = |broadcast: &Broadcast| broadcast.to.is_none_or(|to| participant.is_among(to));
        let is_outdated = match mail.kind {
            MailKind::Message => !broadcast.as_ref().is_some_and(is_for),
            // The link was taken away.
            MailKind::JoinLink => join.is_none(),
            _ => false,
        };
        if is_outdated {
            self.store.forget_mail(event, key, deadline).await?;
            return Ok(Delivery::Nothing);
        }
        let about = About {
            event,
            session,
            participant: &participant,
            keeps_entry,
            join: join.as_ref().map(|join| &join.url),
            written: broadcast.as_ref().and_then(|broadcast| broadcast.message.as_ref()),
        };
        let sent = match self.messages.build(&mail, about, &self.sender, timing.now) {
            Ok(message) => {
                let name = format!("{}-{}", mail.key.id, mail.kind.name());
                self.transport.send(&name, &message, deadline).await
            }
            Err(error) => Err(SendError::Never(format!("{error:#}"))),
        };
        match (sent, pause(mail.attempts)) {
            (Ok(()), _) => {
                self.store.mark_sent(event, key, timing).await?;
                let waited_s = waited(&mail, timing.now);
                tracing::info!(event.id = %id, mail.kind = mail.kind.name(), mail.attempts, waited_s, "mail sent");
                Ok(Delivery::Sent)
            }
            (Err(SendError::Later(reason)), Some(pause)) => {
                self.store.postpone(event, key, timing.now + pause, deadline).await?;
                let waited_s = waited(&mail, timing.now);
                tracing::warn!(event.id = %id, mail.kind = mail.kind.name(), mail.attempts, waited_s, reason, "mail failed");
                Ok(Delivery::Failed)
            }
            (Err(SendError::Later(reason) | SendError::Never(reason)), _) => {
                self.store.park(event, key, &reason, deadline).await?;
                tracing::error!(event.id = %id, mail.kind = mail.kind.name(), mail.attempts, reason, "mail parked");
                Ok(Delivery::Parked)
            }
        }
    }
}

/// Returns the pause after this number of attempts, or `None` if no attempts are left.
fn pause(attempts: i64) -> Option<SignedDuration> {
    let at = usize::try_from(attempts - 1).ok()?;
    PAUSES.get(at).map(|minutes| SignedDuration::from_mins(*minutes))
}

/// Returns whether a mail still matches the participant's state. If not, a newer mail describes that
/// state, and this one would only confuse.
fn is_current(mail: &Mail, participant: &Participant, now: Timestamp) -> bool {
    let is_same_session = participant.signup.session == mail.session;
    let has = |statuses: &[Status]| is_same_session && statuses.contains(&participant.status);
    match mail.kind {
        MailKind::Confirmation | MailKind::Promoted | MailKind::Changed => {
            has(&[Status::Confirmed, Status::Held])
        }
        MailKind::Confirm => has(&[Status::Held]),
        MailKind::Waiting | MailKind::NoSeat => has(&[Status::Waiting]),
        MailKind::Reminder | MailKind::JoinLink => has(&[Status::Confirmed]),
        MailKind::Message => is_same_session,
        MailKind::Left => !is_same_session,
        MailKind::Cancelled | MailKind::Withdrawn | MailKind::CalledOff | MailKind::CalledOffUnseated => {
            !is_same_session || has(&[Status::Cancelled])
        }
        MailKind::Rescheduled => {
            is_same_session
                && participant.rescheduled_at == Some(mail.created_at)
                && participant.status != Status::Cancelled
        }
        MailKind::ConfirmAddress => {
            participant.pending_address(now).is_some_and(|address| Some(&address.email) == mail.to.as_ref())
        }
        MailKind::Repeat | MailKind::Crowded | MailKind::Readdressed | MailKind::Again => true,
    }
}

/// Returns for how many seconds a mail has waited in the outbox. An alarm watches it.
fn waited(mail: &Mail, now: Timestamp) -> i64 {
    now.duration_since(mail.created_at).as_secs()
}

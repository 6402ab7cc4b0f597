//! The outbox: mails to send, and what became of them.
//!
//! A mail is put into the outbox by the transaction that gives rise to it.

use aws_sdk_dynamodb::types::ReturnValue;
use catalog::EventId;
use catalog::mail::MailKind;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::client::{Store, attempt_id};
use super::error::{Setback, StoreError};
use super::expression::{Changes, Condition, Placeholders, equals};
use super::item::{self, Item, number, text};
use super::mail::{Mail, MailKey};
use super::transaction::{Outcome, Write};
use super::{record, retry};
use crate::people::identity::Person;
use crate::people::participant::Participant;
use crate::people::timing::Timing;

/// Whether the caller may send a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lease {
    /// Nobody else sends it until the lease expires.
    Ours(Mail),
    /// It was sent, is parked, is being sent by another mailer, or no longer exists.
    NotNow,
}

/// How long a mailer may take to send one mail. It must exceed the mailer's timeout
/// (`infra/mailer.tf`); the mail of a mailer that died becomes available again afterwards.
pub const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// The shortest time between two mails that a repeated submission causes.
const BETWEEN_REPEATS: SignedDuration = SignedDuration::from_hours(1);

/// How many mails an erasure deletes in its transaction, which may have 100 writes.
const FEW: usize = 80;

/// Returns the write that puts a mail into the outbox.
pub(super) fn put(event: &EventId, mail: &Mail, forget_at: Timestamp) -> Result<Write, StoreError> {
    Ok(Write::put(record::mail_item(event, mail, forget_at)?, Condition::Absent("pk")))
}

/// A mark on a participant that allows a mail only once.
struct Mark {
    changes: Changes,
    condition: Condition,
}

impl Store {
    /// Puts a mail for a person whose address was submitted again, at most once an hour.
    ///
    /// # Errors
    /// Fails if the table did not decide before the deadline, or refused.
    pub async fn repeat(&self, event: &EventId, person: &Person, timing: Timing) -> Result<(), StoreError> {
        let now = timing.now;
        self.put_mail_once(event, person, MailKind::Repeat, timing, |participant| {
            let is_due = now.duration_since(participant.mailed_at) >= BETWEEN_REPEATS;
            is_due.then(|| Mark {
                changes: Changes::default().set("mailed_at", number(now.as_second())),
                condition: equals("mailed_at", number(participant.mailed_at.as_second())),
            })
        })
        .await
    }

    /// Puts the reminder of the participant's session, once.
    ///
    /// # Errors
    /// Fails if the table did not decide before the deadline, or refused.
    pub async fn remind(&self, event: &EventId, person: &Person, timing: Timing) -> Result<(), StoreError> {
        self.put_mail_once(event, person, MailKind::Reminder, timing, |participant| {
            let session = text(participant.signup.session.as_str());
            let not_reminded = Condition::Any(vec![
                Condition::Absent("reminded_of"),
                Condition::Differs("reminded_of", session.clone()),
            ]);
            let is_unchanged = equals("version", number(participant.version));
            Some(Mark {
                changes: Changes::default().set("reminded_of", session),
                condition: Condition::All(vec![is_unchanged, not_reminded]),
            })
        })
        .await
    }

    /// Marks a participant and puts a mail: both, or neither if the mark is there already.
    async fn put_mail_once(
        &self,
        event: &EventId,
        person: &Person,
        kind: MailKind,
        timing: Timing,
        mark: impl Fn(&Participant) -> Option<Mark>,
    ) -> Result<(), StoreError> {
        let mark = &mark;
        retry::until(timing.deadline, || async move {
            let key = item::key(event, item::person_key(person));
            let Some(found) = self.item(key.clone()).await? else { return Ok(()) };
            let participant = record::participant(&found)?;
            let Some(Mark { changes, condition }) = mark(&participant) else { return Ok(()) };
            // Each attempt reads anew and so is another request, with another idempotency token.
            let id = attempt_id();
            let mail = Mail::new(kind, &participant, &id, timing.now);
            let writes =
                vec![Write::update(key, changes, condition), put(event, &mail, participant.forget_at)?];
            match self.transact(writes, &id).await? {
                Outcome::Committed => Ok(()),
                // The mark is there: set by an attempt whose answer got lost, or by another caller.
                Outcome::Cancelled(cancelled) if cancelled.is_unmet(0) => Ok(()),
                Outcome::Cancelled(cancelled) => Err(cancelled.setback()),
            }
        })
        .await
    }

    /// Leases a mail: at most one mailer holds the lease at a time.
    ///
    /// # Errors
    /// Fails if the table did not decide before the deadline, or refused.
    pub async fn lease(&self, event: &EventId, key: &MailKey, timing: Timing) -> Result<Lease, StoreError> {
        let now = timing.now;
        let lease = text(attempt_id());
        let changes = Changes::default()
            .add("attempts", 1)
            .set("leased_at", number(now.as_second()))
            .set("lease", lease.clone());
        let is_free = Condition::Any(vec![
            Condition::Absent("leased_at"),
            Condition::AtMost("leased_at", number((now - LEASE).as_second())),
            // An earlier attempt of this call, whose answer got lost.
            equals("lease", lease),
        ]);
        let is_due = Condition::All(vec![
            Condition::Exists("pk"),
            Condition::Absent("sent_at"),
            Condition::Absent("parked"),
            is_free,
        ]);
        let leased = self.update_mail(event, key, changes, is_due, timing.deadline).await?;
        let mail = leased.as_ref().map(record::mail).transpose()?;
        Ok(mail.map_or(Lease::NotNow, Lease::Ours))
    }

    /// Marks a mail as sent.
    ///
    /// # Errors
    /// Fails if the table did not decide before the deadline, or refused.
    pub async fn mark_sent(&self, event: &EventId, key: &MailKey, timing: Timing) -> Result<(), StoreError> {
        let sent = without_lease().set("sent_at", number(timing.now.as_second()));
        self.update_mail(event, key, sent, Condition::Exists("pk"), timing.deadline).await.map(drop)
    }

    /// Ends the lease of a mail that was not sent: it will be tried again, or is parked with a reason.
    ///
    /// # Errors
    /// Fails if the table did not decide before the deadline, or refused.
    pub async fn give_back(
        &self,
        event: &EventId,
        key: &MailKey,
        parked: Option<&str>,
        deadline: Instant,
    ) -> Result<(), StoreError> {
        let changes = match parked {
            Some(reason) => without_lease().set("parked", text(reason)),
            None => without_lease(),
        };
        self.update_mail(event, key, changes, Condition::Exists("pk"), deadline).await.map(drop)
    }

    /// Allows a parked mail to be tried again, starting with the first attempt.
    ///
    /// # Errors
    /// Fails if the table did not decide before the deadline, or refused.
    pub async fn unpark(&self, event: &EventId, key: &MailKey, deadline: Instant) -> Result<(), StoreError> {
        let changes = Changes::default().remove("parked").remove("attempts");
        self.update_mail(event, key, changes, Condition::Exists("pk"), deadline).await.map(drop)
    }

    /// Deletes a mail whose recipient is no longer stored.
    ///
    /// # Errors
    /// Fails if the table did not answer before the deadline, or refused.
    pub async fn forget_mail(
        &self,
        event: &EventId,
        key: &MailKey,
        deadline: Instant,
    ) -> Result<(), StoreError> {
        let key = item::key(event, item::mail_key(key));
        retry::until(deadline, || self.delete(key.clone())).await
    }

    /// Reads all mails of an event, in no particular order.
    ///
    /// # Errors
    /// Fails if the table did not answer before the deadline, or a mail is unreadable.
    pub async fn mails(&self, event: &EventId, deadline: Instant) -> Result<Vec<Mail>, StoreError> {
        let items = retry::until(deadline, || self.query(event, item::MAIL)).await?;
        items.iter().map(record::mail).collect()
    }

    /// Deletes a person's mails until few enough are left for one transaction; returns the keys of those.
    pub(super) async fn delete_all_but_a_few_mails(
        &self,
        event: &EventId,
        person: &Person,
    ) -> Result<Vec<Item>, Setback> {
        let items = self.query(event, &item::mails_of(person)).await?;
        let sort_keys = items.iter().filter_map(|item| item::text_of(item, "sk"));
        let mut keys: Vec<Item> = sort_keys.map(|sort| item::key(event, sort.to_owned())).collect();
        for key in keys.drain(..keys.len().saturating_sub(FEW)) {
            self.delete(key).await?;
        }
        Ok(keys)
    }

    /// Updates a mail on a condition. Returns the item afterwards, or `None` if the condition did not hold.
    async fn update_mail(
        &self,
        event: &EventId,
        key: &MailKey,
        changes: Changes,
        condition: Condition,
        deadline: Instant,
    ) -> Result<Option<Item>, StoreError> {
        let key = item::key(event, item::mail_key(key));
        let mut placeholders = Placeholders::default();
        let update = placeholders.changes(&changes);
        let condition = placeholders.condition(&condition);
        retry::until(deadline, || async {
            let sent = self
                .client
                .update_item()
                .table_name(&self.table)
                .set_key(Some(key.clone()))
                .update_expression(&update)
                .condition_expression(&condition)
                .set_expression_attribute_names(placeholders.names())
                .set_expression_attribute_values(placeholders.values())
                .return_values(ReturnValue::AllNew)
                .send();
            match sent.await {
                Ok(updated) => Ok(updated.attributes),
                Err(error) => match error.as_service_error() {
                    Some(service) if service.is_conditional_check_failed_exception() => Ok(None),
                    _ => Err(Setback::from(&error)),
                },
            }
        })
        .await
    }
}

fn without_lease() -> Changes {
    Changes::default().remove("leased_at").remove("lease")
}

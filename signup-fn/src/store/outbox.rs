//! The outbox: mails to send, and their outcomes.
//!
//! The transaction that causes a mail also puts it into the outbox.

use aws_sdk_dynamodb::types::ReturnValue;
use catalog::answer::Status;
use catalog::mail::MailKind;
use catalog::{EventId, SessionId};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::client::{Store, attempt_id};
use super::error::{Setback, StoreError};
use super::expression::{Changes, Condition, Placeholders, equals};
use super::item::{self, Item, number, text};
use super::listing::Listing;
use super::mail::{Mail, MailKey};
use super::transaction::{Outcome, Write};
use super::{record, retry};
use crate::people::identity::Person;
use crate::people::participant::Participant;
use crate::people::timing::Timing;

/// The outcome of a request to lease a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lease {
    /// The caller has the lease: no other mailer sends the mail until it expires.
    Ours(Mail),
    /// The mail was sent, is postponed or parked, is leased by another mailer, or no longer exists.
    NotNow,
}

/// The duration of a lease. It must exceed the mailer's timeout of 25 s (`infra/mailer.tf`), so that a
/// lease expires only if its mailer has died. Then the next mailer can send the mail.
pub const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// The minimum time between two mails that repeated submissions cause.
const BETWEEN_REPEATS: SignedDuration = SignedDuration::from_hours(1);

/// The maximum number of mails that an erasure deletes in its transaction. With the participant, the
/// session, and the new mail and item of the head of the waiting list, these are 84 of 100 writes.
const FEW: usize = 80;

/// Returns the write that puts a mail into the outbox.
pub(super) fn put(event: &EventId, mail: &Mail, forget_at: Timestamp) -> Result<Write, StoreError> {
    Ok(Write::put(record::mail_item(event, mail, forget_at)?, Condition::Absent("pk")))
}

/// A conditional change to a participant, which ensures that a mail is put into the outbox only once.
struct Mark {
    changes: Changes,
    condition: Condition,
}

impl Store {
    /// Puts a mail to a person whose address was submitted again into the outbox, at most once an hour.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses a request, or if the participant is unreadable.
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

    /// Puts the reminder of a session into the outbox, once, if the person has a confirmed seat in it.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses a request, or if the participant is unreadable.
    pub async fn remind(
        &self,
        event: &EventId,
        session: &SessionId,
        person: &Person,
        timing: Timing,
    ) -> Result<(), StoreError> {
        self.put_mail_once(event, person, MailKind::Reminder, timing, |participant| {
            mark_once("reminded_of", session, Status::Confirmed, participant)
        })
        .await
    }

    /// Puts the mail that no seat came free into the outbox, once, if the person still waits for the session.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses a request, or if the participant is unreadable.
    pub async fn tell_no_seat(
        &self,
        event: &EventId,
        session: &SessionId,
        person: &Person,
        timing: Timing,
    ) -> Result<(), StoreError> {
        self.put_mail_once(event, person, MailKind::NoSeat, timing, |participant| {
            mark_once("told_no_seat_of", session, Status::Waiting, participant)
        })
        .await
    }

    /// Marks a participant and puts a mail into the outbox: both, or neither if the mark is already set.
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
            // Each attempt reads the table again and may write something else, so it needs a new
            // idempotency key.
            let id = attempt_id();
            let mail = Mail::new(kind, &participant, &id, timing.now);
            let writes =
                vec![Write::update(key, changes, condition), put(event, &mail, participant.forget_at)?];
            match self.transact(writes, &id).await? {
                Outcome::Committed => Ok(()),
                // The mark was set by an attempt whose response was lost, or by another caller. Or the
                // participant changed, and the next round decides again.
                Outcome::Cancelled(cancelled) if cancelled.condition_failed(0) => Ok(()),
                Outcome::Cancelled(cancelled) => Err(cancelled.setback()),
            }
        })
        .await
    }

    /// Leases a mail. At most one mailer has the lease at a time.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses the request, or if the mail is unreadable.
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
            // An earlier attempt of this call got the lease, but its response was lost.
            equals("lease", lease),
        ]);
        let is_due = Condition::All(vec![
            Condition::Exists("pk"),
            Condition::Absent("sent_at"),
            Condition::Absent("parked"),
            Condition::Any(vec![
                Condition::Absent("not_before"),
                Condition::AtMost("not_before", number(now.as_second())),
            ]),
            is_free,
        ]);
        let leased = self.update_mail(event, key, changes, is_due, timing.deadline).await?;
        let mail = leased.as_ref().map(record::mail).transpose()?;
        Ok(mail.map_or(Lease::NotNow, Lease::Ours))
    }

    /// Marks a mail as sent.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses the request.
    pub async fn mark_sent(&self, event: &EventId, key: &MailKey, timing: Timing) -> Result<(), StoreError> {
        let sent = without_lease().set("sent_at", number(timing.now.as_second()));
        self.update_mail(event, key, sent, Condition::Exists("pk"), timing.deadline).await.map(drop)
    }

    /// Releases the lease of a mail that was not sent, and postpones the next attempt.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses the request.
    pub async fn postpone(
        &self,
        event: &EventId,
        key: &MailKey,
        not_before: Timestamp,
        deadline: Instant,
    ) -> Result<(), StoreError> {
        let changes = without_lease().set("not_before", number(not_before.as_second()));
        self.update_mail(event, key, changes, Condition::Exists("pk"), deadline).await.map(drop)
    }

    /// Releases the lease of a mail that cannot be sent, and parks the mail.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses the request.
    pub async fn park(
        &self,
        event: &EventId,
        key: &MailKey,
        reason: &str,
        deadline: Instant,
    ) -> Result<(), StoreError> {
        let changes = without_lease().set("parked", text(reason));
        self.update_mail(event, key, changes, Condition::Exists("pk"), deadline).await.map(drop)
    }

    /// Unparks a mail, so that the mailer tries it again from the first attempt.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses the request.
    pub async fn unpark(&self, event: &EventId, key: &MailKey, deadline: Instant) -> Result<(), StoreError> {
        let changes = Changes::default().remove("parked").remove("attempts").remove("not_before");
        self.update_mail(event, key, changes, Condition::Exists("pk"), deadline).await.map(drop)
    }

    /// Deletes a mail that is no longer needed: its recipient is gone, or it is out of date.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses the request.
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
    /// Fails if the deadline passes or if the table refuses a request.
    pub async fn mails(&self, event: &EventId, deadline: Instant) -> Result<Listing<Vec<Mail>>, StoreError> {
        let items = retry::until(deadline, || self.query(event, item::MAIL)).await?;
        Ok(items.iter().map(record::mail).collect())
    }

    /// Deletes a person's mails until at most `FEW` are left, which fit in one transaction. Returns the keys
    /// of those that are left.
    pub(super) async fn delete_mails_beyond_one_transaction(
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

    /// Updates a mail with a conditional write. Returns the updated item, or `None` if the condition did not
    /// hold.
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

/// Returns the mark of a mail about a session, if the participant has this status in that session.
fn mark_once(
    attribute: &'static str,
    session: &SessionId,
    status: Status,
    participant: &Participant,
) -> Option<Mark> {
    if participant.signup.session != *session || participant.status != status {
        return None;
    }
    let session = text(session.as_str());
    let is_first =
        Condition::Any(vec![Condition::Absent(attribute), Condition::Differs(attribute, session.clone())]);
    let is_unchanged = equals("version", number(participant.version));
    Some(Mark {
        changes: Changes::default().set(attribute, session),
        condition: Condition::All(vec![is_unchanged, is_first]),
    })
}

fn without_lease() -> Changes {
    Changes::default().remove("leased_at").remove("lease")
}

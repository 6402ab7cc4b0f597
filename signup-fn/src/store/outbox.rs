//! The outbox: mails to send, and their outcomes.
//!
//! The transaction that causes a mail also puts it into the outbox.

use aws_sdk_dynamodb::types::ReturnValue;
use catalog::answer::Status;
use catalog::mail::{MailKind, Report};
use catalog::{Event, SessionId};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::client::{Store, attempt_id};
use super::error::{Setback, StoreError};
use super::expression::{Changes, Condition, Placeholders, equals};
use super::item::{self, Item, number, text};
use super::listing::Listing;
use super::mail::{Mail, MailKey};
use super::organiser::acts::enter;
use super::transaction::{Outcome, Write};
use super::{record, retry};
use crate::people::act::Act;
use crate::people::identity::Person;
use crate::people::participant::Participant;
use crate::people::timing::Timing;
use crate::people::token::SignupKey;

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

/// The maximum number of mails that an erasure deletes in its transaction. With the participant, the
/// mailbox, the session, and the new mail and item of the head of the waiting list, these are 85 of 100 writes.
const FEW: usize = 80;

/// Returns the write that puts a mail into the outbox.
pub(super) fn put(event: &Event, mail: &Mail, forget_at: Timestamp) -> Result<Write, StoreError> {
    Ok(Write::put(record::mail_item(event, mail, forget_at)?, Condition::Absent("pk")))
}

impl Store {
    /// Puts the mail into the outbox that the form was submitted again for `session` with a person's name and
    /// address, or that too many people share the address.
    pub(super) async fn repeat(
        &self,
        event: &Event,
        session: &SessionId,
        (kind, person): (MailKind, &Person),
        timing: Timing,
    ) -> Result<(), StoreError> {
        let now = timing.now;
        self.put_mail_once(event, person, kind, timing, |participant, _| {
            participant
                .hears_of_repeat(session, now)
                .then(|| Changes::default().set("repeated_at", number(now.as_second())))
        })
        .await
    }

    /// Puts the mail about the current state of a sign-up into the outbox again, on behalf of an organiser, and
    /// enters the act in the log. Returns whether the sign-up still exists.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses a request, or if the participant is unreadable.
    pub async fn resend(
        &self,
        (act, event): (&Act, &Event),
        signup: &SignupKey,
        timing: Timing,
    ) -> Result<bool, StoreError> {
        retry::until(timing.deadline, || async move {
            let key = item::of_person(event, &signup.person);
            let Some(found) = self.item(key.clone()).await? else { return Ok(false) };
            let participant = record::participant(&found, event)?;
            if participant.key() != *signup {
                return Ok(false);
            }
            let kind = match participant.status {
                Status::Confirmed => MailKind::Confirmation,
                Status::Held => MailKind::Confirm,
                Status::Waiting => MailKind::Waiting,
                Status::Cancelled => MailKind::Withdrawn,
            };
            let (id, next) = (attempt_id(), participant.next(timing.now));
            let version = equals("version", number(participant.version));
            let writes = vec![
                Write::update(key, Changes::default().set("version", number(next.version)), version),
                put(event, &Mail::new(kind, &next, &id, timing.now), next.forget_at)?,
                enter(act)?,
            ];
            match self.transact(writes, &id).await? {
                Outcome::Committed => Ok(true),
                // The same form was handled before.
                Outcome::Cancelled(cancelled) if cancelled.condition_failed(2) => Ok(true),
                Outcome::Cancelled(cancelled) => Err(cancelled.setback()),
            }
        })
        .await
    }

    /// Puts the reminder of a session into the outbox, once, if the sign-up has a confirmed seat in it.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses a request, or if the participant is unreadable.
    pub async fn remind(
        &self,
        event: &Event,
        session: &SessionId,
        signup: &SignupKey,
        timing: Timing,
    ) -> Result<(), StoreError> {
        self.put_mail_once(event, &signup.person, MailKind::Reminder, timing, |participant, item| {
            mark_once("reminded_of", (event, session), Status::Confirmed, signup, (participant, item))
        })
        .await
    }

    /// Puts the mail that no seat came free into the outbox, once, if the sign-up still waits for the session.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses a request, or if the participant is unreadable.
    pub async fn tell_no_seat(
        &self,
        event: &Event,
        session: &SessionId,
        signup: &SignupKey,
        timing: Timing,
    ) -> Result<(), StoreError> {
        self.put_mail_once(event, &signup.person, MailKind::NoSeat, timing, |participant, item| {
            mark_once("told_no_seat_of", (event, session), Status::Waiting, signup, (participant, item))
        })
        .await
    }

    /// Marks a participant and puts a mail into the outbox: both, or neither if `mark` returns `None` for the
    /// participant, because it is set already.
    pub(super) async fn put_mail_once(
        &self,
        event: &Event,
        person: &Person,
        kind: MailKind,
        timing: Timing,
        mark: impl Fn(&Participant, &Item) -> Option<Changes>,
    ) -> Result<(), StoreError> {
        let mark = &mark;
        retry::until(timing.deadline, || async move {
            let key = item::of_person(event, person);
            let Some(found) = self.item(key.clone()).await? else { return Ok(()) };
            let participant = record::participant(&found, event)?;
            let Some(marked) = mark(&participant, &found) else { return Ok(()) };
            let version = number(participant.version);
            // Each attempt reads the table again and may write something else, so it needs a new
            // idempotency key.
            let id = attempt_id();
            let mail = Mail::new(kind, &participant, &id, timing.now);
            let writes = vec![
                Write::update(
                    key,
                    marked.set("version", number(participant.version + 1)),
                    equals("version", version),
                ),
                put(event, &mail, participant.forget_at)?,
            ];
            match self.transact(writes, &id).await? {
                Outcome::Committed => Ok(()),
                // The next attempt sees whether the mark is set now, or what else has changed.
                Outcome::Cancelled(cancelled) => Err(cancelled.setback()),
            }
        })
        .await
    }

    /// Leases a mail. At most one mailer has the lease at a time.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses the request, or if the mail is unreadable.
    pub async fn lease(&self, event: &Event, key: &MailKey, timing: Timing) -> Result<Lease, StoreError> {
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
        let mail = leased.as_ref().map(|item| record::mail(item, event)).transpose()?;
        Ok(mail.map_or(Lease::NotNow, Lease::Ours))
    }

    /// Marks a mail as sent.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses the request.
    pub async fn mark_sent(&self, event: &Event, key: &MailKey, timing: Timing) -> Result<(), StoreError> {
        let sent = without_lease().remove("to").set("sent_at", number(timing.now.as_second()));
        self.update_mail(event, key, sent, Condition::Exists("pk"), timing.deadline).await.map(drop)
    }

    /// Releases the lease of a mail that was not sent, and postpones the next attempt.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses the request.
    pub async fn postpone(
        &self,
        event: &Event,
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
        event: &Event,
        key: &MailKey,
        reason: &str,
        deadline: Instant,
    ) -> Result<(), StoreError> {
        let changes = without_lease().set("parked", text(reason));
        self.update_mail(event, key, changes, Condition::Exists("pk"), deadline).await.map(drop)
    }

    /// Notes what was reported about a mail that was sent, if it still exists.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses the request.
    pub async fn note_report(
        &self,
        event: &Event,
        key: &MailKey,
        report: Report,
        deadline: Instant,
    ) -> Result<(), StoreError> {
        let changes = Changes::default().set("report", text(report.name()));
        self.update_mail(event, key, changes, Condition::Exists("pk"), deadline).await.map(drop)
    }

    /// Unparks a mail, so that the mailer tries it again from the first attempt.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses the request.
    pub async fn unpark(&self, event: &Event, key: &MailKey, deadline: Instant) -> Result<(), StoreError> {
        let changes = Changes::default().remove("parked").remove("attempts").remove("not_before");
        self.update_mail(event, key, changes, Condition::Exists("pk"), deadline).await.map(drop)
    }

    /// Deletes a mail that is no longer needed: its recipient is gone, or it is out of date.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses the request.
    pub async fn forget_mail(
        &self,
        event: &Event,
        key: &MailKey,
        deadline: Instant,
    ) -> Result<(), StoreError> {
        let key = item::of_mail(event, key);
        retry::until(deadline, || self.delete(key.clone())).await
    }

    /// Reads all mails of an event, in no particular order.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses a request.
    pub async fn mails(&self, event: &Event, deadline: Instant) -> Result<Listing<Vec<Mail>>, StoreError> {
        let items = retry::until(deadline, || self.query_people(event, item::MAIL)).await?;
        Ok(items.iter().map(|item| record::mail(item, event)).collect())
    }

    /// Reads all mails to a person about an event, in no particular order.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses a request.
    pub async fn mails_to(
        &self,
        event: &Event,
        person: &Person,
        deadline: Instant,
    ) -> Result<Listing<Vec<Mail>>, StoreError> {
        let (partition, prefix) = (item::partition_of(event, person), item::mails_of(person));
        let items = self.query_until(deadline, &partition, &prefix).await?;
        Ok(items.iter().map(|item| record::mail(item, event)).collect())
    }

    /// Deletes a person's mails until at most `FEW` are left, which fit in one transaction. Returns the keys
    /// of those that are left.
    pub(super) async fn delete_mails_beyond_one_transaction(
        &self,
        event: &Event,
        person: &Person,
    ) -> Result<Vec<Item>, Setback> {
        let items = self.query(&item::partition_of(event, person), &item::mails_of(person)).await?;
        let mut keys: Vec<Item> = items.iter().map(item::key_of).collect();
        for key in keys.drain(..keys.len().saturating_sub(FEW)) {
            self.delete(key).await?;
        }
        Ok(keys)
    }

    /// Updates a mail with a conditional write. Returns the updated item, or `None` if the condition did not
    /// hold.
    async fn update_mail(
        &self,
        event: &Event,
        key: &MailKey,
        changes: Changes,
        condition: Condition,
        deadline: Instant,
    ) -> Result<Option<Item>, StoreError> {
        let key = item::of_mail(event, key);
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

/// Returns the change that marks a participant as told about a session. Returns `None` if the participant does
/// not have this status in that session, if the mark is set already, or if this is another sign-up of theirs.
fn mark_once(
    attribute: &'static str,
    (event, session): (&Event, &SessionId),
    status: Status,
    signup: &SignupKey,
    (participant, item): (&Participant, &Item),
) -> Option<Changes> {
    let marked = item::text_of(item, attribute).and_then(|id| id.parse().ok());
    let is_marked = marked.is_some_and(|id| event.current_id(&id) == session);
    let is_due = participant.key() == *signup
        && participant.signup.session == *session
        && participant.status == status
        && !is_marked;
    is_due.then(|| Changes::default().set(attribute, text(session.as_str())))
}

fn without_lease() -> Changes {
    Changes::default().remove("leased_at").remove("lease")
}

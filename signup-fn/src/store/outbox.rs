//! The mails that are to be sent, and what became of them.
//!
//! A mail is put in the transaction that gives reason to it. It holds nobody's
//! name or address: those are read when it is sent, and gone with the person.

use aws_sdk_dynamodb::types::TransactWriteItem;
use catalog::mail::MailKind;
use catalog::{EventId, SessionId};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::item::{self, Item, number, text};
use super::retry::{self, Attempt};
use super::transaction::{self, Cancelled};
use super::{Failure, Store, StoreError};
use crate::identity::Person;
use crate::participant::Participant;

/// A mail to a participant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Whose it is.
    pub person: Person,
    /// Unique among the person's mails.
    pub id: String,
    /// What it is about.
    pub kind: MailKind,
    /// The session that it is about.
    pub session: SessionId,
    /// The version of the participant that it tells of.
    pub sequence: i64,
    /// When there was reason to it.
    pub created_at: Timestamp,
    /// How often it was tried.
    pub attempts: i64,
    /// Why it is tried no more.
    pub parked: Option<String>,
    /// Whether it went out.
    pub is_sent: bool,
}

/// Whether one may send a mail now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lease {
    /// Nobody else does, until the lease is over.
    Ours(Mail),
    /// It went out, is parked, is being sent, or is no longer there.
    NotNow,
}

/// How long one has for sending, more than the mailer may run (`infra/mailer.tf`); a sender that died leaves it to the next after that.
pub const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// What a form filled in again with a known address may cause at most once in this time.
const BETWEEN_REPEATS: SignedDuration = SignedDuration::from_hours(1);

/// How many mails go into one transaction of 100 parts.
const FEW: usize = 80;

impl Mail {
    /// A mail that tells a participant where things stand.
    pub fn new(kind: MailKind, participant: &Participant, id: &str, now: Timestamp) -> Self {
        Self {
            person: participant.person,
            id: id.to_owned(),
            kind,
            session: participant.signup.session.clone(),
            sequence: participant.version,
            created_at: now,
            attempts: 0,
            parked: None,
            is_sent: false,
        }
    }
}

impl Store {
    pub(super) fn mail_part(
        &self,
        event: &EventId,
        mail: &Mail,
        forget_at: Timestamp,
    ) -> Result<TransactWriteItem, StoreError> {
        self.put(item::from_mail(event, mail, forget_at), "attribute_not_exists(pk)", Vec::new())
    }

    /// Puts a mail for somebody whose address was filled in again, if the last one is an hour ago.
    ///
    /// # Errors
    /// When the table did not take it before the deadline.
    pub async fn repeat(
        &self,
        event: &EventId,
        person: &Person,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<(), StoreError> {
        self.put_mail_once(event, person, MailKind::Repeat, now, deadline, |participant| {
            let quiet = now.duration_since(participant.mailed_at) >= BETWEEN_REPEATS;
            quiet.then(|| {
                let values = vec![
                    (":now", number(now.as_second())),
                    (":before", number(participant.mailed_at.as_second())),
                ];
                ("SET mailed_at = :now", "mailed_at = :before", values)
            })
        })
        .await
    }

    /// Puts the reminder of a session for somebody who has a seat in it, once.
    ///
    /// # Errors
    /// When the table did not take it before the deadline.
    pub async fn remind(
        &self,
        event: &EventId,
        person: &Person,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<(), StoreError> {
        self.put_mail_once(event, person, MailKind::Reminder, now, deadline, |participant| {
            let session = text(participant.signup.session.as_str());
            let values = vec![(":session", session), (":version", number(participant.version))];
            Some((
                "SET reminded_of = :session",
                "version = :version AND (attribute_not_exists(reminded_of) OR reminded_of <> :session)",
                values,
            ))
        })
        .await
    }

    /// Marks a participant, and puts a mail: both or, where the mark is there already, neither.
    async fn put_mail_once(
        &self,
        event: &EventId,
        person: &Person,
        kind: MailKind,
        now: Timestamp,
        deadline: Instant,
        mark: impl Fn(&Participant) -> Option<(&'static str, &'static str, transaction::Values)>,
    ) -> Result<(), StoreError> {
        let id = super::attempt_id();
        retry::until(deadline, || async {
            let attempt = async {
                let key = item::key(event, item::person_key(person));
                let Some(found) = self.item(key.clone()).await? else { return Ok(Attempt::Done(())) };
                let participant = item::participant(&found)?;
                let Some((update, condition, values)) = mark(&participant) else {
                    return Ok(Attempt::Done(()));
                };
                let mail = Mail::new(kind, &participant, &id, now);
                let parts = vec![
                    self.update(key, update, condition, values)?,
                    self.mail_part(event, &mail, participant.forget_at)?,
                ];
                // Unmet when the mark is there: by an attempt whose answer was lost, or by somebody else.
                let judge = |cancelled: &Cancelled| match cancelled.is_unmet(0) {
                    true => Attempt::Done(()),
                    false => cancelled.undecided(),
                };
                Ok::<_, Failure>(self.transact(parts, &id).await.decide((), judge))
            };
            attempt.await.unwrap_or_else(Attempt::from)
        })
        .await
    }

    /// Takes a mail to send; at most one sender has it at a time.
    ///
    /// # Errors
    /// When the table did not answer before the deadline.
    pub async fn lease(
        &self,
        event: &EventId,
        (person, id): (&Person, &str),
        now: Timestamp,
        deadline: Instant,
    ) -> Result<Lease, StoreError> {
        let lease = super::attempt_id();
        let values = vec![
            (":one", number(1)),
            (":now", number(now.as_second())),
            (":over", number((now - LEASE).as_second())),
            (":lease", text(&lease)),
        ];
        let taken = self.update_mail(
            event,
            (person, id),
            "ADD attempts :one SET leased_at = :now, lease = :lease",
            // The second line knows an attempt of our own whose answer was lost.
            "attribute_exists(pk) AND attribute_not_exists(sent_at) AND attribute_not_exists(parked) \
             AND (attribute_not_exists(leased_at) OR leased_at <= :over OR lease = :lease)",
            values,
            deadline,
        );
        let mail = taken.await?.as_ref().map(item::mail).transpose()?;
        Ok(mail.map_or(Lease::NotNow, Lease::Ours))
    }

    /// Marks a mail as sent.
    ///
    /// # Errors
    /// When the table did not take it before the deadline.
    pub async fn mark_sent(
        &self,
        event: &EventId,
        mail: &Mail,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<(), StoreError> {
        let values = vec![(":now", number(now.as_second()))];
        let sent = self.update_mail(
            event,
            (&mail.person, &mail.id),
            "SET sent_at = :now REMOVE leased_at, lease",
            "attribute_exists(pk)",
            values,
            deadline,
        );
        sent.await.map(drop)
    }

    /// Gives a mail back: parked with a reason, or to be tried again.
    ///
    /// # Errors
    /// When the table did not take it before the deadline.
    pub async fn give_back(
        &self,
        event: &EventId,
        mail: &Mail,
        parked: Option<&str>,
        deadline: Instant,
    ) -> Result<(), StoreError> {
        let key = (&mail.person, mail.id.as_str());
        let (update, values) = match parked {
            Some(reason) => ("SET parked = :reason REMOVE leased_at, lease", vec![(":reason", text(reason))]),
            None => ("REMOVE leased_at, lease", Vec::new()),
        };
        self.update_mail(event, key, update, "attribute_exists(pk)", values, deadline).await.map(drop)
    }

    /// Lets parked mail be tried once more, from the first attempt on.
    ///
    /// # Errors
    /// When the table did not take it before the deadline.
    pub async fn unpark(&self, event: &EventId, mail: &Mail, deadline: Instant) -> Result<(), StoreError> {
        let key = (&mail.person, mail.id.as_str());
        let update = "REMOVE parked, attempts";
        self.update_mail(event, key, update, "attribute_exists(pk)", Vec::new(), deadline).await.map(drop)
    }

    /// Forgets a mail whose person is gone.
    ///
    /// # Errors
    /// When the table did not take it before the deadline.
    pub async fn forget_mail(
        &self,
        event: &EventId,
        mail: &Mail,
        deadline: Instant,
    ) -> Result<(), StoreError> {
        let key = item::key_of_mail(event, &mail.person, &mail.id);
        retry::until(deadline, || async {
            let deleted =
                self.client.delete_item().table_name(&self.table).set_key(Some(key.clone())).send().await;
            deleted.map(|_| Attempt::Done(())).unwrap_or_else(|error| transaction::reason(&error))
        })
        .await
    }

    /// All mails of an event, in no order.
    ///
    /// # Errors
    /// When the table did not answer before the deadline.
    pub async fn mails(&self, event: &EventId, deadline: Instant) -> Result<Vec<Mail>, StoreError> {
        let items = retry::until(deadline, || async {
            self.query(event, item::MAIL).await.map_or_else(Attempt::from, Attempt::Done)
        });
        items.await?.iter().map(item::mail).collect()
    }

    /// The keys of a person's mails, few enough to go into one transaction: the others go at once.
    pub(super) async fn few_mails_of(&self, event: &EventId, person: &Person) -> Result<Vec<Item>, Failure> {
        let items = self.query(event, &item::mails_of(person)).await?;
        let sort = |item: &Item| Ok(item::key(event, item::Read(item).text("sk")?.to_owned()));
        let mut keys: Vec<Item> = items.iter().map(sort).collect::<Result<_, StoreError>>()?;
        for key in keys.drain(..keys.len().saturating_sub(FEW)) {
            let deleted = self.client.delete_item().table_name(&self.table).set_key(Some(key)).send().await;
            deleted.map_err(|error| Failure::from(transaction::reason(&error)))?;
        }
        Ok(keys)
    }

    /// Updates a mail on a condition; the item afterwards, or `None` where the condition does not hold.
    async fn update_mail(
        &self,
        event: &EventId,
        (person, id): (&Person, &str),
        update: &str,
        condition: &str,
        values: transaction::Values,
        deadline: Instant,
    ) -> Result<Option<Item>, StoreError> {
        let key = item::key_of_mail(event, person, id);
        retry::until(deadline, || async {
            let sent = self
                .client
                .update_item()
                .table_name(&self.table)
                .set_key(Some(key.clone()))
                .update_expression(update)
                .condition_expression(condition)
                .set_expression_attribute_names(transaction::names(&[update, condition]))
                .set_expression_attribute_values(transaction::given(values.clone()))
                .return_values(aws_sdk_dynamodb::types::ReturnValue::AllNew)
                .send();
            match sent.await {
                Ok(updated) => Attempt::Done(updated.attributes),
                Err(error)
                    if error
                        .as_service_error()
                        .is_some_and(|e| e.is_conditional_check_failed_exception()) =>
                {
                    Attempt::Done(None)
                }
                Err(error) => Failure::from(transaction::reason(&error)).into(),
            }
        })
        .await
    }
}

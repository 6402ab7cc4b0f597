//! Mails to several participants at once.
//!
//! One transaction stores the broadcast with all its recipients and enters the act in the log. From then on it is
//! certain that everybody gets the mail, once. The mails then go into the outbox in chunks. The transaction of a
//! chunk also removes its recipients from the list, so a process that dies in between leaves exactly the rest, and
//! the rounds go on with it. After the last chunk the list is gone, so that no hash of anybody stays behind.

use aws_sdk_dynamodb::types::AttributeValue;
use catalog::calendar::sequence;
use catalog::organiser::address::Tab;
use catalog::{Event, EventId, SessionId};
use jiff::Timestamp;
use jiff::fmt::serde::timestamp::second;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::client::{Store, attempt_id, member};
use super::error::{Setback, StoreError};
use super::expression::{Changes, Condition, equals};
use super::item::{self, Item, text};
use super::listing::Listing;
use super::mail::{Mail, MailKey, PROOF};
use super::record::{attributes, read, unreadable};
use super::transaction::{Outcome, Write};
use super::{outbox, retry};
use crate::people::act::{Act, ActId};
use crate::people::broadcast::{Broadcast, Message};
use crate::people::field::{Email, Line, Lines};
use crate::people::identity::Person;
use crate::people::timing::Timing;

/// The number of mails in one transaction, which may have 100 writes: two for each.
const CHUNK: usize = 48;

pub(super) const BROADCAST: &str = "broadcast#";

#[derive(Debug, Serialize, Deserialize)]
struct Record {
    session: SessionId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<Tab>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(with = "second::required")]
    created_at: Timestamp,
    total: usize,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    recipients: Vec<String>,
    #[serde(with = "second::required")]
    forget_at: Timestamp,
}

fn key(event: &EventId, id: &ActId) -> Item {
    item::key(item::event_key(event), format!("{BROADCAST}{id}"))
}

fn to_item(event: &EventId, broadcast: &Broadcast, forget_at: Timestamp) -> Result<Item, StoreError> {
    let message = broadcast.message.as_ref();
    let record = Record {
        session: broadcast.session.clone(),
        to: broadcast.to,
        subject: message.map(|message| message.subject.as_str().to_owned()),
        text: message.map(|message| message.text.as_str().to_owned()),
        created_at: broadcast.created_at,
        total: broadcast.total,
        recipients: broadcast.recipients.iter().map(Person::key).collect(),
        forget_at,
    };
    let mut item = key(event, &broadcast.id);
    item.extend(attributes(&record)?);
    Ok(item)
}

fn from_item(item: &Item, event: &Event) -> Result<Broadcast, StoreError> {
    let record: Record = read(item)?;
    let id = item::text_of(item, "sk").and_then(|sort| sort.strip_prefix(BROADCAST)?.parse().ok());
    let recipients = record.recipients.iter().map(|person| person.parse()).collect::<Result<_, _>>();
    let message = match (&record.subject, &record.text) {
        (Some(subject), Some(text)) => Some(Message {
            subject: Line::new(subject).map_err(|_| unreadable(item, "subject"))?,
            text: Lines::new(text).map_err(|_| unreadable(item, "text"))?,
        }),
        _ => None,
    };
    Ok(Broadcast {
        id: id.ok_or_else(|| unreadable(item, "sk"))?,
        session: event.current_id(&record.session).clone(),
        to: record.to,
        message,
        created_at: record.created_at,
        total: record.total,
        recipients: recipients.map_err(|_| unreadable(item, "recipients"))?,
    })
}

impl Store {
    /// Stores a broadcast and enters the act in the log. Does nothing if the same form was handled before.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses the request.
    pub async fn broadcast(
        &self,
        (act, event): (&Act, &Event),
        broadcast: &Broadcast,
        timing: Timing,
    ) -> Result<(), StoreError> {
        let item = to_item(event.id(), broadcast, forget_at(event, broadcast, timing.now))?;
        self.do_once(act, vec![Write::put(item, Condition::Absent("pk"))], timing.deadline).await
    }

    /// Stores a message that nobody gets but an organiser, as `person` would get it, and enters the act in the log.
    ///
    /// # Errors
    /// Fails like [`Store::broadcast`].
    pub async fn prove(
        &self,
        (act, event): (&Act, &Event),
        broadcast: &Broadcast,
        (person, to): (&Person, &Email),
        timing: Timing,
    ) -> Result<(), StoreError> {
        let forget_at = forget_at(event, broadcast, timing.now);
        let mail = mail(broadcast, (person, 0), timing.now);
        let key = MailKey { id: format!("{}{PROOF}", broadcast.id), ..mail.key.clone() };
        let mail = Mail { key, to: Some(to.clone()), ..mail };
        let item = to_item(event.id(), broadcast, forget_at)?;
        let writes = vec![Write::put(item, Condition::Absent("pk")), outbox::put(event, &mail, forget_at)?];
        self.do_once(act, writes, timing.deadline).await
    }

    /// Puts the mails of a broadcast into the outbox that are not there yet.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses a request, or if the broadcast is unreadable. What is
    /// left stays on the list.
    pub async fn spread(&self, event: &Event, id: &ActId, timing: Timing) -> Result<(), StoreError> {
        while retry::until(timing.deadline, || self.spread_chunk(event, id, timing.now)).await? {}
        Ok(())
    }

    /// Returns whether anybody is left.
    async fn spread_chunk(&self, event: &Event, id: &ActId, now: Timestamp) -> Result<bool, Setback> {
        let key = key(event.id(), id);
        let Some(item) = self.item(key.clone()).await? else { return Ok(false) };
        let broadcast = from_item(&item, event)?;
        if broadcast.recipients.is_empty() {
            return Ok(false);
        }
        let (chunk, rest) = broadcast.recipients.split_at(broadcast.recipients.len().min(CHUNK));
        let forget_at = forget_at(event, &broadcast, now);
        let before = item.get("recipients").cloned().unwrap_or_else(|| text(""));
        let leave = |rest: &[Person]| {
            let left = match rest {
                [] => Changes::default().remove("recipients"),
                rest => {
                    let rest = rest.iter().map(member).collect();
                    Changes::default().set("recipients", AttributeValue::L(rest))
                }
            };
            Write::update(key.clone(), left, equals("recipients", before.clone()))
        };
        let mut writes = vec![leave(rest)];
        let first = broadcast.total.saturating_sub(broadcast.recipients.len());
        for (number, person) in chunk.iter().enumerate() {
            let mail = mail(&broadcast, (person, first + number), now);
            writes.push(outbox::put(event, &mail, forget_at)?);
        }
        // Nothing may be stored about somebody who was erased. The new version makes an erasure that has already read
        // the person's mails read them again.
        let checks = writes.len();
        writes.extend(chunk.iter().map(|person| {
            let key = item::of_person(event, person);
            Write::update(key, Changes::default().add("version", 1), Condition::Exists("pk"))
        }));
        let cancelled = match self.transact(writes, &attempt_id()).await? {
            Outcome::Committed => return Ok(!rest.is_empty()),
            Outcome::Cancelled(cancelled) => cancelled,
        };
        let is_gone = |at: usize| cancelled.condition_failed(checks + at);
        let there: Vec<Person> =
            chunk.iter().enumerate().filter(|(at, _)| !is_gone(*at)).map(|(_, person)| *person).collect();
        if there.len() == chunk.len() {
            // Somebody else goes on with it: the next attempt reads what is left.
            return Err(cancelled.setback());
        }
        let there = [&there[..], rest].concat();
        match self.transact(vec![leave(&there)], &attempt_id()).await? {
            Outcome::Committed => Ok(!there.is_empty()),
            Outcome::Cancelled(cancelled) => Err(cancelled.setback()),
        }
    }

    /// Deletes a broadcast.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses the request.
    pub async fn forget_broadcast(
        &self,
        event: &EventId,
        id: &ActId,
        deadline: Instant,
    ) -> Result<(), StoreError> {
        retry::until(deadline, || self.delete(key(event, id))).await
    }

    /// Reads a broadcast.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses the request, or if the broadcast is unreadable.
    pub async fn broadcast_of(
        &self,
        event: &Event,
        id: &ActId,
        deadline: Instant,
    ) -> Result<Option<Broadcast>, StoreError> {
        let found = self.item_until(deadline, key(event.id(), id)).await?;
        found.as_ref().map(|item| from_item(item, event)).transpose()
    }

    /// Reads all broadcasts of an event, the oldest first.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses a request.
    pub async fn broadcasts(
        &self,
        event: &Event,
        deadline: Instant,
    ) -> Result<Listing<Vec<Broadcast>>, StoreError> {
        let partition = item::event_key(event.id());
        let items = self.query_until(deadline, &partition, BROADCAST).await?;
        Ok(items.iter().map(|item| from_item(item, event)).collect())
    }
}

/// Returns when a broadcast is forgotten: with the participants of its session.
fn forget_at(event: &Event, broadcast: &Broadcast, now: Timestamp) -> Timestamp {
    event.session(&broadcast.session).map_or(now, |session| event.forget_at(session))
}

/// Returns the mail of a broadcast to one of its recipients, each of whom has a number.
fn mail(broadcast: &Broadcast, (person, number): (&Person, usize), now: Timestamp) -> Mail {
    Mail {
        key: MailKey { person: *person, id: format!("{}-{number}", broadcast.id) },
        kind: broadcast.kind(),
        session: broadcast.session.clone(),
        previous: None,
        to: None,
        sequence: sequence(now),
        created_at: now,
        attempts: 0,
        not_before: None,
        parked: None,
        is_sent: false,
        report: None,
    }
}

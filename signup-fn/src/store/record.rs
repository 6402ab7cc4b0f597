//! Converts items of each kind to domain types and back, through records.
//!
//! A record lists the attributes that this version knows. Reading ignores others, and
//! [`changes`] leaves them alone, so that an older version does not remove a newer version's attributes.

use aws_sdk_dynamodb::types::AttributeValue;
use catalog::answer::Status;
use catalog::mail::{MailKind, Report};
use catalog::session::SessionTimes;
use catalog::{Event, SessionId};
use jiff::Timestamp;
use jiff::fmt::serde::timestamp::second;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::expression::Changes;
use super::item::{self, Item};
use super::mail::Mail;
use super::session::SessionState;
use super::sharing::Sharing;
use crate::people::field::{Email, Line, Lines};
use crate::people::identity::{Mailbox, Person};
use crate::people::join::{Join, JoinUrl};
use crate::people::participant::{NewAddress, Participant};
use crate::people::signup::{Details, Role, Signup};

/// A participant's attributes.
#[derive(Debug, Serialize, Deserialize)]
struct PersonRecord {
    reference: String,
    mailbox: String,
    signup_id: String,
    status: Status,
    session: SessionId,
    full_name: String,
    email: String,
    organisation: String,
    role: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role_other: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    question: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    new_email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    new_email_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "second::optional")]
    new_email_until: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "second::optional")]
    held_until: Option<Timestamp>,
    signed_up_at: Timestamp,
    privacy_notice_version: String,
    version: i64,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "second::optional")]
    repeated_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    told: Option<SessionTimes>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "second::optional")]
    rescheduled_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    was_there: Option<bool>,
    #[serde(with = "second::required")]
    forget_at: Timestamp,
}

/// A session's attributes.
#[derive(Debug, Serialize, Deserialize)]
struct SessionRecord {
    #[serde(default)]
    taken: u32,
    #[serde(default)]
    waiting: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    join_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "second::optional")]
    join_set_at: Option<Timestamp>,
}

/// A mailbox's attributes.
#[derive(Debug, Serialize, Deserialize)]
struct MailboxRecord {
    people: Vec<String>,
    #[serde(with = "second::required")]
    forget_at: Timestamp,
}

/// A mail's attributes.
#[derive(Debug, Serialize, Deserialize)]
struct MailRecord {
    kind: MailKind,
    session: SessionId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    sequence: i64,
    #[serde(with = "second::required")]
    created_at: Timestamp,
    #[serde(default, skip_serializing_if = "is_zero")]
    attempts: i64,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "second::optional")]
    not_before: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parked: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sent_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    report: Option<Report>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "second::optional")]
    forget_at: Option<Timestamp>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// Returns the whole item of a new participant; `attempt_id` identifies the attempt that writes it.
pub(super) fn person_item(
    event: &Event,
    participant: &Participant,
    attempt_id: &str,
) -> Result<Item, StoreError> {
    let mut item = item::of_person(event, &participant.person);
    item.extend(person_attributes(participant)?);
    item.insert("attempt_id".to_owned(), item::text(attempt_id));
    Ok(item)
}

pub(super) fn person_attributes(participant: &Participant) -> Result<Item, StoreError> {
    let Participant { person, signup, id, .. } = participant;
    let new_address = participant.new_address.as_ref();
    let Details { full_name, organisation, role, question } = &signup.details;
    let record = PersonRecord {
        reference: person.reference().to_string(),
        mailbox: participant.mailbox.key(),
        signup_id: id.to_string(),
        status: participant.status,
        session: signup.session.clone(),
        full_name: full_name.as_str().to_owned(),
        email: signup.email.as_str().to_owned(),
        organisation: organisation.as_str().to_owned(),
        role: role.value().to_owned(),
        role_other: match role {
            Role::Other(other) => Some(other.as_str().to_owned()),
            _ => None,
        },
        question: question.as_ref().map(|question| question.as_str().to_owned()),
        new_email: new_address.map(|address| address.email.as_str().to_owned()),
        new_email_id: new_address.map(|address| address.id.to_string()),
        new_email_until: new_address.map(|address| address.until),
        held_until: participant.held_until,
        signed_up_at: participant.signed_up_at,
        privacy_notice_version: participant.privacy_notice_version.clone(),
        version: participant.version,
        repeated_at: participant.repeated_at,
        told: participant.told.clone(),
        rescheduled_at: participant.rescheduled_at,
        note: participant.note.as_ref().map(|note| note.as_str().to_owned()),
        was_there: participant.was_there,
        forget_at: participant.forget_at,
    };
    attributes(&record)
}

/// Returns the changes that turn one state of a participant into another.
pub(super) fn changes(before: &Participant, after: &Participant) -> Result<Changes, StoreError> {
    let (mut stored, after) = (person_attributes(before)?, person_attributes(after)?);
    if before.has_former_session_id {
        stored.remove("session");
    }
    let mut changes = Changes::default();
    for (name, value) in &after {
        if stored.get(name) != Some(value) {
            changes = changes.set(name, value.clone());
        }
    }
    for name in stored.keys().filter(|name| !after.contains_key(*name)) {
        changes = changes.remove(name);
    }
    Ok(changes)
}

/// Reads a participant of an event, or whoever has a ticket. The session has its current id, whatever it was when it was
/// stored.
pub(super) fn participant(item: &Item, event: &Event) -> Result<Participant, StoreError> {
    let record: PersonRecord = read(item)?;
    let wrong = |attribute: &str| unreadable(item, attribute);
    let person = item::text_of(item, "sk").and_then(|sort| sort.rsplit('#').next()?.parse().ok());
    let role = Role::parse(&record.role, record.role_other.as_deref().unwrap_or_default());
    let question = record.question.as_deref().map(Lines::new).transpose();
    let details = Details {
        full_name: Line::new(&record.full_name).map_err(|_| wrong("full_name"))?,
        organisation: Line::new(&record.organisation).map_err(|_| wrong("organisation"))?,
        role: role.map_err(|_| wrong("role"))?,
        question: question.map_err(|_| wrong("question"))?,
    };
    let new_address = match (&record.new_email, &record.new_email_id, record.new_email_until) {
        (Some(email), Some(id), Some(until)) => Some(NewAddress {
            email: Email::stored(email).map_err(|_| wrong("new_email"))?,
            id: id.parse().map_err(|_| wrong("new_email_id"))?,
            until,
        }),
        _ => None,
    };
    Ok(Participant {
        has_former_session_id: event.current_id(&record.session) != &record.session,
        new_address,
        person: person.ok_or_else(|| wrong("sk"))?,
        mailbox: record.mailbox.parse().map_err(|_| wrong("mailbox"))?,
        signup: Signup {
            session: event.current_id(&record.session).clone(),
            email: Email::stored(&record.email).map_err(|_| wrong("email"))?,
            details,
        },
        id: record.signup_id.parse().map_err(|_| wrong("signup_id"))?,
        status: record.status,
        held_until: record.held_until,
        signed_up_at: record.signed_up_at,
        privacy_notice_version: record.privacy_notice_version,
        version: record.version,
        repeated_at: record.repeated_at,
        told: record.told,
        rescheduled_at: record.rescheduled_at,
        note: record.note.as_deref().map(Lines::new).transpose().map_err(|_| wrong("note"))?,
        was_there: record.was_there,
        forget_at: record.forget_at,
    })
}

/// Reads the state of a session. Without an item, nobody has signed up for it yet.
pub(super) fn session_state(item: Option<&Item>) -> Result<SessionState, StoreError> {
    let Some(item) = item else { return Ok(SessionState::default()) };
    let SessionRecord { taken, waiting, join_url, join_set_at } = read(item)?;
    let waiting = waiting.iter().map(|person| person.parse()).collect::<Result<_, _>>();
    // A link that this version cannot read is no reason to refuse a sign-up.
    let url = join_url.as_deref().and_then(|url| JoinUrl::new(url).ok());
    let join = url.zip(join_set_at).map(|(url, set_at)| Join { url, set_at });
    Ok(SessionState { taken, waiting: waiting.map_err(|_| unreadable(item, "waiting"))?, join })
}

/// Reads the people who share a mailbox.
pub(super) fn mailbox(item: &Item) -> Result<Sharing, StoreError> {
    let MailboxRecord { people, forget_at } = read(item)?;
    let people = people.iter().map(|person| person.parse()).collect::<Result<_, _>>();
    Ok(Sharing { people: people.map_err(|_| unreadable(item, "people"))?, forget_at })
}

/// Returns the item of a mailbox.
pub(super) fn mailbox_item(event: &Event, mailbox: &Mailbox, sharing: &Sharing) -> Result<Item, StoreError> {
    let Sharing { people, forget_at } = sharing;
    let people = people.iter().map(Person::key).collect();
    let mut item = item::of_mailbox(event, mailbox);
    item.extend(attributes(&MailboxRecord { people, forget_at: *forget_at })?);
    Ok(item)
}

/// Returns the attributes of two sessions that have become one: the seats of both, and both waiting lists, and the
/// link of the first that has one.
pub(super) fn combined(one: &Item, other: &Item) -> Result<Item, StoreError> {
    let (one, other) = (read::<SessionRecord>(one)?, read::<SessionRecord>(other)?);
    attributes(&SessionRecord {
        taken: one.taken + other.taken,
        waiting: one.waiting.into_iter().chain(other.waiting).collect(),
        join_url: one.join_url.or(other.join_url),
        join_set_at: one.join_set_at.or(other.join_set_at),
    })
}

/// The attribute of a kept event with the event as JSON.
pub(super) const KEPT: &str = "event";

/// Reads a kept event.
pub(super) fn kept(item: &Item) -> Result<Event, StoreError> {
    let json = item::text_of(item, KEPT).ok_or_else(|| unreadable(item, KEPT))?;
    serde_json::from_str(json).map_err(|error| unreadable(item, &error.to_string()))
}

/// Returns whether the people of a kept event are spread, also if this version cannot read the rest of it.
pub(super) fn is_spread(item: &Item) -> bool {
    let event =
        item::text_of(item, KEPT).and_then(|json| serde_json::from_str::<serde_json::Value>(json).ok());
    event.is_some_and(|event| event["is_spread"] == true)
}

/// Returns the item of a kept event, which is kept as long as the links in mails work.
pub(super) fn kept_item(event: &Event) -> Result<Item, StoreError> {
    let json = serde_json::to_string(event)
        .map_err(|error| StoreError::Unreadable { key: "new item".to_owned(), reason: error.to_string() })?;
    let mut item = item::kept_key(event.id());
    item.insert(KEPT.to_owned(), item::text(json));
    item.insert("forget_at".to_owned(), item::number(event.links_expire_at().as_second()));
    Ok(item)
}

/// Returns the item of a mail.
pub(super) fn mail_item(event: &Event, mail: &Mail, forget_at: Timestamp) -> Result<Item, StoreError> {
    let record = MailRecord {
        kind: mail.kind,
        session: mail.session.clone(),
        previous: mail.previous.clone(),
        to: mail.to.as_ref().map(|to| to.as_str().to_owned()),
        sequence: mail.sequence,
        created_at: mail.created_at,
        attempts: mail.attempts,
        not_before: mail.not_before,
        parked: mail.parked.clone(),
        sent_at: None,
        report: mail.report,
        forget_at: Some(forget_at),
    };
    let mut item = item::of_mail(event, &mail.key);
    item.extend(attributes(&record)?);
    Ok(item)
}

/// Reads a mail about an event. The session has its current id, whatever it was when it was stored.
pub(super) fn mail(item: &Item, event: &Event) -> Result<Mail, StoreError> {
    let record: MailRecord = read(item)?;
    let key = item::text_of(item, "sk").and_then(item::mail_of);
    let to = record.to.as_deref().map(Email::stored).transpose();
    Ok(Mail {
        key: key.ok_or_else(|| unreadable(item, "sk"))?,
        kind: record.kind,
        session: event.current_id(&record.session).clone(),
        previous: record.previous,
        to: to.map_err(|_| unreadable(item, "to"))?,
        sequence: record.sequence,
        created_at: record.created_at,
        attempts: record.attempts,
        not_before: record.not_before,
        parked: record.parked,
        is_sent: record.sent_at.is_some(),
        report: record.report,
    })
}

pub(super) fn attributes(record: &impl Serialize) -> Result<Item, StoreError> {
    serde_dynamo::to_item(record)
        .map_err(|error| StoreError::Unreadable { key: "new item".to_owned(), reason: error.to_string() })
}

pub(super) fn read<T: DeserializeOwned>(item: &Item) -> Result<T, StoreError> {
    serde_dynamo::from_item(item.clone()).map_err(|error| unreadable(item, &error.to_string()))
}

pub(super) fn unreadable(item: &Item, reason: &str) -> StoreError {
    let key = item.get("sk").and_then(|sort: &AttributeValue| sort.as_s().ok()).cloned();
    StoreError::Unreadable { key: key.unwrap_or_default(), reason: reason.to_owned() }
}

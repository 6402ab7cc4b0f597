//! The keys of items, and the values of their attributes.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use catalog::{Event, EventId, SessionId};

use super::mail::MailKey;
use crate::people::identity::{Mailbox, Person, Source};

/// An item: its values by attribute name.
pub(super) type Item = HashMap<String, AttributeValue>;

pub(super) const PERSON: &str = "person#";
pub(super) const SESSION: &str = "session#";
pub(super) const MAIL: &str = "mail#";
/// The number of partitions over which the people of a large event are spread: together they take some 1,600 sign-ups
/// a second.
const PARTITIONS: u8 = 16;
/// The partition of all kept events.
pub(super) const KEPT_EVENTS: &str = "events";
pub(super) const KEPT_EVENT: &str = "event#";

pub(super) fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(super) fn number(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// Returns the text of an attribute, if the item has it.
pub(super) fn text_of<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

/// Returns the key of an item.
pub(super) fn key(partition: String, sort: String) -> Item {
    HashMap::from([("pk".to_owned(), text(partition)), ("sk".to_owned(), text(sort))])
}

/// Returns the key of an item that was read.
pub(super) fn key_of(item: &Item) -> Item {
    item.iter()
        .filter(|(name, _)| matches!(name.as_str(), "pk" | "sk"))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Returns the key of a participant.
pub(super) fn of_person(event: &Event, person: &Person) -> Item {
    key(partition_of(event, person), person_sort(person))
}

/// Returns the key of a mail to a participant.
pub(super) fn of_mail(event: &Event, mail: &MailKey) -> Item {
    key(partition_of(event, &mail.person), format!("{}{}", mails_of(&mail.person), mail.id))
}

/// Returns the key of a mailbox.
pub(super) fn of_mailbox(event: &Event, mailbox: &Mailbox) -> Item {
    key(partition_of_mailbox(event, mailbox), format!("mailbox#{}", mailbox.key()))
}

/// Returns the key of a session.
pub(super) fn of_session(event: &EventId, session: &SessionId) -> Item {
    key(event_key(event), format!("{SESSION}{session}"))
}

/// Returns the key of a kept event.
pub(super) fn kept_key(event: &EventId) -> Item {
    let sort = format!("{KEPT_EVENT}{event}");
    HashMap::from([("pk".to_owned(), text(KEPT_EVENTS)), ("sk".to_owned(), text(sort))])
}

/// Returns the key of the count of a sender's requests in one hour.
pub(super) fn source_key(source: &Source) -> Item {
    HashMap::from([
        ("pk".to_owned(), text(format!("source#{}", source.key()))),
        ("sk".to_owned(), text("hour")),
    ])
}

/// Returns the partition of an event, its sessions, and its people unless they are spread.
pub(super) fn event_key(event: &EventId) -> String {
    format!("event#{event}")
}

/// Returns the partition of a person, with the mails to that person.
pub(super) fn partition_of(event: &Event, person: &Person) -> String {
    partition(event, person.bytes()[0])
}

/// Returns the partitions of an event's people.
pub(super) fn partitions(event: &Event) -> Vec<String> {
    let number = if event.is_spread() { PARTITIONS } else { 1 };
    (0..number).map(|part| partition(event, part)).collect()
}

/// Returns the partition of a mailbox, with the desks at which those who share it stand.
pub(super) fn partition_of_mailbox(event: &Event, mailbox: &Mailbox) -> String {
    partition(event, mailbox.bytes()[0])
}

/// Returns the partition of what has a key that begins with this byte. Keys are hashes, so all get the same share.
fn partition(event: &Event, first: u8) -> String {
    let event_key = event_key(event.id());
    if event.is_spread() { format!("{event_key}#{:x}", first % PARTITIONS) } else { event_key }
}

/// Returns an item about a person with the partition that it has for an event.
pub(super) fn rekeyed(event: &Event, mut item: Item) -> Item {
    let person = text_of(&item, "sk").and_then(|sort| match sort.strip_prefix(PERSON) {
        Some(person) => person.parse().ok(),
        None => mail_of(sort).map(|key| key.person),
    });
    if let Some(person) = person {
        item.insert("pk".to_owned(), text(partition_of(event, &person)));
    }
    item
}

/// Returns the event that a partition key names.
pub(super) fn event_of(key: &str) -> Option<EventId> {
    let name = key.strip_prefix("event#")?;
    name.split_once('#').map_or(name, |(event, _)| event).parse().ok()
}

pub(super) fn person_sort(person: &Person) -> String {
    format!("{PERSON}{}", person.key())
}

/// Returns the prefix of the sort keys of a person's mails.
pub(super) fn mails_of(person: &Person) -> String {
    format!("{MAIL}{}#", person.key())
}

/// Returns the mail that a sort key names.
pub(super) fn mail_of(sort: &str) -> Option<MailKey> {
    let (person, id) = sort.strip_prefix(MAIL)?.split_once('#')?;
    Some(MailKey { person: person.parse().ok()?, id: id.to_owned() })
}

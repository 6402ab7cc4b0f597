//! The keys of items, and the values of their attributes.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use catalog::{EventId, SessionId};

use super::mail::MailKey;
use crate::people::identity::{Mailbox, Person, Source};

/// An item: its values by attribute name.
pub(super) type Item = HashMap<String, AttributeValue>;

pub(super) const PERSON: &str = "person#";
pub(super) const SESSION: &str = "session#";
pub(super) const MAIL: &str = "mail#";
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

/// Returns the key of an item about an event.
pub(super) fn key(event: &EventId, sort: String) -> Item {
    HashMap::from([("pk".to_owned(), text(event_key(event))), ("sk".to_owned(), text(sort))])
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

pub(super) fn event_key(event: &EventId) -> String {
    format!("event#{event}")
}

/// Returns the event that a partition key names.
pub(super) fn event_of(key: &str) -> Option<EventId> {
    key.strip_prefix("event#")?.parse().ok()
}

pub(super) fn person_key(person: &Person) -> String {
    format!("{PERSON}{}", person.key())
}

pub(super) fn session_key(session: &SessionId) -> String {
    format!("{SESSION}{session}")
}

pub(super) fn mailbox_key(mailbox: &Mailbox) -> String {
    format!("mailbox#{}", mailbox.key())
}

/// Returns the prefix of the sort keys of a person's mails.
pub(super) fn mails_of(person: &Person) -> String {
    format!("{MAIL}{}#", person.key())
}

pub(super) fn mail_key(key: &MailKey) -> String {
    format!("{}{}", mails_of(&key.person), key.id)
}

/// Returns the mail that a sort key names.
pub(super) fn mail_of(sort: &str) -> Option<MailKey> {
    let (person, id) = sort.strip_prefix(MAIL)?.split_once('#')?;
    Some(MailKey { person: person.parse().ok()?, id: id.to_owned() })
}

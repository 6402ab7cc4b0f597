//! Converts the items about organisers to domain types and back.

use std::collections::HashMap;

use catalog::organiser::act::ActKind;
use catalog::{EventId, Reference, SessionId};
use jiff::Timestamp;
use jiff::fmt::serde::timestamp::second;
use serde::{Deserialize, Serialize};

use crate::people::act::Act;
use crate::people::log_in::{LogIn, LogInRequest};
use crate::people::secret::SecretHash;
use crate::store::error::StoreError;
use crate::store::item::{self, Item, text};
use crate::store::record::{attributes, read, unreadable};

/// The partition of everything about organisers.
pub(in crate::store) const ORGANISERS: &str = "organisers";
pub(super) const REQUEST: &str = "request#";
pub(super) const LATEST: &str = "latest#";
pub(in crate::store) const LOG_IN: &str = "log-in#";
pub(in crate::store) const ACT: &str = "act#";

/// Returns the key of an item about organisers.
pub(super) fn key(kind: &str, id: &str) -> Item {
    HashMap::from([("pk".to_owned(), text(ORGANISERS)), ("sk".to_owned(), text(format!("{kind}{id}")))])
}

#[derive(Debug, Serialize, Deserialize)]
struct RequestRecord {
    request: String,
    organiser: String,
    #[serde(default)]
    tries: u32,
    is_fresh: bool,
    #[serde(with = "second::required")]
    forget_at: Timestamp,
}

#[derive(Debug, Serialize, Deserialize)]
struct LogInRecord {
    organiser: String,
    #[serde(with = "second::required")]
    since: Timestamp,
    #[serde(with = "second::required")]
    used_at: Timestamp,
    #[serde(with = "second::required")]
    fresh_at: Timestamp,
    #[serde(with = "second::required")]
    forget_at: Timestamp,
}

#[derive(Debug, Serialize, Deserialize)]
struct ActRecord {
    who: String,
    what: ActKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event: Option<EventId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<SessionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(default)]
    count: usize,
    #[serde(with = "second::required")]
    at: Timestamp,
    #[serde(with = "second::required")]
    forget_at: Timestamp,
}

/// Returns the item of a request to log in.
pub(super) fn request_item(browser: &SecretHash, request: &LogInRequest) -> Result<Item, StoreError> {
    let record = RequestRecord {
        request: request.id.to_string(),
        organiser: request.organiser.key(),
        tries: 0,
        is_fresh: request.is_fresh,
        forget_at: request.forget_at,
    };
    let mut item = key(REQUEST, browser.as_str());
    item.extend(attributes(&record)?);
    Ok(item)
}

/// Reads a request to log in.
pub(super) fn request(item: &Item) -> Result<LogInRequest, StoreError> {
    let record: RequestRecord = read(item)?;
    Ok(LogInRequest {
        id: record.request.parse().map_err(|_| unreadable(item, "request"))?,
        organiser: record.organiser.parse().map_err(|_| unreadable(item, "organiser"))?,
        is_fresh: record.is_fresh,
        forget_at: record.forget_at,
    })
}

/// Returns the item of a log-in.
pub(super) fn log_in_item(log_in: &LogIn) -> Result<Item, StoreError> {
    let record = LogInRecord {
        organiser: log_in.organiser.key(),
        since: log_in.since,
        used_at: log_in.used_at,
        fresh_at: log_in.fresh_at,
        forget_at: log_in.ends_at(),
    };
    let mut item = key(LOG_IN, log_in.hash.as_str());
    item.extend(attributes(&record)?);
    Ok(item)
}

/// Reads a log-in.
pub(super) fn log_in(item: &Item) -> Result<LogIn, StoreError> {
    let record: LogInRecord = read(item)?;
    let hash = item::text_of(item, "sk").and_then(|sort| sort.strip_prefix(LOG_IN));
    Ok(LogIn {
        hash: hash.map(SecretHash::from_key).ok_or_else(|| unreadable(item, "sk"))?,
        organiser: record.organiser.parse().map_err(|_| unreadable(item, "organiser"))?,
        since: record.since,
        used_at: record.used_at,
        fresh_at: record.fresh_at,
    })
}

/// Returns the item of an act.
pub(super) fn act_item(act: &Act, forget_at: Timestamp) -> Result<Item, StoreError> {
    let record = ActRecord {
        who: act.who.key(),
        what: act.what,
        event: act.event.clone(),
        session: act.session.clone(),
        reference: act.reference.as_ref().map(Reference::to_string),
        count: act.count,
        at: act.at,
        forget_at,
    };
    let mut item = key(ACT, &act.id.to_string());
    item.extend(attributes(&record)?);
    Ok(item)
}

/// Reads an act.
pub(super) fn act(item: &Item) -> Result<Act, StoreError> {
    let record: ActRecord = read(item)?;
    let id = item::text_of(item, "sk").and_then(|sort| sort.strip_prefix(ACT)?.parse().ok());
    let reference = record.reference.as_deref().map(str::parse).transpose();
    Ok(Act {
        id: id.ok_or_else(|| unreadable(item, "sk"))?,
        who: record.who.parse().map_err(|_| unreadable(item, "who"))?,
        what: record.what,
        event: record.event,
        session: record.session,
        reference: reference.map_err(|_| unreadable(item, "reference"))?,
        count: record.count,
        at: record.at,
    })
}

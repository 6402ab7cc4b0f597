//! The mails with links and codes, in the outbox until they are sent.
//!
//! A mail contains neither: both follow from the id of the request, and only the mailer has the key. It is
//! deleted once it is sent, or when the link and the code are no longer valid.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use tokio::time::Instant;

use super::record::{self, ORGANISERS};
use crate::people::log_in::LogInRequest;
use crate::people::pass::RequestId;
use crate::store::client::Store;
use crate::store::error::StoreError;
use crate::store::expression::Condition;
use crate::store::item::{self, Item, MAIL, number, text};
use crate::store::listing::Listing;
use crate::store::record::unreadable;
use crate::store::retry;
use crate::store::transaction::Write;

/// Returns the write that puts the mail about a request into the outbox.
pub(super) fn put(request: &LogInRequest) -> Result<Write, StoreError> {
    let mut item = key(&request.id);
    item.insert("organiser".to_owned(), text(request.organiser.key()));
    item.insert("is_fresh".to_owned(), AttributeValue::Bool(request.is_fresh));
    item.insert("forget_at".to_owned(), number(request.forget_at.as_second()));
    Ok(Write::put(item, Condition::Absent("pk")))
}

fn key(id: &RequestId) -> Item {
    record::key(MAIL, &id.to_string())
}

/// Reads the request that a mail is about.
fn request(item: &Item) -> Result<LogInRequest, StoreError> {
    let id = item::text_of(item, "sk").and_then(|sort| sort.strip_prefix(MAIL)?.parse().ok());
    let organiser = item::text_of(item, "organiser").and_then(|key| key.parse().ok());
    let forget_at = item.get("forget_at").and_then(|at| at.as_n().ok()?.parse().ok());
    Ok(LogInRequest {
        id: id.ok_or_else(|| unreadable(item, "sk"))?,
        organiser: organiser.ok_or_else(|| unreadable(item, "organiser"))?,
        is_fresh: item.get("is_fresh").is_some_and(|is_fresh| is_fresh.as_bool() == Ok(&true)),
        forget_at: forget_at
            .and_then(|second| Timestamp::from_second(second).ok())
            .ok_or_else(|| unreadable(item, "forget_at"))?,
    })
}

/// Returns the request whose mail the key of an item in the stream announces.
pub(in crate::store) fn announced(partition: &str, sort: &str) -> Option<RequestId> {
    (partition == ORGANISERS).then(|| sort.strip_prefix(MAIL)?.parse().ok())?
}

impl Store {
    /// Reads the request whose mail is to be sent. Returns `None` if it was sent.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses the request, or if the mail is unreadable.
    pub async fn pass(&self, id: &RequestId, deadline: Instant) -> Result<Option<LogInRequest>, StoreError> {
        let found = self.item_until(deadline, key(id)).await?;
        found.as_ref().map(request).transpose()
    }

    /// Reads the requests whose mails are still to be sent.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses a request.
    pub async fn passes(&self, deadline: Instant) -> Result<Listing<Vec<LogInRequest>>, StoreError> {
        let items = self.query_until(deadline, ORGANISERS, MAIL).await?;
        Ok(items.iter().map(request).collect())
    }

    /// Deletes a mail that was sent, or that nobody should get.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses the request.
    pub async fn forget_pass(&self, id: &RequestId, deadline: Instant) -> Result<(), StoreError> {
        retry::until(deadline, || self.delete(key(id))).await
    }
}

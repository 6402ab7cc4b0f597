//! The log: what organisers did.

use aws_sdk_dynamodb::types::AttributeValue;
use catalog::EventId;
use jiff::SignedDuration;
use tokio::time::Instant;

use super::record::{self, ACT, ORGANISERS};
use crate::people::act::{Act, ActId};
use crate::store::client::{Store, attempt_id};
use crate::store::error::{Setback, StoreError};
use crate::store::expression::Condition;
use crate::store::item::text;
use crate::store::listing::Listing;
use crate::store::retry;
use crate::store::transaction::{Outcome, Write};

/// How long an act stays in the log.
const KEPT: SignedDuration = SignedDuration::from_hours(365 * 24);

/// The number of acts that a page of the log shows.
const SHOWN: usize = 200;
/// The number of acts that are read for it, since some were done long after their forms were shown.
const READ: i32 = 400;

/// Returns the write that enters an act in the log. Its condition fails if the same form was handled before.
pub(in crate::store) fn enter(act: &Act) -> Result<Write, StoreError> {
    let forget_at = act.at.saturating_add(KEPT).unwrap_or(act.at);
    Ok(Write::put(record::act_item(act, forget_at)?, Condition::Absent("pk")))
}

impl Store {
    /// Enters an act in the log, once.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses the request.
    pub async fn log(&self, act: &Act, deadline: Instant) -> Result<(), StoreError> {
        self.do_once(act, Vec::new(), deadline).await
    }

    /// Does what an act consists of and enters it in the log: both or neither. Does nothing if the same form was
    /// handled before.
    pub(in crate::store) async fn do_once(
        &self,
        act: &Act,
        mut writes: Vec<Write>,
        deadline: Instant,
    ) -> Result<(), StoreError> {
        let entry = writes.len();
        writes.push(enter(act)?);
        let id = attempt_id();
        retry::until(deadline, || async {
            match self.transact(writes.clone(), &id).await? {
                Outcome::Cancelled(cancelled) if !cancelled.condition_failed(entry) => {
                    Err(cancelled.setback())
                }
                _ => Ok(()),
            }
        })
        .await
    }

    /// Reads an act. Returns `None` if it is not in the log.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses the request, or if the act is unreadable.
    pub async fn act_with(&self, id: &ActId, deadline: Instant) -> Result<Option<Act>, StoreError> {
        let found = self.item_until(deadline, record::key(ACT, &id.to_string())).await?;
        found.as_ref().map(record::act).transpose()
    }

    /// Reads all acts about an event, the newest first.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses a request.
    pub async fn acts_about(
        &self,
        event: &EventId,
        deadline: Instant,
    ) -> Result<Listing<Vec<Act>>, StoreError> {
        let items = self.query_until(deadline, ORGANISERS, ACT).await?;
        let mut listing: Listing<Vec<Act>> = items.iter().map(record::act).collect();
        listing.readable.retain(|act| act.event.as_ref() == Some(event));
        listing.readable.sort_by_key(|act| std::cmp::Reverse(act.at));
        Ok(listing)
    }

    /// Reads the newest acts, the newest first.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses a request.
    pub async fn newest_acts(&self, deadline: Instant) -> Result<Listing<Vec<Act>>, StoreError> {
        let prefix: AttributeValue = text(ACT);
        let items = retry::until(deadline, || async {
            let sent = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                .expression_attribute_values(":pk", text(ORGANISERS))
                .expression_attribute_values(":prefix", prefix.clone())
                .scan_index_forward(false)
                .limit(READ)
                .send();
            sent.await.map(|output| output.items.unwrap_or_default()).map_err(|error| Setback::from(&error))
        })
        .await?;
        let mut listing: Listing<Vec<Act>> = items.iter().map(record::act).collect();
        // The table has them in the order in which their forms were shown.
        listing.readable.sort_by_key(|act| std::cmp::Reverse(act.at));
        listing.readable.truncate(SHOWN);
        Ok(listing)
    }
}

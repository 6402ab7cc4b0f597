//! The client of the table.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use catalog::{Event, EventId, SessionId};
use futures_util::future::try_join_all;
use tokio::time::Instant;

use super::error::{Setback, StoreError};
use super::expression::{Condition, Placeholders};
use super::item::{self, Item, text};
use super::session::SessionState;
use super::{record, retry};
use crate::aws::connection::Connection;
use crate::aws::http_client::{SharedHttpClient, http_client};

/// The table of sign-ups.
#[derive(Debug, Clone)]
pub struct Store {
    pub(super) client: Client,
    pub(super) table: String,
}

/// The timeout of one attempt. The table responds within about 10 ms, so 2 s means a lost packet.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);

/// Returns a random id for an attempt, so that a retry can recognise its own earlier write.
pub(super) fn attempt_id() -> String {
    format!("{:032x}", fastrand::u128(..))
}

impl Store {
    /// Creates the client. Sends nothing yet.
    pub fn new(connection: Connection) -> Self {
        Self::over(http_client(connection.endpoint.as_deref()), connection)
    }

    /// Creates the client over an HTTP client. Sends nothing yet.
    pub fn over(http: SharedHttpClient, connection: Connection) -> Self {
        let Connection { table, region, endpoint, credentials } = connection;
        let mut config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region))
            .credentials_provider(aws_credential_types::Credentials::from(credentials))
            .http_client(http)
            // `retry` knows which cancelled transactions are worth retrying; the SDK does not.
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_TIMEOUT).build());
        config.set_endpoint_url(endpoint);
        Self { client: Client::from_conf(config.build()), table }
    }

    /// Reads an item with strong consistency.
    pub(super) async fn item(&self, key: Item) -> Result<Option<Item>, Setback> {
        Ok(self.found(vec![key]).await?.pop().flatten())
    }

    /// Reads an item, and tries again until the deadline.
    pub(super) async fn item_until(&self, deadline: Instant, key: Item) -> Result<Option<Item>, StoreError> {
        retry::until(deadline, || self.item(key.clone())).await
    }

    /// Reads several items in one request with strong consistency, and returns them in the order of their keys.
    pub(super) async fn items<const N: usize>(&self, keys: [Item; N]) -> Result<[Option<Item>; N], Setback> {
        let mut found = self.found(keys.into()).await?.into_iter();
        Ok(std::array::from_fn(|_| found.next().flatten()))
    }

    /// Does the same for any number of keys.
    pub(super) async fn found(&self, keys: Vec<Item>) -> Result<Vec<Option<Item>>, Setback> {
        let wanted =
            KeysAndAttributes::builder().set_keys(Some(keys.clone())).consistent_read(true).build()?;
        let sent = self.client.batch_get_item().request_items(&self.table, wanted).send();
        let output = sent.await.map_err(|error| Setback::from(&error))?;
        if output.unprocessed_keys.is_some_and(|keys| !keys.is_empty()) {
            return Err(Setback::Passing("keys were not read".to_owned()));
        }
        let mut found = output.responses.and_then(|mut found| found.remove(&self.table)).unwrap_or_default();
        let in_order = keys.iter().map(|key| {
            let is_it = |item: &Item| key.iter().all(|(name, value)| item.get(name) == Some(value));
            found.iter().position(is_it).map(|at| found.swap_remove(at))
        });
        Ok(in_order.collect())
    }

    /// Reads every item of a partition whose sort key starts with a prefix, with strong consistency.
    pub(super) async fn query(&self, partition: &str, prefix: &str) -> Result<Vec<Item>, Setback> {
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let sent = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                .expression_attribute_values(":pk", text(partition))
                .expression_attribute_values(":prefix", text(prefix))
                .consistent_read(true)
                .set_exclusive_start_key(start)
                .send();
            let output = sent.await.map_err(|error| Setback::from(&error))?;
            items.extend(output.items.unwrap_or_default());
            start = output.last_evaluated_key;
            if start.is_none() {
                return Ok(items);
            }
        }
    }

    /// Does the same, and tries again until the deadline.
    pub(super) async fn query_until(
        &self,
        deadline: Instant,
        partition: &str,
        prefix: &str,
    ) -> Result<Vec<Item>, StoreError> {
        retry::until(deadline, || self.query(partition, prefix)).await
    }

    /// Reads every item about an event's people whose sort key starts with a prefix, with strong consistency.
    pub(super) async fn query_people(&self, event: &Event, prefix: &str) -> Result<Vec<Item>, Setback> {
        let partitions = item::partitions(event);
        let found = try_join_all(partitions.iter().map(|partition| self.query(partition, prefix))).await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Deletes an item if a condition holds. Returns whether it did.
    pub(super) async fn delete_if(&self, key: Item, condition: &Condition) -> Result<bool, Setback> {
        let mut placeholders = Placeholders::default();
        let sent = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(key))
            .condition_expression(placeholders.condition(condition))
            .set_expression_attribute_names(placeholders.names())
            .set_expression_attribute_values(placeholders.values())
            .send();
        match sent.await {
            Err(error) => match error.as_service_error() {
                Some(service) if service.is_conditional_check_failed_exception() => Ok(false),
                _ => Err(Setback::from(&error)),
            },
            Ok(_) => Ok(true),
        }
    }

    /// Deletes an item, whether or not it exists.
    pub(super) async fn delete(&self, key: Item) -> Result<(), Setback> {
        let deleted = self.client.delete_item().table_name(&self.table).set_key(Some(key)).send().await;
        deleted.map(drop).map_err(|error| Setback::from(&error))
    }

    /// Reads the state of a session.
    pub(super) async fn session_state(
        &self,
        event: &EventId,
        session: &SessionId,
    ) -> Result<SessionState, Setback> {
        let item = self.item(item::of_session(event, session)).await?;
        Ok(record::session_state(item.as_ref())?)
    }
}

/// Returns the element that represents a person in a list attribute.
pub(super) fn member(person: &crate::people::identity::Person) -> AttributeValue {
    text(person.key())
}

/// Returns the error for a session that the event does not have.
pub(super) fn unknown_session(event: &EventId, session: &SessionId) -> StoreError {
    StoreError::UnknownSession { event: event.to_string(), session: session.to_string() }
}

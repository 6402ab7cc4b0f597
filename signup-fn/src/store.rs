//! The table of sign-ups. The one module that knows DynamoDB and its attribute names.
//!
//! ```text
//! pk                 sk                    attributes
//! event#lnpo-2028    session#28-november   taken, waiting: [<person>, …]
//! event#lnpo-2028    person#<person>       status, session, full_name, email, …, version, forget_at
//! event#lnpo-2028    mail#<person>#<id>    kind, session, sequence, sent_at or parked, forget_at
//! source#<sender>    hour                  asked, forget_at
//! ```
//!
//! `<person>` is a keyed hash of event and address ([`crate::identity`]). It
//! holds no session, so that one takes one of the event's dates. Every change
//! is one `TransactWriteItems`, with the mail that tells of it.

mod change;
mod claim;
mod item;
mod outbox;
mod people;
mod retry;
mod stream;
mod transaction;

use std::fmt;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, TimeToLiveSpecification,
};
use catalog::{Event, EventId, Session, SessionId};
use jiff::Timestamp;

pub use self::change::{Change, Changed};
pub use self::claim::{Claim, Place, Request};
use self::item::{Item, text};
pub use self::outbox::{LEASE, Lease, Mail};
use self::retry::Attempt;
pub use self::stream::StreamEvent;
use crate::aws::http_client;
use crate::identity::Person;

/// The table of sign-ups.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    table: String,
}

/// How to reach the table.
#[derive(Clone)]
pub struct Connection {
    /// Its name.
    pub table: String,
    /// The AWS region.
    pub region: String,
    /// Another address than the region's own, such as `http://127.0.0.1:8000`.
    pub endpoint: Option<String>,
    /// Access key id, secret access key, session token.
    pub credentials: (String, String, Option<String>),
}

/// How full a session is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionState {
    /// Seats that are taken.
    pub taken: u32,
    /// Who waits, in the order in which they came.
    pub waiting: Vec<Person>,
}

impl SessionState {
    /// Whether a newcomer gets a seat: there is one, and nobody waits for it.
    pub fn has_seat(&self, session: &Session) -> bool {
        self.taken < session.capacity() && self.waiting.is_empty()
    }

    /// Seats that a newcomer can get.
    pub fn seats_left(&self, session: &Session) -> u32 {
        if self.waiting.is_empty() { session.capacity().saturating_sub(self.taken) } else { 0 }
    }
}

/// What was asked is not known to be done.
///
/// It is whole or not there at all; which of the two, a further try finds out.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The time was up; the last attempt may yet have been carried out.
    #[error("not stored in time, after {attempts} attempts; last cause: {last}")]
    TimeUp {
        /// How often it was tried.
        attempts: u32,
        /// Why the last attempt failed.
        last: String,
    },
    /// The table refused, for a reason that no further attempt will change: it is not stored.
    #[error("refused by the table: {0}")]
    Refused(String),
}

/// Why a step of an attempt failed.
#[derive(Debug)]
enum Failure {
    /// For a reason that passes.
    Again(String),
    /// For one that does not.
    Never(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Never(error)
    }
}

impl From<Attempt<()>> for Failure {
    fn from(attempt: Attempt<()>) -> Self {
        match attempt {
            Attempt::Failed(reason) => Self::Never(StoreError::Refused(reason)),
            Attempt::Again(reason) => Self::Again(reason),
            Attempt::Done(()) => Self::Again("no readable answer".to_owned()),
        }
    }
}

impl<T> From<Failure> for Attempt<T> {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Again(reason) => Self::Again(reason),
            Failure::Never(StoreError::Refused(reason)) => Self::Failed(reason),
            Failure::Never(error) => Self::Failed(error.to_string()),
        }
    }
}

/// How long one attempt may take; the table answers within some 10 ms, so this is a lost packet.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);

/// By this an attempt whose answer was lost is known again.
fn attempt_id() -> String {
    format!("{:032x}", fastrand::u128(..))
}

/// The version of a new sign-up: seconds since 2026, so that one that follows an earlier sign-up of
/// the same person is newer for their calendar; below 2³¹ until 2094.
fn first_version(now: Timestamp) -> i64 {
    now.as_second() - 1_767_225_600
}

impl Store {
    /// Makes the client; nothing is sent yet.
    pub fn new(connection: Connection) -> Self {
        let Connection { table, region, endpoint, credentials: (id, secret, token) } = connection;
        let mut config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region))
            .credentials_provider(Credentials::new(id, secret, token, None, "environment"))
            .http_client(http_client(endpoint.as_deref()))
            // `retry` knows which cancelled transactions are worth another try; the SDK does not.
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_TIMEOUT).build());
        config.set_endpoint_url(endpoint);
        Self { client: Client::from_conf(config.build()), table }
    }

    /// An item as it is now, whatever was written just before.
    async fn item(&self, key: Item) -> Result<Option<Item>, Failure> {
        let got = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        match got.send().await {
            Ok(output) => Ok(output.item),
            Err(error) => Err(transaction::reason(&error).into()),
        }
    }

    /// Every item of an event whose sort key begins so.
    async fn query(&self, event: &EventId, begins: &str) -> Result<Vec<Item>, Failure> {
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let sent = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :pk AND begins_with(sk, :begins)")
                .expression_attribute_values(":pk", text(item::event_key(event)))
                .expression_attribute_values(":begins", text(begins))
                .consistent_read(true)
                .set_exclusive_start_key(start)
                .send();
            let output = sent.await.map_err(|error| Failure::from(transaction::reason(&error)))?;
            items.extend(output.items.unwrap_or_default());
            start = output.last_evaluated_key;
            if start.is_none() {
                return Ok(items);
            }
        }
    }

    async fn session_state(&self, event: &Event, session: &SessionId) -> Result<SessionState, Failure> {
        let item = self.item(item::key(event.id(), item::session_key(session))).await?;
        Ok(item::session_state(item.as_ref())?)
    }

    /// Makes the table, where it is absent: for a store on this machine. In the cloud Terraform makes it.
    ///
    /// # Errors
    /// With the store's own words.
    pub async fn create_table_if_absent(&self) -> anyhow::Result<()> {
        let key = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
        let string = |name: &str| {
            AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build()
        };
        let created = self
            .client
            .create_table()
            .table_name(&self.table)
            .set_key_schema(Some(vec![key("pk", KeyType::Hash)?, key("sk", KeyType::Range)?]))
            .set_attribute_definitions(Some(vec![string("pk")?, string("sk")?]))
            .billing_mode(BillingMode::PayPerRequest)
            .send()
            .await;
        match created {
            Ok(_) => {}
            Err(error) if error.as_service_error().is_some_and(|e| e.is_resource_in_use_exception()) => {
                return Ok(());
            }
            Err(error) => anyhow::bail!("table `{}`: {}", self.table, DisplayErrorContext(error)),
        }
        let time_to_live =
            TimeToLiveSpecification::builder().attribute_name("forget_at").enabled(true).build()?;
        self.client
            .update_time_to_live()
            .table_name(&self.table)
            .time_to_live_specification(time_to_live)
            .send()
            .await
            .map_err(|error| anyhow::anyhow!("table `{}`: {}", self.table, DisplayErrorContext(error)))?;
        Ok(())
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, region, endpoint, .. } = self;
        f.debug_struct("Connection")
            .field("table", table)
            .field("region", region)
            .field("endpoint", endpoint)
            .finish_non_exhaustive()
    }
}

//! The table of sign-ups. The one module that knows DynamoDB and its attribute names.
//!
//! ```text
//! pk                 sk                    attributes
//! event#lnpo-2028    session#28-november   taken
//! event#lnpo-2028    person#<hash>         reference, session, full_name, email, …, forget_at
//! ```
//!
//! A sign-up is one `TransactWriteItems`: the person, if absent, and a seat, if
//! there is one. The person's key holds no session, so that one takes one of
//! the event's dates.

mod retry;

use std::fmt;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, CancellationReason, KeySchemaElement, KeyType, Put,
    ReturnValuesOnConditionCheckFailure, ScalarAttributeType, TimeToLiveSpecification, TransactWriteItem,
    Update,
};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use catalog::{Event, SessionId};
use jiff::Timestamp;
use tokio::time::Instant;

use crate::identity::Person;
use crate::signup::{Role, Signup};
use retry::Attempt;

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

/// A sign-up on its way into the table.
#[derive(Debug)]
pub struct Record<'a> {
    /// The event.
    pub event: &'a Event,
    /// What the participant asks for; its session is one of the event's.
    pub signup: Signup,
    /// Who the participant is.
    pub person: &'a Person,
    /// When it was asked.
    pub signed_up_at: Timestamp,
    /// The version of the notice that stood at the form.
    pub privacy_notice_version: &'a str,
}

/// What became of a sign-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// It is in the table and has a seat.
    Claimed,
    /// This person was there already; nothing has changed.
    AlreadySignedUp,
    /// All seats are taken; nothing has changed. Said before anything about the person.
    Full,
}

/// The sign-up is not known to be stored.
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

/// How long one attempt may take; the table answers within some 10 ms, so this is a lost packet.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);

/// Positions of the two parts within the transaction.
const PERSON: usize = 0;
const SEAT: usize = 1;

impl Store {
    /// Makes the client; nothing is sent yet.
    pub fn new(connection: Connection) -> Self {
        let Connection { table, region, endpoint, credentials: (id, secret, token) } = connection;
        let http = aws_smithy_http_client::Builder::new();
        // A store on this machine needs no roots to trust, nor the time to load them.
        let http = match &endpoint {
            Some(endpoint) if endpoint.starts_with("http://") => http.build_http(),
            _ => http.tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https(),
        };
        let mut config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region))
            .credentials_provider(Credentials::new(id, secret, token, None, "environment"))
            .http_client(http)
            // `retry` knows which cancelled transactions are worth another try; the SDK does not.
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_TIMEOUT).build());
        config.set_endpoint_url(endpoint);
        Self { client: Client::from_conf(config.build()), table }
    }

    /// Stores a sign-up, if the person is new and there is a seat.
    ///
    /// # Errors
    /// When the table did not take it before the deadline, however often it was asked.
    pub async fn claim(&self, record: &Record<'_>, deadline: Instant) -> Result<Claim, StoreError> {
        let Some(session) = record.event.session(&record.signup.session) else {
            return Err(StoreError::Refused(format!("no session `{}`", record.signup.session)));
        };
        // By this an attempt whose answer was lost is known again.
        let attempt_id = format!("{:032x}", fastrand::u128(..));
        let items = [
            TransactWriteItem::builder().put(self.person(record, session, &attempt_id)?).build(),
            TransactWriteItem::builder().update(self.seat(record.event, session)?).build(),
        ];
        retry::until(deadline, || async {
            let sent = self
                .client
                .transact_write_items()
                .set_transact_items(Some(items.to_vec()))
                .client_request_token(&attempt_id)
                .send();
            match sent.await {
                Ok(_) => Attempt::Done(Claim::Claimed),
                Err(error) => judge(error, &attempt_id),
            }
        })
        .await
    }

    fn person(
        &self,
        record: &Record<'_>,
        session: &catalog::Session,
        attempt_id: &str,
    ) -> Result<Put, StoreError> {
        let Record { event, signup, person, signed_up_at, privacy_notice_version } = record;
        let forget_at = event.forget_at(session).as_second();
        let mut put = Put::builder()
            .table_name(&self.table)
            .item("pk", text(&event_key(event)))
            .item("sk", text(&format!("person#{}", person.key())))
            .item("reference", text(person.reference().as_str()))
            .item("session", text(signup.session.as_str()))
            .item("full_name", text(signup.full_name.as_str()))
            .item("email", text(signup.email.as_str()))
            .item("organisation", text(signup.organisation.as_str()))
            .item("role", text(signup.role.value()))
            .item("signed_up_at", text(&signed_up_at.to_string()))
            .item("privacy_notice_version", text(privacy_notice_version))
            .item("attempt_id", text(attempt_id))
            .item("forget_at", AttributeValue::N(forget_at.to_string()));
        if let Role::Other(other) = &signup.role {
            put = put.item("role_other", text(other.as_str()));
        }
        if let Some(question) = &signup.question {
            put = put.item("question", text(question.as_str()));
        }
        put.condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(|error| StoreError::Refused(error.to_string()))
    }

    fn seat(&self, event: &Event, session: &catalog::Session) -> Result<Update, StoreError> {
        Update::builder()
            .table_name(&self.table)
            .key("pk", text(&event_key(event)))
            .key("sk", text(&session_key(session.id())))
            .update_expression("ADD taken :one")
            .condition_expression("attribute_not_exists(taken) OR taken < :capacity")
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .expression_attribute_values(":capacity", AttributeValue::N(session.capacity().to_string()))
            .build()
            .map_err(|error| StoreError::Refused(error.to_string()))
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

fn event_key(event: &Event) -> String {
    format!("event#{}", event.id())
}

fn session_key(session: &SessionId) -> String {
    format!("session#{session}")
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// What an attempt that the SDK calls failed really came to.
fn judge(error: SdkError<TransactWriteItemsError>, attempt_id: &str) -> Attempt<Claim> {
    let Some(service) = error.as_service_error() else {
        return match error {
            SdkError::ConstructionFailure(_) => Attempt::Failed("request can't be made".to_owned()),
            SdkError::TimeoutError(_) => Attempt::Again("no answer in time".to_owned()),
            SdkError::DispatchFailure(_) => Attempt::Again("no connection".to_owned()),
            // Sent perhaps, answered not: the same token and attempt id make another try safe.
            _ => Attempt::Again("no readable answer".to_owned()),
        };
    };
    if let TransactWriteItemsError::TransactionCanceledException(cancelled) = service {
        return judge_reasons(cancelled.cancellation_reasons(), attempt_id);
    }
    let again = matches!(
        service.code(),
        Some(
            "TransactionInProgressException"
                | "ProvisionedThroughputExceededException"
                | "RequestLimitExceeded"
                | "ThrottlingException"
        )
    );
    let by_server = error.raw_response().is_some_and(|response| response.status().is_server_error());
    // The message of a service error may quote the item, so only its code is kept.
    let code = service.code().unwrap_or("unknown").to_owned();
    if again || by_server { Attempt::Again(code) } else { Attempt::Failed(code) }
}

fn judge_reasons(reasons: &[CancellationReason], attempt_id: &str) -> Attempt<Claim> {
    const CONDITION: &str = "ConditionalCheckFailed";
    let code = |part: usize| reasons.get(part).and_then(CancellationReason::code).unwrap_or("None");
    let is_ours = || {
        let item = reasons.get(PERSON).and_then(CancellationReason::item);
        let stored = item.and_then(|item| item.get("attempt_id")).and_then(|id| id.as_s().ok());
        stored.is_some_and(|id| id == attempt_id)
    };
    match (code(PERSON), code(SEAT)) {
        // An earlier attempt went through, but its answer was lost.
        (CONDITION, _) if is_ours() => Attempt::Done(Claim::Claimed),
        // Before anything about the person, so that a full session tells nothing about anybody.
        (_, CONDITION) => Attempt::Done(Claim::Full),
        (CONDITION, "None") => Attempt::Done(Claim::AlreadySignedUp),
        (person, seat) => {
            let codes = format!("TransactionCanceledException [{person}, {seat}]");
            let passing = |code: &str| {
                matches!(
                    code,
                    "None"
                        | CONDITION
                        | "TransactionConflict"
                        | "ThrottlingError"
                        | "ProvisionedThroughputExceeded"
                )
            };
            if passing(person) && passing(seat) { Attempt::Again(codes) } else { Attempt::Failed(codes) }
        }
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

//! Amazon SES, version 2 of its API.

use aws_sdk_sesv2::config::retry::RetryConfig;
use aws_sdk_sesv2::config::{BehaviorVersion, Region};
use aws_sdk_sesv2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{EmailContent, MessageTag, RawMessage};
use tokio::time::{Instant, timeout_at};

use super::message::{Message, Tags};
use super::send_error::SendError;
use crate::aws::connection::Connection;
use crate::aws::http_client::http_client;

/// A client of Amazon SES.
#[derive(Debug, Clone)]
pub struct Ses {
    client: aws_sdk_sesv2::Client,
    /// The configuration set through which SES reports bounces and complaints.
    configuration_set: Option<String>,
}

impl Ses {
    /// Creates a client with the region and the credentials of the connection to the table.
    pub fn new(connection: &Connection, endpoint: Option<String>, configuration_set: Option<String>) -> Self {
        let mut config = aws_sdk_sesv2::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(connection.region.clone()))
            .credentials_provider(aws_credential_types::Credentials::from(connection.credentials.clone()))
            .http_client(http_client(endpoint.as_deref()))
            // The mailer retries through the outbox. A retry by the SDK could send a mail twice.
            .retry_config(RetryConfig::disabled());
        config.set_endpoint_url(endpoint);
        Self { client: aws_sdk_sesv2::Client::from_conf(config.build()), configuration_set }
    }

    pub(super) async fn send(&self, message: &Message, deadline: Instant) -> Result<(), SendError> {
        let raw = RawMessage::builder().data(Blob::new(message.bytes.clone())).build();
        let raw = raw.map_err(|_| SendError::Never("mail cannot be built".to_owned()))?;
        let pairs = message.tags.iter().flat_map(Tags::pairs);
        let tags: Result<Vec<_>, _> =
            pairs.map(|(name, value)| MessageTag::builder().name(name).value(value).build()).collect();
        let tags = tags.map_err(|_| SendError::Never("mail cannot be tagged".to_owned()))?;
        let sent = self
            .client
            .send_email()
            .content(EmailContent::builder().raw(raw).build())
            .set_email_tags(Some(tags).filter(|tags| !tags.is_empty()))
            .set_configuration_set_name(self.configuration_set.clone())
            .send();
        match timeout_at(deadline, sent).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(send_error(&error)),
            Err(_) => Err(SendError::Later("timed out".to_owned())),
        }
    }
}

/// Classifies an error, and keeps only its code, because its message may quote the address.
fn send_error<E: ProvideErrorMetadata>(error: &SdkError<E>) -> SendError {
    let Some(service) = error.as_service_error() else {
        return SendError::Later("no valid response".to_owned());
    };
    let code = service.code().unwrap_or("unknown").to_owned();
    match code.as_str() {
        "MessageRejected" | "BadRequestException" => SendError::Never(code),
        // Throttling, the daily quota, a paused account, or a domain that is not (or no longer) verified.
        _ => SendError::Later(code),
    }
}

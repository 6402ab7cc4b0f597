//! Takes mails away: to Amazon SES in the cloud, into a folder on one's own machine.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use aws_sdk_sesv2::config::retry::RetryConfig;
use aws_sdk_sesv2::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_sesv2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{EmailContent, RawMessage};
use tokio::time::{Instant, timeout_at};

use crate::aws::http_client;
use crate::message::Message;
use crate::store::{Connection, Mail};

/// Where mails go.
#[derive(Debug, Clone)]
pub enum Transport {
    /// Amazon SES, version 2 of its interface.
    Ses {
        /// The client.
        client: Box<aws_sdk_sesv2::Client>,
        /// The configuration set, by which bounces and complaints are told.
        configuration_set: Option<String>,
    },
    /// A folder: a file for each mail, under a name of its own, so that a mail sent twice is one file.
    Folder(PathBuf),
}

/// Why a mail did not go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendError {
    /// For a reason that passes.
    Later(String),
    /// For one that does not: the address, or the mail itself.
    Never(String),
}

impl Transport {
    /// SES in the region and with the credentials of a connection to the table.
    pub fn ses(connection: &Connection, endpoint: Option<String>, configuration_set: Option<String>) -> Self {
        let (id, secret, token) = connection.credentials.clone();
        let mut config = aws_sdk_sesv2::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(connection.region.clone()))
            .credentials_provider(Credentials::new(id, secret, token, None, "environment"))
            .http_client(http_client(endpoint.as_deref()))
            // The outbox knows what is to be tried again; a retry of the SDK's could send twice.
            .retry_config(RetryConfig::disabled());
        config.set_endpoint_url(endpoint);
        Self::Ses { client: Box::new(aws_sdk_sesv2::Client::from_conf(config.build())), configuration_set }
    }

    /// Sends a mail.
    ///
    /// # Errors
    /// With a reason that names nobody.
    pub async fn send(&self, mail: &Mail, message: &Message, deadline: Instant) -> Result<(), SendError> {
        match self {
            Self::Folder(folder) => {
                let file = folder.join(format!("{}-{}.eml", mail.id, mail.kind.name()));
                write(&file, &message.bytes).map_err(|error| SendError::Later(format!("{error:#}")))
            }
            Self::Ses { client, configuration_set } => {
                let raw = RawMessage::builder().data(Blob::new(message.bytes.clone())).build();
                let raw = raw.map_err(|_| SendError::Never("mail can't be made".to_owned()))?;
                let sent = client
                    .send_email()
                    .content(EmailContent::builder().raw(raw).build())
                    .set_configuration_set_name(configuration_set.clone())
                    .send();
                match timeout_at(deadline, sent).await {
                    Ok(Ok(_)) => Ok(()),
                    Ok(Err(error)) => Err(judge(&error)),
                    Err(_) => Err(SendError::Later("no answer in time".to_owned())),
                }
            }
        }
    }
}

/// Whole or not at all.
fn write(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let told = || format!("`{}`", file.display());
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).with_context(told)?;
    }
    let partial = file.with_extension("partial");
    std::fs::write(&partial, bytes).and_then(|()| std::fs::rename(&partial, file)).with_context(told)
}

/// The message of an error may quote the address, so only its code is kept.
fn judge<E: ProvideErrorMetadata>(error: &SdkError<E>) -> SendError {
    let Some(service) = error.as_service_error() else {
        return SendError::Later("no connection".to_owned());
    };
    let code = service.code().unwrap_or("unknown").to_owned();
    match code.as_str() {
        "MessageRejected" | "BadRequestException" | "MailFromDomainNotVerifiedException" => {
            SendError::Never(code)
        }
        _ => SendError::Later(code),
    }
}

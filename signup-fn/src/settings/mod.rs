//! Settings from environment variables, read once at start.
//!
//! Belongs here: names of environment variables and of files on a development machine. Does not
//! belong here: using their values.

pub mod local;

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::aws::connection::{Connection, Credentials};
use crate::mail::message::Sender;
use crate::people::identity::Identity;
use crate::people::organiser::Organisers;
use crate::people::token::TokenKeys;
use crate::web::origin::OriginSecrets;

/// The settings of all Lambdas.
#[derive(Debug)]
pub struct Settings {
    /// The folder with `catalog.json`, `answers/` and `mails/`.
    pub folder: PathBuf,
    /// The keys that sign and verify the links in mails.
    pub token_keys: TokenKeys,
    /// The key that identifies people in the table.
    pub identity: Identity,
    /// How to reach the table.
    pub connection: Connection,
}

/// The settings that only the mailer needs.
#[derive(Debug)]
pub struct MailSettings {
    /// The sender of mails.
    pub sender: Sender,
    /// The configuration set through which SES reports bounces and complaints.
    pub configuration_set: Option<String>,
    /// An endpoint of SES that replaces the region's own.
    pub endpoint: Option<String>,
    /// An address of the site that replaces its origin in the daily trial.
    pub site: Option<String>,
}

impl Settings {
    /// Reads the settings with `variable`, which returns the value of an environment variable by name.
    ///
    /// # Errors
    /// Fails if a variable is missing or invalid; the message names it.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let required = required(&variable);
        Ok(Self {
            folder: required("LAMBDA_TASK_ROOT")?.into(),
            token_keys: required("TOKEN_KEYS")?
                .parse()
                .context("invalid environment variable `TOKEN_KEYS`")?,
            identity: required("IDENTITY_KEY")?
                .parse()
                .context("invalid environment variable `IDENTITY_KEY`")?,
            connection: connection(&variable)?,
        })
    }
}

impl MailSettings {
    /// Reads the settings with `variable`, which returns the value of an environment variable by name.
    ///
    /// # Errors
    /// Fails if a variable is missing or invalid; the message names it.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let sender = required(&variable)("MAIL_FROM")?;
        Ok(Self {
            sender: sender.parse().context("invalid environment variable `MAIL_FROM`")?,
            configuration_set: optional(&variable, "MAIL_CONFIGURATION_SET"),
            endpoint: optional(&variable, "AWS_ENDPOINT_URL_SESV2"),
            site: optional(&variable, "SITE_URL"),
        })
    }
}

/// Reads how to reach the table. `variable` returns the value of an environment variable by name.
///
/// # Errors
/// Fails if a variable is missing; the message names it.
pub fn connection(variable: impl Fn(&str) -> Option<String>) -> Result<Connection> {
    let required = required(&variable);
    Ok(Connection {
        table: required("TABLE_NAME")?,
        region: required("AWS_REGION")?,
        endpoint: optional(&variable, "AWS_ENDPOINT_URL_DYNAMODB"),
        credentials: Credentials {
            id: required("AWS_ACCESS_KEY_ID")?,
            secret: required("AWS_SECRET_ACCESS_KEY")?,
            session_token: optional(&variable, "AWS_SESSION_TOKEN"),
        },
    })
}

/// Reads the secrets by which the CDN identifies itself. Only the functions behind it need them.
///
/// # Errors
/// Fails if the variable is missing or invalid; the message names it.
pub fn origin_secrets(variable: impl Fn(&str) -> Option<String>) -> Result<OriginSecrets> {
    required(variable)("ORIGIN_SECRETS")?.parse().context("invalid environment variable `ORIGIN_SECRETS`")
}

/// Reads who may use the organisers' area. Nobody may if the variable is not set.
///
/// # Errors
/// Fails if the variable is invalid; the message names it.
pub fn organisers(variable: impl Fn(&str) -> Option<String>) -> Result<Organisers> {
    let list = optional(&variable, "ORGANISERS").unwrap_or_default();
    list.parse().context("invalid environment variable `ORGANISERS`")
}

/// Returns a function that reads a variable and fails if it is unset or empty.
fn required(variable: impl Fn(&str) -> Option<String>) -> impl Fn(&str) -> Result<String> {
    move |name| optional(&variable, name).with_context(|| format!("environment variable `{name}` is not set"))
}

fn optional(variable: impl Fn(&str) -> Option<String>, name: &str) -> Option<String> {
    variable(name).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(without: &str) -> Result<Settings> {
        let key = "00".repeat(32);
        Settings::read(|name| match name {
            name if name == without => None,
            "IDENTITY_KEY" | "TOKEN_KEYS" => Some(key.clone()),
            "AWS_ENDPOINT_URL_DYNAMODB" => Some(String::new()),
            name => Some(format!("value of {name}")),
        })
    }

    #[test]
    fn a_missing_variable_is_named() {
        for name in [
            "LAMBDA_TASK_ROOT",
            "IDENTITY_KEY",
            "TOKEN_KEYS",
            "TABLE_NAME",
            "AWS_REGION",
            "AWS_ACCESS_KEY_ID",
        ] {
            let error = read(name).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn empty_and_missing_optional_variables_are_absent() {
        let settings = read("AWS_SESSION_TOKEN").unwrap();
        assert_eq!(settings.connection.endpoint, None);
        assert_eq!(settings.connection.credentials.session_token, None);
    }
}

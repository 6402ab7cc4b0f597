//! What the environment says, read once at start.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use catalog::Catalog;

use crate::Function;
use crate::answers::Answers;
use crate::identity::Identity;
use crate::message::Sender;
use crate::origin::OriginSecrets;
use crate::store::{Connection, Store};
use crate::token::TokenKeys;

/// What the environment says.
#[derive(Debug)]
pub struct Settings {
    /// The folder with `catalog.json` and `answers/`.
    pub folder: PathBuf,
    /// The keys that links in mails are signed with.
    pub token_keys: TokenKeys,
    /// The table, and who is who in it.
    pub store: StoreSettings,
}

/// What the environment says of the table, for whoever works on it.
#[derive(Debug)]
pub struct StoreSettings {
    /// The key by which people are told apart.
    pub identity: Identity,
    /// How to reach the table.
    pub connection: Connection,
}

impl Settings {
    /// Reads the environment, through a function from a variable's name to its value.
    ///
    /// # Errors
    /// When a variable is missing or makes no sense; the message names it.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let required = required(&variable);
        Ok(Self {
            folder: required("LAMBDA_TASK_ROOT")?.into(),
            token_keys: required("TOKEN_KEYS")?.parse().context("environment variable `TOKEN_KEYS`")?,
            store: StoreSettings::read(&variable)?,
        })
    }
}

impl StoreSettings {
    /// Reads the environment, through a function from a variable's name to its value.
    ///
    /// # Errors
    /// When a variable is missing or makes no sense; the message names it.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let optional = |name: &str| variable(name).filter(|value| !value.is_empty());
        let required = required(&variable);
        Ok(Self {
            identity: required("IDENTITY_KEY")?.parse().context("environment variable `IDENTITY_KEY`")?,
            connection: Connection {
                table: required("TABLE_NAME")?,
                region: required("AWS_REGION")?,
                endpoint: optional("AWS_ENDPOINT_URL_DYNAMODB"),
                credentials: (
                    required("AWS_ACCESS_KEY_ID")?,
                    required("AWS_SECRET_ACCESS_KEY")?,
                    optional("AWS_SESSION_TOKEN"),
                ),
            },
        })
    }
}

/// A variable that must be there, and hold something.
fn required(variable: impl Fn(&str) -> Option<String>) -> impl Fn(&str) -> Result<String> {
    move |name| {
        let value = variable(name).filter(|value| !value.is_empty());
        value.with_context(|| format!("environment variable `{name}` is not set"))
    }
}

/// What the environment of the function behind the CDN says beside that.
///
/// # Errors
/// When the variable is missing or makes no sense; the message names it.
pub fn origin_secrets(variable: impl Fn(&str) -> Option<String>) -> Result<OriginSecrets> {
    required(variable)("ORIGIN_SECRETS")?.parse().context("environment variable `ORIGIN_SECRETS`")
}

/// What the environment of the mailer says beside that.
#[derive(Debug)]
pub struct MailSettings {
    /// Who mails are from.
    pub sender: Sender,
    /// By which SES tells of bounces and complaints.
    pub configuration_set: Option<String>,
    /// Another address of SES than the region's own.
    pub endpoint: Option<String>,
}

impl MailSettings {
    /// Reads the environment, through a function from a variable's name to its value.
    ///
    /// # Errors
    /// When a variable is missing or makes no sense; the message names it.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let sender = required(&variable)("MAIL_FROM")?;
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        Ok(Self {
            sender: sender.parse().context("environment variable `MAIL_FROM`")?,
            configuration_set: variable("MAIL_CONFIGURATION_SET"),
            endpoint: variable("AWS_ENDPOINT_URL_SESV2"),
        })
    }
}

impl Function {
    /// The function over the files that site-gen wrote into a folder; forms may
    /// come from the catalogue's origin.
    ///
    /// # Errors
    /// When the catalogue is missing or bad, or an answer page is missing.
    pub fn open(folder: &Path, store: Store, identity: Identity, token_keys: TokenKeys) -> Result<Self> {
        let catalog = catalog(folder)?;
        let answers = Answers::open(folder, &catalog)?;
        let origins = vec![catalog.origin().to_owned()];
        Ok(Self { catalog: Arc::new(catalog), answers, store, identity, token_keys, origins })
    }
}

/// The catalogue in the folder that travels with the function.
///
/// # Errors
/// When it is missing or bad.
pub fn catalog(folder: &Path) -> Result<Catalog> {
    let file = folder.join("catalog.json");
    std::fs::read_to_string(&file)
        .map_err(anyhow::Error::from)
        .and_then(|json| Ok(Catalog::from_json(&json)?))
        .with_context(|| format!("catalogue `{}`", file.display()))
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
    fn what_may_be_absent_is_absent() {
        let settings = read("AWS_SESSION_TOKEN").unwrap();
        assert_eq!(settings.store.connection.endpoint, None);
        assert_eq!(settings.store.connection.credentials.2, None);
    }
}

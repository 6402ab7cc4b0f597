//! Where the store of a development machine listens, for other programs on it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::settings::StoreSettings;
use crate::store::Connection;

/// The name of the table.
pub const TABLE: &str = "signups";

/// The file in the data folder that holds the key by which people are told apart.
pub fn identity_file(data: &Path) -> PathBuf {
    data.join("identity.key")
}

/// The file in the data folder that says where the store listens, while it does.
pub fn endpoint_file(data: &Path) -> PathBuf {
    data.join("endpoint")
}

/// How to reach a store on this machine; it takes any credentials.
pub fn connection(endpoint: &str) -> Connection {
    Connection {
        table: TABLE.to_owned(),
        region: "eu-west-1".to_owned(),
        endpoint: Some(endpoint.to_owned()),
        credentials: ("local".to_owned(), "local".to_owned(), None),
    }
}

/// The way to the store of a server that runs, from its data folder.
///
/// # Errors
/// When none runs.
pub fn settings(data: &Path) -> Result<StoreSettings> {
    let endpoint = fs::read_to_string(endpoint_file(data)).with_context(|| {
        format!("er draait geen site op deze computer met `{}`; start haar met `cargo run`", data.display())
    })?;
    let file = identity_file(data);
    let told = || format!("`{}`", file.display());
    let identity = fs::read_to_string(&file).with_context(told)?.parse().with_context(told)?;
    Ok(StoreSettings { identity, connection: connection(endpoint.trim()) })
}

//! The store on a development machine: its connection, and the files that describe it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::aws::connection::{Connection, Credentials};

/// The name of the table.
pub const TABLE: &str = "signups";

/// Returns the path of the file with the key that identifies people.
pub fn identity_file(data: &Path) -> PathBuf {
    data.join("identity.key")
}

/// Returns the path of the file with the store's address, which exists while the store runs.
pub fn endpoint_file(data: &Path) -> PathBuf {
    data.join("endpoint")
}

/// Returns the connection to a store on this machine, which accepts any credentials.
pub fn connection(endpoint: &str) -> Connection {
    Connection {
        table: TABLE.to_owned(),
        region: "eu-west-1".to_owned(),
        endpoint: Some(endpoint.to_owned()),
        credentials: Credentials { id: "local".to_owned(), secret: "local".to_owned(), session_token: None },
    }
}

/// Reads the connection to the store of a running development server from its data folder.
///
/// # Errors
/// Fails if no server is running with this folder.
pub fn settings(data: &Path) -> Result<Connection> {
    let endpoint = fs::read_to_string(endpoint_file(data)).with_context(|| is_not_running(data))?;
    Ok(connection(endpoint.trim()))
}

/// Returns what to tell an organiser if no server is running with this data folder.
pub fn is_not_running(data: &Path) -> String {
    format!("er draait geen site op deze computer met `{}`; start die met `cargo run`", data.display())
}

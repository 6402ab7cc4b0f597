//! The connection to the table.

use std::fmt;

/// The name of the table, its region or endpoint, and the credentials to reach it.
#[derive(Clone)]
pub struct Connection {
    /// The name of the table.
    pub table: String,
    /// The AWS region.
    pub region: String,
    /// An endpoint that replaces the region's own, such as `http://127.0.0.1:8000`.
    pub endpoint: Option<String>,
    /// The credentials.
    pub credentials: Credentials,
}

/// AWS credentials, in the parts that Lambda passes as environment variables.
#[derive(Clone)]
pub struct Credentials {
    /// The access key id.
    pub id: String,
    /// The secret access key.
    pub secret: String,
    /// The session token of temporary credentials.
    pub session_token: Option<String>,
}

impl From<Credentials> for aws_credential_types::Credentials {
    fn from(Credentials { id, secret, session_token }: Credentials) -> Self {
        Self::new(id, secret, session_token, None, "environment")
    }
}

/// Prints no credentials.
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

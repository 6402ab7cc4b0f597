//! The engine that keeps the tables: dynoxide in this process, or another one at an address.

use dynoxide::Database;
use tokio::net::TcpListener;

use super::way::{self, Way};

/// The engine that keeps a table.
#[derive(Clone)]
pub enum Engine {
    InProcess(Database),
    At(String),
}

impl Engine {
    /// The engine at `DYNAMODB_ENDPOINT` or, if that is not set, a new one in this process.
    pub fn new() -> Self {
        match std::env::var("DYNAMODB_ENDPOINT") {
            Ok(endpoint) => Self::At(endpoint),
            Err(_) => Self::InProcess(Database::memory().unwrap()),
        }
    }

    /// Returns the way to the engine.
    pub fn way(&self) -> Way {
        match self {
            Self::InProcess(database) => way::to_database(database.clone()),
            Self::At(endpoint) => way::to_endpoint(endpoint),
        }
    }

    /// Returns an address at which other programs reach the engine.
    pub async fn endpoint(&self) -> String {
        let database = match self {
            Self::At(endpoint) => return endpoint.clone(),
            Self::InProcess(database) => database.clone(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(dynoxide::server::serve_on(listener, database));
        endpoint
    }
}

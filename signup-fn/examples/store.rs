//! Runs a new, empty in-memory store for `benches/compare.py`.
//!
//! Prints the store's address and runs until it is killed.

use std::io::Write as _;

use anyhow::{Result, anyhow};
use signup_fn::settings::local;
use signup_fn::store::client::Store;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<()> {
    let database = dynoxide::Database::memory().map_err(|error| anyhow!("{error}"))?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    let serving = tokio::spawn(dynoxide::server::serve_on(listener, database));
    Store::new(local::connection(&endpoint)).create_table_if_absent().await?;
    writeln!(std::io::stdout(), "{endpoint}")?;
    Ok(serving.await?)
}

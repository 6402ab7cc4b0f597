#![doc = include_str!("../README.md")]
//!
//! | module | contents |
//! |---|---|
//! | [`settings`] | the folders, the port, and whether to show drafts |
//! | [`local_store`] | the embedded store and its keys |
//! | [`builder`] | a build, and the function and mailer that use it |
//! | [`live`] | rebuilding when files change |
//! | [`deliver`] | the delivery of mail into a folder |
//! | [`editor`] | the editor in the browser |
//! | [`routes`] | the site and the function on one origin |

pub mod builder;
pub mod deliver;
pub mod editor;
pub mod live;
pub mod local_store;
pub mod routes;
pub mod settings;

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use crate::editor::desk::Desk;
use crate::live::Watcher;
use crate::local_store::LocalStore;
use crate::routes::served::Served;
use crate::settings::Settings;

/// A running server.
#[derive(Debug)]
pub struct Server {
    /// The address on which it listens.
    pub address: SocketAddr,
    /// The store, for callers that inspect it.
    pub store: LocalStore,
    watcher: Watcher,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
}

/// How long the server waits for running requests before it stops.
const PATIENCE: Duration = Duration::from_secs(3);

/// Builds the site, opens the store, and serves the site with its sign-up function.
///
/// # Errors
/// Fails if the port is in use, the store cannot be opened, or the folder is not a site. Problems of the site
/// are not errors: the server shows them until they are fixed.
pub async fn start(settings: Settings) -> Result<Server> {
    let listener = listen(settings.port).await?;
    let address = listener.local_addr()?;
    let store = LocalStore::open(&settings.data).await?;
    let mail = settings.mail_folder();
    let desk = Arc::new(Desk::new(&settings));
    let (watcher, live) = live::watch(settings, address, &store)?;
    let wake = Arc::new(Notify::new());
    tokio::spawn(deliver::run(live.clone(), Arc::clone(&wake)));
    let (stop, stopped) = oneshot::channel();
    let serve = axum::serve(listener, routes::routes(Served { live, wake, mail, desk }))
        .with_graceful_shutdown(async {
            // Ends when `Server::stop` sends the signal or the `Server` is dropped.
            let _ = stopped.await;
        });
    let serving = tokio::spawn(async move { serve.await });
    Ok(Server { address, store, watcher, stop, serving })
}

async fn listen(port: u16) -> Result<TcpListener> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Err(error) if error.kind() == ErrorKind::AddrInUse => Err(anyhow!(
            "poort {port} is al in gebruik. Kies een andere, bijvoorbeeld met `cargo run -- --port {}`",
            port.saturating_add(1)
        )),
        bound => bound.with_context(|| format!("poort {port} is niet te openen")),
    }
}

impl Server {
    /// Waits a few seconds for running requests, then closes the store.
    ///
    /// # Errors
    /// Fails if serving requests or closing the store failed.
    pub async fn stop(self) -> Result<()> {
        let Self { store, watcher, stop, serving, .. } = self;
        // Dropping the watcher also ends the event streams of open browsers.
        drop(watcher);
        let _ = stop.send(());
        if let Ok(served) = tokio::time::timeout(PATIENCE, serving).await {
            served??;
        }
        store.close().await
    }
}

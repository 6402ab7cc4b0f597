#![doc = include_str!("../README.md")]
//!
//! | module | what it is |
//! |---|---|
//! | [`live`] | the last good build, and what is wrong with the newest |
//! | [`local_store`] | the store, and the key by which people are told apart |
//! | [`post`] | mail, into a folder |
//! | [`routes`] | site and function on one origin |

pub mod live;
pub mod local_store;
pub mod post;
pub mod routes;

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use crate::live::Watcher;
use crate::local_store::LocalStore;
use crate::routes::Served;

/// Where the site is, and where it is served.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder with `content/` and `templates/`; the site is built into its `dist/`.
    pub root: PathBuf,
    /// The folder that keeps the sign-ups.
    pub data: PathBuf,
    /// The port on 127.0.0.1; 0 for any free one.
    pub port: u16,
    /// Whether pages that are not public are shown too, with a badge.
    pub drafts: bool,
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// The store, for who wants to look into it.
    pub store: LocalStore,
    watcher: Watcher,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
}

/// How long a request may take to end once the server is told to stop.
const PATIENCE: Duration = Duration::from_secs(3);

/// Builds the site, opens the store and serves both.
///
/// # Errors
/// When the port is taken, the store can't be opened, or the folder is no
/// site. Problems of the site are no errors: they are shown, and watched for
/// their end.
pub async fn start(settings: Settings) -> Result<Server> {
    let listener = listen(settings.port).await?;
    let address = listener.local_addr()?;
    let store = LocalStore::open(&settings.data).await?;
    let mail = post::folder(&settings.data);
    let (watcher, live) = live::watch(settings, address, &store)?;
    let wake = Arc::new(Notify::new());
    tokio::spawn(post::run(live.clone(), Arc::clone(&wake)));
    let (stop, stopped) = oneshot::channel();
    let serve =
        axum::serve(listener, routes::routes(Served { live, wake, mail })).with_graceful_shutdown(async {
            // Told to stop, or the server value is gone: the end either way.
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
    /// Lets running requests end, then closes the store.
    ///
    /// # Errors
    /// When serving or closing failed.
    pub async fn stop(self) -> Result<()> {
        let Self { store, watcher, stop, serving, .. } = self;
        // Its end also ends the streams by which browsers wait for a reload.
        drop(watcher);
        let _ = stop.send(());
        if let Ok(served) = tokio::time::timeout(PATIENCE, serving).await {
            served??;
        }
        store.close().await
    }
}

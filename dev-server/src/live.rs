//! Keeps what is served up to date while files change.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use jiff::Timestamp;
use notify_debouncer_full::notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer};
use tokio::sync::watch;

use crate::builder::{Builder, Live};
use crate::local_store::LocalStore;
use crate::settings::Settings;

/// Watches the sources until it is dropped.
#[derive(Debug)]
pub struct Watcher {
    _debouncer: Debouncer<RecommendedWatcher, RecommendedCache>,
}

/// An editor writes a file in several steps. The build starts this long after the last one.
const DEBOUNCE: Duration = Duration::from_millis(10);

/// A clock that was set is noticed within this time.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// Builds the site and watches its sources; the receiver always holds what to serve.
///
/// # Errors
/// Fails if the root is not a site, or if its folders cannot be watched.
pub fn watch(
    settings: Settings,
    address: SocketAddr,
    store: &LocalStore,
) -> Result<(Watcher, watch::Receiver<Live>)> {
    let root = settings.root.clone();
    site_gen::source::load::config_file(&root)?;
    let mut builder = Builder::new(settings, address, store);
    let (sender, receiver) = watch::channel(builder.nothing_yet());
    let rebuild = Arc::new(Mutex::new(move || {
        // A copy, so that readers do not wait for the build.
        let last = sender.borrow().clone();
        sender.send_replace(builder.next(&last));
    }));
    let on_change = Arc::clone(&rebuild);
    let handle = move |events: DebounceEventResult| match events {
        Ok(events) if events.iter().all(|event| event.kind.is_access()) => {}
        Ok(_) => on_change.lock().unwrap_or_else(PoisonError::into_inner)(),
        Err(errors) => errors.iter().for_each(|error| tracing::error!("een wijziging is gemist: {error}")),
    };
    let mut debouncer = new_debouncer(DEBOUNCE, None, handle)?;
    for folder in ["content", "templates"] {
        let folder = root.join(folder);
        debouncer
            .watch(&folder, RecursiveMode::Recursive)
            .with_context(|| format!("`{}` kan niet gevolgd worden", folder.display()))?;
    }
    // After the watch began, so that a change during the first build is not missed.
    rebuild.lock().unwrap_or_else(PoisonError::into_inner)();
    let due = Arc::downgrade(&rebuild);
    tokio::spawn(rebuild_when_due(receiver.clone(), move || {
        if let Some(rebuild) = due.upgrade() {
            rebuild.lock().unwrap_or_else(PoisonError::into_inner)();
        }
    }));
    Ok((Watcher { _debouncer: debouncer }, receiver))
}

/// Rebuilds at each moment at which the same sources produce a different site.
async fn rebuild_when_due(mut live: watch::Receiver<Live>, rebuild: impl Fn() + Clone + Send + 'static) {
    loop {
        let until = live.borrow_and_update().until;
        let wait = until.and_then(|until| Timestamp::now().duration_until(until).try_into().ok());
        let wait = wait.unwrap_or(Duration::MAX).min(LONGEST_WAIT);
        if let Ok(changed) = tokio::time::timeout(wait, live.changed()).await {
            if changed.is_err() {
                return;
            }
        } else if until.is_some_and(|until| Timestamp::now() >= until) {
            let rebuild = rebuild.clone();
            // A build that panics prints the panic; the next change builds again.
            let _ = tokio::task::spawn_blocking(rebuild).await;
        }
    }
}

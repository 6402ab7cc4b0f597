//! Rebuilds the site when its files change.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use anyhow::{Context, Result};
use jiff::Timestamp;
use notify_debouncer_full::notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer};
use tokio::sync::watch;

use crate::builder::{Builder, Live};
use crate::local_store::LocalStore;
use crate::settings::Settings;

/// A watcher of the sources, which runs until it is dropped.
#[derive(Debug)]
pub struct Watcher {
    _debouncer: Arc<Mutex<Debouncer<RecommendedWatcher, RecommendedCache>>>,
}

/// The folders with sources.
const FOLDERS: [&str; 2] = ["content", "templates"];

/// The debounce time. A text editor saves a file in several steps; the build starts this long after the last.
const DEBOUNCE: Duration = Duration::from_millis(10);

/// The longest wait between two looks at the clock, so that an adjusted clock is noticed within an hour.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// Builds the site and watches its sources. The receiver always holds what to serve.
///
/// # Errors
/// Fails if the root is not a site, or if its folders cannot be watched.
pub fn watch(
    settings: Settings,
    address: SocketAddr,
    store: &LocalStore,
) -> Result<(Watcher, watch::Receiver<Live>)> {
    site_gen::source::load::config_file(&settings.root)?;
    let root = settings.root.canonicalize()?;
    let mut builder = Builder::new(settings, address, store);
    let (sender, receiver) = watch::channel(builder.nothing_yet());
    let mut build = move || {
        // Cloned, so that the build does not block readers.
        let last = sender.borrow().clone();
        sender.send_replace(builder.next(&last));
        builder.stands()
    };
    let rebuild = Arc::new(Mutex::new(move || {
        // Somebody has changed the output. Whoever does so again and again must not keep the server busy.
        if !build() {
            build();
        }
    }));
    let folders = FOLDERS.map(|folder| root.join(folder));
    let (replaced, replacements) = mpsc::channel();
    let (on_change, watched) = (Arc::clone(&rebuild), folders.clone());
    let handle = move |events: DebounceEventResult| match events {
        Ok(events) => {
            let changes: Vec<_> = events.iter().filter(|event| !event.kind.is_access()).collect();
            let concerns = |is: &dyn Fn(&Path, &Path) -> bool| {
                let mut paths = changes.iter().flat_map(|event| &event.paths);
                paths.any(|path| watched.iter().any(|folder| is(path, folder)))
            };
            // The watch is on the folder that had the name, not on the name.
            if concerns(&|path, folder| path == folder) {
                // The thread below ends only after this closure.
                let _ = replaced.send(());
            } else if concerns(&|path, folder| path.starts_with(folder)) {
                on_change.lock().unwrap_or_else(PoisonError::into_inner)();
            }
        }
        Err(errors) => errors.iter().for_each(|error| tracing::error!("een wijziging is gemist: {error}")),
    };
    let mut debouncer = new_debouncer(DEBOUNCE, None, handle)?;
    let unwatchable = |folder: &Path| format!("`{}` kan niet gevolgd worden", folder.display());
    debouncer.watch(&root, RecursiveMode::NonRecursive).with_context(|| unwatchable(&root))?;
    for folder in &folders {
        debouncer.watch(folder, RecursiveMode::Recursive).with_context(|| unwatchable(folder))?;
    }
    let debouncer = Arc::new(Mutex::new(debouncer));
    let (to_renew, on_replacement) = (Arc::downgrade(&debouncer), Arc::clone(&rebuild));
    std::thread::spawn(move || {
        while replacements.recv().is_ok() {
            let Some(debouncer) = to_renew.upgrade() else { return };
            let mut debouncer = debouncer.lock().unwrap_or_else(PoisonError::into_inner);
            for folder in &folders {
                // A folder that is not there now announces itself when it comes back.
                let _ = debouncer.unwatch(folder);
                let _ = debouncer.watch(folder, RecursiveMode::Recursive);
            }
            drop(debouncer);
            on_replacement.lock().unwrap_or_else(PoisonError::into_inner)();
        }
    });
    // The first build starts only now, so that the watcher sees changes made during it.
    rebuild.lock().unwrap_or_else(PoisonError::into_inner)();
    let due = Arc::downgrade(&rebuild);
    tokio::spawn(rebuild_when_due(receiver.clone(), move || {
        if let Some(rebuild) = due.upgrade() {
            rebuild.lock().unwrap_or_else(PoisonError::into_inner)();
        }
    }));
    Ok((Watcher { _debouncer: debouncer }, receiver))
}

/// Rebuilds whenever the passage of time makes the same sources produce a different site.
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
            // A panic during the build is printed. The next change starts another build.
            let _ = tokio::task::spawn_blocking(rebuild).await;
        }
    }
}

//! The last good build, and what is wrong with the newest; kept up to date while files change.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use jiff::Timestamp;
use notify_debouncer_full::notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer};
use signup_fn::Function;
use signup_fn::identity::Identity;
use signup_fn::mailer::Mailer;
use signup_fn::message::Messages;
use signup_fn::store::Store;
use signup_fn::token::TokenKeys;
use signup_fn::transport::Transport;
use site_gen::Built;
use site_gen::incremental::Memory;
use site_gen::page::publication::{HeldBack, Wanted};
use tokio::sync::watch;

use crate::local_store::LocalStore;

/// What is served just now.
#[derive(Debug, Clone)]
pub struct Live {
    /// The folder of the last good build's pages.
    pub site: PathBuf,
    /// The function over the last good build; `None` while there never was one.
    pub function: Option<Arc<Function>>,
    /// Sends mail about the events of the last good build.
    pub mailer: Option<Arc<Mailer>>,
    /// What is wrong with the newest sources.
    pub problems: Option<Arc<str>>,
    /// Tells one build from another.
    pub build: i64,
    /// When the same sources next make another site: a page appears, a session opens.
    pub until: Option<Timestamp>,
}

/// Watches the sources until it is dropped.
#[derive(Debug)]
pub struct Watcher {
    _debouncer: Debouncer<RecommendedWatcher, RecommendedCache>,
}

/// An editor writes a file in several steps; this long after the last one it is built.
const DEBOUNCE: Duration = Duration::from_millis(10);

/// Builds the site and watches its sources; the receiver always holds what to serve.
///
/// # Errors
/// When the root is no site, or its folders can't be watched.
pub fn watch(
    settings: crate::Settings,
    address: SocketAddr,
    store: &LocalStore,
) -> Result<(Watcher, watch::Receiver<Live>)> {
    let root = settings.root;
    site_gen::source::load::config_file(&root)?;
    let mut builder = Builder {
        out: root.join("dist"),
        root: root.clone(),
        drafts: settings.drafts,
        mail: crate::post::folder(&settings.data),
        address,
        store: store.store.clone(),
        identity: store.identity.clone(),
        token_keys: store.token_keys.clone(),
        memory: Memory::default(),
    };
    let site = builder.out.join(site_gen::output::SITE);
    let (sender, receiver) =
        watch::channel(Live { site, function: None, mailer: None, problems: None, build: 0, until: None });
    let rebuild = Arc::new(Mutex::new(move || {
        // A copy: a build is long, and who reads must not wait for it.
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
    // Watched already: what changes during the first build is built again.
    rebuild.lock().unwrap_or_else(PoisonError::into_inner)();
    let due = Arc::downgrade(&rebuild);
    tokio::spawn(rebuild_when_due(receiver.clone(), move || {
        if let Some(rebuild) = due.upgrade() {
            rebuild.lock().unwrap_or_else(PoisonError::into_inner)();
        }
    }));
    Ok((Watcher { _debouncer: debouncer }, receiver))
}

/// Builds whenever the time has come that the site itself tells, until nobody watches any more.
async fn rebuild_when_due(mut live: watch::Receiver<Live>, rebuild: impl Fn() + Clone + Send + 'static) {
    loop {
        let until = live.borrow_and_update().until;
        let wait = until.and_then(|until| Timestamp::now().duration_until(until).try_into().ok());
        // A clock that is set is looked at again within the hour.
        let wait = wait.unwrap_or(Duration::MAX).min(Duration::from_secs(3600));
        if let Ok(changed) = tokio::time::timeout(wait, live.changed()).await {
            if changed.is_err() {
                return;
            }
        } else if until.is_some_and(|until| Timestamp::now() >= until) {
            let rebuild = rebuild.clone();
            // A build that panics is told by the panic itself; the next change builds again.
            let _ = tokio::task::spawn_blocking(rebuild).await;
        }
    }
}

struct Builder {
    root: PathBuf,
    out: PathBuf,
    drafts: bool,
    /// The folder that mail goes to.
    mail: PathBuf,
    address: SocketAddr,
    store: Store,
    identity: Identity,
    token_keys: TokenKeys,
    memory: Memory,
}

impl Builder {
    /// What to serve after a change: a new build, or the last one with what is wrong.
    fn next(&mut self, last: &Live) -> Live {
        let start = Instant::now();
        let now = Timestamp::now();
        let wanted = Wanted { with_unpublished: self.drafts, ..Wanted::public(now) };
        let built = site_gen::rebuild(&self.root, &self.out, wanted, &mut self.memory)
            .and_then(|built| Ok((built, self.function()?)))
            .and_then(|(built, function)| Ok((built, self.mailer(&function)?, function)));
        match built {
            Ok((Built { written, held_back, until }, mailer, function)) => {
                for HeldBack { path, reason } in held_back {
                    tracing::info!("{path}: {reason}");
                }
                let took = start.elapsed().as_millis();
                tracing::info!("site gebouwd: {} bestanden nieuw of anders, in {took} ms", written.written);
                let (function, mailer) = (Some(Arc::new(function)), Some(Arc::new(mailer)));
                Live {
                    site: last.site.clone(),
                    function,
                    mailer,
                    problems: None,
                    build: now.as_millisecond(),
                    until,
                }
            }
            Err(error) => {
                tracing::error!("de site is niet gebouwd\n\n{error}");
                Live { problems: Some(error.to_string().into()), until: None, ..last.clone() }
            }
        }
    }

    fn function(&self) -> Result<Function> {
        let folder = self.out.join(site_gen::output::FUNCTION);
        let (identity, token_keys) = (self.identity.clone(), self.token_keys.clone());
        let mut function = Function::open(&folder, self.store.clone(), identity, token_keys)?;
        let port = self.address.port();
        function.origins = vec![format!("http://127.0.0.1:{port}"), format!("http://localhost:{port}")];
        Ok(function)
    }

    fn mailer(&self, function: &Function) -> Result<Mailer> {
        let folder = self.out.join(site_gen::output::FUNCTION);
        let origin = format!("http://{}", self.address);
        let messages = Messages::open(&folder, &function.catalog, self.token_keys.clone(), origin)?;
        Ok(Mailer {
            catalog: Arc::clone(&function.catalog),
            store: self.store.clone(),
            messages,
            sender: crate::post::SENDER.parse()?,
            transport: Transport::Folder(self.mail.clone()),
        })
    }
}

//! The last good build, and what is wrong with the newest; kept up to date while files change.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use jiff::Timestamp;
use notify_debouncer_full::notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer};
use signup_fn::Function;
use signup_fn::identity::Identity;
use signup_fn::store::Store;
use site_gen::BuildError;
use tokio::sync::watch;

/// What is served just now.
#[derive(Debug, Clone)]
pub struct Live {
    /// The folder of the last good build's pages.
    pub site: PathBuf,
    /// The function over the last good build; `None` while there never was one.
    pub function: Option<Arc<Function>>,
    /// What is wrong with the newest sources.
    pub problems: Option<Arc<str>>,
    /// Tells one build from another.
    pub build: i64,
}

/// Watches the sources until it is dropped.
#[derive(Debug)]
pub struct Watcher {
    _debouncer: Debouncer<RecommendedWatcher, RecommendedCache>,
}

/// An editor writes a file in several steps; this long after the last one it is built.
const DEBOUNCE: Duration = Duration::from_millis(50);

/// Builds the site and watches its sources; the receiver always holds what to serve.
///
/// # Errors
/// When the root is no site, or its folders can't be watched.
pub fn watch(
    settings: crate::Settings,
    address: SocketAddr,
    store: Store,
    identity: Identity,
) -> Result<(Watcher, watch::Receiver<Live>)> {
    let root = settings.root.clone();
    let builder =
        Builder { root: settings.root.clone(), out: settings.root.join("dist"), address, store, identity };
    let first =
        Live { site: builder.out.join(site_gen::render::SITE), function: None, problems: None, build: 0 };
    let (sender, receiver) = watch::channel(builder.next(&first)?);
    let rebuild = move |events: DebounceEventResult| {
        let is_change = events.is_ok_and(|events| events.iter().any(|event| !event.kind.is_access()));
        if !is_change {
            return;
        }
        let next = builder.next(&sender.borrow());
        match next {
            Ok(next) => {
                sender.send_replace(next);
            }
            Err(error) => tracing::error!("{error:#}"),
        }
    };
    let mut debouncer = new_debouncer(DEBOUNCE, None, rebuild)?;
    for folder in ["content", "templates"] {
        let folder = root.join(folder);
        debouncer
            .watch(&folder, RecursiveMode::Recursive)
            .with_context(|| format!("`{}` is niet in het oog te houden", folder.display()))?;
    }
    Ok((Watcher { _debouncer: debouncer }, receiver))
}

struct Builder {
    root: PathBuf,
    out: PathBuf,
    address: SocketAddr,
    store: Store,
    identity: Identity,
}

impl Builder {
    /// What to serve after a change: a new build, or the last one with what is wrong.
    fn next(&self, last: &Live) -> Result<Live> {
        let start = Instant::now();
        let now = Timestamp::now();
        match site_gen::build(&self.root, &self.out, now) {
            Ok(done) => {
                tracing::info!(
                    "site gebouwd: {} bestanden nieuw of anders, in {} ms",
                    done.written,
                    start.elapsed().as_millis()
                );
                let function = Some(Arc::new(self.function(&self.out.join(site_gen::render::FUNCTION))?));
                Ok(Live { site: last.site.clone(), function, problems: None, build: now.as_millisecond() })
            }
            Err(BuildError::Problems(problems)) => {
                tracing::error!("de site is niet gebouwd\n\n{problems}");
                Ok(Live { problems: Some(problems.to_string().into()), ..last.clone() })
            }
            Err(BuildError::Failed(error)) => Err(error),
        }
    }

    fn function(&self, folder: &Path) -> Result<Function> {
        let mut function = Function::open(folder, self.store.clone(), self.identity.clone())?;
        let port = self.address.port();
        function.origins = vec![format!("http://127.0.0.1:{port}"), format!("http://localhost:{port}")];
        Ok(function)
    }
}

//! Builds the site, and the programs that use the build.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use jiff::Timestamp;
use signup_fn::mail::mailer::Mailer;
use signup_fn::mail::message::Messages;
use signup_fn::mail::transport::Transport;
use signup_fn::organiser::area::Area;
use signup_fn::participant::function::Function;
use signup_fn::people::identity::Identity;
use signup_fn::people::token::TokenKeys;
use signup_fn::store::client::Store;
use site_gen::incremental::Memory;
use site_gen::output::{FUNCTION, SITE};
use site_gen::page::publication::{HeldBack, Wanted, When};
use site_gen::{BuildError, Built, progress};

use crate::local_store::LocalStore;
use crate::settings::Settings;

/// The build that is served, and the problems of the current sources.
#[derive(Debug, Clone)]
pub struct Live {
    /// The folder with the pages of the last good build.
    pub site: PathBuf,
    /// The sign-up function of the last good build, or `None` if there has been none.
    pub function: Option<Arc<Function>>,
    /// The organisers' area of the last good build, or `None` if there has been none.
    pub area: Option<Arc<Area>>,
    /// The mailer for the events of the last good build, or `None` if there has been none.
    pub mailer: Option<Arc<Mailer>>,
    /// The problems that made the build of the current sources fail, if any.
    pub problems: Option<Arc<Told>>,
    /// The id of the last good build: its start in Unix milliseconds, or 0 if there has been none.
    pub build: i64,
    /// The next moment when the same sources produce a different site: a page is published, a session opens.
    pub until: Option<Timestamp>,
}

/// The problems of a failed build, for an editor.
#[derive(Debug, PartialEq, Eq)]
pub struct Told {
    /// For a terminal.
    pub text: String,
    /// A JSON array, for a script.
    pub json: String,
}

impl Told {
    fn new(error: &BuildError) -> Self {
        let json = match error {
            BuildError::Problems(problems) => problems.to_json().ok(),
            BuildError::Failed(_) => None,
        };
        let json = json.unwrap_or_else(|| serde_json::json!([{ "message": error.to_string() }]).to_string());
        Self { text: error.to_string(), json }
    }
}

/// The programs that use a build.
struct Programs {
    function: Function,
    area: Area,
    mailer: Mailer,
}

/// The sender of mails on this machine. Nobody can own a domain in `.example`.
const SENDER: &str = "Aanmelden <aanmelden@pos.example>";

/// A builder of the site, which keeps its memory from one build to the next.
pub(crate) struct Builder {
    settings: Settings,
    out: PathBuf,
    address: SocketAddr,
    store: Store,
    identity: Identity,
    token_keys: TokenKeys,
    memory: Memory,
}

impl Builder {
    /// Creates a builder without building anything yet.
    pub(crate) fn new(settings: Settings, address: SocketAddr, store: &LocalStore) -> Self {
        Self {
            out: settings.root.join("dist"),
            settings,
            address,
            store: store.store.clone(),
            identity: store.identity.clone(),
            token_keys: store.token_keys.clone(),
            memory: Memory::default(),
        }
    }

    /// Returns what to serve before the first build.
    pub(crate) fn nothing_yet(&self) -> Live {
        let site = self.out.join(SITE);
        Live { site, function: None, area: None, mailer: None, problems: None, build: 0, until: None }
    }

    /// Builds the site. Returns the new build, or the last good one with the problems of the sources.
    pub(crate) fn next(&mut self, last: &Live) -> Live {
        let start = Instant::now();
        let now = Timestamp::now();
        match self.build(now) {
            Ok((Built { written, held_back, until }, Programs { function, area, mailer })) => {
                for HeldBack { path, reason } in held_back {
                    tracing::info!("{path}: {reason}");
                }
                let took = start.elapsed().as_millis();
                tracing::info!("site gebouwd: {} bestanden nieuw of anders, in {took} ms", written.written);
                Live {
                    site: last.site.clone(),
                    function: Some(Arc::new(function)),
                    area: Some(Arc::new(area)),
                    mailer: Some(Arc::new(mailer)),
                    problems: None,
                    build: now.as_millisecond(),
                    // A moment that is chosen does not pass.
                    until: until.filter(|_| self.settings.as_of.is_none()),
                }
            }
            Err(error) => {
                let told = Told::new(&error);
                // An editor that saves a file again need not read the same problem again.
                if last.problems.as_deref() != Some(&told) {
                    tracing::error!("de site is niet gebouwd\n\n{}", told.text);
                }
                Live { problems: Some(Arc::new(told)), until: None, ..last.clone() }
            }
        }
    }

    /// Returns whether the output folder is as the last build left it. The next build puts the rest right.
    pub(crate) fn stands(&mut self) -> bool {
        self.memory.stands(&self.out)
    }

    fn build(&mut self, now: Timestamp) -> Result<(Built, Programs), BuildError> {
        let when = self.settings.as_of.map_or(When::At(now), When::AsOf);
        let wanted = Wanted { when, with_unpublished: self.settings.drafts, production: false };
        let built = self.rebuild(wanted)?;
        match self.programs() {
            // Somebody has changed what they read.
            Err(_) if !self.stands() => Ok((self.rebuild(wanted)?, self.programs()?)),
            programs => Ok((built, programs?)),
        }
    }

    fn rebuild(&mut self, wanted: Wanted) -> Result<Built, BuildError> {
        progress::shown(|| site_gen::rebuild(&self.settings.root, &self.out, wanted, &mut self.memory))
    }

    fn programs(&self) -> Result<Programs> {
        let function = self.function()?;
        let (area, mailer) = (self.area(&function)?, self.mailer(&function)?);
        Ok(Programs { function, area, mailer })
    }

    fn function(&self) -> Result<Function> {
        let (identity, token_keys) = (self.identity.clone(), self.token_keys.clone());
        let mut function =
            Function::open(&self.out.join(FUNCTION), self.store.clone(), identity, token_keys)?;
        let port = self.address.port();
        function.origins = vec![format!("http://127.0.0.1:{port}"), format!("http://localhost:{port}")];
        Ok(function)
    }

    fn area(&self, function: &Function) -> Result<Area> {
        let keys = (self.identity.clone(), self.token_keys.clone());
        let organisers = self.settings.organisers.clone();
        let area = Area::open(&self.out.join(FUNCTION), self.store.clone(), keys, organisers)?;
        Ok(area.at(function.origins.clone()))
    }

    fn mailer(&self, function: &Function) -> Result<Mailer> {
        let origin = format!("http://{}", self.address);
        let folder = self.out.join(FUNCTION);
        let messages = Messages::open(&folder, &function.catalog, self.token_keys.clone(), origin)?;
        Ok(Mailer {
            catalog: Arc::clone(&function.catalog),
            store: self.store.clone(),
            organisers: self.settings.organisers.clone(),
            identity: self.identity.clone(),
            messages,
            sender: SENDER.parse()?,
            transport: Transport::Folder(self.settings.mail_folder()),
        })
    }
}

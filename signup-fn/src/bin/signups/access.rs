//! The way to the sign-ups.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use catalog::{Catalog, Event, Reference};
use jiff::Timestamp;
use signup_fn::identity::Identity;
use signup_fn::local::LocalAddress;
use signup_fn::participant::Participant;
use signup_fn::settings::{self, Settings};
use signup_fn::store::Store;
use tokio::time::Instant;

use crate::{Place, Which};

/// The sign-ups, and the events that they are for.
#[derive(Debug)]
pub(crate) struct Access {
    pub(crate) catalog: Catalog,
    pub(crate) store: Store,
    pub(crate) identity: Identity,
}

/// How long one is ready to wait.
const PATIENCE: Duration = Duration::from_secs(30);

impl Access {
    pub(crate) fn open(Place { local, root }: &Place) -> Result<Self> {
        if *local {
            let address = LocalAddress::read(&root.join(".data"))?;
            let catalog = settings::catalog(&root.join("dist/function"))?;
            return Ok(Self { catalog, store: Store::new(address.connection), identity: address.identity });
        }
        let folder = root.join("dist/function");
        let folder = |name: &str| match name {
            // Not in the cloud: the catalogue is that of the site as it was last built.
            "LAMBDA_TASK_ROOT" => Some(folder.to_string_lossy().into_owned()),
            // No link is signed here.
            "TOKEN_KEYS" => Some("00".repeat(32)),
            name => std::env::var(name).ok(),
        };
        let settings = Settings::read(folder)
            .context("de cloud is niet te bereiken; voor de aanmeldingen op deze computer: `--local`")?;
        let catalog = catalog_of(&settings.folder)?;
        Ok(Self { catalog, store: Store::new(settings.connection), identity: settings.identity })
    }

    /// The events that are asked for.
    pub(crate) fn events(&self, Which { event, session }: &Which) -> Result<Vec<&Event>> {
        let known = |event: &&Event| {
            session.as_ref().is_none_or(|id| event.sessions().iter().any(|one| one.id().as_str() == id))
        };
        let named = |one: &&Event| event.as_ref().is_none_or(|id| one.id().as_str() == id);
        let events: Vec<&Event> = self.catalog.events().iter().filter(named).filter(known).collect();
        if events.is_empty() {
            let ids: Vec<&str> = self.catalog.events().iter().map(|event| event.id().as_str()).collect();
            bail!("er is geen bijeenkomst of sessie met die id; de bijeenkomsten zijn: {}", ids.join(", "));
        }
        Ok(events)
    }

    /// The participant with a reference, whichever event it is of.
    pub(crate) async fn with_reference(&self, text: &str, now: Timestamp) -> Result<(&Event, Participant)> {
        let reference: Reference = text
            .trim()
            .to_uppercase()
            .parse()
            .with_context(|| format!("`{text}` is geen kenmerk; het heeft acht letters en cijfers"))?;
        for event in self.catalog.events() {
            let participants = self.store.participants(event.id(), now, deadline()).await?;
            let found = participants.into_iter().find(|one| one.person.reference() == reference);
            if let Some(participant) = found {
                return Ok((event, participant));
            }
        }
        bail!("er is geen aanmelding met kenmerk {reference}", reference = reference.as_str())
    }
}

fn catalog_of(folder: &Path) -> Result<Catalog> {
    settings::catalog(folder).context("bouw eerst de site: `cargo run -p site-gen -- build --out dist`")
}

pub(crate) fn deadline() -> Instant {
    Instant::now() + PATIENCE
}

//! Access to the sign-ups and to the catalogue.

use std::io::Write as _;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use catalog::{Event, Reference};
use signup_fn::aws::connection::Connection;
use signup_fn::people::participant::Participant;
use signup_fn::people::timing::Timing;
use signup_fn::settings::{self, local};
use signup_fn::store::client::Store;
use signup_fn::store::listing::Listing;
use tokio::time::Instant;

use crate::selection::{Place, Which};

/// The sign-ups and their events.
#[derive(Debug)]
pub(crate) struct Access {
    /// The events as they stand: also those that are no longer on the site, as long as anybody who signed up
    /// for them is remembered.
    pub(crate) events: Vec<Event>,
    pub(crate) store: Store,
    connection: Connection,
}

/// How long one query or change may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long the store on this machine may take to respond.
const LOCAL_PATIENCE: Duration = Duration::from_secs(3);

impl Access {
    pub(crate) async fn open(Place { local, root }: &Place) -> Result<Self> {
        let connection = match local {
            true => local::settings(&root.join(".data"))?,
            false => settings::connection(|name| std::env::var(name).ok())
                .context("de cloud is niet te bereiken; voor de aanmeldingen op deze computer: `--local`")?,
        };
        let store = Store::new(connection.clone());
        let events = match local {
            // The file with the address stays behind if the server was killed.
            true => {
                store.kept_events(soon()).await.with_context(|| local::is_not_running(&root.join(".data")))?
            }
            false => store.kept_events(deadline()).await?,
        };
        let events = told(events);
        Ok(Self { events, store, connection })
    }

    /// Returns the name of the table.
    pub(crate) fn table(&self) -> &str {
        &self.connection.table
    }

    /// Returns another table in the same place.
    pub(crate) fn other_table(&self, table: &str) -> Store {
        Store::new(Connection { table: table.to_owned(), ..self.connection.clone() })
    }

    /// Returns the selected events.
    pub(crate) fn events(&self, Which { event, session }: &Which) -> Result<Vec<&Event>> {
        let known = |event: &&Event| {
            session.as_ref().is_none_or(|id| event.sessions().iter().any(|one| one.id().as_str() == id))
        };
        let named = |one: &&Event| event.as_ref().is_none_or(|id| one.id().as_str() == id);
        let events: Vec<&Event> = self.events.iter().filter(named).filter(known).collect();
        if events.is_empty() && (event.is_some() || session.is_some()) {
            let ids: Vec<&str> = self.events.iter().map(|event| event.id().as_str()).collect();
            bail!("er is geen bijeenkomst of sessie met die id; de bijeenkomsten zijn: {}", ids.join(", "));
        }
        Ok(events)
    }

    /// Finds the participant with a reference in any event.
    pub(crate) async fn with_reference(&self, text: &str, timing: Timing) -> Result<(&Event, Participant)> {
        let reference: Reference = text
            .trim()
            .to_uppercase()
            .parse()
            .with_context(|| format!("`{text}` is geen kenmerk; het heeft acht letters en cijfers"))?;
        for event in &self.events {
            let participants = told(self.store.participants(event, timing).await?);
            let found = participants.into_iter().find(|one| one.person.reference() == reference);
            if let Some(participant) = found {
                return Ok((event, participant));
            }
        }
        bail!("er is geen aanmelding met kenmerk {reference}", reference = reference.as_str())
    }
}

fn soon() -> Instant {
    Instant::now() + LOCAL_PATIENCE
}

pub(crate) fn deadline() -> Instant {
    Instant::now() + PATIENCE
}

/// Reports the items that this version cannot read on standard error, and returns the others.
pub(crate) fn told<T>(listing: Listing<T>) -> T {
    for error in &listing.unreadable {
        // A closed pipe is not a failure.
        let _ = writeln!(std::io::stderr(), "overgeslagen: {error}");
    }
    listing.readable
}

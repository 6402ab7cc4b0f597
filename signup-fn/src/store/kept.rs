//! The events as participants know them, kept so that a sign-up outlives its page.
//!
//! Editors can remove or rename a session or take an event offline at any time. [`Event::standing`] decides
//! what that means; this module stores the result. An event is kept before its first sign-up is accepted, and
//! the scheduled rounds keep every event of the catalogue.

use std::collections::HashSet;

use catalog::{Event, EventId, SessionId};
use jiff::Timestamp;
use tokio::time::Instant;

use super::client::Store;
use super::error::{Setback, StoreError};
use super::expression::{Condition, equals};
use super::item::{self, Item};
use super::listing::Listing;
use super::record::{self, KEPT};
use super::retry;
use super::transaction::Write;
use crate::people::timing::Timing;

impl Store {
    /// Returns an event as it stands, which the catalogue may no longer have. Returns `None` if nobody who
    /// signed up for it is remembered.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses a request, or if the kept event is unreadable and
    /// the catalogue does not have it either.
    pub async fn standing(
        &self,
        id: &EventId,
        catalogue: Option<&Event>,
        timing: Timing,
    ) -> Result<Option<Event>, StoreError> {
        let found = self.item_until(timing.deadline, item::kept_key(id)).await?;
        standing(found.as_ref(), catalogue, timing.now)
    }

    /// Keeps an event as it stands, and returns it. `catalogue` is the event in the catalogue, if it is
    /// still there.
    ///
    /// # Errors
    /// Fails like [`Store::standing`].
    pub async fn keep(
        &self,
        id: &EventId,
        catalogue: Option<&Event>,
        timing: Timing,
    ) -> Result<Option<Event>, StoreError> {
        self.keep_found(id, catalogue, None, timing).await
    }

    /// Does the same. `found` is the item that was read a moment ago, if it was read.
    ///
    /// # Errors
    /// Fails like [`Store::standing`].
    pub(super) async fn keep_found(
        &self,
        id: &EventId,
        catalogue: Option<&Event>,
        found: Option<Option<Item>>,
        timing: Timing,
    ) -> Result<Option<Event>, StoreError> {
        retry::with(timing.deadline, found, |found| self.try_to_keep(id, catalogue, found, timing)).await
    }

    /// Reads all kept events.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses a request.
    pub async fn kept_events(&self, deadline: Instant) -> Result<Listing<Vec<Event>>, StoreError> {
        let items = self.query_until(deadline, item::KEPT_EVENTS, item::KEPT_EVENT).await?;
        Ok(items.iter().map(record::kept).collect())
    }

    /// Gives the seats that are stored under former ids of sessions to their current ids. There are none, unless
    /// a function with an older catalogue was still at work after a rename.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses a request, or if a session is unreadable.
    pub async fn gather_seats(&self, event: &Event, deadline: Instant) -> Result<(), StoreError> {
        for (old, current) in event.renamed() {
            retry::until(deadline, || async move {
                let writes = self.rename(event.id(), old, current).await?;
                if writes.is_empty() {
                    return Ok(());
                }
                self.commit(writes).await
            })
            .await?;
        }
        Ok(())
    }

    async fn try_to_keep(
        &self,
        id: &EventId,
        catalogue: Option<&Event>,
        found: Option<Option<Item>>,
        timing: Timing,
    ) -> Result<Option<Event>, Setback> {
        let found = match found {
            Some(found) => found,
            None => self.item(item::kept_key(id)).await?,
        };
        let kept = match read(found.as_ref(), catalogue)? {
            Read::Kept(kept) => kept,
            Read::LeftAlone(event) => return Ok(Some(event)),
        };
        let standing = Event::standing(catalogue, kept.as_ref(), timing.now);
        let Some(event) = standing.as_ref().filter(|event| kept.as_ref() != Some(*event)) else {
            return Ok(standing);
        };
        let unchanged = match found.as_ref().and_then(|item| item.get(KEPT)) {
            Some(before) => equals(KEPT, before.clone()),
            None => Condition::Absent("pk"),
        };
        let mut writes = vec![Write::put(record::kept_item(event)?, unchanged)];
        // One transaction cannot write an item twice. The rounds gather what is left.
        let mut seen = HashSet::new();
        for (old, current) in event.renamed() {
            let renamed = self.rename(id, old, current).await?;
            if !renamed.is_empty() && seen.insert(current) {
                writes.extend(renamed);
            }
        }
        self.commit(writes).await.map(|()| standing)
    }

    /// Returns the writes that give the seats and the waiting list of a session to its new id, so that no
    /// seat is given away twice. There are none if that has already happened.
    async fn rename(
        &self,
        event: &EventId,
        old: &SessionId,
        current: &SessionId,
    ) -> Result<Vec<Write>, Setback> {
        let (old, current) = (item::of_session(event, old), item::of_session(event, current));
        let Some(seats) = self.item(old.clone()).await? else { return Ok(Vec::new()) };
        let before = self.item(current.clone()).await?;
        let (renamed, condition) = match &before {
            None => (seats.clone(), Condition::Absent("pk")),
            Some(before) => (record::combined(before, &seats)?, is_unchanged(before)),
        };
        let renamed = renamed.into_iter().chain(current).collect();
        Ok(vec![Write::put(renamed, condition), Write::delete(old, is_unchanged(&seats))])
    }
}

/// Returns the event of an item that was read as it stands.
pub(super) fn standing(
    found: Option<&Item>,
    catalogue: Option<&Event>,
    now: Timestamp,
) -> Result<Option<Event>, StoreError> {
    match read(found, catalogue)? {
        Read::Kept(kept) => Ok(Event::standing(catalogue, kept.as_ref(), now)),
        Read::LeftAlone(event) => Ok(Some(event)),
    }
}

/// Returns the condition that a session has these seats, this waiting list and this link.
fn is_unchanged(session: &Item) -> Condition {
    let same = |name| session.get(name).map_or(Condition::Absent(name), |value| equals(name, value.clone()));
    Condition::All(["taken", "waiting", "join_url"].map(same).into())
}

/// What is kept of an event.
enum Read {
    /// The event as it stood before, if it was kept.
    Kept(Option<Event>),
    /// The catalogue's event, because a newer version wrote the kept one, which is left alone.
    LeftAlone(Event),
}

fn read(item: Option<&Item>, catalogue: Option<&Event>) -> Result<Read, StoreError> {
    match (item.map(record::kept).transpose(), catalogue) {
        (Ok(kept), _) => Ok(Read::Kept(kept)),
        (Err(error), Some(event)) => {
            tracing::error!(event.id = %event.id(), %error, "kept event is unreadable and left alone");
            Ok(Read::LeftAlone(event.spread(item.is_some_and(record::is_spread))))
        }
        (Err(error), None) => Err(error),
    }
}

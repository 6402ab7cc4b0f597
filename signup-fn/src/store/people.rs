//! Reads participants and the state of sessions.

use std::collections::HashMap;

use catalog::{Event, EventId, SessionId};
use tokio::time::Instant;

use super::client::Store;
use super::error::StoreError;
use super::listing::Listing;
use super::session::SessionState;
use super::{item, record, retry};
use crate::people::identity::Person;
use crate::people::participant::Participant;
use crate::people::timing::Timing;

impl Store {
    /// Reads a participant. Returns `None` if there is none, or if the participant may no longer be shown.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses the request, or if the item is unreadable.
    pub async fn participant(
        &self,
        event: &Event,
        person: &Person,
        timing: Timing,
    ) -> Result<Option<Participant>, StoreError> {
        let key = item::of_person(event, person);
        let found = self.item_until(timing.deadline, key).await?;
        let participant = found.as_ref().map(|item| record::participant(item, event)).transpose()?;
        // DynamoDB's time to live deletes items late.
        Ok(participant.filter(|participant| timing.now < participant.forget_at))
    }

    /// Reads all participants of an event who may still be shown, in the order of their sign-ups.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses a request.
    pub async fn participants(
        &self,
        event: &Event,
        timing: Timing,
    ) -> Result<Listing<Vec<Participant>>, StoreError> {
        let mut listing = self.stored_participants(event, timing.deadline).await?;
        listing.readable.retain(|participant| timing.now < participant.forget_at);
        Ok(listing)
    }

    /// Reads all participants of an event, including those who may no longer be shown, in the order of their
    /// sign-ups.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses a request.
    pub(crate) async fn stored_participants(
        &self,
        event: &Event,
        deadline: Instant,
    ) -> Result<Listing<Vec<Participant>>, StoreError> {
        let items = retry::until(deadline, || self.query_people(event, item::PERSON)).await?;
        let mut listing: Listing<Vec<Participant>> =
            items.iter().map(|item| record::participant(item, event)).collect();
        let order = |participant: &Participant| (participant.signed_up_at, participant.person.key());
        listing.readable.sort_by_cached_key(order);
        Ok(listing)
    }

    /// Reads the state of each session of an event for which somebody has signed up.
    ///
    /// Logs and skips a session whose item is unreadable.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses a request.
    pub async fn session_states(
        &self,
        event: &EventId,
        deadline: Instant,
    ) -> Result<HashMap<SessionId, SessionState>, StoreError> {
        let mut states = HashMap::new();
        let partition = item::event_key(event);
        for item in self.query_until(deadline, &partition, item::SESSION).await? {
            let id =
                item::text_of(&item, "sk").and_then(|sort| sort.strip_prefix(item::SESSION)?.parse().ok());
            if let Some(id) = id {
                match record::session_state(Some(&item)) {
                    Ok(state) => _ = states.insert(id, state),
                    Err(error) => tracing::error!(event.id = %event, %error, "unreadable item skipped"),
                }
            }
        }
        Ok(states)
    }
}

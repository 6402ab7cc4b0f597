//! Reading participants, and how full sessions are.

use std::collections::HashMap;

use catalog::{EventId, SessionId};
use tokio::time::Instant;

use super::client::Store;
use super::error::StoreError;
use super::session::SessionState;
use super::{item, record, retry};
use crate::people::identity::Person;
use crate::people::participant::Participant;
use crate::people::timing::Timing;

impl Store {
    /// Reads a participant; `None` if there is none, or if it may no longer be shown.
    ///
    /// # Errors
    /// Fails if the table did not answer before the deadline, or the item is unreadable.
    pub async fn participant(
        &self,
        event: &EventId,
        person: &Person,
        timing: Timing,
    ) -> Result<Option<Participant>, StoreError> {
        let key = item::key(event, item::person_key(person));
        let found = retry::until(timing.deadline, || self.item(key.clone())).await?;
        let participant = found.as_ref().map(record::participant).transpose()?;
        // Time to live deletes late.
        Ok(participant.filter(|participant| timing.now < participant.forget_at))
    }

    /// Reads all participants of an event who may still be shown, in the order of their sign-ups.
    ///
    /// # Errors
    /// Fails if the table did not answer before the deadline, or an item is unreadable.
    pub async fn participants(
        &self,
        event: &EventId,
        timing: Timing,
    ) -> Result<Vec<Participant>, StoreError> {
        let items = retry::until(timing.deadline, || self.query(event, item::PERSON)).await?;
        let all: Result<Vec<Participant>, _> = items.iter().map(record::participant).collect();
        let mut shown = all?;
        shown.retain(|participant| timing.now < participant.forget_at);
        shown.sort_by_cached_key(|participant| (participant.signed_up_at, participant.person.key()));
        Ok(shown)
    }

    /// Reads the state of each session of an event that somebody has chosen.
    ///
    /// # Errors
    /// Fails if the table did not answer before the deadline, or an item is unreadable.
    pub async fn session_states(
        &self,
        event: &EventId,
        deadline: Instant,
    ) -> Result<HashMap<SessionId, SessionState>, StoreError> {
        let mut states = HashMap::new();
        for item in retry::until(deadline, || self.query(event, item::SESSION)).await? {
            let id =
                item::text_of(&item, "sk").and_then(|sort| sort.strip_prefix(item::SESSION)?.parse().ok());
            if let Some(id) = id {
                states.insert(id, record::session_state(Some(&item))?);
            }
        }
        Ok(states)
    }
}

//! Reading who signed up, and how full sessions are.

use std::collections::HashMap;

use catalog::{Event, EventId, SessionId};
use jiff::Timestamp;
use tokio::time::Instant;

use super::item;
use super::retry::{self, Attempt};
use super::{SessionState, Store, StoreError};
use crate::identity::Person;
use crate::participant::Participant;

impl Store {
    /// A participant, as long as one may be shown.
    ///
    /// # Errors
    /// When the table did not answer before the deadline.
    pub async fn participant(
        &self,
        event: &EventId,
        person: &Person,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<Option<Participant>, StoreError> {
        let found = retry::until(deadline, || async {
            let key = item::key(event, item::person_key(person));
            self.item(key).await.map_or_else(Attempt::from, Attempt::Done)
        });
        let participant = found.await?.as_ref().map(item::participant).transpose()?;
        // Time to live deletes late.
        Ok(participant.filter(|participant| now < participant.forget_at))
    }

    /// Everybody who signed up for an event and may still be shown, in the order in which they did.
    ///
    /// # Errors
    /// When the table did not answer before the deadline.
    pub async fn participants(
        &self,
        event: &EventId,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<Vec<Participant>, StoreError> {
        let items = retry::until(deadline, || async {
            self.query(event, item::PERSON).await.map_or_else(Attempt::from, Attempt::Done)
        });
        let all: Result<Vec<Participant>, _> = items.await?.iter().map(item::participant).collect();
        let mut shown = all?;
        shown.retain(|participant| now < participant.forget_at);
        shown.sort_by(|one, other| {
            (one.signed_up_at, one.person.key()).cmp(&(other.signed_up_at, other.person.key()))
        });
        Ok(shown)
    }

    /// How full each session of an event is, those that nobody chose yet left out.
    ///
    /// # Errors
    /// When the table did not answer before the deadline.
    pub async fn session_states(
        &self,
        event: &Event,
        deadline: Instant,
    ) -> Result<HashMap<SessionId, SessionState>, StoreError> {
        let items = retry::until(deadline, || async {
            self.query(event.id(), item::SESSION).await.map_or_else(Attempt::from, Attempt::Done)
        });
        let mut states = HashMap::new();
        for item in items.await? {
            let sort = item::Read(&item).text("sk")?;
            // A session that is no longer announced may still have people in it.
            if let Some(Ok(id)) = sort.strip_prefix(item::SESSION).map(str::parse) {
                states.insert(id, item::session_state(Some(&item))?);
            }
        }
        Ok(states)
    }
}

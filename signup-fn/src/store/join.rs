//! The link with which participants join a session online.

use catalog::{Event, SessionId};
use tokio::time::Instant;

use super::client::Store;
use super::error::StoreError;
use super::expression::{Changes, Condition};
use super::item::{self, number, text};
use super::retry;
use super::transaction::Write;
use crate::people::act::Act;
use crate::people::join::{Join, JoinUrl};
use crate::people::timing::Timing;

impl Store {
    /// Reads the link of a session.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses the request, or if the session is unreadable.
    pub async fn join_of(
        &self,
        event: &Event,
        session: &SessionId,
        deadline: Instant,
    ) -> Result<Option<Join>, StoreError> {
        let state = retry::until(deadline, || self.session_state(event.id(), session)).await?;
        Ok(state.join)
    }

    /// Sets the link of a session, or removes it, and enters the act in the log.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses the request.
    pub async fn set_join(
        &self,
        (act, event): (&Act, &Event),
        session: &SessionId,
        url: Option<&JoinUrl>,
        timing: Timing,
    ) -> Result<(), StoreError> {
        let changes = match url {
            Some(url) => Changes::default()
                .set("join_url", text(url.as_str()))
                .set("join_set_at", number(timing.now.as_second())),
            None => Changes::default().remove("join_url").remove("join_set_at"),
        };
        let key = item::of_session(event.id(), session);
        self.do_once(act, vec![Write::update(key, changes, Condition::always())], timing.deadline).await
    }
}

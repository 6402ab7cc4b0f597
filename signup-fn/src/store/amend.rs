//! What an organiser changes about a session: in the kept event, on which everything else stands.

use catalog::amendment::Amendment;
use catalog::{Event, Session};

use super::client::{Store, attempt_id};
use super::error::{Setback, StoreError};
use super::expression::{Condition, equals};
use super::item::{self, number};
use super::organiser::acts::enter;
use super::record::{self, KEPT};
use super::retry;
use super::transaction::{Outcome, Write};
use crate::people::act::Act;
use crate::people::timing::Timing;

/// The outcome of a change to a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amended {
    /// The session is as requested, possibly since before the request.
    Done(Box<Event>),
    /// More seats are taken than the requested capacity; nothing changed.
    TooSmall,
    /// Somebody else has changed the session since; nothing changed.
    Outdated,
    /// The event is not kept, or no longer has the session.
    Gone,
}

impl Store {
    /// Changes a session on behalf of an organiser who saw `before`, and enters the act in the log: both or neither.
    /// `catalogue` is the event in the catalogue.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses a request, or if the kept event is unreadable.
    pub async fn amend(
        &self,
        (act, catalogue): (&Act, Option<&Event>),
        (event, session): (&Event, &Session),
        (before, amendment): (&Amendment, &Amendment),
        timing: Timing,
    ) -> Result<Amended, StoreError> {
        let amendments = (before, amendment);
        let attempt = || self.try_to_amend((act, catalogue), (event, session), amendments, timing);
        retry::until(timing.deadline, attempt).await
    }

    async fn try_to_amend(
        &self,
        (act, catalogue): (&Act, Option<&Event>),
        (event, session): (&Event, &Session),
        (before, amendment): (&Amendment, &Amendment),
        timing: Timing,
    ) -> Result<Amended, Setback> {
        let Some(item) = self.item(item::kept_key(event.id())).await? else { return Ok(Amended::Gone) };
        let kept = record::kept(&item)?;
        let id = kept.current_id(session.id());
        let now = kept.amendment(id);
        if now != *before && now != *amendment {
            return Ok(Amended::Outdated);
        }
        let Some(amended) = kept.with_amendment(catalogue, id, amendment, timing.now) else {
            return Ok(Amended::Gone);
        };
        let Some(capacity) = amended.session(id).map(Session::capacity) else { return Ok(Amended::Gone) };
        let unchanged = match item.get(KEPT) {
            Some(before) => equals(KEPT, before.clone()),
            None => Condition::Absent("pk"),
        };
        // A session that has too few seats already can still be closed or called off.
        let is_same = kept.session(id).map(Session::capacity) == Some(capacity);
        let fits = match is_same {
            true => Condition::always(),
            false => Condition::Any(vec![
                Condition::Absent("taken"),
                Condition::AtMost("taken", number(capacity.into())),
            ]),
        };
        let seats = item::of_session(event.id(), id);
        let writes =
            vec![Write::put(record::kept_item(&amended)?, unchanged), Write::check(seats, fits), enter(act)?];
        match self.transact(writes, &attempt_id()).await? {
            Outcome::Committed => Ok(Amended::Done(Box::new(amended))),
            // The same form was handled before.
            Outcome::Cancelled(cancelled) if cancelled.condition_failed(2) => {
                Ok(Amended::Done(Box::new(kept)))
            }
            Outcome::Cancelled(cancelled) if cancelled.would_succeed(0) && cancelled.condition_failed(1) => {
                Ok(Amended::TooSmall)
            }
            Outcome::Cancelled(cancelled) => Err(cancelled.setback()),
        }
    }
}

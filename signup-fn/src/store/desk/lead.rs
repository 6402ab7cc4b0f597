//! The lead at a desk.

use std::time::Duration;

use jiff::Timestamp;

use super::Desk;
use crate::store::client::{Store, attempt_id};
use crate::store::error::Setback;
use crate::store::expression::{Changes, Condition, equals};
use crate::store::item::{number, text};
use crate::store::transaction::{Outcome, Write};

/// For how long somebody has the lead at most: a process that dies leaves it until then.
pub(super) const LEAD: Duration = Duration::from_secs(2);

impl Store {
    /// Takes the lead under an id, unless somebody else has it. Returns whether it was taken.
    pub(super) async fn take_lead(&self, desk: &Desk<'_>, id: &str, now: Timestamp) -> Result<bool, Setback> {
        let until = now.saturating_add(LEAD).unwrap_or(Timestamp::MAX);
        let changes = Changes::default()
            .set("lead", text(id))
            .set("until", number(until.as_millisecond()))
            .set("forget_at", number(until.as_second()));
        let is_free = Condition::Any(vec![
            Condition::Absent("until"),
            Condition::AtMost("until", number(now.as_millisecond())),
            equals("lead", text(id)),
        ]);
        match self.transact(vec![Write::update(desk.key(), changes, is_free)], &attempt_id()).await? {
            Outcome::Committed => Ok(true),
            Outcome::Cancelled(cancelled) if cancelled.condition_failed(0) => Ok(false),
            Outcome::Cancelled(cancelled) => Err(cancelled.setback()),
        }
    }

    /// Leaves the lead that was taken under an id.
    pub(super) async fn leave_lead(&self, desk: &Desk<'_>, id: &str) -> Result<(), Setback> {
        self.delete_if(desk.key(), &equals("lead", text(id))).await.map(drop)
    }
}

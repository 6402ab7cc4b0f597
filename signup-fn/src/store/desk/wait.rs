//! Leaving a ticket at a desk, and waiting for its outcome.

use std::time::Duration;

use tokio::time::{sleep, timeout};
use tokio::try_join;

use super::lead::LEAD;
use super::{Desk, ticket};
use crate::store::claim::{Claim, Claiming};
use crate::store::client::{Store, attempt_id};
use crate::store::error::Setback;
use crate::store::expression::Condition;
use crate::store::transaction::{Outcome, Write};

/// The limits of the pause between two looks at the desk: often enough to take the lead soon, and seldom enough for
/// the 3,000 reads a second of its partition.
const PAUSE: (f64, f64) = (0.02, 0.08);

impl Store {
    /// Returns whether the desk of a sign-up is at work, so that it is better to leave a ticket.
    pub(in crate::store) async fn has_open_desk(&self, claiming: &Claiming<'_>) -> Result<bool, Setback> {
        self.is_led(&Desk::of(claiming), claiming.now()).await
    }

    /// Leaves a ticket and waits until it is gone. Returns the outcome if there is one without it.
    pub(in crate::store) async fn wait_at_desk(
        &self,
        claiming: &Claiming<'_>,
    ) -> Result<Option<Claim>, Setback> {
        let (desk, progress) = (Desk::of(claiming), &claiming.progress);
        progress.set_ticket(true);
        let mut writes = vec![Write::put(ticket::of(&desk, claiming)?, Condition::always())];
        writes.extend(claiming.count());
        match self.transact(writes, &attempt_id()).await? {
            Outcome::Committed => progress.count(),
            Outcome::Cancelled(cancelled) if cancelled.condition_failed(1) => {
                return Ok(Some(Claim::TooOften));
            }
            Outcome::Cancelled(cancelled) => return Err(cancelled.setback()),
        }
        let (key, id) = (ticket::key(&desk, claiming), &claiming.attempt_id);
        let mut is_led = false;
        loop {
            if !is_led && self.take_lead(&desk, id, claiming.now()).await? {
                let served = timeout(LEAD, self.serve(&desk, claiming)).await;
                self.leave_lead(&desk, id).await?;
                if let Ok(Err(error @ Setback::Final(_))) = served {
                    return Err(error);
                }
            } else {
                sleep(Duration::from_secs_f64(PAUSE.0 + fastrand::f64() * (PAUSE.1 - PAUSE.0))).await;
            }
            let (ticket, led) = try_join!(self.item(key.clone()), self.is_led(&desk, claiming.now()))?;
            if ticket.is_none() {
                progress.set_ticket(false);
                return Ok(None);
            }
            is_led = led;
        }
    }

    /// Returns the write that withdraws the ticket of a sign-up that gets its place without it.
    pub(in crate::store) fn withdrawal(claiming: &Claiming<'_>) -> Write {
        Write::delete(ticket::key(&Desk::of(claiming), claiming), Condition::always())
    }

    /// Withdraws the ticket of a sign-up that has its answer.
    pub(in crate::store) async fn withdraw(&self, claiming: &Claiming<'_>) -> Result<(), Setback> {
        self.delete(ticket::key(&Desk::of(claiming), claiming)).await?;
        claiming.progress.set_ticket(false);
        Ok(())
    }
}

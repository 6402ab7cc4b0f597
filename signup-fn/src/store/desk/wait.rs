//! Leaving a ticket at a desk, and waiting for its outcome.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::lead::LEAD;
use super::{Desk, is_led, ticket};
use crate::store::claim::{Claim, Claiming};
use crate::store::client::{Store, attempt_id};
use crate::store::error::Setback;
use crate::store::expression::Condition;
use crate::store::retry;
use crate::store::transaction::{Outcome, Write};

/// The limits of the pause in seconds between two looks at the desk: often enough to take the lead soon. A partition takes
/// 3,000 reads a second, those of 75 people who wait; if more do, some of their looks fail and are repeated.
const PAUSE: (f64, f64) = (0.02, 0.08);

impl Store {
    /// Leaves a ticket and waits until it is gone. Returns the outcome if there is one without it. `is_busy` says whether
    /// somebody had the lead a moment ago.
    pub(in crate::store) async fn wait_at_desk(
        &self,
        claiming: &Claiming<'_>,
        mut is_busy: bool,
    ) -> Result<Option<Claim>, Setback> {
        let (desk, progress) = (Desk::of(claiming), &claiming.progress);
        progress.set_ticket(true);
        let mut writes = vec![Write::put(ticket::of(&desk, claiming)?, Condition::Absent("pk"))];
        writes.extend(claiming.count());
        match self.transact(writes, &attempt_id()).await? {
            Outcome::Committed => progress.count(),
            // An earlier attempt left the ticket, but its response was lost.
            Outcome::Cancelled(cancelled) if cancelled.condition_failed(0) => progress.count(),
            Outcome::Cancelled(cancelled) if cancelled.condition_failed(1) => {
                return Ok(Some(Claim::TooOften));
            }
            Outcome::Cancelled(cancelled) => return Err(cancelled.setback()),
        }
        let key = ticket::key(&desk, claiming);
        loop {
            let leads = !is_busy && or_later(self.lead(&desk, claiming).await)?.unwrap_or_default();
            if !leads {
                pause().await;
            }
            match or_later(self.items([key.clone(), desk.key()]).await)? {
                Some([None, _]) => {
                    progress.set_ticket(false);
                    return Ok(None);
                }
                Some([Some(_), desk]) => is_busy = is_led(desk.as_ref(), claiming.now()),
                None => is_busy = true,
            }
            if leads {
                // It could not be served, so it is somebody else's turn.
                pause().await;
            }
        }
    }

    /// Takes the lead at a desk if it is free, serves those who stand there, and leaves it. Returns whether it was free.
    async fn lead(&self, desk: &Desk<'_>, claiming: &Claiming<'_>) -> Result<bool, Setback> {
        let id = &claiming.attempt_id;
        if !self.take_lead(desk, id, claiming.now()).await? {
            return Ok(false);
        }
        let served = timeout(LEAD, self.serve(desk, claiming)).await;
        // Somebody may be trying to take it at this moment. If it cannot be left, it ends by itself.
        let left = retry::until(Instant::now() + LEAD, || self.leave_lead(desk, id)).await;
        if let Err(error) = left {
            tracing::warn!(event.id = %desk.event.id(), %error, "a lead was not left");
        }
        if let Ok(Err(Setback::Final(error))) = served {
            tracing::error!(event.id = %desk.event.id(), %error, "a desk cannot be served");
            // What is wrong may concern somebody else.
            claiming.progress.turn_back();
            return Err(Setback::Passing("the desk cannot be served".to_owned()));
        }
        Ok(true)
    }

    /// Returns the write that withdraws the ticket of a sign-up that gets its place without it.
    pub(in crate::store) fn withdrawal(claiming: &Claiming<'_>) -> Write {
        Write::delete(ticket::key(&Desk::of(claiming), claiming), Condition::always())
    }

    /// Withdraws the ticket of a sign-up. Returns whether it was still there, so that nobody served it.
    pub(in crate::store) async fn withdraw(&self, claiming: &Claiming<'_>) -> Result<bool, Setback> {
        let key = ticket::key(&Desk::of(claiming), claiming);
        let was_there = self.delete_if(key, &Condition::Exists("pk")).await?;
        claiming.progress.set_ticket(false);
        Ok(was_there)
    }
}

async fn pause() {
    sleep(Duration::from_secs_f64(PAUSE.0 + fastrand::f64() * (PAUSE.1 - PAUSE.0))).await;
}

/// Returns nothing for a failure that passes, after which it is time to look again.
fn or_later<T>(result: Result<T, Setback>) -> Result<Option<T>, Setback> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Setback::Passing(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

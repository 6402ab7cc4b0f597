//! The desk of a session: when everybody comes at once, many sign-ups share one transaction.
//!
//! All sign-ups for a session change its item, and DynamoDB cancels a transaction that finds an item in use by another.
//! So a sign-up that meets this leaves a ticket, and whoever has the lead at the desk gives places to all who have one:
//! group commit (DeWitt et al., Implementation Techniques for Main Memory Database Systems, 1984, section 5.2).
//!
//! ```text
//! pk                   sk                                 attributes
//! event#lnpo-2028#a    desk#28-november                   lead, until: who has the lead, and until when
//! event#lnpo-2028#a    desk#28-november#<id>#<person>     a ticket: who asks, may_wait, attempt_id, until, forget_at
//! ```
//!
//! A session has one desk in each partition of the event's people. Nothing but speed depends on the lead: two who have
//! it at once collide, and one of them tries again. A ticket is no sign-up. It ends with the request that left it, at
//! `until`, whether or not that process still lives; the rounds delete what is left of it.
//!
//! | file | contents |
//! |---|---|
//! | `ticket` | what a ticket says, and its item |
//! | `lead` | taking the lead, and leaving it |
//! | `batch` | giving places to those who have tickets |
//! | `wait` | leaving a ticket, and waiting for its outcome |

mod batch;
mod lead;
mod ticket;
mod wait;

use catalog::{Event, SessionId};
use jiff::Timestamp;
use tokio::time::Instant;

use super::claim::Claiming;
use super::client::Store;
use super::error::{Setback, StoreError};
use super::item::{self, Item};
use super::retry;
use crate::people::identity::Mailbox;

/// The prefix of the sort keys of desks, and of the tickets there.
const DESK: &str = "desk#";

/// One of the desks of a session.
pub(super) struct Desk<'a> {
    event: &'a Event,
    partition: String,
    session: &'a SessionId,
}

impl<'a> Desk<'a> {
    /// Returns the desk of a session at which the people who share a mailbox stand.
    pub(super) fn new(event: &'a Event, mailbox: &Mailbox, session: &'a SessionId) -> Self {
        Self { event, partition: item::partition_of_mailbox(event, mailbox), session }
    }

    /// Returns the desk at which a sign-up stands.
    fn of(claiming: &Claiming<'a>) -> Self {
        Self::new(claiming.event, &claiming.mailbox, claiming.session.id())
    }

    /// Returns the key of the item that says who has the lead.
    pub(super) fn key(&self) -> Item {
        item::key(self.partition.clone(), format!("{DESK}{}", self.session))
    }

    /// Returns the prefix of the sort keys of its tickets.
    fn tickets(&self) -> String {
        format!("{DESK}{}#", self.session)
    }
}

impl Store {
    /// Deletes the tickets of a mailbox at all desks.
    pub(super) async fn forget_tickets(&self, event: &Event, mailbox: &Mailbox) -> Result<(), Setback> {
        let is_theirs = |item: &Item| item::text_of(item, "mailbox") == Some(&mailbox.key());
        for item in self.query(&item::partition_of_mailbox(event, mailbox), DESK).await? {
            if is_theirs(&item) {
                self.delete(item::key_of(&item)).await?;
            }
        }
        Ok(())
    }

    /// Deletes the tickets of requests that are over, and the leads that were not left.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses a request.
    pub async fn clear_desks(
        &self,
        event: &Event,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<(), StoreError> {
        for item in retry::until(deadline, || self.query_people(event, DESK)).await? {
            if has_ended(&item, now) {
                retry::until(deadline, || self.delete(item::key_of(&item))).await?;
            }
        }
        Ok(())
    }
}

/// Returns whether somebody has the lead at a desk, given its item if there is one.
pub(super) fn is_led(desk: Option<&Item>, now: Timestamp) -> bool {
    desk.is_some_and(|lead| !has_ended(lead, now))
}

/// Returns whether a ticket or a lead has ended. One that does not say when is of no use to anybody.
fn has_ended(item: &Item, now: Timestamp) -> bool {
    let until = item.get("until").and_then(|until| until.as_n().ok()?.parse().ok());
    until.is_none_or(|until: i64| until <= now.as_millisecond())
}

//! What a sign-up has to know before its transaction, read in one request: the event as it is kept, the people who share
//! the address, and whether the desk is at work.

use catalog::{Event, SessionId};
use jiff::Timestamp;
use tokio::time::Instant;

use super::client::Store;
use super::desk::Desk;
use super::error::StoreError;
use super::item::{self, Item};
use super::{kept, retry};
use crate::people::applicant::Applicant;
use crate::people::identity::Mailbox;

/// What the table said about an event and about an applicant, if there is one.
#[derive(Debug)]
pub struct Ahead {
    pub(super) kept: Option<Item>,
    seen: Option<(Applicant, Seen)>,
    /// Whether the people of the event were looked for in several partitions.
    is_spread: bool,
}

/// The items of a mailbox and of the desk for it, if they exist.
pub(super) type Seen = [Option<Item>; 2];

impl Store {
    /// Reads what a sign-up has to know.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses a request.
    pub async fn look_ahead(
        &self,
        event: &Event,
        applicant: Option<Applicant>,
        deadline: Instant,
    ) -> Result<Ahead, StoreError> {
        // The event is nearly always kept in the partitions that the catalogue suggests.
        let likely = event.first_standing();
        let mut wanted = vec![item::kept_key(event.id())];
        wanted.extend(
            applicant.iter().flat_map(|Applicant { mailbox, session }| keys(&likely, mailbox, session)),
        );
        let mut found = retry::until(deadline, || self.found(wanted.clone())).await?.into_iter();
        let mut next = || found.next().flatten();
        let kept = next();
        let seen = applicant.map(|applicant| (applicant, [next(), next()]));
        Ok(Ahead { kept, seen, is_spread: likely.is_spread() })
    }
}

impl Ahead {
    /// Returns the event as it stands.
    ///
    /// # Errors
    /// Fails if the kept event is unreadable and the catalogue does not have it either.
    pub fn standing(&self, catalogue: &Event, now: Timestamp) -> Result<Option<Event>, StoreError> {
        kept::standing(self.kept.as_ref(), Some(catalogue), now)
    }

    /// Returns what was seen if it is about an applicant for this event.
    pub(super) fn about(self, event: &Event, applicant: &Applicant) -> Option<Seen> {
        let is_it =
            |(about, _): &(Applicant, Seen)| about == applicant && self.is_spread == event.is_spread();
        self.seen.filter(is_it).map(|(_, seen)| seen)
    }
}

/// Returns the keys of what is seen.
pub(super) fn keys(event: &Event, mailbox: &Mailbox, session: &SessionId) -> [Item; 2] {
    [item::of_mailbox(event, mailbox), Desk::new(event, mailbox, session).key()]
}

//! Giving places to those who have tickets, as many as fit into one transaction:
//!
//! | write | condition |
//! |---|---|
//! | the session | as in [`crate::store::claim`], for all of them |
//! | each ticket | not taken or withdrawn |
//! | each person, mailbox and mail | as in [`crate::store::claim`] |

use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::sleep;

use super::ticket::Ticket;
use super::{Desk, has_ended};
use crate::store::applicant::Found;
use crate::store::claim::{Claiming, MAX_WAITING, Newcomer, Place, Request, take};
use crate::store::client::{Store, attempt_id};
use crate::store::error::Setback;
use crate::store::item;
use crate::store::transaction::{Cancelled, Outcome};

/// The number of tickets in one transaction, which may have 100 writes.
const BATCH: usize = 24;
/// The number of writes for each ticket.
const WRITES: usize = 4;
/// The position of the write to the session, and of the person among the writes for a ticket.
const SESSION: usize = 0;
const PERSON: usize = 1;
/// The upper limit of the pause before a transaction is sent again.
const PAUSE: Duration = Duration::from_millis(10);

/// Somebody who has a ticket and can be given a place.
struct Served<'a> {
    ticket: &'a Ticket,
    claiming: &'a Claiming<'a>,
    newcomer: Newcomer,
}

impl Store {
    /// Gives places at a desk to those who came first. `lead` is the sign-up that has the lead.
    pub(super) async fn serve(&self, desk: &Desk<'_>, lead: &Claiming<'_>) -> Result<(), Setback> {
        let mut tickets = Vec::new();
        for item in self.query(&desk.partition, &desk.tickets()).await? {
            match Ticket::read(&item, desk.event) {
                // The rounds delete it.
                _ if has_ended(&item, lead.now()) => {}
                Ok(ticket) => tickets.push(ticket),
                Err(error) => tracing::error!(event.id = %desk.event.id(), %error, "unreadable item skipped"),
            }
        }
        tickets.sort_by(|one, other| one.order().cmp(&other.order()));
        // One transaction cannot write a mailbox twice.
        let mut mailboxes = HashSet::new();
        tickets.retain(|ticket| mailboxes.insert(ticket.mailbox()));
        tickets.truncate(BATCH);
        let identity = lead.request.identity;
        let requests: Vec<Request<'_>> =
            tickets.iter().map(|ticket| ticket.request(lead.event, identity)).collect();
        let claimings: Vec<Claiming<'_>> =
            tickets.iter().zip(&requests).map(|(ticket, request)| ticket.claiming(request, lead)).collect();
        let found = join_all(claimings.iter().map(|claiming| self.look_up(claiming))).await;
        let mut served: Vec<Served<'_>> = Vec::new();
        let mut people = HashSet::new();
        for ((ticket, claiming), found) in tickets.iter().zip(&claimings).zip(found) {
            match found {
                // Somebody who changed the address can be asked for with both. One of them is served later.
                Ok(Found::New(newcomer)) if !people.insert(newcomer.person) => {}
                Ok(Found::New(newcomer)) => served.push(Served { ticket, claiming, newcomer }),
                // Another attempt decides it later.
                Err(Setback::Passing(_)) => {}
                // Whoever asked finds out.
                Ok(Found::Answered(..)) | Err(Setback::Final(_)) => {
                    self.turn_back(ticket).await;
                }
            }
        }
        self.give_places(desk, lead, served).await
    }

    /// Gives seats, or places on the waiting list if there are none. Whoever can have neither loses the ticket.
    async fn give_places(
        &self,
        desk: &Desk<'_>,
        lead: &Claiming<'_>,
        served: Vec<Served<'_>>,
    ) -> Result<(), Setback> {
        if served.is_empty() {
            return Ok(());
        }
        let session = lead.session;
        let state = self.session_state(desk.event.id(), session.id()).await?;
        let seats = if state.waiting.is_empty() { session.capacity().saturating_sub(state.taken) } else { 0 };
        let (place, number) = match usize::try_from(seats).unwrap_or(usize::MAX) {
            0 => (Place::WaitingList, MAX_WAITING.saturating_sub(state.waiting.len())),
            seats => (Place::Seat, seats),
        };
        let can_have = |one: &Served<'_>| place == Place::Seat || one.ticket.may_wait() && number > 0;
        let (mut served, refused): (Vec<_>, Vec<_>) = served.into_iter().partition(can_have);
        for one in refused {
            self.turn_back(one.ticket).await;
        }
        served.truncate(number);
        while !served.is_empty() {
            let people: Vec<_> = served.iter().map(|one| one.newcomer.person).collect();
            let mut writes = vec![take(desk.event, session, &people, place)];
            for Served { ticket, claiming, newcomer } in &served {
                writes.push(ticket.take());
                writes.extend(claiming.own_writes(newcomer, place)?);
            }
            let cancelled = match self.transact(writes, &attempt_id()).await? {
                Outcome::Committed => return Ok(()),
                Outcome::Cancelled(cancelled) => cancelled,
            };
            if cancelled.condition_failed(SESSION) {
                return Err(Setback::Passing("the session has changed".to_owned()));
            }
            let before = served.len();
            served = self.without_hindered(served, &cancelled).await;
            if served.len() == before && !cancelled.conflicts(SESSION) {
                return Err(cancelled.setback());
            }
            sleep(PAUSE.mul_f64(fastrand::f64())).await;
        }
        Ok(())
    }

    /// Leaves out those whose own items have changed or are in use: one of them stops nobody else.
    async fn without_hindered<'a>(&self, served: Vec<Served<'a>>, cancelled: &Cancelled) -> Vec<Served<'a>> {
        let mut left = Vec::new();
        for (at, one) in served.into_iter().enumerate() {
            let first = 1 + at * WRITES;
            let person = cancelled.item(first + PERSON).and_then(|person| item::text_of(person, "mailbox"));
            if person.is_some_and(|mailbox| mailbox != one.claiming.mailbox.key()) {
                // Somebody who has changed the address since has this key, as whoever asked finds out.
                self.turn_back(one.ticket).await;
            } else if (first..first + WRITES).all(|write| cancelled.would_succeed(write)) {
                left.push(one);
            }
        }
        left
    }

    /// Deletes a ticket with which nothing can be done here. If that fails, whoever serves next tries it.
    async fn turn_back(&self, ticket: &Ticket) {
        drop(self.delete(ticket.key().clone()).await);
    }
}

//! A ticket: a sign-up that waits for a place.

use aws_sdk_dynamodb::types::AttributeValue;
use catalog::Event;
use jiff::Timestamp;

use super::Desk;
use crate::people::identity::{Identity, Mailbox};
use crate::people::participant::Participant;
use crate::store::claim::{Claiming, Place, Request};
use crate::store::error::StoreError;
use crate::store::expression::equals;
use crate::store::item::{self, Item, number, text};
use crate::store::progress::Progress;
use crate::store::record;
use crate::store::transaction::Write;

/// A ticket at a desk.
pub(super) struct Ticket {
    key: Item,
    attempt_id: String,
    may_wait: bool,
    taken_keys: u8,
    /// What whoever asks would become on the waiting list.
    asks: Participant,
}

/// Returns the key of the ticket of a sign-up.
pub(super) fn key(desk: &Desk<'_>, claiming: &Claiming<'_>) -> Item {
    let person = claiming.likely_person().key();
    item::key(desk.partition.clone(), format!("{}{}#{person}", desk.tickets(), claiming.attempt_id))
}

/// Returns the ticket of a sign-up.
pub(super) fn of(desk: &Desk<'_>, claiming: &Claiming<'_>) -> Result<Item, StoreError> {
    let asks = claiming.participant(&claiming.likely_person(), Place::WaitingList);
    let mut ticket = record::person_attributes(&asks)?;
    ticket.insert("attempt_id".to_owned(), text(&claiming.attempt_id));
    ticket.insert("may_wait".to_owned(), AttributeValue::Bool(claiming.request.may_wait));
    ticket.insert("taken_keys".to_owned(), number(claiming.progress.taken_keys().into()));
    ticket.insert("until".to_owned(), number(claiming.until.as_millisecond()));
    ticket.insert("forget_at".to_owned(), number(claiming.until.as_second()));
    ticket.extend(key(desk, claiming));
    Ok(ticket)
}

impl Ticket {
    /// Reads a ticket.
    pub(super) fn read(item: &Item, event: &Event) -> Result<Self, StoreError> {
        let attempt_id = item::text_of(item, "attempt_id").map(str::to_owned);
        let may_wait = item.get("may_wait").and_then(|may_wait| may_wait.as_bool().ok().copied());
        let taken_keys = item.get("taken_keys").and_then(|number| number.as_n().ok()?.parse().ok());
        Ok(Self {
            key: item::key_of(item),
            attempt_id: attempt_id.ok_or_else(|| record::unreadable(item, "attempt_id"))?,
            may_wait: may_wait.ok_or_else(|| record::unreadable(item, "may_wait"))?,
            taken_keys: taken_keys.ok_or_else(|| record::unreadable(item, "taken_keys"))?,
            asks: record::participant(item, event)?,
        })
    }

    /// Returns what tickets are sorted by: the time at which the form was sent.
    pub(super) fn order(&self) -> (Timestamp, &str) {
        (self.asks.signed_up_at, &self.attempt_id)
    }

    pub(super) fn mailbox(&self) -> Mailbox {
        self.asks.mailbox
    }

    pub(super) fn may_wait(&self) -> bool {
        self.may_wait
    }

    pub(super) fn key(&self) -> &Item {
        &self.key
    }

    /// Returns the write that takes the ticket, unless it was taken or withdrawn.
    pub(super) fn take(&self) -> Write {
        Write::delete(self.key.clone(), equals("attempt_id", text(&self.attempt_id)))
    }

    /// Returns the request that left the ticket.
    pub(super) fn request<'a>(&'a self, event: &'a Event, identity: &'a Identity) -> Request<'a> {
        Request {
            event,
            signup: self.asks.signup.clone(),
            identity,
            may_wait: self.may_wait,
            // Counted with the ticket.
            source: None,
            now: self.asks.signed_up_at,
            privacy_notice_version: &self.asks.privacy_notice_version,
            act: None,
        }
    }

    /// Returns the sign-up that left the ticket, in the hands of somebody who has the lead.
    pub(super) fn claiming<'a>(&'a self, request: &'a Request<'a>, lead: &Claiming<'a>) -> Claiming<'a> {
        Claiming {
            request,
            event: lead.event,
            session: lead.session,
            mailbox: self.asks.mailbox,
            name: self.asks.signup.details.full_name.as_str(),
            id: self.asks.id,
            attempt_id: self.attempt_id.clone(),
            started: lead.started,
            until: lead.until,
            progress: Progress::with_taken_keys(self.taken_keys),
        }
    }
}

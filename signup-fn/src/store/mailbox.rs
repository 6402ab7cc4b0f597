//! The people who share an address at an event.
//!
//! A secretariat signs up several colleagues with one address. The item of a mailbox lists them, so that a
//! sign-up can tell them apart by name. Every transaction that adds or removes a person requires that the
//! list is still the one that was read, so that two of them never happen at once.

use aws_sdk_dynamodb::types::AttributeValue;
use catalog::answer::Status;
use catalog::{Event, SessionId};
use jiff::Timestamp;

use super::client::{Store, member};
use super::error::{Setback, StoreError};
use super::expression::{Condition, equals};
use super::item::{self, Item, number};
use super::sharing::Sharing;
use super::transaction::Write;
use super::{record, retry};
use crate::people::identity::{Mailbox, Person};
use crate::people::participant::Participant;
use crate::people::timing::Timing;

/// The maximum number of people who share an address at an event.
pub const MAX_PEOPLE: usize = 5;

impl Store {
    /// Reads the people who share a mailbox.
    pub(super) async fn sharing(&self, event: &Event, mailbox: &Mailbox) -> Result<Sharing, Setback> {
        let found = self.item(item::of_mailbox(event, mailbox)).await?;
        Ok(sharing(found.as_ref())?)
    }

    /// Reads the items of the people who share a mailbox, as far as they exist.
    pub(super) async fn sharers(&self, event: &Event, sharing: &Sharing) -> Result<Vec<Item>, Setback> {
        let mut items = Vec::new();
        for person in &sharing.people {
            items.extend(self.item(item::of_person(event, person)).await?);
        }
        Ok(items)
    }

    /// Returns whether somebody else with the participant's address has a confirmed seat in a session. Both have
    /// the same entry in the same calendar, so it must stay there.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses a request, or if an item is unreadable.
    pub async fn shares_entry(
        &self,
        event: &Event,
        participant: &Participant,
        session: &SessionId,
        timing: Timing,
    ) -> Result<bool, StoreError> {
        let sharing = retry::until(timing.deadline, || self.sharing(event, &participant.mailbox));
        for person in sharing.await?.people.iter().filter(|person| **person != participant.person) {
            let other = self.participant(event, person, timing).await?;
            let has_seat =
                |other: &Participant| other.status == Status::Confirmed && other.signup.session == *session;
            if other.as_ref().is_some_and(has_seat) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns the write that makes a participant's mailbox known for at least as long as the participant, if
    /// it is not yet.
    pub(super) async fn remember_mailbox(
        &self,
        event: &Event,
        participant: &Participant,
    ) -> Result<Option<Write>, Setback> {
        let Participant { ref mailbox, ref person, forget_at, .. } = *participant;
        let sharing = self.sharing(event, mailbox).await?;
        let is_short = sharing.forget_at < forget_at;
        Ok(is_short.then(|| sharing.with(event, mailbox, person, forget_at)).transpose()?)
    }
}

/// Returns the people who share a mailbox, given its item.
pub(super) fn sharing(found: Option<&Item>) -> Result<Sharing, StoreError> {
    Ok(found.map(record::mailbox).transpose()?.unwrap_or_default())
}

impl Sharing {
    /// Returns the write by which a person joins, or by which a person who shares the mailbox already is
    /// remembered at least until `forget_at`.
    pub(super) fn with(
        mut self,
        event: &Event,
        mailbox: &Mailbox,
        person: &Person,
        forget_at: Timestamp,
    ) -> Result<Write, StoreError> {
        let is_unchanged = self.is_unchanged();
        if !self.people.contains(person) {
            self.people.push(*person);
        }
        self.forget_at = self.forget_at.max(forget_at);
        self.write(event, mailbox, is_unchanged)
    }

    /// Returns the write by which a person leaves. Nothing remains of a mailbox that nobody shares any more.
    pub(super) fn without(
        mut self,
        event: &Event,
        mailbox: &Mailbox,
        person: &Person,
    ) -> Result<Write, StoreError> {
        let is_unchanged = self.is_unchanged();
        self.people.retain(|other| other != person);
        if self.people.is_empty() {
            let key = item::of_mailbox(event, mailbox);
            return Ok(Write::delete(key, is_unchanged));
        }
        self.write(event, mailbox, is_unchanged)
    }

    fn write(self, event: &Event, mailbox: &Mailbox, is_unchanged: Condition) -> Result<Write, StoreError> {
        Ok(Write::put(record::mailbox_item(event, mailbox, &self)?, is_unchanged))
    }

    /// Returns the condition that the mailbox is still like this. A version would not do, because the item of a
    /// mailbox is deleted with the last person, and a new one would begin with the same version.
    fn is_unchanged(&self) -> Condition {
        if self.people.is_empty() {
            return Condition::Absent("pk");
        }
        let people = self.people.iter().map(member).collect();
        Condition::All(vec![
            equals("people", AttributeValue::L(people)),
            equals("forget_at", number(self.forget_at.as_second())),
        ])
    }
}

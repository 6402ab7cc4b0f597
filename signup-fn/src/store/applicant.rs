//! The person who signs up: somebody new, somebody who has signed up already, or one too many.

use catalog::Event;
use catalog::answer::Status;

use super::change::Change;
use super::claim::{Claim, Claimed, Claiming, MAX_WAITING, Newcomer, Place};
use super::client::{Store, attempt_id};
use super::error::Setback;
use super::expression::{Condition, equals};
use super::item::{self, number};
use super::mailbox::MAX_PEOPLE;
use super::record;
use super::sharing::{Read, Sharing};
use super::waiting_list::Attempt;
use crate::people::identity::{Mailbox, Person};
use crate::people::participant::Participant;
use crate::people::text::folded;

/// What the table says about a sign-up before it happens.
pub(super) enum Found {
    /// The outcome is known: an earlier attempt was committed but its response was lost, the person has signed up
    /// already, or too many others share the address. A mail tells the person that the form was submitted again.
    Answered(Claimed, Option<Person>),
    /// The person is new, or comes back after a cancellation.
    New(Newcomer),
}

/// The maximum number of people that a mailbox remembers, including those who cancelled.
const MAX_REMEMBERED: usize = 25;

impl Store {
    /// Reads everybody who shares the address, and finds the person among them.
    pub(super) async fn look_up(&self, claiming: &Claiming<'_>) -> Result<Found, Setback> {
        let read = self.read_sharing(claiming.event, &claiming.mailbox).await?;
        self.find(claiming, &read).await
    }

    /// Finds the person among those who were read.
    pub(super) async fn find(&self, claiming: &Claiming<'_>, read: &Read) -> Result<Found, Setback> {
        let (sharing, items) = read;
        let mut known: Option<Participant> = None;
        let mut others = 0;
        for item in items {
            let participant = match record::participant(item, claiming.event) {
                Ok(participant) => participant,
                Err(error) => {
                    tracing::error!(event.id = %claiming.event.id(), %error, "unreadable item skipped");
                    others += 1;
                    continue;
                }
            };
            if item::text_of(item, "attempt_id") == Some(&claiming.attempt_id) {
                let is_waiting = participant.status == Status::Waiting;
                let place = if is_waiting { Place::WaitingList } else { Place::Seat };
                let claimed = Claimed { claim: Claim::Placed(place), person: participant.person };
                return Ok(Found::Answered(claimed, None));
            }
            if participant.must_go(claiming.request.now) {
                return self.erase_first(claiming, &participant).await;
            }
            let is_live = participant.status != Status::Cancelled;
            if participant.folded_name() != folded(claiming.name) {
                others += usize::from(is_live);
            } else if is_live || known.is_none() {
                known = Some(participant);
            }
        }
        let is_crowded = others >= MAX_PEOPLE || known.is_none() && sharing.people.len() >= MAX_REMEMBERED;
        let new = |number| claiming.request.identity.person(&claiming.mailbox, claiming.name, number);
        match (known, sharing.people.first()) {
            (Some(Participant { status: Status::Cancelled, person, version, .. }), _) if !is_crowded => {
                let condition = equals("version", number(version));
                Ok(Found::New(Newcomer { person, condition, sharing: sharing.clone() }))
            }
            (Some(Participant { status, person, .. }), _) if status != Status::Cancelled => {
                let claim = self.place(claiming, read).await?.map_or(Claim::Full, Claim::Known);
                Ok(refused(Claimed { claim, person }, person))
            }
            (_, Some(first)) if is_crowded => {
                let claim = self.place(claiming, read).await?.map_or(Claim::Full, Claim::Crowded);
                Ok(refused(Claimed { claim, person: new(0) }, *first))
            }
            _ => {
                let person = (claiming.progress.taken_keys()..=u8::MAX)
                    .map(new)
                    .find(|person| !sharing.people.contains(person));
                let person = person.ok_or_else(|| Setback::Passing("no free key".to_owned()))?;
                let condition = Condition::Absent("pk");
                Ok(Found::New(Newcomer { person, condition, sharing: sharing.clone() }))
            }
        }
    }

    /// Reads everybody who shares a mailbox.
    pub(super) async fn read_sharing(&self, event: &Event, mailbox: &Mailbox) -> Result<Read, Setback> {
        self.with_sharers(event, self.sharing(event, mailbox).await?).await
    }

    /// Reads the items of those who share a mailbox.
    pub(super) async fn with_sharers(&self, event: &Event, sharing: Sharing) -> Result<Read, Setback> {
        let items = self.sharers(event, &sharing).await?;
        Ok((sharing, items))
    }

    /// Erases somebody who must go before anybody with the same address signs up again.
    async fn erase_first(&self, claiming: &Claiming<'_>, gone: &Participant) -> Result<Found, Setback> {
        let attempt =
            Attempt { event: claiming.event, id: &attempt_id(), now: claiming.request.now, act: None };
        Box::pin(self.try_to_change(&attempt, &gone.key(), &Change::Expire)).await?;
        Err(Setback::Passing("a forgotten participant was erased".to_owned()))
    }

    /// Returns the place that a new person would be given, provided that what was read is still true.
    async fn place(&self, claiming: &Claiming<'_>, read: &Read) -> Result<Option<Place>, Setback> {
        let state = self.session_state(claiming.event.id(), claiming.session.id()).await?;
        if self.read_sharing(claiming.event, &claiming.mailbox).await? != *read {
            return Err(Setback::Passing("the people with this address have changed".to_owned()));
        }
        let has_room = claiming.request.may_wait && state.waiting.len() < MAX_WAITING;
        Ok(match state.has_seat(claiming.session) {
            true => Some(Place::Seat),
            false => has_room.then_some(Place::WaitingList),
        })
    }
}

/// Returns the answer to somebody who is not new. A full session says nothing about anybody, so nobody is told.
fn refused(claimed: Claimed, told: Person) -> Found {
    Found::Answered(claimed, (claimed.claim != Claim::Full).then_some(told))
}

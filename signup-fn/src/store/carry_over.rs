//! Carrying over what happened to the old table after the moment to which a table was restored.
//!
//! The old table decides about everybody whom it knows in a later version. One transaction for each of them:
//!
//! | write | condition |
//! |---|---|
//! | the person, as in the old table | absent, or still at the version that was read |
//! | the session of the earlier place, if there was another | still that place on the waiting list |
//! | the session of the place | none: the place was promised, whether or not the session is full by now |
//! | the mailbox | still the list that was read |
//!
//! The two tables may disagree whether the event's people are spread over partitions: the table that was restored decides.
//! A process that dies in between leaves the rest for the next one. Nobody is promoted, and no mail is sent twice.
//! Nobody else may be at work on either table: who erases themselves meanwhile would come back. So an item says what was
//! carried over to its end, and that is not done again.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::types::AttributeValue;
use catalog::answer::Status;
use catalog::{Event, SessionId};
use tokio::time::Instant;

use super::claim::Place;
use super::client::{Store, attempt_id, member};
use super::error::{Setback, StoreError};
use super::expression::{Changes, Condition, equals};
use super::item::{self, Item, number};
use super::listing::Listing;
use super::session::SessionState;
use super::transaction::{Outcome, Write};
use super::{broadcast, organiser, record, retry};
use crate::people::identity::Person;
use crate::people::participant::Participant;
use crate::people::timing::Timing;

/// What was carried over of an event.
#[derive(Debug)]
pub struct CarriedOver {
    /// The number of people who signed up or whose sign-up changed.
    pub people: usize,
    /// The number of mails.
    pub mails: usize,
    /// The people whom the old table does not know: erased since, or lost with what made the restore necessary.
    pub unknown: Vec<Participant>,
}

impl Store {
    /// Carries over everything about an event that the `old` table keeps: the event itself, its people, their mails,
    /// broadcasts and links. People whom this version cannot read are left out.
    ///
    /// # Errors
    /// Fails if the deadline passes or if a table refuses a request. What was carried over by then stays.
    pub async fn carry_over(
        &self,
        old: &Self,
        event: &Event,
        timing: Timing,
    ) -> Result<Listing<CarriedOver>, StoreError> {
        let deadline = timing.deadline;
        let partition = item::event_key(event.id());
        let event = &self.as_spread_here(event, deadline).await?;
        self.copy(&record::kept_item(event)?, Condition::always(), timing).await?;
        self.gather_seats(event, deadline).await?;
        let then = old.items_for(event, item::PERSON, deadline).await?;
        let mut unreadable = Vec::new();
        let mut people = Vec::new();
        for found in &then {
            people
                .extend(or_note(record::participant(found, event), &mut unreadable)?.map(|one| (found, one)));
        }
        people.sort_by_key(|(_, participant)| participant.signed_up_at);
        let mut carried = 0;
        // Who must be forgotten is erased by the rounds, which also frees the seat.
        for (found, participant) in &people {
            let attempt = || self.try_to_carry_over(event, found, participant);
            let is_new = or_note(retry::until(deadline, attempt).await, &mut unreadable)?;
            carried += usize::from(is_new == Some(true));
        }
        for session in event.sessions() {
            let attempt = || self.try_to_carry_over_session(old, event, session.id());
            or_note(retry::until(deadline, attempt).await, &mut unreadable)?;
        }
        let here = self.stored_participants(event, deadline).await?.readable;
        let mails = self.carry_over_mails(old, event, &here, timing).await?;
        for broadcast in retry::until(deadline, || old.query(&partition, broadcast::BROADCAST)).await? {
            // The old table knows best who still has to get it.
            self.copy(&broadcast, Condition::always(), timing).await?;
        }
        let known: HashSet<&str> = then.iter().filter_map(|item| item::text_of(item, "sk")).collect();
        let is_known = |one: &Participant| known.contains(item::person_sort(&one.person).as_str());
        let unknown = here.into_iter().filter(|one| !is_known(one)).collect();
        Ok(Listing { readable: CarriedOver { people: carried, mails, unknown }, unreadable })
    }

    /// Carries over what organisers did and chose. Ends all their log-ins, since some may have been ended already.
    ///
    /// # Errors
    /// Fails like [`Store::carry_over`].
    pub async fn carry_over_organisers(&self, old: &Self, timing: Timing) -> Result<(), StoreError> {
        for kind in [organiser::ACT, organiser::DIGEST] {
            for found in retry::until(timing.deadline, || old.query(organiser::ORGANISERS, kind)).await? {
                self.copy(&found, Condition::always(), timing).await?;
            }
        }
        let log_ins = || self.query(organiser::ORGANISERS, organiser::LOG_IN);
        for log_in in retry::until(timing.deadline, log_ins).await? {
            retry::until(timing.deadline, || self.delete(item::key_of(&log_in))).await?;
        }
        Ok(())
    }

    /// Notes that everything was carried over from a table.
    ///
    /// # Errors
    /// Fails like [`Store::carry_over`].
    pub async fn note_carried_over(&self, old: &Self, timing: Timing) -> Result<(), StoreError> {
        self.copy(&carried_key(old), Condition::always(), timing).await.map(drop)
    }

    /// Returns whether everything was carried over from a table before.
    ///
    /// # Errors
    /// Fails like [`Store::carry_over`].
    pub async fn was_carried_over(&self, old: &Self, timing: Timing) -> Result<bool, StoreError> {
        let key = carried_key(old);
        Ok(self.item_until(timing.deadline, key).await?.is_some())
    }

    /// Carries over the mails to the people who are here, unless they were sent from here. Returns their number.
    async fn carry_over_mails(
        &self,
        old: &Self,
        event: &Event,
        people: &[Participant],
        timing: Timing,
    ) -> Result<usize, StoreError> {
        let then = old.items_for(event, item::MAIL, timing.deadline).await?;
        let here = retry::until(timing.deadline, || self.query_people(event, item::MAIL)).await?;
        let people: HashSet<Person> = people.iter().map(|one| one.person).collect();
        let mut carried = 0;
        for mail in then.iter().filter(|mail| !here.contains(mail)) {
            let key = item::text_of(mail, "sk").and_then(item::mail_of);
            if key.is_some_and(|key| people.contains(&key.person)) {
                let mut is_open = vec![Condition::Absent("pk"), Condition::Absent("sent_at")];
                // A bounce may have been noted since.
                is_open.extend(mail.get("sent_at").map(|at| equals("sent_at", at.clone())));
                carried += usize::from(self.copy(mail, Condition::Any(is_open), timing).await?);
            }
        }
        Ok(carried)
    }

    /// Returns an event whose people are spread over partitions if this table has kept it so. The old table may have kept
    /// it at another moment, when it had more seats or fewer.
    async fn as_spread_here(&self, event: &Event, deadline: Instant) -> Result<Event, StoreError> {
        let kept = self.item_until(deadline, item::kept_key(event.id())).await?;
        Ok(event.spread(kept.as_ref().map_or(event.is_spread(), record::is_spread)))
    }

    /// Reads the items about an event's people, spread over partitions or not, and returns them with the keys that they
    /// have for this event.
    async fn items_for(
        &self,
        event: &Event,
        prefix: &str,
        deadline: Instant,
    ) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        for event in [event.spread(false), event.spread(true)] {
            items.extend(retry::until(deadline, || self.query_people(&event, prefix)).await?);
        }
        Ok(items.into_iter().map(|found| item::rekeyed(event, found)).collect())
    }

    /// Copies an item as it is, if the condition holds. Returns whether it did.
    async fn copy(&self, found: &Item, condition: Condition, timing: Timing) -> Result<bool, StoreError> {
        let write = Write::put(found.clone(), condition);
        retry::until(timing.deadline, || async {
            match self.transact(vec![write.clone()], &attempt_id()).await? {
                Outcome::Committed => Ok(true),
                Outcome::Cancelled(cancelled) if cancelled.condition_failed(0) => Ok(false),
                Outcome::Cancelled(cancelled) => Err(cancelled.setback()),
            }
        })
        .await
    }

    /// Carries over a participant. Returns `false` if the participant is here already, or in a later version.
    async fn try_to_carry_over(
        &self,
        event: &Event,
        found: &Item,
        participant: &Participant,
    ) -> Result<bool, Setback> {
        let Participant { ref person, ref mailbox, version, forget_at, .. } = *participant;
        let here = self.item(item::of_person(event, person)).await?;
        // Not every change raises the version: that somebody was there does not.
        if here.as_ref() == Some(found) {
            return Ok(false);
        }
        let here = here.as_ref().map(|item| record::participant(item, event)).transpose()?;
        if here.as_ref().is_some_and(|here| here.version > version) {
            return Ok(false);
        }
        let is_unchanged =
            here.as_ref().map_or(Condition::Absent("pk"), |here| equals("version", number(here.version)));
        let mut writes = vec![Write::put(found.clone(), is_unchanged)];
        writes.extend(self.exchange(event, person, here.as_ref().and_then(place), place(participant)).await?);
        if let Some(here) = here.as_ref().filter(|here| here.mailbox != *mailbox) {
            writes.push(self.sharing(event, &here.mailbox).await?.without(event, &here.mailbox, person)?);
        }
        writes.push(self.sharing(event, mailbox).await?.with(event, mailbox, person, forget_at)?);
        self.commit(writes).await.map(|()| true)
    }

    /// Returns the writes by which a person gives up one place and takes another.
    async fn exchange(
        &self,
        event: &Event,
        person: &Person,
        before: Option<PlaceIn<'_>>,
        after: Option<PlaceIn<'_>>,
    ) -> Result<Vec<Write>, Setback> {
        if before == after {
            return Ok(Vec::new());
        }
        // Both may be in the same session, and one transaction cannot write an item twice.
        let mut moves: HashMap<&SessionId, (Changes, Condition)> = HashMap::new();
        if let Some((session, place)) = before {
            let waiting = self.session_state(event.id(), session).await?.waiting;
            let at = waiting.iter().position(|other| other == person).map(|at| format!("waiting[{at}]"));
            let left = match (place, at) {
                (Place::Seat, _) => {
                    Some((Changes::default().add("taken", -1), Condition::More("taken", number(0))))
                }
                (Place::WaitingList, at) => {
                    at.map(|at| (Changes::default().remove(&at), equals(at, member(person))))
                }
            };
            moves.extend(left.map(|left| (session, left)));
        }
        if let Some((session, place)) = after {
            let (changes, condition) =
                moves.remove(session).unwrap_or_else(|| (Changes::default(), Condition::always()));
            let taken = match place {
                Place::Seat => changes.add("taken", 1),
                Place::WaitingList => changes.append("waiting", vec![member(person)]),
            };
            moves.insert(session, (taken, condition));
        }
        let write = |(session, (changes, condition)): (&SessionId, _)| {
            Write::update(item::of_session(event.id(), session), changes, condition)
        };
        Ok(moves.into_iter().map(write).collect())
    }

    /// Carries over the link of a session, and puts those who wait into the order of the old table. Whoever it does
    /// not know has been waiting for longer.
    async fn try_to_carry_over_session(
        &self,
        old: &Self,
        event: &Event,
        session: &SessionId,
    ) -> Result<(), Setback> {
        let key = item::of_session(event.id(), session);
        let (then, here) = (old.item(key.clone()).await?, self.item(key.clone()).await?);
        let Some(then) = then else { return Ok(()) };
        let line = record::session_state(Some(&then))?.waiting;
        let SessionState { waiting, .. } = record::session_state(here.as_ref())?;
        let mut sorted = waiting.clone();
        sorted.sort_by_key(|person| line.iter().position(|other| other == person));
        let list = |people: &[_]| AttributeValue::L(people.iter().map(member).collect());
        let mut changes = Changes::default();
        let mut is_unchanged = Condition::always();
        if sorted != waiting {
            changes = changes.set("waiting", list(&sorted));
            is_unchanged = equals("waiting", list(&waiting));
        }
        let here = here.unwrap_or_default();
        for name in ["join_url", "join_set_at"].into_iter().filter(|name| then.get(*name) != here.get(*name))
        {
            changes = match then.get(name) {
                Some(value) => changes.set(name, value.clone()),
                None => changes.remove(name),
            };
        }
        if changes.is_empty() {
            return Ok(());
        }
        self.commit(vec![Write::update(key, changes, is_unchanged)]).await
    }
}

/// Returns the key of the item that notes what was carried over from a table.
fn carried_key(old: &Store) -> Item {
    HashMap::from([
        ("pk".to_owned(), item::text("carried over")),
        ("sk".to_owned(), item::text(old.table.clone())),
    ])
}

/// Returns the value of a success. Notes an unreadable item, which does not prevent carrying over the others.
fn or_note<T>(
    result: Result<T, StoreError>,
    unreadable: &mut Vec<StoreError>,
) -> Result<Option<T>, StoreError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error @ StoreError::Unreadable { .. }) => {
            unreadable.push(error);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// A place in a session.
type PlaceIn<'a> = (&'a SessionId, Place);

/// Returns the place that a participant has.
fn place(participant: &Participant) -> Option<PlaceIn<'_>> {
    let place = match participant.status {
        Status::Cancelled => return None,
        Status::Waiting => Place::WaitingList,
        Status::Confirmed | Status::Held => Place::Seat,
    };
    Some((&participant.signup.session, place))
}

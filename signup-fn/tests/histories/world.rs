//! A history in the real world: the store, the mailer, and a table that misbehaves.

use aws_sdk_dynamodb::types::AttributeValue;
use catalog::Event;
use catalog::mail::MailKind;
use jiff::SignedDuration;
use signup_fn::mail::mailer::Mailer;
use signup_fn::mail::transport::Transport;
use signup_fn::people::participant::Participant;
use signup_fn::store::client::Store;

use crate::act::{Act, Changing, Doing, Edit, History, Schedule};
use crate::actor::{Actor, address};
use crate::interleaving::at_once;
use crate::model::Model;
use crate::observed::{Key, moment, observe, person};
use crate::operation::{Answer, Operation};
use crate::orders::{self, Outcome};
use crate::support::stub::Fault;
use crate::support::{self, Item, Table, at, mailer, reschedule, soon, text};

/// The table, and the event as the editor describes it.
pub(crate) struct World {
    pub(crate) table: Table,
    /// A client of the table, without faults.
    pub(crate) store: Store,
    pub(crate) model: Model,
    /// The items that only a newer version can read.
    newer: Vec<Item>,
    /// All items at the last moment to which the table can be restored, if there was one.
    pub(crate) backup: Option<Vec<Item>>,
    /// Whether the last edit changed the id of a session.
    is_renamed: bool,
    /// Whether the people are spread over several partitions.
    is_spread: bool,
}

/// Lives through a history. Returns what differs from the model, if anything does.
pub(crate) async fn live(history: &History) -> Result<(), String> {
    let model = Model::new(history.confirms);
    let table = support::table().await;
    let mut world = World {
        store: table.store(),
        table,
        model,
        newer: Vec::new(),
        backup: None,
        is_renamed: false,
        is_spread: history.is_spread,
    };
    world.describe();
    if history.is_spread {
        // The event was first kept with more seats.
        let (event, now) = (world.table.event.spread(true), at(moment(world.model.now)));
        world.store.keep(event.id(), Some(&event), now).await.unwrap();
        world.model.keep();
    }
    for (step, (act, faults)) in history.steps.iter().enumerate() {
        let store = match faults.is_empty() {
            true => world.store.clone(),
            false => world.table.faulty(faults, false),
        };
        world.model.now += 1;
        world.act(act, store, faults).await.map_err(|error| format!("step {step}: {error}"))?;
    }
    world.end().await
}

impl World {
    /// Describes the event as the model's editor does.
    fn describe(&mut self) {
        let model = &self.model;
        self.table = self.table.edited(|event| {
            event["confirm_by_mail"] = model.confirms.into();
            event["retention_days"] = model.described.retention.into();
            let sessions = event["sessions"].as_array_mut().unwrap();
            for (at, (session, described)) in sessions.iter_mut().zip(model.described.sessions).enumerate() {
                session["id"] = id(model, at).into();
                session["capacity"] = described.capacity.into();
                session["called_off"] = described.called_off.into();
                reschedule(session, moment(described.starts_at));
            }
        });
    }

    /// The event in the catalogue, if it is there.
    pub(crate) fn catalogue(&self) -> Option<Event> {
        let without = |event: &mut serde_json::Value| {
            if let Some(removed) = self.model.removed {
                event["sessions"].as_array_mut().unwrap().remove(removed);
            }
        };
        self.model.online.then(|| self.table.edited(without).event)
    }

    /// Writes a participant, a mail and an event that this version cannot read.
    async fn write_newer(&mut self) {
        let number = self.newer.len();
        let items = self.table.all_items().await;
        let oldest = |kind: &str| {
            items.iter().filter(|item| text(item, "sk").starts_with(kind)).min_by_key(|item| text(item, "sk"))
        };
        for (kind, changed) in [("person#", "status"), ("mail#", "kind"), ("event#", "event")] {
            let Some(mut item) = oldest(kind).cloned() else { continue };
            item.insert("sk".into(), AttributeValue::S(format!("{kind}newer{number}")));
            item.insert(changed.into(), AttributeValue::S("of the future".into()));
            self.table.put(item.clone()).await;
            self.newer.push(item);
        }
    }

    /// The event as it stands.
    pub(crate) async fn standing(&self) -> Option<Event> {
        let catalogue = self.catalogue();
        let timing = at(moment(self.model.now));
        self.store.standing(self.table.event.id(), catalogue.as_ref(), timing).await.unwrap()
    }

    /// The mailer, which reaches the table through this client.
    fn mailer(&self, store: Store, folder: &str) -> Mailer {
        let mut mailer = mailer(&self.table, Transport::Folder(folder.into()));
        let mut record: catalog::CatalogRecord = support::catalog().into();
        record.events = self.catalogue().into_iter().collect();
        mailer.catalog = std::sync::Arc::new(record.try_into().unwrap());
        Mailer { store, ..mailer }
    }

    async fn act(&mut self, act: &Act, store: Store, faults: &[Fault]) -> Result<(), String> {
        let now = at(moment(self.model.now));
        match act {
            Act::Do(doing) if self.is_possible(doing) => {
                let actor = self.actor(doing).await;
                let answer = actor.act(store).await;
                let mut operation = Operation::new(doing, self.who(doing), &self.model);
                while !operation.is_over {
                    operation.step(&mut self.model);
                }
                if Some(&answer) != operation.answer.as_ref() {
                    return Err(format!("{doing:?}: {answer:?} instead of {:?}", operation.answer));
                }
            }
            Act::AtOnce { mailer, doing: [one, other], schedule }
                if self.is_possible(one) && (*mailer || self.is_possible(other)) =>
            {
                let (answers, outcomes) = match mailer {
                    true => self.beside_rounds(one, schedule, faults).await,
                    false => self.both([one, other], schedule, faults).await,
                };
                return self.choose(answers, outcomes).await;
            }
            Act::Abandon(doing) if self.is_possible(doing) => {
                // The function keeps the event before it writes anything else.
                self.keep().await;
                self.actor(doing).await.abandon(&self.table).await;
            }
            Act::Do(_) | Act::AtOnce { .. } | Act::Abandon(_) => {}
            Act::Rounds => {
                self.mailer(store, "/nonexistent").rounds(now).await.unwrap();
                self.model.rounds(|_| {});
            }
            Act::Sweep { works } => {
                let folder = tempfile::tempdir().unwrap();
                let path = if *works { folder.path().to_str().unwrap() } else { "/proc/nowhere" };
                self.mailer(store, path).sweep(SignedDuration::ZERO, now).await.unwrap();
                self.model.sweep(*works);
            }
            Act::Broadcast { session, is_interrupted } => {
                if let Some(event) = self.standing().await.filter(|_| self.model.knows(*session)) {
                    // As with every event that an organiser opens.
                    self.keep().await;
                    let session_id = id(&self.model, *session).parse().unwrap();
                    self.broadcast(&store, &event, session_id, *is_interrupted).await;
                    self.model.broadcast(*session, *is_interrupted);
                }
            }
            Act::Amend { session, amending } => {
                if let Some(event) = self.standing().await.filter(|_| self.model.knows(*session)) {
                    self.keep().await;
                    self.amend(&store, &event, *session, *amending).await;
                    self.model.amend(*session, *amending);
                }
            }
            Act::WriteNewer => self.write_newer().await,
            Act::Backup => self.backup = Some(self.table.all_items().await),
            Act::Pass { minutes } => self.model.now += minutes,
            Act::Edit(edit) => {
                // The store recognises a renamed session by its time, so it must know the time before the
                // change and after it, before the next one.
                let is_rename = matches!(edit, Edit::RenameSession { .. });
                if is_rename || self.is_renamed {
                    self.keep().await;
                }
                self.is_renamed = is_rename;
                self.model.edit(edit);
                self.describe();
            }
        }
        let seen = self.observe().await;
        match self.model.observed() {
            expected if expected == seen => Ok(()),
            expected => Err(format!("{act:?}:\n  {seen:?}\ninstead of\n  {expected:?}")),
        }
    }

    pub(crate) async fn observe(&self) -> crate::observed::Observed {
        let mut table = self.table.clone();
        // The table may hold people in several partitions, or sessions under their former ids.
        let is_elsewhere = self.is_spread || self.model.renamed != [0; 2];
        if let Some(event) = if is_elsewhere { self.standing().await } else { None } {
            table.event = event;
        }
        observe(&table, &self.store, self.model.now).await
    }

    /// Keeps the event, as the rounds do.
    async fn keep(&mut self) {
        let (id, catalogue) = (self.table.event.id(), self.catalogue());
        let now = at(moment(self.model.now));
        self.store.keep(id, catalogue.as_ref(), now).await.unwrap();
        self.model.keep();
    }

    fn is_possible(&self, doing: &Doing) -> bool {
        match *doing {
            Doing::SignUp { session, .. } => self.model.offers(session),
            Doing::Change { change: Changing::Move { to, .. }, .. } => self.model.knows(to),
            Doing::Change { .. } => true,
        }
    }

    /// Returns the person whom a change is about, and the number of the sign-up.
    fn who(&self, doing: &Doing) -> Option<(Key, usize)> {
        let Doing::Change { who, .. } = *doing else { return None };
        let people = &self.model.people;
        people.iter().nth(who.checked_rem(people.len())?).map(|(key, person)| (*key, person.id))
    }

    async fn both(
        &self,
        [one, other]: [&Doing; 2],
        schedule: &Schedule,
        faults: &[Fault],
    ) -> ([Option<Answer>; 2], Vec<Outcome>) {
        let (first, second) = (self.actor(one).await, self.actor(other).await);
        let answers = at_once(
            (&self.table, faults),
            schedule,
            async |way| first.act(self.table.store_by(way)).await,
            async |way| second.act(self.table.store_by(way)).await,
        );
        let (one_answer, other_answer) = answers.await;
        let operations = [one, other].map(|doing| Operation::new(doing, self.who(doing), &self.model));
        ([Some(one_answer), Some(other_answer)], orders::of_two(&self.model, &operations))
    }

    async fn beside_rounds(
        &self,
        one: &Doing,
        schedule: &Schedule,
        faults: &[Fault],
    ) -> ([Option<Answer>; 2], Vec<Outcome>) {
        let actor = self.actor(one).await;
        let now = at(moment(self.model.now));
        let (answer, ()) = at_once(
            (&self.table, faults),
            schedule,
            async |way| actor.act(self.table.store_by(way)).await,
            async |way| self.mailer(self.table.store_by(way), "/nonexistent").rounds(now).await.unwrap(),
        )
        .await;
        let operation = Operation::new(one, self.who(one), &self.model);
        ([Some(answer), None], orders::with_rounds(&self.model, &operation))
    }

    /// Goes on with an order that explains the answers and what the table holds.
    async fn choose(&mut self, answers: [Option<Answer>; 2], outcomes: Vec<Outcome>) -> Result<(), String> {
        let seen = self.observe().await;
        let expected: Vec<_> = outcomes.iter().map(|(answers, model)| (answers, model.observed())).collect();
        let explains = |outcome: &(&[Option<Answer>; 2], _)| *outcome.0 == answers && outcome.1 == seen;
        match expected.iter().position(explains) {
            Some(at) => {
                self.model = outcomes[at].1.clone();
                Ok(())
            }
            None => {
                // Different orders often lead to the same state.
                let mut told: Vec<String> = expected.iter().map(|one| format!("{one:?}")).collect();
                told.sort();
                told.dedup();
                let told = told.join("\n  ");
                Err(format!("no order explains {answers:?} and\n  {seen:?}\nbut these are:\n  {told}"))
            }
        }
    }

    /// Checks what must hold in the end: every mail is sent, and nobody is stored once the retention period is
    /// over, nor any mailbox.
    async fn end(mut self) -> Result<(), String> {
        self.keep().await;
        self.restored().await?;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        let event = self.standing().await.unwrap_or_else(|| self.table.event.clone());
        let mails = self.store.mails(&event, soon()).await.unwrap().readable;
        for mail in mails.iter().filter(|mail| mail.parked.is_some()) {
            self.store.unpark(&event, &mail.key, soon()).await.unwrap();
        }
        self.model.now += 24 * 60;
        let mailer = self.mailer(self.store.clone(), path);
        mailer.sweep(SignedDuration::ZERO, at(moment(self.model.now))).await.unwrap();
        let event = self.standing().await.unwrap_or_else(|| self.table.event.clone());
        let mails = self.store.mails(&event, soon()).await.unwrap().readable;
        if let Some(mail) = mails.iter().find(|mail| !mail.is_sent && mail.kind != MailKind::Crowded) {
            return Err(format!("unsent mail: {mail:?}"));
        }
        // The rounds make the data follow what an editor changed last. From then on, the end is known.
        mailer.rounds(at(moment(self.model.now))).await.unwrap();
        self.model.keep();
        let last = (0..2).map(|session| self.model.forget_at(session)).max().unwrap().max(self.model.now);
        mailer.rounds(at(moment(last))).await.unwrap();
        let all = self.table.all_items().await;
        if let Some(item) = self.newer.iter().find(|item| !all.contains(item)) {
            return Err(format!("{item:?} was not left alone"));
        }
        let mut left = self.table.items().await;
        // The log of organisers is about them. If the event was offline and is over, TTL deletes its broadcasts.
        let is_expired = |item: &Item| {
            item["forget_at"].as_n().is_ok_and(|at| at.parse::<i64>().unwrap() <= moment(last).as_second())
        };
        left.retain(|item| {
            let is_theirs = text(item, "pk") == "organisers";
            !(is_theirs
                || self.newer.contains(item)
                || text(item, "sk").starts_with("broadcast#") && is_expired(item))
        });
        let about_people = left.iter().filter(|item| !text(item, "sk").starts_with("session#")).count();
        self.model.now = last;
        let seats = self.observe().await.taken;
        match (about_people, seats) {
            (0, [0, 0]) => Ok(()),
            _ => Err(format!("{about_people} items and {seats:?} seats are left in the end: {left:?}")),
        }
    }

    /// Prepares what somebody does.
    async fn actor(&self, doing: &Doing) -> Actor {
        let (catalogue, now) = (self.catalogue(), at(moment(self.model.now)));
        let event = self.standing().await.unwrap_or_else(|| self.table.event.clone());
        let mut table = self.table.clone();
        table.event = catalogue.clone().unwrap_or_else(|| event.clone());
        let key = match self.who(doing) {
            Some((key, _)) => self.store.participant(&event, &person(key), now).await.unwrap(),
            None => None,
        };
        let session = |session: usize| id(&self.model, session);
        Actor {
            doing: doing.clone(),
            sessions: [session(0), session(1)],
            table,
            catalogue,
            key: key.as_ref().map(Participant::key),
            mailbox: {
                let asked = key.as_ref().and_then(|one| one.pending_address(now.now));
                let email = asked.map_or_else(|| address(0), |asked| asked.email.clone());
                support::identity().mailbox(self.table.event.id(), &email)
            },
            asked: key.and_then(|one| one.pending_address(now.now).map(|address| address.id)),
            now: self.model.now,
        }
    }
}

/// The current id of a session.
pub(crate) fn id(model: &Model, session: usize) -> String {
    let letter = ["a", "b"][session];
    match model.renamed[session] {
        0 => letter.to_owned(),
        number => format!("{letter}{number}"),
    }
}

//! A store to test against.
//!
//! The store is dynoxide in this process or, if `DYNAMODB_ENDPOINT` is set, the DynamoDB-compatible engine at
//! that address.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]
#![allow(dead_code, reason = "each test uses its own part")]
#![allow(unreachable_pub, reason = "shared by several test programs")]

pub mod contention;
pub mod engine;
pub mod lambda;
mod pages;
pub mod stub;
pub mod way;

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::{AttributeValue, TimeToLiveSpecification};
use catalog::{Catalog, Event};
use jiff::{SignedDuration, Timestamp};
use signup_fn::aws::connection::Connection;
use signup_fn::mail::mailer::Mailer;
use signup_fn::mail::message::Messages;
use signup_fn::mail::transport::Transport;
use signup_fn::participant::form::Submission;
use signup_fn::people::field::Email;
use signup_fn::people::identity::{Identity, Person};
use signup_fn::people::organiser::Organisers;
use signup_fn::people::participant::Participant;
use signup_fn::people::timing::Timing;
use signup_fn::people::token::TokenKeys;
use signup_fn::settings::local;
use signup_fn::store::change::{Change, Changed};
use signup_fn::store::claim::{Claim, Request};
use signup_fn::store::client::Store;
use signup_fn::store::error::StoreError;
use signup_fn::store::mail::Mail;
use tokio::time::Instant;

use self::engine::Engine;
pub use self::pages::function_folder;
use self::stub::Fault;
use self::way::Way;

pub type Item = std::collections::HashMap<String, AttributeValue>;

/// A separate table for one test.
#[derive(Clone)]
pub struct Table {
    pub engine: Engine,
    pub name: String,
    pub event: Event,
    /// A client that sees what the store's own client does not show.
    pub client: Client,
}

/// Creates a new, empty table.
pub async fn table() -> Table {
    let engine = Engine::new();
    let event = catalog().events()[0].clone();
    let client = client(engine.way());
    let table = Table { client, engine, name: format!("test-{:016x}", fastrand::u64(..)), event };
    // While other tests keep the engine busy, creating a table can exceed the timeout of one attempt.
    for _ in 0..20 {
        if table.store().create_table_if_absent().await.is_ok() {
            table.never_forget().await;
            return table;
        }
    }
    panic!("no table after 20 attempts");
}

fn client(way: Way) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .endpoint_url(NOWHERE)
        .credentials_provider(Credentials::new("local", "local", None, None, "test"))
        .http_client(way::client(way))
        .build();
    Client::from_conf(config)
}

/// The address of requests that go another way.
const NOWHERE: &str = "http://127.0.0.1:9";

/// Returns the catalogue of the tests.
pub fn catalog() -> Catalog {
    Catalog::from_json(CATALOG).unwrap()
}

/// The catalogue of the tests, in the format that site-gen writes.
pub const CATALOG: &str = include_str!("catalog.json");

/// Returns the fixed moment that the tests use as the current time.
pub fn now() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

/// How long the table may take. It is generous, because these tests are about outcomes, not about speed.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Returns a timing at a moment, with a deadline that a working table meets.
pub fn at(now: Timestamp) -> Timing {
    Timing { now, deadline: soon() }
}

/// Returns a deadline that a working table meets.
pub fn soon() -> Instant {
    Instant::now() + PATIENCE
}

impl Table {
    /// Turns TTL off. An engine that deletes items by its own clock would delete those of the tests, whose time is
    /// fixed.
    async fn never_forget(&self) {
        let off = TimeToLiveSpecification::builder().attribute_name("forget_at").enabled(false);
        let request = self.client.update_time_to_live().table_name(&self.name);
        request.time_to_live_specification(off.build().unwrap()).send().await.unwrap();
    }

    /// Returns a client of the table, as the function uses it.
    pub fn store(&self) -> Store {
        self.store_by(self.way())
    }

    /// Returns the way to the table.
    pub fn way(&self) -> Way {
        self.engine.way()
    }

    /// Returns a client that reaches the table by another way.
    pub fn store_by(&self, way: Way) -> Store {
        Store::over(way::client(way), self.connection(NOWHERE))
    }

    /// Returns a client that reaches the table with faults.
    pub fn faulty(&self, faults: &[Fault], forever: bool) -> Store {
        self.store_by(stub::stub(self.way(), faults, forever))
    }

    /// Returns the connection to the table at an address.
    pub fn connection(&self, endpoint: &str) -> Connection {
        Connection {
            table: self.name.clone(),
            region: "eu-west-1".into(),
            endpoint: Some(endpoint.to_owned()),
            credentials: local::connection("").credentials,
        }
    }

    /// Returns an address at which other programs reach the table.
    pub async fn endpoint(&self) -> String {
        self.engine.endpoint().await
    }

    /// Signs up a participant, with a deadline that a working table meets.
    pub async fn claim(&self, store: &Store, email: &str, session: &str) -> Result<Claim, StoreError> {
        self.claim_within(store, email, session, PATIENCE).await
    }

    pub async fn claim_within(
        &self,
        store: &Store,
        email: &str,
        session: &str,
        time: Duration,
    ) -> Result<Claim, StoreError> {
        self.claim_form(store, &form(email, session), now(), time).await
    }

    /// Signs up a participant who is willing to wait.
    pub async fn wait(&self, store: &Store, email: &str, session: &str) -> Result<Claim, StoreError> {
        let form = form(email, session) + "&wait=yes";
        self.claim_form(store, &form, now(), PATIENCE).await
    }

    /// Signs up a participant with the URL-encoded form that a browser sends.
    pub async fn claim_form(
        &self,
        store: &Store,
        form: &str,
        now: Timestamp,
        time: Duration,
    ) -> Result<Claim, StoreError> {
        let submission = Submission::read(form.as_bytes()).unwrap();
        let signup = submission.check(&self.event).unwrap();
        let request = Request {
            event: &self.event,
            signup,
            identity: &identity(),
            may_wait: submission.may_wait(),
            source: None,
            now,
            privacy_notice_version: "2026-11",
            act: None,
        };
        let deadline = Instant::now() + time;
        let ahead = store.look_ahead(request.event, Some(request.applicant()), deadline).await?;
        store.claim(&request, ahead, deadline).await.map(|claimed| claimed.claim)
    }

    /// Returns the current sign-up for an address.
    pub async fn participant(&self, email: &str) -> Option<Participant> {
        let all = self.store().participants(&self.event, at(now())).await.unwrap().readable;
        all.into_iter().find(|one| one.signup.email.as_str() == email)
    }

    /// Changes the sign-up for an address.
    pub async fn change(&self, store: &Store, email: &str, change: &Change) -> Result<Changed, StoreError> {
        let Some(participant) = self.participant(email).await else { return Ok(Changed::Gone) };
        store.change(&self.event, &participant.key(), change, at(now())).await
    }

    /// Returns all mails to an address, sent and unsent, in the order of their sequence numbers.
    pub async fn mails(&self, email: &str) -> Vec<Mail> {
        let person = match self.participant(email).await {
            Some(participant) => participant.person,
            None => person(&self.event, &Email::new(email).unwrap()),
        };
        let mut mails = self.store().mails(&self.event, soon()).await.unwrap().readable;
        mails.retain(|mail| mail.key.person == person);
        mails.sort_by_key(|mail| mail.sequence);
        mails
    }

    /// Returns the waiting list of a session, in order.
    pub async fn waiting(&self, session: &str) -> Vec<Person> {
        let states = self.store().session_states(self.event.id(), soon()).await.unwrap();
        states.get(&session.parse().unwrap()).map(|state| state.waiting.clone()).unwrap_or_default()
    }

    /// Writes an item as another program might.
    pub async fn put(&self, item: Item) {
        self.client.put_item().table_name(&self.name).set_item(Some(item)).send().await.unwrap();
    }

    /// Deletes an item as an operator might.
    pub async fn remove(&self, item: &Item) {
        let key = ["pk", "sk"].map(|name| (name.to_owned(), item[name].clone()));
        self.client.delete_item().table_name(&self.name).set_key(Some(key.into())).send().await.unwrap();
    }

    /// The item of a participant.
    pub async fn person_item(&self, email: &str) -> Item {
        let key = format!("person#{}", person(&self.event, &Email::new(email).unwrap()).key());
        self.items().await.into_iter().find(|item| text(item, "sk") == key).unwrap()
    }

    /// The same table with an event that an editor has changed.
    pub fn edited(&self, edit: impl FnOnce(&mut serde_json::Value)) -> Self {
        let mut event = serde_json::to_value(&self.event).unwrap();
        edit(&mut event);
        Self { event: serde_json::from_value(event).unwrap(), ..self.clone() }
    }

    /// The same table with another capacity of the first session.
    pub fn with_capacity(&self, capacity: usize) -> Self {
        let table = self.edited(|event| event["sessions"][0]["capacity"] = capacity.into());
        Self { event: table.event.first_standing(), ..table }
    }

    /// The same table with a first session that starts at another time and ends an hour later.
    pub fn rescheduled(&self, starts_at: Timestamp) -> Self {
        self.edited(|event| reschedule(&mut event["sessions"][0], starts_at))
    }

    /// The same table with a first session that does not take place.
    pub fn called_off(&self) -> Self {
        self.edited(|event| event["sessions"][0]["called_off"] = true.into())
    }

    /// The same table with another number of days for which data is kept.
    pub fn with_retention(&self, days: u32) -> Self {
        self.edited(|event| event["retention_days"] = days.into())
    }

    /// The same table with an event whose addresses must be confirmed.
    pub fn with_confirmation(&self) -> Self {
        self.edited(|event| event["confirm_by_mail"] = true.into())
    }

    /// Restores these items into another table in the same place.
    pub async fn restored(&self, items: &[Item]) -> Self {
        let restored = Self { name: format!("{}-restored", self.name), ..self.clone() };
        restored.store().create_table_if_absent().await.unwrap();
        restored.never_forget().await;
        for item in items {
            restored.put(item.clone()).await;
        }
        restored
    }

    /// Returns all items in the table.
    pub async fn all_items(&self) -> Vec<Item> {
        let pages = self.client.scan().table_name(&self.name).consistent_read(true).into_paginator();
        pages.items().send().collect::<Result<Vec<Item>, _>>().await.unwrap()
    }

    /// Returns all items in the table, except the kept events.
    pub async fn items(&self) -> Vec<Item> {
        self.all_items().await.into_iter().filter(|item| text(item, "pk") != "events").collect()
    }

    /// Deletes the table.
    pub async fn delete(&self) {
        self.client.delete_table().table_name(&self.name).send().await.unwrap();
    }

    /// Returns the number of taken seats according to the counter of a session.
    pub async fn taken(&self, session: &str) -> usize {
        let key = format!("session#{session}");
        let items = self.items().await;
        let counter = items.iter().find(|item| text(item, "sk") == key);
        counter.map_or(0, |item| item["taken"].as_n().unwrap().parse().unwrap())
    }

    /// Returns the number of people with a seat in a session.
    pub async fn people(&self, session: &str) -> usize {
        let items = self.items().await;
        let has_seat = |item: &&Item| {
            text(item, "sk").starts_with("person#")
                && text(item, "session") == session
                && matches!(text(item, "status"), "confirmed" | "held")
        };
        items.iter().filter(has_seat).count()
    }
}

/// Moves a session in the catalogue to another time, for an hour.
pub fn reschedule(session: &mut serde_json::Value, starts_at: Timestamp) {
    session["starts_at"] = starts_at.to_string().into();
    session["closes_at"] = starts_at.to_string().into();
    session["ends_at"] = (starts_at + SignedDuration::from_hours(1)).to_string().into();
    session["date"] = starts_at.strftime("%Y-%m-%d").to_string().into();
}

/// The mailer of a table.
pub fn mailer(table: &Table, transport: Transport) -> Mailer {
    let mut record: catalog::CatalogRecord = catalog().into();
    record.events = vec![table.event.clone()];
    let catalog = Arc::new(record.try_into().unwrap());
    let messages =
        Messages::open(function_folder(), &catalog, TokenKeys::new([8; 32]), "https://pos.example".into());
    Mailer {
        catalog,
        store: table.store(),
        organisers: organisers(),
        identity: identity(),
        messages: messages.unwrap(),
        sender: "POS <post@pos.example>".parse().unwrap(),
        transport,
    }
}

/// Returns those who may use the organisers' area.
pub fn organisers() -> Organisers {
    "Ria Vos <ria@pos.example>; Jan Bos <jan@pos.example>".parse().unwrap()
}

/// Returns a complete, URL-encoded form.
pub fn form(email: &str, session: &str) -> String {
    format!("session={session}&full_name=Jan+Vos&email={email}&organisation=SWV&role=director")
}

/// The key that identifies people in tests.
pub fn identity() -> Identity {
    Identity::new([7; 32])
}

/// The person who signed up with the form that [`form`] returns.
pub fn person(event: &Event, email: &Email) -> Person {
    identity().person(&identity().mailbox(event.id(), email), "Jan Vos", 0)
}

pub fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    item[name].as_s().unwrap()
}

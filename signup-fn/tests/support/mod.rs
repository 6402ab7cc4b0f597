//! A store to test against: dynoxide in this process, or, where the variable
//! `DYNAMODB_ENDPOINT` names one, any other engine that speaks DynamoDB.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]
#![allow(dead_code, reason = "each test uses its own part")]
#![allow(unreachable_pub, reason = "shared by several test programs")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::AttributeValue;
use catalog::{Catalog, Event};
use signup_fn::form::Submission;
use signup_fn::identity::{Identity, Person};
use signup_fn::store::{Claim, Connection, Record, Store, StoreError};
use tokio::net::TcpListener;
use tokio::time::Instant;

pub type Item = std::collections::HashMap<String, AttributeValue>;

/// A table of its own for one test.
#[derive(Clone)]
pub struct Table {
    pub endpoint: String,
    pub name: String,
    pub event: Event,
}

/// A fresh, empty table.
pub async fn table() -> Table {
    let endpoint = match std::env::var("DYNAMODB_ENDPOINT") {
        Ok(endpoint) => endpoint,
        Err(_) => dynoxide().await,
    };
    let catalog = std::fs::read_to_string(function_folder().join("catalog.json")).unwrap();
    let event = Catalog::from_json(&catalog).unwrap().events()[0].clone();
    let table = Table { endpoint, name: format!("test-{:016x}", fastrand::u64(..)), event };
    table.store().create_table_if_absent().await.unwrap();
    table
}

async fn dynoxide() -> String {
    let database = dynoxide::Database::memory().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    endpoint
}

/// What site-gen would have written, in little.
pub fn function_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/function")
}

impl Table {
    /// A client of the table, as the function has it.
    pub fn store(&self) -> Store {
        self.store_at(&self.endpoint)
    }

    /// A client that reaches the table by another address.
    pub fn store_at(&self, endpoint: &str) -> Store {
        Store::new(Connection {
            table: self.name.clone(),
            region: "eu-west-1".into(),
            endpoint: Some(endpoint.to_owned()),
            credentials: ("local".into(), "local".into(), None),
        })
    }

    /// Signs somebody up, with half a minute's time.
    pub async fn claim(&self, store: &Store, email: &str, session: &str) -> Result<Claim, StoreError> {
        self.claim_within(store, email, session, Duration::from_secs(30)).await
    }

    pub async fn claim_within(
        &self,
        store: &Store,
        email: &str,
        session: &str,
        time: Duration,
    ) -> Result<Claim, StoreError> {
        let form =
            format!("session={session}&full_name=Jan+Vos&email={email}&organisation=SWV&role=director");
        self.claim_form(store, &form, time).await
    }

    /// Signs somebody up with a form as it is sent.
    pub async fn claim_form(&self, store: &Store, form: &str, time: Duration) -> Result<Claim, StoreError> {
        let signup = Submission::read(form.as_bytes()).unwrap().check(&self.event).unwrap();
        let person = person(&self.event, &signup.email);
        let record = Record {
            event: &self.event,
            signup,
            person: &person,
            signed_up_at: "2026-11-24T12:00:00Z".parse().unwrap(),
            privacy_notice_version: "2026-11",
        };
        store.claim(&record, Instant::now() + time).await
    }

    /// Everything in the table.
    pub async fn items(&self) -> Vec<Item> {
        let pages = self.client().scan().table_name(&self.name).consistent_read(true).into_paginator();
        pages.items().send().collect::<Result<Vec<Item>, _>>().await.unwrap()
    }

    /// Takes the table away.
    pub async fn delete(&self) {
        self.client().delete_table().table_name(&self.name).send().await.unwrap();
    }

    fn client(&self) -> Client {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .endpoint_url(&self.endpoint)
            .credentials_provider(Credentials::new("local", "local", None, None, "test"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        Client::from_conf(config)
    }

    /// Seats that the counter of a session says are taken.
    pub async fn taken(&self, session: &str) -> usize {
        let key = format!("session#{session}");
        let items = self.items().await;
        let counter = items.iter().find(|item| text(item, "sk") == key);
        counter.map_or(0, |item| item["taken"].as_n().unwrap().parse().unwrap())
    }

    /// People in a session.
    pub async fn people(&self, session: &str) -> usize {
        let items = self.items().await;
        items
            .iter()
            .filter(|item| text(item, "sk").starts_with("person#") && text(item, "session") == session)
            .count()
    }
}

pub fn person(event: &Event, email: &signup_fn::signup::Email) -> Person {
    Identity::new([7; 32]).person(event.id(), email)
}

pub fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    item[name].as_s().unwrap()
}

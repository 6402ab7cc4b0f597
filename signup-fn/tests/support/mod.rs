//! A store to test against: dynoxide in this process, or, where the variable
//! `DYNAMODB_ENDPOINT` names one, any other engine that speaks DynamoDB.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]
#![allow(dead_code, reason = "each test uses its own part")]
#![allow(unreachable_pub, reason = "shared by several test programs")]

pub mod lambda;
pub mod stub;

use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::AttributeValue;
use catalog::answer::Answer;
use catalog::mail::{MailKind, MailPart, calendar_file, mail_file};
use catalog::{Catalog, Event};
use jiff::Timestamp;
use signup_fn::aws::connection::Connection;
use signup_fn::participant::form::Submission;
use signup_fn::people::field::Email;
use signup_fn::people::identity::{Identity, Person};
use signup_fn::people::participant::Participant;
use signup_fn::people::timing::Timing;
use signup_fn::settings::local;
use signup_fn::store::change::{Change, Changed};
use signup_fn::store::claim::{Claim, Request};
use signup_fn::store::client::Store;
use signup_fn::store::error::StoreError;
use signup_fn::store::mail::Mail;
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
    let event = catalog().events()[0].clone();
    let table = Table { endpoint, name: format!("test-{:016x}", fastrand::u64(..)), event };
    // While other tests keep an engine busy, making a table can take longer than one attempt may.
    for _ in 0..20 {
        if table.store().create_table_if_absent().await.is_ok() {
            return table;
        }
    }
    panic!("no table at {} in twenty attempts", table.endpoint);
}

async fn dynoxide() -> String {
    let database = dynoxide::Database::memory().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    endpoint
}

/// The events of the tests.
pub fn catalog() -> Catalog {
    Catalog::from_json(CATALOG).unwrap()
}

/// As site-gen writes it.
pub const CATALOG: &str = include_str!("catalog.json");

/// What site-gen would have written, in little.
pub fn function_folder() -> &'static Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        write_function(folder.path());
        folder
    });
    folder.path()
}

fn write_function(folder: &Path) {
    let write = |file: &str, text: &str| {
        let file = folder.join(file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    write("catalog.json", CATALOG);
    let catalog = catalog();
    for answer in Answer::all(&catalog) {
        write(&answer.file(), page(answer));
    }
    let events =
        catalog.events().iter().flat_map(|event| event.sessions().iter().map(move |s| (event.id(), s.id())));
    for (event, session) in events {
        for kind in MailKind::ALL.iter().copied() {
            let text = format!(
                "{} {session}\nBeste << full_name >>,\n\n<< manage_url >>\n<< confirm_url >>\n<< reference >> << status >>\n",
                kind.name()
            );
            write(&mail_file(event, session, kind, MailPart::Text), &text);
            let html = "<p>Beste << full_name >>, <a href=\"<< manage_url >>\">wijzigen</a></p>";
            write(&mail_file(event, session, kind, MailPart::Html), html);
        }
        write(&calendar_file(event, session), ENTRY);
    }
}

fn page(answer: Answer<'_>) -> &'static str {
    match answer {
        Answer::Form(_) => {
            "<title><% if has_errors %>Fout: <% endif %>e</title><% for field, error in errors %><% if error %><p><< field >>: << error >></p><% endif %><% endfor %><input name=\"full_name\" value=\"<< values.full_name >>\">"
        }
        Answer::Failed(_) => {
            "<p>failed << incident >></p><input name=\"email\" value=\"<< values.email >>\">"
        }
        Answer::Received(..) => "<p>received: << reference >></p>",
        Answer::Waiting(..) => "<p>waiting: << reference >></p>",
        Answer::Full(..) => "<p>full</p>",
        Answer::NotOpen(..) => "<p>not open</p>",
        Answer::Manage(_) => {
            "<p>manage << status >> << session >> << position >><% if notice %> << notice.kind >><% endif %></p><% for field, error in errors %><% if error %><p><< field >>: << error >></p><% endif %><% endfor %><input name=\"full_name\" value=\"<< values.full_name >>\">"
        }
        Answer::Confirm(_) => "<p>confirm << status >></p>",
        Answer::Erased(_) => "<p>erased</p>",
        Answer::LinkExpired => "<p>link expired</p>",
        Answer::Error => "<p>error << status >> << incident >></p>",
    }
}

const ENTRY: &str = "BEGIN:VCALENDAR\nMETHOD:<< method >>\nBEGIN:VEVENT\nUID:<< reference >>\nSEQUENCE:<< sequence >>\n\
                     DTSTAMP:<< stamp >>\nORGANIZER:mailto:<< organizer >>\nATTENDEE:mailto:<< attendee >>\n\
                     STATUS:<< status >>\nEND:VEVENT\nEND:VCALENDAR\n";

/// The moment of every test.
pub fn now() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

/// A moment, with half a minute to act.
pub fn at(now: Timestamp) -> Timing {
    Timing { now, deadline: soon() }
}

/// Half a minute from now.
pub fn soon() -> Instant {
    Instant::now() + Duration::from_secs(30)
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
            credentials: local::connection("").credentials,
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
        self.claim_form(store, &form(email, session), now(), time).await
    }

    /// Signs somebody up who is ready to wait.
    pub async fn wait(&self, store: &Store, email: &str, session: &str) -> Result<Claim, StoreError> {
        let form = form(email, session) + "&wait=yes";
        self.claim_form(store, &form, now(), Duration::from_secs(30)).await
    }

    /// Signs somebody up with a form as it is sent.
    pub async fn claim_form(
        &self,
        store: &Store,
        form: &str,
        now: Timestamp,
        time: Duration,
    ) -> Result<Claim, StoreError> {
        let submission = Submission::read(form.as_bytes()).unwrap();
        let signup = submission.check(&self.event).unwrap();
        let person = person(&self.event, &signup.email);
        let request = Request {
            event: &self.event,
            signup,
            person: &person,
            may_wait: submission.may_wait(),
            source: None,
            now,
            privacy_notice_version: "2026-11",
        };
        store.claim(&request, Instant::now() + time).await
    }

    /// Somebody's sign-up as it stands.
    pub async fn participant(&self, email: &str) -> Option<Participant> {
        let person = person(&self.event, &Email::new(email).unwrap());
        self.store().participant(self.event.id(), &person, at(now())).await.unwrap()
    }

    /// Changes somebody's sign-up.
    pub async fn change(&self, store: &Store, email: &str, change: &Change) -> Result<Changed, StoreError> {
        let Some(participant) = self.participant(email).await else { return Ok(Changed::Gone) };
        store.change(&self.event, &participant.key(), change, at(now())).await
    }

    /// Everything that is in the outbox, or was sent of it: kind and session, by when it was put.
    pub async fn mails(&self, email: &str) -> Vec<Mail> {
        let person = person(&self.event, &Email::new(email).unwrap());
        let mut mails = self.store().mails(self.event.id(), soon()).await.unwrap();
        mails.retain(|mail| mail.key.person == person);
        mails.sort_by_key(|mail| mail.sequence);
        mails
    }

    /// Who waits for a session, in order.
    pub async fn waiting(&self, session: &str) -> Vec<Person> {
        let states = self.store().session_states(self.event.id(), soon()).await.unwrap();
        states.get(&session.parse().unwrap()).map(|state| state.waiting.clone()).unwrap_or_default()
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

    /// People with a seat in a session.
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

/// A whole form.
pub fn form(email: &str, session: &str) -> String {
    format!("session={session}&full_name=Jan+Vos&email={email}&organisation=SWV&role=director")
}

pub fn person(event: &Event, email: &Email) -> Person {
    Identity::new([7; 32]).person(event.id(), email)
}

pub fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    item[name].as_s().unwrap()
}

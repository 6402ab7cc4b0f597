//! Mail: each goes out once, what fails is tried again and at last parked, and the rounds.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod support;

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use catalog::answer::Status;
use catalog::mail::MailKind;
use data_encoding::BASE64;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use signup_fn::aws::connection::Connection;
use signup_fn::mail::mailer::{Delivery, Mailer};
use signup_fn::mail::message::Messages;
use signup_fn::mail::ses::Ses as SesClient;
use signup_fn::mail::transport::Transport;
use signup_fn::people::token::TokenKeys;
use signup_fn::settings::local;
use signup_fn::store::change::Change;
use signup_fn::store::claim::{Claim, Place};
use signup_fn::store::outbox::{LEASE, Lease};
use support::lambda::Lambda;
use support::{Table, at, catalog, form, function_folder, now, soon, table};
use tokio::net::TcpListener;

fn mailer(table: &Table, transport: Transport) -> Mailer {
    let mut record: catalog::CatalogRecord = catalog().into();
    record.events = vec![table.event.clone()];
    let catalog = Arc::new(record.try_into().unwrap());
    let messages =
        Messages::open(function_folder(), &catalog, TokenKeys::new([8; 32]), "https://pos.example".into());
    Mailer {
        catalog,
        store: table.store(),
        messages: messages.unwrap(),
        sender: "POS <post@pos.example>".parse().unwrap(),
        transport,
    }
}

fn into(folder: &Path) -> Transport {
    Transport::Folder(folder.to_owned())
}

fn letters(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut letters: Vec<String> =
        entries.map(|entry| std::fs::read_to_string(entry.path()).unwrap()).collect();
    letters.sort();
    letters
}

async fn sweep(mailer: &Mailer, now: Timestamp) -> Vec<Delivery> {
    mailer.sweep(SignedDuration::ZERO, at(now)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_mail_goes_out_once_however_many_senders_there_are() {
    let (table, folder) = (table().await, tempfile::tempdir().unwrap());
    table.claim(&table.store(), "jan@voorbeeld.nl", "a").await.unwrap();
    let mailer = Arc::new(mailer(&table, into(folder.path())));
    let senders = (0..20).map(|_| {
        let mailer = Arc::clone(&mailer);
        tokio::spawn(async move { sweep(&mailer, now()).await })
    });
    let mut sent = 0;
    for sender in senders.collect::<Vec<_>>() {
        sent += sender.await.unwrap().into_iter().filter(|delivery| *delivery == Delivery::Sent).count();
    }
    assert_eq!(sent, 1);
    assert!(sweep(&mailer, now() + LEASE).await.is_empty());
    let letters = letters(folder.path());
    assert_eq!(letters.len(), 1);
    let letter = &letters[0];
    for words in [
        "From: \"POS\" <post@pos.example>",
        "To: \"Jan Vos\" <jan@voorbeeld.nl>",
        "Subject: confirmation a",
        "Message-ID: <",
        "Auto-Submitted: auto-generated",
        "Date: ",
        "method=\"REQUEST\"",
    ] {
        assert!(letter.contains(words), "{words} in {letter}");
    }
}

#[tokio::test]
async fn a_mail_whose_sender_died_is_sent_by_the_next_after_the_lease() {
    let (table, folder) = (table().await, tempfile::tempdir().unwrap());
    table.claim(&table.store(), "jan@voorbeeld.nl", "a").await.unwrap();
    let mailer = mailer(&table, into(folder.path()));
    let mail = table.mails("jan@voorbeeld.nl").await.remove(0);
    let leased = table.store().lease(table.event.id(), &mail.key, at(now())).await.unwrap();
    assert!(matches!(leased, Lease::Ours(_)));
    assert_eq!(sweep(&mailer, now()).await, [Delivery::Nothing]);
    assert_eq!(sweep(&mailer, now() + LEASE).await, [Delivery::Sent]);
}

#[tokio::test]
async fn who_was_erased_gets_no_mail_and_the_mail_is_forgotten() {
    let (table, folder) = (table().await, tempfile::tempdir().unwrap());
    table.claim(&table.store(), "jan@voorbeeld.nl", "a").await.unwrap();
    let mailer = mailer(&table, into(folder.path()));
    let mail = table.mails("jan@voorbeeld.nl").await.remove(0);
    table.change(&table.store(), "jan@voorbeeld.nl", &Change::Erase).await.unwrap();
    let delivery = mailer.deliver(table.event.id(), &mail.key, at(now())).await;
    assert_eq!(delivery.unwrap(), Delivery::Nothing);
    assert!(letters(folder.path()).is_empty());
    assert_eq!(table.items().await.len(), 1, "the counter alone");
}

/// What SES answers to each request: an error's type, or nothing for success.
struct Ses {
    answers: Mutex<VecDeque<&'static str>>,
    taken: Mutex<Vec<String>>,
}

async fn ses(answers: &[&'static str]) -> (Arc<Ses>, String) {
    let ses =
        Arc::new(Ses { answers: Mutex::new(answers.iter().copied().collect()), taken: Mutex::default() });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(take).with_state(Arc::clone(&ses));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (ses, endpoint)
}

async fn take(State(ses): State<Arc<Ses>>, body: Bytes) -> Response {
    if let Some(error) = ses.answers.lock().unwrap().pop_front() {
        let headers = [("x-amzn-errortype", error)];
        return (StatusCode::BAD_REQUEST, headers, json!({ "message": "to jan@voorbeeld.nl" }).to_string())
            .into_response();
    }
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let raw = BASE64.decode(body["Content"]["Raw"]["Data"].as_str().unwrap().as_bytes()).unwrap();
    ses.taken.lock().unwrap().push(String::from_utf8_lossy(&raw).into_owned());
    json!({ "MessageId": "1" }).to_string().into_response()
}

fn to_ses(table: &Table, endpoint: &str) -> Transport {
    let connection = Connection { table: table.name.clone(), ..local::connection("http://127.0.0.1:1") };
    Transport::Ses(SesClient::new(&connection, Some(endpoint.to_owned()), Some("signups".into())))
}

#[tokio::test]
async fn what_passes_is_tried_again_and_at_last_parked_where_one_sees_it() {
    let table = table().await;
    table.claim(&table.store(), "jan@voorbeeld.nl", "a").await.unwrap();
    let (ses, endpoint) = ses(&["TooManyRequestsException"; 5]).await;
    let mailer = mailer(&table, to_ses(&table, &endpoint));
    for _ in 0..4 {
        assert_eq!(sweep(&mailer, now()).await, [Delivery::Failed]);
    }
    assert_eq!(sweep(&mailer, now()).await, [Delivery::Parked]);
    assert!(sweep(&mailer, now()).await.is_empty());
    let mail = table.mails("jan@voorbeeld.nl").await.remove(0);
    assert_eq!(mail.parked.as_deref(), Some("TooManyRequestsException"));
    table.store().unpark(table.event.id(), &mail.key, soon()).await.unwrap();
    assert_eq!(sweep(&mailer, now()).await, [Delivery::Sent]);
    assert_eq!(ses.taken.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn what_does_not_pass_is_parked_at_once_and_names_nobody() {
    let table = table().await;
    table.claim(&table.store(), "jan@voorbeeld.nl", "a").await.unwrap();
    let (_, endpoint) = ses(&["MessageRejected"]).await;
    assert_eq!(sweep(&mailer(&table, to_ses(&table, &endpoint)), now()).await, [Delivery::Parked]);
    let mail = table.mails("jan@voorbeeld.nl").await.remove(0);
    assert_eq!(mail.parked.as_deref(), Some("MessageRejected"));
}

#[tokio::test]
async fn a_form_with_a_known_address_causes_one_mail_an_hour() {
    let table = table().await;
    let person = {
        table.claim(&table.store(), "jan@voorbeeld.nl", "a").await.unwrap();
        table.participant("jan@voorbeeld.nl").await.unwrap().person
    };
    let kinds = async || {
        let mut kinds: Vec<MailKind> =
            table.mails("jan@voorbeeld.nl").await.iter().map(|mail| mail.kind).collect();
        kinds.sort_unstable();
        kinds
    };
    for (minutes, expected) in [(0, 0), (59, 0), (60, 1), (61, 1), (119, 1), (120, 2)] {
        let later = now() + SignedDuration::from_mins(minutes);
        table.store().repeat(table.event.id(), &person, at(later)).await.unwrap();
        let repeats = kinds().await.into_iter().filter(|kind| *kind == MailKind::Repeat).count();
        assert_eq!(repeats, expected, "after {minutes} minutes");
    }
}

#[tokio::test]
async fn who_has_a_seat_is_reminded_once_the_day_before() {
    let (table, folder) = (table().await, tempfile::tempdir().unwrap());
    for number in 0..51 {
        table.wait(&table.store(), &format!("p{number}@voorbeeld.nl"), "a").await.unwrap();
    }
    let start = table.event.sessions()[0].starts_at();
    let mailer = mailer(&table, into(folder.path()));
    let reminders = async || {
        let mails = table.store().mails(table.event.id(), soon()).await.unwrap();
        mails.iter().filter(|mail| mail.kind == MailKind::Reminder).count()
    };
    mailer.rounds(at(start - SignedDuration::from_hours(25))).await.unwrap();
    assert_eq!(reminders().await, 0);
    for _ in 0..2 {
        mailer.rounds(at(start - SignedDuration::from_hours(24))).await.unwrap();
        assert_eq!(reminders().await, 50, "not who waits, and nobody twice");
    }
    mailer.rounds(at(start)).await.unwrap();
    assert_eq!(reminders().await, 50);
}

#[tokio::test]
async fn a_seat_that_nobody_confirmed_comes_free_after_a_day() {
    let table = table().await;
    let mut event = serde_json::to_value(&table.event).unwrap();
    event["confirm_by_mail"] = true.into();
    event["sessions"][0]["capacity"] = 1.into();
    let table = Table { event: serde_json::from_value(event).unwrap(), ..table };
    let folder = tempfile::tempdir().unwrap();
    let mailer = mailer(&table, into(folder.path()));
    assert_eq!(
        table.claim(&table.store(), "jan@voorbeeld.nl", "a").await.unwrap(),
        Claim::Placed(Place::Seat)
    );
    assert_eq!(
        table.wait(&table.store(), "els@voorbeeld.nl", "a").await.unwrap(),
        Claim::Placed(Place::Line)
    );
    let status = async |email: &str| table.participant(email).await.map(|participant| participant.status);
    assert_eq!(status("jan@voorbeeld.nl").await, Some(Status::Held));
    mailer.rounds(at(now() + SignedDuration::from_hours(23))).await.unwrap();
    assert_eq!(status("jan@voorbeeld.nl").await, Some(Status::Held));
    let next_day = now() + SignedDuration::from_hours(24);
    mailer.rounds(at(next_day)).await.unwrap();
    assert_eq!(status("jan@voorbeeld.nl").await, None, "the address may be somebody else's");
    assert_eq!(status("els@voorbeeld.nl").await, Some(Status::Held));
    table.change(&table.store(), "els@voorbeeld.nl", &Change::Confirm).await.unwrap();
    mailer.rounds(at(next_day + SignedDuration::from_hours(48))).await.unwrap();
    assert_eq!(status("els@voorbeeld.nl").await, Some(Status::Confirmed));
    assert_eq!((table.taken("a").await, table.people("a").await), (1, 1));
}

#[tokio::test]
async fn the_mailer_is_woken_by_the_stream_and_by_the_schedule() {
    let table = table().await;
    table.claim(&table.store(), "jan@voorbeeld.nl", "a").await.unwrap();
    table.claim(&table.store(), "els@voorbeeld.nl", "a").await.unwrap();
    let (ses, endpoint) = ses(&["TooManyRequestsException"]).await;
    let built = std::env::var_os("MAILER").unwrap_or_else(|| env!("CARGO_BIN_EXE_mailer").into());
    let more = [
        ("AWS_LAMBDA_FUNCTION_NAME", "mailer"),
        ("AWS_ENDPOINT_URL_SESV2", endpoint.as_str()),
        ("MAIL_FROM", "POS <post@pos.example>"),
    ];
    let mut lambda = Lambda::start(built, &table, &more).await;
    let record = |number: usize, mail: &signup_fn::store::mail::Mail| {
        json!({
            "eventName": "INSERT",
            "dynamodb": {
                "Keys": {
                    "pk": { "S": format!("event#{}", table.event.id()) },
                    "sk": { "S": format!("mail#{}#{}", mail.key.person.key(), mail.key.id) }
                },
                "SequenceNumber": number.to_string()
            }
        })
    };
    let mails = table.store().mails(table.event.id(), soon()).await.unwrap();
    let records: Vec<_> = mails.iter().enumerate().map(|(number, mail)| record(number, mail)).collect();
    let answer = lambda.answer(json!({ "Records": records })).await.unwrap();
    assert_eq!(answer, json!({ "batchItemFailures": [{ "itemIdentifier": "0" }] }));
    let answer = lambda.answer(json!({ "Records": records })).await.unwrap();
    assert_eq!(answer, json!({ "batchItemFailures": [] }), "the other one is known to be sent");
    assert_eq!(ses.taken.lock().unwrap().len(), 2);
    assert_eq!(lambda.answer(json!({ "source": "schedule" })).await.unwrap(), json!({}));
    let log = lambda.end();
    assert!(log.contains("mail handled") && log.contains("mail failed"), "{log}");
    assert!(!log.contains("jan@") && !log.contains("Vos"), "{log}");
}

#[tokio::test]
async fn one_sender_can_ask_for_so_many_sign_ups_an_hour() {
    let table = table().await;
    let identity = signup_fn::people::identity::Identity::new([7; 32]);
    let source = identity.source("192.0.2.1".parse().unwrap(), now());
    let ask = async |number: usize, session: &str| {
        let body = form(&format!("p{number}@voorbeeld.nl"), session);
        let signup = signup_fn::participant::form::Submission::read(body.as_bytes())
            .unwrap()
            .check(&table.event)
            .unwrap();
        let person = support::person(&table.event, &signup.email);
        let request = signup_fn::store::claim::Request {
            event: &table.event,
            signup,
            person: &person,
            may_wait: false,
            source: Some(&source),
            now: now(),
            privacy_notice_version: "2026-11",
        };
        table.store().claim(&request, soon()).await.unwrap()
    };
    for number in 0..60 {
        let session = if number < 40 { "a" } else { "b" };
        assert_eq!(ask(number, session).await, Claim::Placed(Place::Seat));
    }
    assert_eq!(ask(60, "b").await, Claim::TooOften);
    assert_eq!(ask(0, "b").await, Claim::TooOften, "whether the address is known or not");
    let items = table.items().await;
    assert!(items.iter().all(|item| !format!("{item:?}").contains("192.0.2.1")), "no plain address");
    assert_eq!(table.people("b").await, 20);
}

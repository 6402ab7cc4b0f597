//! Tests the mailer.
//!
//! It sends each mail once, retries failures, parks a mail that keeps failing, and makes its rounds.
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
use signup_fn::mail::ses::Ses as SesClient;
use signup_fn::mail::transport::Transport;
use signup_fn::settings::local;
use signup_fn::store::change::Change;
use signup_fn::store::claim::{Claim, Place};
use signup_fn::store::outbox::{LEASE, Lease};
use support::lambda::Lambda;
use support::{Table, at, form, mailer, now, soon, table};
use tokio::net::TcpListener;

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
async fn each_mail_is_sent_once_however_many_mailers_run() {
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
async fn a_mail_whose_mailer_died_is_sent_by_the_next_once_the_lease_expires() {
    let (table, folder) = (table().await, tempfile::tempdir().unwrap());
    table.claim(&table.store(), "jan@voorbeeld.nl", "a").await.unwrap();
    let mailer = mailer(&table, into(folder.path()));
    let mail = table.mails("jan@voorbeeld.nl").await.remove(0);
    let leased = table.store().lease(&table.event, &mail.key, at(now())).await.unwrap();
    assert!(matches!(leased, Lease::Ours(_)));
    assert_eq!(sweep(&mailer, now()).await, [Delivery::Nothing]);
    assert_eq!(sweep(&mailer, now() + LEASE).await, [Delivery::Sent]);
}

#[tokio::test]
async fn an_erased_participant_gets_no_mail_and_the_mail_is_deleted() {
    let (table, folder) = (table().await, tempfile::tempdir().unwrap());
    table.claim(&table.store(), "jan@voorbeeld.nl", "a").await.unwrap();
    let mailer = mailer(&table, into(folder.path()));
    let mail = table.mails("jan@voorbeeld.nl").await.remove(0);
    table.change(&table.store(), "jan@voorbeeld.nl", &Change::Erase).await.unwrap();
    let delivery = mailer.deliver(table.event.id(), &mail.key, at(now())).await;
    assert_eq!(delivery.unwrap(), Delivery::Nothing);
    assert!(letters(folder.path()).is_empty());
    assert_eq!(table.items().await.len(), 1, "only the counter is left");
}

/// A stub of Amazon SES.
///
/// It responds with the error types in `answers`, one per request. All later requests succeed.
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
async fn a_mail_survives_an_outage_of_hours_and_is_parked_after_a_day() {
    let table = table().await;
    table.claim(&table.store(), "jan@voorbeeld.nl", "a").await.unwrap();
    let (ses, endpoint) = ses(&["TooManyRequestsException"; 10]).await;
    let mailer = mailer(&table, to_ses(&table, &endpoint));
    // An outage, during which the mailer is woken every minute.
    let start = now();
    let mut failed_at = Vec::new();
    let mut minute = 0;
    let parked_at = loop {
        match sweep(&mailer, start + SignedDuration::from_mins(minute)).await.as_slice() {
            [] => {}
            [Delivery::Failed] => failed_at.push(minute),
            [Delivery::Parked] => break minute,
            other => panic!("{other:?} after {minute} minutes"),
        }
        minute += 1;
    };
    assert_eq!(failed_at, [0, 1, 6, 21, 51, 111, 231, 471, 951]);
    assert_eq!(parked_at, 1431, "almost a day");
    let mail = table.mails("jan@voorbeeld.nl").await.remove(0);
    assert_eq!(mail.parked.as_deref(), Some("TooManyRequestsException"));
    table.store().unpark(&table.event, &mail.key, soon()).await.unwrap();
    assert_eq!(sweep(&mailer, now()).await, [Delivery::Sent]);
    assert_eq!(ses.taken.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_mail_that_ses_rejects_is_parked_at_once_without_personal_data() {
    let table = table().await;
    table.claim(&table.store(), "jan@voorbeeld.nl", "a").await.unwrap();
    let (_, endpoint) = ses(&["MessageRejected"]).await;
    assert_eq!(sweep(&mailer(&table, to_ses(&table, &endpoint)), now()).await, [Delivery::Parked]);
    let mail = table.mails("jan@voorbeeld.nl").await.remove(0);
    assert_eq!(mail.parked.as_deref(), Some("MessageRejected"));
}

#[tokio::test]
async fn a_known_address_gets_at_most_one_repeat_mail_an_hour() {
    let table = table().await;
    let again = async |session: &str, minutes: i64| {
        let later = now() + SignedDuration::from_mins(minutes);
        let form = form("jan@voorbeeld.nl", session);
        table.claim_form(&table.store(), &form, later, support::PATIENCE).await.unwrap()
    };
    again("a", 0).await;
    let kinds = async || {
        let mut kinds: Vec<MailKind> =
            table.mails("jan@voorbeeld.nl").await.iter().map(|mail| mail.kind).collect();
        kinds.sort_unstable();
        kinds
    };
    for (minutes, expected) in [(0, 0), (59, 0), (60, 1), (61, 1), (119, 1), (120, 2)] {
        assert_eq!(again("a", minutes).await, Claim::Known(Place::Seat));
        let repeats = kinds().await.into_iter().filter(|kind| *kind == MailKind::Repeat).count();
        assert_eq!(repeats, expected, "after {minutes} minutes");
    }
}

#[tokio::test]
async fn who_chooses_another_date_on_the_form_hears_at_once_that_the_first_choice_stands() {
    let table = table().await;
    for (session, repeats) in [("a", 0), ("a", 0), ("b", 1), ("b", 1), ("a", 1)] {
        table.claim(&table.store(), "jan@voorbeeld.nl", session).await.unwrap();
        let mails = table.mails("jan@voorbeeld.nl").await;
        assert_eq!(mails.iter().filter(|mail| mail.kind == MailKind::Repeat).count(), repeats);
    }
}

#[tokio::test]
async fn participants_with_a_seat_get_one_reminder_the_day_before() {
    let (table, folder) = (table().await, tempfile::tempdir().unwrap());
    for number in 0..51 {
        table.wait(&table.store(), &format!("p{number}@voorbeeld.nl"), "a").await.unwrap();
    }
    let start = table.event.sessions()[0].starts_at();
    let mailer = mailer(&table, into(folder.path()));
    let reminders = async || {
        let mails = table.store().mails(&table.event, soon()).await.unwrap().readable;
        mails.iter().filter(|mail| mail.kind == MailKind::Reminder).count()
    };
    mailer.rounds(at(start - SignedDuration::from_hours(25))).await.unwrap();
    assert_eq!(reminders().await, 0);
    for _ in 0..2 {
        mailer.rounds(at(start - SignedDuration::from_hours(24))).await.unwrap();
        assert_eq!(reminders().await, 50, "nobody on the waiting list, and nobody twice");
    }
    mailer.rounds(at(start)).await.unwrap();
    assert_eq!(reminders().await, 50);
}

#[tokio::test]
async fn an_unconfirmed_seat_is_released_after_a_day() {
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
        Claim::Placed(Place::WaitingList)
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
    let mails = table.store().mails(&table.event, soon()).await.unwrap().readable;
    let first = &mails[0];
    let records: Vec<_> = mails.iter().enumerate().map(|(number, mail)| record(number, mail)).collect();
    let answer = lambda.answer(json!({ "Records": records })).await.unwrap();
    assert_eq!(answer, json!({ "batchItemFailures": [] }), "the one that failed waits for the schedule");
    let answer = lambda.answer(json!({ "Records": records })).await.unwrap();
    assert_eq!(answer, json!({ "batchItemFailures": [] }), "the other mail is already sent");
    assert_eq!(ses.taken.lock().unwrap().len(), 1);
    let waiting = mails.iter().find(|mail| mail.key.person == first.key.person).unwrap();
    table.store().postpone(&table.event, &waiting.key, now(), soon()).await.unwrap();
    assert_eq!(lambda.answer(json!({ "source": "schedule" })).await.unwrap(), json!({}));
    assert_eq!(ses.taken.lock().unwrap().len(), 2);
    let log = lambda.end();
    assert!(log.contains("mail sent") && log.contains("waited_s") && log.contains("mail failed"), "{log}");
    assert!(!log.contains("jan@") && !log.contains("Vos"), "{log}");
}

#[tokio::test]
async fn one_sender_can_ask_for_half_the_seats_of_a_session_in_an_hour() {
    let table = table().await;
    let identity = signup_fn::people::identity::Identity::new([7; 32]);
    let source = identity.source("192.0.2.1".parse().unwrap(), now());
    let ask = async |number: usize, session: &str| {
        let body = form(&format!("p{number}@voorbeeld.nl"), session);
        let signup = signup_fn::participant::form::Submission::read(body.as_bytes())
            .unwrap()
            .check(&table.event)
            .unwrap();
        let request = signup_fn::store::claim::Request {
            event: &table.event,
            signup,
            identity: &identity,
            may_wait: false,
            source: Some(&source),
            now: now(),
            privacy_notice_version: "2026-11",
            act: None,
        };
        let ahead = table.store().look_ahead(request.event, Some(request.applicant()), soon()).await.unwrap();
        table.store().claim(&request, ahead, soon()).await.unwrap().claim
    };
    for number in 0..24 {
        assert_eq!(ask(number, "a").await, Claim::Placed(Place::Seat));
    }
    assert_eq!(ask(0, "a").await, Claim::Known(Place::Seat), "counts as well");
    assert_eq!(ask(24, "a").await, Claim::TooOften);
    assert_eq!(ask(0, "a").await, Claim::TooOften, "whether the address is known or not");
    let items = table.items().await;
    assert!(items.iter().all(|item| !format!("{item:?}").contains("192.0.2.1")), "no address in plain text");
    assert_eq!(table.people("a").await, 24);
}

//! Tests the daily trial against a site that answers as the function does, and a mailer that the stream invokes.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{Method, Request, StatusCode};
use jiff::SignedDuration;
use signup_fn::mail::transport::Transport;
use signup_fn::participant;
use signup_fn::participant::function::Function;
use signup_fn::people::timing::Timing;
use signup_fn::people::token::TokenKeys;
use signup_fn::trial::visitor::Visitor;
use signup_fn::trial::{self, TrialError, Tried};
use support::{Table, at, function_folder, identity, mailer, now, soon, table};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// A request that is answered with a failure: the method, and the words that its body contains.
type Broken = Option<(Method, &'static str)>;

struct Site {
    function: Function,
    broken: Broken,
    /// Whether an answer to an erasure is a lie.
    forgets_nothing: AtomicBool,
}

async fn respond(State(site): State<Arc<Site>>, request: Request<axum::body::Body>) -> Response {
    let (parts, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let text = String::from_utf8_lossy(&body).into_owned();
    if parts.uri.path() == "/" {
        return StatusCode::OK.into_response();
    }
    if let Some((method, words)) = &site.broken
        && *method == parts.method
        && (text.contains(words) || parts.uri.path().contains(words))
    {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    if site.forgets_nothing.load(Ordering::Relaxed) && text.contains("erase") {
        return (StatusCode::SEE_OTHER, [("location", "/")]).into_response();
    }
    let request = Request::from_parts(parts, body.to_vec());
    participant::answer(&site.function, request, None, at(now())).await.into_response()
}

/// A site for a table, and a mailer that sends what is in the outbox.
struct Office {
    table: Table,
    address: String,
    mails: TempDir,
    stream: JoinHandle<()>,
}

impl Office {
    async fn open(table: Table, broken: Broken, forgets_nothing: bool) -> Self {
        let keys = TokenKeys::new([8; 32]);
        let function = Function::open(function_folder(), table.store(), identity(), keys).unwrap();
        let site = Site { function, broken, forgets_nothing: forgets_nothing.into() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(respond).with_state(Arc::new(site));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let mails = tempfile::tempdir().unwrap();
        let stream = mailer(&table, Transport::Folder(mails.path().to_owned()));
        let stream = tokio::spawn(async move {
            loop {
                stream.sweep(SignedDuration::ZERO, at(now())).await.unwrap();
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        Self { table, address, mails, stream }
    }

    async fn try_out(&self, timing: Timing) -> Result<Tried, TrialError> {
        let mailer = mailer(&self.table, Transport::Folder("/nonexistent".into()));
        let visitor = Visitor::new("https://pos.example", Some(&self.address));
        trial::make(&mailer, &visitor, timing).await
    }

    /// Checks that nothing of a trial is left.
    async fn is_clean(&self) -> bool {
        let items = self.table.items().await;
        let about_people = items.iter().filter(|item| {
            let sort = support::text(item, "sk");
            sort.starts_with("person#") || sort.starts_with("mail")
        });
        about_people.count() == 0 && self.table.taken("a").await == 0
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_signs_up_gets_its_mail_and_leaves_nothing() {
    let office = Office::open(table().await, None, false).await;
    for _ in 0..2 {
        assert_eq!(office.try_out(at(now())).await.unwrap(), Tried::Session("a".parse().unwrap()));
        assert!(office.is_clean().await);
    }
    let sent = std::fs::read_dir(office.mails.path()).unwrap().count();
    assert!(sent >= 2, "{sent} mails");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_broken_is_named_and_nothing_stays() {
    for (method, words, step) in [
        (Method::POST, "full_name", "form"),
        (Method::GET, "ontvangen", "page after the form"),
        (Method::POST, "cancel", "cancellation"),
        (Method::POST, "erase", "erasure"),
    ] {
        let office = Office::open(table().await, Some((method, words)), false).await;
        let error = office.try_out(at(now())).await.unwrap_err();
        assert_eq!(error.to_string(), format!("{step}: status 502 Bad Gateway"));
        assert!(office.is_clean().await, "{step}");
    }
    let office = Office::open(table().await, None, true).await;
    assert!(matches!(office.try_out(at(now())).await, Err(TrialError::NotErased)));
    assert!(office.is_clean().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_does_not_answer_fails_the_trial() {
    let office = Office::open(table().await, None, false).await;
    let nowhere = Office { address: "http://127.0.0.1:9".into(), ..office };
    assert!(matches!(
        nowhere.try_out(at(now())).await,
        Err(TrialError::NoResponse { step: "home page", .. })
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_is_not_sent_fails_the_trial() {
    let office = Office::open(table().await, None, false).await;
    office.stream.abort();
    let timing = Timing { now: now(), deadline: Instant::now() + Duration::from_secs(7) };
    assert!(matches!(office.try_out(timing).await, Err(TrialError::TimeUp(_))));
    assert!(office.is_clean().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_takes_a_seat_from_nobody() {
    let few = table().await.edited(|event| {
        event["sessions"][0]["capacity"] = 5.into();
        event["sessions"][1]["capacity"] = 5.into();
    });
    let office = Office::open(few, None, false).await;
    assert_eq!(office.try_out(at(now())).await.unwrap(), Tried::NothingOpen);
    let late = Timing { now: now() + SignedDuration::from_hours(24 * 365 * 100), deadline: soon() };
    let office = Office::open(table().await, None, false).await;
    assert_eq!(office.try_out(late).await.unwrap(), Tried::NothingOpen);
}

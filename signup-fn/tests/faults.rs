//! A store that misbehaves: a stub before the real one answers some requests
//! itself, or swallows the real answer.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod support;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use signup_fn::store::{Claim, StoreError};
use support::{Table, table};
use tokio::net::TcpListener;

/// What happens to one request.
#[derive(Debug, Clone, Copy)]
enum Fault {
    /// The seat's item is in another transaction (its reasons as DynamoDB words them).
    Conflict,
    /// The person's item is there already, and the seat's in another transaction.
    KnownAndConflict,
    /// Throttled as a whole.
    Throttled,
    /// Throttled within the transaction.
    ThrottledPart,
    /// The same token is at work elsewhere.
    InProgress,
    /// An internal error.
    Internal,
    /// The request is carried out, and the answer lost.
    LostAnswer,
    /// The request is wrong in itself.
    Validation,
}

struct Stub {
    faults: Mutex<VecDeque<Fault>>,
    /// Whether the list of faults begins anew when it is through.
    forever: bool,
    target: String,
    client: reqwest::Client,
}

/// The address of a stub before the table's store.
async fn stub(table: &Table, faults: &[Fault], forever: bool) -> String {
    let stub = Stub {
        faults: Mutex::new(faults.iter().copied().collect()),
        forever,
        target: table.endpoint.clone(),
        client: reqwest::Client::new(),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(pass).with_state(Arc::new(stub));
    tokio::spawn(async move { axum::serve(listener, router).await });
    endpoint
}

async fn pass(State(stub): State<Arc<Stub>>, headers: HeaderMap, body: Bytes) -> Response {
    let fault = {
        let mut faults = stub.faults.lock().unwrap();
        let fault = faults.pop_front();
        if stub.forever {
            faults.extend(fault);
        }
        fault
    };
    let cancelled = |person: &str, seat: &str| {
        let body = format!(
            r#"{{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"Transaction cancelled","CancellationReasons":[{{"Code":"{person}"}},{{"Code":"{seat}"}}]}}"#
        );
        (StatusCode::BAD_REQUEST, body).into_response()
    };
    let error = |status: StatusCode, kind: &str| {
        (status, format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{kind}","message":"stub"}}"#))
            .into_response()
    };
    match fault {
        Some(Fault::Conflict) => cancelled("None", "TransactionConflict"),
        Some(Fault::KnownAndConflict) => cancelled("ConditionalCheckFailed", "TransactionConflict"),
        Some(Fault::Throttled) => error(StatusCode::BAD_REQUEST, "ThrottlingException"),
        Some(Fault::ThrottledPart) => cancelled("ThrottlingError", "None"),
        Some(Fault::InProgress) => error(StatusCode::BAD_REQUEST, "TransactionInProgressException"),
        Some(Fault::Internal) => error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError"),
        Some(Fault::Validation) => error(StatusCode::BAD_REQUEST, "ValidationException"),
        Some(Fault::LostAnswer) => {
            forward(&stub, headers, body).await;
            error(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable")
        }
        None => forward(&stub, headers, body).await,
    }
}

async fn forward(stub: &Stub, headers: HeaderMap, body: Bytes) -> Response {
    // Another token each time, as if DynamoDB's ten minutes of remembering it had gone by.
    let mut request: serde_json::Value = serde_json::from_slice(&body).unwrap();
    if let Some(token) = request.get_mut("ClientRequestToken") {
        *token = format!("{:032x}", fastrand::u128(..)).into();
    }
    let mut forwarded = stub.client.post(&stub.target).body(request.to_string());
    for (name, value) in
        headers.iter().filter(|(name, _)| !matches!(name.as_str(), "host" | "content-length"))
    {
        forwarded = forwarded.header(name, value);
    }
    let answer = forwarded.send().await.unwrap();
    (StatusCode::from_u16(answer.status().as_u16()).unwrap(), answer.bytes().await.unwrap()).into_response()
}

#[tokio::test]
async fn what_passes_is_tried_again_until_it_has_passed() {
    use Fault::{Conflict, InProgress, Internal, KnownAndConflict, Throttled, ThrottledPart};
    for fault in [Conflict, KnownAndConflict, Throttled, ThrottledPart, InProgress, Internal] {
        let table = table().await;
        let store = table.store_at(&stub(&table, &[fault; 4], false).await);
        assert_eq!(table.claim(&store, "jan@voorbeeld.nl", "a").await.unwrap(), Claim::Claimed, "{fault:?}");
        assert_eq!((table.taken("a").await, table.people("a").await), (1, 1), "{fault:?}");
    }
}

#[tokio::test]
async fn a_seat_whose_answer_was_lost_is_known_again() {
    let table = table().await;
    let store = table.store_at(&stub(&table, &[Fault::LostAnswer, Fault::Conflict], false).await);
    assert_eq!(table.claim(&store, "jan@voorbeeld.nl", "a").await.unwrap(), Claim::Claimed);
    assert_eq!((table.taken("a").await, table.people("a").await), (1, 1));
}

#[tokio::test]
async fn the_last_seat_whose_answer_was_lost_is_known_again() {
    let table = table().await;
    for number in 0..49 {
        table.claim(&table.store(), &format!("p{number}@voorbeeld.nl"), "a").await.unwrap();
    }
    let store = table.store_at(&stub(&table, &[Fault::LostAnswer], false).await);
    assert_eq!(table.claim(&store, "jan@voorbeeld.nl", "a").await.unwrap(), Claim::Claimed);
    assert_eq!((table.taken("a").await, table.people("a").await), (50, 50));
}

#[tokio::test]
async fn what_does_not_pass_in_time_is_told_and_leaves_nothing() {
    let table = table().await;
    let store = table.store_at(&stub(&table, &[Fault::Conflict], true).await);
    let error =
        table.claim_within(&store, "jan@voorbeeld.nl", "a", Duration::from_secs(1)).await.unwrap_err();
    assert!(matches!(&error, StoreError::TimeUp { attempts, .. } if *attempts > 3), "{error}");
    assert!(!error.to_string().contains("jan"), "no personal data in an error: {error}");
    assert_eq!(table.items().await.len(), 0);
}

#[tokio::test]
async fn a_store_that_is_not_there_is_told_in_time() {
    let table = table().await;
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let store = table.store_at(&format!("http://{gone}"));
    let claim = table.claim_within(&store, "jan@voorbeeld.nl", "a", Duration::from_secs(1));
    assert!(matches!(claim.await, Err(StoreError::TimeUp { .. })));
}

#[tokio::test]
async fn a_request_that_is_wrong_is_not_repeated() {
    let table = table().await;
    let store = table.store_at(&stub(&table, &[Fault::Validation], false).await);
    let error = table.claim(&store, "jan@voorbeeld.nl", "a").await.unwrap_err();
    assert!(matches!(error, StoreError::Refused(_)), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_before_a_store_that_misbehaves_fills_exactly_the_seats() {
    use Fault::{Conflict, Internal, LostAnswer, Throttled};
    let table = table().await;
    let faults: Vec<Fault> = (0..150).map(|n| [Conflict, LostAnswer, Throttled, Internal][n % 4]).collect();
    let store = table.store_at(&stub(&table, &faults, false).await);
    let claims = (0..100).map(|number| {
        let (table, store) = (table.clone(), store.clone());
        tokio::spawn(
            async move { table.claim(&store, &format!("p{number}@voorbeeld.nl"), "a").await.unwrap() },
        )
    });
    let mut claimed = 0;
    for claim in claims.collect::<Vec<_>>() {
        claimed += usize::from(claim.await.unwrap() == Claim::Claimed);
    }
    assert_eq!((claimed, table.taken("a").await, table.people("a").await), (50, 50, 50));
}

//! Tests how the store handles a table that misbehaves.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use signup_fn::store::claim::{Claim, Place};
use signup_fn::store::client::Store;
use signup_fn::store::error::StoreError;
use support::stub::Fault;
use support::way::{Answer, Sent};
use support::{at, now, table};
use tokio::net::TcpListener;

#[tokio::test]
async fn transient_errors_are_retried_until_the_sign_up_succeeds() {
    use Fault::{Conflict, InProgress, Internal, KnownAndConflict, Throttled, ThrottledPart};
    for fault in [Conflict, KnownAndConflict, Throttled, ThrottledPart, InProgress, Internal] {
        let table = table().await;
        let store = table.faulty(&[fault; 4], false);
        assert_eq!(
            table.claim(&store, "jan@voorbeeld.nl", "a").await.unwrap(),
            Claim::Placed(Place::Seat),
            "{fault:?}"
        );
        assert_eq!((table.taken("a").await, table.people("a").await), (1, 1), "{fault:?}");
    }
}

#[tokio::test]
async fn a_retry_after_a_lost_answer_recognises_its_own_seat() {
    let table = table().await;
    let store = table.faulty(&[Fault::LostAnswer, Fault::Conflict], false);
    assert_eq!(table.claim(&store, "jan@voorbeeld.nl", "a").await.unwrap(), Claim::Placed(Place::Seat));
    assert_eq!((table.taken("a").await, table.people("a").await), (1, 1));
}

#[tokio::test]
async fn a_retry_after_a_lost_answer_recognises_the_last_seat_as_its_own() {
    let table = table().await;
    for number in 0..49 {
        table.claim(&table.store(), &format!("p{number}@voorbeeld.nl"), "a").await.unwrap();
    }
    let store = table.faulty(&[Fault::LostAnswer], false);
    assert_eq!(table.claim(&store, "jan@voorbeeld.nl", "a").await.unwrap(), Claim::Placed(Place::Seat));
    assert_eq!((table.taken("a").await, table.people("a").await), (50, 50));
}

#[tokio::test]
async fn a_conflict_past_the_deadline_is_an_error_and_leaves_nothing_behind() {
    let table = table().await;
    let store = table.faulty(&[Fault::Conflict], true);
    let error =
        table.claim_within(&store, "jan@voorbeeld.nl", "a", Duration::from_secs(1)).await.unwrap_err();
    assert!(matches!(&error, StoreError::TimeUp { attempts, .. } if *attempts > 3), "{error}");
    assert!(!error.to_string().contains("jan"), "no personal data in an error: {error}");
    assert_eq!(table.items().await.len(), 0);
}

#[tokio::test]
async fn an_unreachable_store_is_an_error_once_time_is_up() {
    let table = table().await;
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let store = Store::new(table.connection(&format!("http://{gone}")));
    let claim = table.claim_within(&store, "jan@voorbeeld.nl", "a", Duration::from_secs(1));
    assert!(matches!(claim.await, Err(StoreError::TimeUp { .. })));
}

#[tokio::test]
async fn an_invalid_request_is_not_retried() {
    let table = table().await;
    let store = table.faulty(&[Fault::Validation], false);
    let error = table.claim(&store, "jan@voorbeeld.nl", "a").await.unwrap_err();
    assert!(matches!(error, StoreError::Refused(_)), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_fills_exactly_the_seats_although_the_store_misbehaves() {
    use Fault::{Conflict, Internal, LostAnswer, Throttled};
    let table = table().await;
    let faults: Vec<Fault> = (0..150).map(|n| [Conflict, LostAnswer, Throttled, Internal][n % 4]).collect();
    let store = table.faulty(&faults, false);
    let claims = (0..100).map(|number| {
        let (table, store) = (table.clone(), store.clone());
        tokio::spawn(
            async move { table.claim(&store, &format!("p{number}@voorbeeld.nl"), "a").await.unwrap() },
        )
    });
    let mut claimed = 0;
    for claim in claims.collect::<Vec<_>>() {
        claimed += usize::from(claim.await.unwrap() == Claim::Placed(Place::Seat));
    }
    assert_eq!((claimed, table.taken("a").await, table.people("a").await), (50, 50, 50));
}

#[tokio::test]
async fn a_sign_up_reads_once_and_writes_once() {
    let table = table().await;
    let sent = Arc::new(Mutex::new(Vec::new()));
    let (noted, way) = (Arc::clone(&sent), table.way());
    let store = table.store_by(Arc::new(move |request: Sent| {
        noted.lock().unwrap().push(request.operation.clone());
        way(request)
    }));
    table.claim(&store, "jan@voorbeeld.nl", "a").await.unwrap();
    assert_eq!(
        std::mem::take(&mut *sent.lock().unwrap()),
        ["BatchGetItem", "TransactWriteItems", "TransactWriteItems"],
        "the first one keeps the event"
    );
    table.claim(&store, "els@voorbeeld.nl", "a").await.unwrap();
    assert_eq!(*sent.lock().unwrap(), ["BatchGetItem", "TransactWriteItems"]);
}

#[tokio::test]
async fn what_a_busy_table_leaves_out_is_not_taken_for_missing() {
    let table = table().await;
    table.claim(&table.store(), "jan@voorbeeld.nl", "a").await.unwrap();
    let (left_out, way) = (AtomicUsize::new(0), table.way());
    let store = table.store_by(Arc::new(move |request: Sent| {
        if request.operation == "BatchGetItem" && left_out.fetch_add(1, Ordering::Relaxed) < 3 {
            let unprocessed = &request.body["RequestItems"];
            let body = serde_json::json!({ "Responses": {}, "UnprocessedKeys": unprocessed }).to_string();
            return Box::pin(async { Answer { status: 200, body } });
        }
        way(request)
    }));
    let jan = table.participant("jan@voorbeeld.nl").await.unwrap();
    let found = store.participant(&table.event, &jan.person, at(now())).await.unwrap();
    assert_eq!(found.map(|found| found.person), Some(jan.person));
}

//! Tests the guarantees of the store.
//!
//! Runs against dynoxide or, if `DYNAMODB_ENDPOINT` is set, against the engine at that address.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod support;

use std::time::Duration;

use signup_fn::store::claim::{Claim, Place};
use support::{Table, at, now, table, text};

#[tokio::test]
async fn one_person_takes_one_seat_of_one_session() {
    let table = table().await;
    let store = table.store();
    assert_eq!(table.claim(&store, "jan@voorbeeld.nl", "a").await.unwrap(), Claim::Placed(Place::Seat));
    assert_eq!(table.claim(&store, "jan@voorbeeld.nl", "a").await.unwrap(), Claim::Known(Place::Seat));
    assert_eq!(table.claim(&store, "JAN@voorbeeld.nl", "b").await.unwrap(), Claim::Known(Place::Seat));
    assert_eq!((table.taken("a").await, table.people("a").await), (1, 1));
    assert_eq!((table.taken("b").await, table.people("b").await), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_sign_ups_at_once_fill_exactly_fifty_seats() {
    let table = table().await;
    let store = table.store();
    let claims = (0..200).map(|number| {
        let (table, store): (Table, _) = (table.clone(), store.clone());
        tokio::spawn(
            async move { table.claim(&store, &format!("p{number}@voorbeeld.nl"), "a").await.unwrap() },
        )
    });
    let mut claimed = 0;
    let mut full = 0;
    for claim in claims.collect::<Vec<_>>() {
        match claim.await.unwrap() {
            Claim::Placed(Place::Seat) => claimed += 1,
            Claim::Full => full += 1,
            Claim::Known(_) | Claim::Crowded(_) | Claim::TooOften | Claim::Placed(Place::WaitingList) => {
                panic!("each signs up once")
            }
        }
    }
    assert_eq!((claimed, full), (50, 150));
    assert_eq!((table.taken("a").await, table.people("a").await), (50, 50));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_who_clicks_fifty_times_takes_one_seat() {
    let table = table().await;
    let store = table.store();
    let claims = (0..50).map(|number| {
        let (table, store) = (table.clone(), store.clone());
        let session = if number % 2 == 0 { "a" } else { "b" };
        tokio::spawn(async move { table.claim(&store, "jan@voorbeeld.nl", session).await.unwrap() })
    });
    let mut claimed = 0;
    for claim in claims.collect::<Vec<_>>() {
        claimed += usize::from(claim.await.unwrap() == Claim::Placed(Place::Seat));
    }
    assert_eq!(claimed, 1);
    assert_eq!(table.taken("a").await + table.taken("b").await, 1);
    assert_eq!(table.people("a").await + table.people("b").await, 1);
}

#[tokio::test]
async fn a_full_session_gives_its_participants_the_same_answer_as_newcomers() {
    let table = table().await;
    let store = table.store();
    for number in 0..50 {
        table.claim(&store, &format!("p{number}@voorbeeld.nl"), "a").await.unwrap();
    }
    assert_eq!(table.claim(&store, "new@voorbeeld.nl", "a").await.unwrap(), Claim::Full);
    assert_eq!(table.claim(&store, "p1@voorbeeld.nl", "a").await.unwrap(), Claim::Full);
    assert_eq!(table.claim(&store, "new@voorbeeld.nl", "b").await.unwrap(), Claim::Placed(Place::Seat));
}

#[tokio::test]
async fn the_stored_personal_data_is_exactly_what_the_privacy_notice_lists() {
    let table = table().await;
    let form = "session=a&full_name=Jan&email=jan@voorbeeld.nl&organisation=SWV&role=other&role_other=IB&question=Hoe?";
    table.claim_form(&table.store(), form, now(), Duration::from_secs(30)).await.unwrap();
    let items = table.items().await;
    let item = items.iter().find(|item| text(item, "sk").starts_with("person#")).unwrap();
    let mut names: Vec<&str> = item.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "attempt_id",
            "email",
            "forget_at",
            "full_name",
            "mailbox",
            "organisation",
            "pk",
            "privacy_notice_version",
            "question",
            "reference",
            "role",
            "role_other",
            "session",
            "signed_up_at",
            "signup_id",
            "sk",
            "status",
            "told",
            "version"
        ]
    );
    // 30 days after the end of the session, in Unix seconds, as DynamoDB's time to live expects.
    let end: jiff::Timestamp = "2098-11-28T16:30:00Z".parse().unwrap();
    assert_eq!(item["forget_at"].as_n().unwrap(), &(end.as_second() + 30 * 86_400).to_string());
}

#[tokio::test]
async fn creating_the_table_twice_keeps_its_items() {
    let table = table().await;
    table.claim(&table.store(), "jan@voorbeeld.nl", "a").await.unwrap();
    table.store().create_table_if_absent().await.unwrap();
    assert_eq!(table.people("a").await, 1);
}

#[tokio::test]
async fn expired_participants_are_hidden_even_before_their_items_are_deleted() {
    let table = table().await;
    table.claim(&table.store(), "jan@voorbeeld.nl", "a").await.unwrap();
    let person = table.participant("jan@voorbeeld.nl").await.unwrap().person;
    let (event, store) = (&table.event, table.store());
    let forget_at = event.forget_at(&event.sessions()[0]);
    let before = forget_at - jiff::SignedDuration::from_secs(1);
    assert_eq!(store.participants(event, at(before)).await.unwrap().readable.len(), 1);
    assert!(store.participant(event, &person, at(before)).await.unwrap().is_some());
    assert_eq!(store.participants(event, at(forget_at)).await.unwrap().readable.len(), 0);
    assert!(store.participant(event, &person, at(forget_at)).await.unwrap().is_none());
    assert_eq!(table.people("a").await, 1, "time to live deletes items late");
}

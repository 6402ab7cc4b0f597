//! Items that are gone, or that another version wrote.

use aws_sdk_dynamodb::types::AttributeValue;
use catalog::answer::Status;
use catalog::mail::MailKind;
use jiff::SignedDuration;
use signup_fn::mail::mailer::Delivery;
use signup_fn::store::claim::{Claim, Place};

use crate::support::{at, now, soon, table, text};
use crate::{ELS, JAN, PIET, cancel, into_folder, jan_before_els_and_piet, kinds, status, subjects};

#[tokio::test]
async fn a_head_of_the_line_that_is_gone_stops_nobody() {
    let table = jan_before_els_and_piet().await;
    table.remove(&table.person_item(ELS).await).await;
    cancel(&table, JAN).await;
    assert_eq!(status(&table, PIET).await, Some(Status::Confirmed), "the next one moves up");
    assert_eq!((table.taken("a").await, table.waiting("a").await.len()), (1, 0));
    // The same where the rounds find it.
    let table = jan_before_els_and_piet().await;
    table.remove(&table.person_item(ELS).await).await;
    let larger = table.with_capacity(2);
    let (mailer, _folder) = into_folder(&larger);
    mailer.rounds(at(now())).await.unwrap();
    assert_eq!(status(&table, PIET).await, Some(Status::Confirmed));
}

#[tokio::test]
async fn an_item_of_a_newer_version_is_left_alone_and_stops_nobody() {
    let table = jan_before_els_and_piet().await;
    let mut newer = table.person_item(ELS).await;
    newer.insert("status".into(), AttributeValue::S("a_status_of_the_future".into()));
    table.put(newer.clone()).await;
    // Els keeps her place: the seat stays free for her.
    cancel(&table, JAN).await;
    assert_eq!((table.taken("a").await, table.waiting("a").await.len()), (0, 2));
    assert_eq!(table.claim(&table.store(), "nieuw@voorbeeld.nl", "a").await.unwrap(), Claim::Full);
    // The rounds, the mails and the list go on for everybody else.
    let (mailer, folder) = into_folder(&table);
    let start = table.event.sessions()[1].starts_at();
    table.claim(&table.store(), JAN, "b").await.unwrap();
    let hour_before = start - SignedDuration::from_hours(1);
    mailer.rounds(at(hour_before)).await.unwrap();
    mailer.sweep(SignedDuration::ZERO, at(hour_before)).await.unwrap();
    assert!(subjects(&folder).contains(&"reminder b".to_owned()), "{:?}", subjects(&folder));
    let listing = table.store().participants(&table.event, at(now())).await.unwrap();
    assert_eq!((listing.readable.len(), listing.unreadable.len()), (2, 1));
    assert!(!listing.unreadable[0].to_string().contains("els@"), "{}", listing.unreadable[0]);
    let same = table.person_item(ELS).await;
    assert_eq!(same, newer, "left alone");
}

#[tokio::test]
async fn an_item_of_an_older_version_follows_without_a_mail() {
    let table = table().await;
    table.claim(&table.store(), JAN, "a").await.unwrap();
    let mut older = table.person_item(JAN).await;
    older.remove("told");
    table.put(older).await;
    let (mailer, _folder) = into_folder(&table);
    mailer.rounds(at(now())).await.unwrap();
    assert_eq!(kinds(&table, JAN).await, [MailKind::Confirmation]);
    assert_eq!(table.participant(JAN).await.unwrap().told, Some(table.event.sessions()[0].times()));
}
#[tokio::test]
async fn one_event_that_cannot_be_read_does_not_stop_the_mails_of_another() {
    let table = table().await;
    table.claim(&table.store(), JAN, "a").await.unwrap();
    table.claim(&table.store(), ELS, "b").await.unwrap();
    let broken = table.mails(JAN).await.remove(0);
    let items = table.items().await;
    let mut item = items
        .iter()
        .find(|item| {
            text(item, "sk").ends_with(&format!("#{}", broken.key.id))
                && text(item, "sk").starts_with("mail#")
        })
        .unwrap()
        .clone();
    item.insert("kind".into(), AttributeValue::S("a_kind_of_the_future".into()));
    table.put(item).await;
    let (mailer, folder) = into_folder(&table);
    let deliveries = mailer.sweep(SignedDuration::ZERO, at(now())).await.unwrap();
    assert_eq!(deliveries, [Delivery::Sent]);
    assert_eq!(subjects(&folder), ["confirmation b"]);
    assert_eq!(table.store().mails(&table.event, soon()).await.unwrap().unreadable.len(), 1);
    assert_eq!(table.claim(&table.store(), PIET, "a").await.unwrap(), Claim::Placed(Place::Seat));
}

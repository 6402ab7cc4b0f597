//! Tests the waiting list: strictly first come, first served, each seat assigned once, one mail per change.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod support;

use std::collections::BTreeSet;

use catalog::answer::Status;
use catalog::mail::MailKind;
use signup_fn::people::field::Email;
use signup_fn::people::identity::Person;
use signup_fn::store::change::{Change, Changed};
use signup_fn::store::claim::{Claim, Place};
use support::{Item, Table, at, now, person, soon, table, text};

const SEATS: usize = 50;

fn email(number: usize) -> String {
    format!("p{number}@voorbeeld.nl")
}

fn who(table: &Table, number: usize) -> Person {
    person(&table.event, &Email::new(&email(number)).unwrap())
}

/// Returns a table in which session `a` is full and `waiting` participants are on its waiting list.
async fn full(waiting: usize) -> Table {
    let table = table().await;
    for number in 0..SEATS + waiting {
        table.wait(&table.store(), &email(number), "a").await.unwrap();
    }
    table
}

async fn kinds(table: &Table, number: usize) -> Vec<MailKind> {
    table.mails(&email(number)).await.iter().map(|mail| mail.kind).collect()
}

async fn status(table: &Table, number: usize) -> Option<(Status, String)> {
    let participant = table.participant(&email(number)).await?;
    Some((participant.status, participant.signup.session.to_string()))
}

fn moved(to: &str, may_wait: bool) -> Change {
    Change::Move { to: to.parse().unwrap(), may_wait }
}

#[tokio::test]
async fn without_a_free_seat_a_participant_joins_the_waiting_list_only_on_request() {
    let table = full(2).await;
    assert_eq!(table.claim(&table.store(), &email(90), "a").await.unwrap(), Claim::Full);
    let wait = table.wait(&table.store(), &email(91), "a").await.unwrap();
    assert_eq!(wait, Claim::Placed(Place::WaitingList));
    assert_eq!(table.waiting("a").await, [who(&table, 50), who(&table, 51), who(&table, 91)]);
    assert_eq!(table.participant(&email(90)).await, None);
    // A free seat takes precedence, even for a participant who is willing to wait.
    assert_eq!(table.wait(&table.store(), &email(92), "b").await.unwrap(), Claim::Placed(Place::Seat));
}

#[tokio::test]
async fn a_known_address_gets_the_same_answer_as_an_unknown_one() {
    let table = full(1).await;
    for number in [0, 50] {
        assert_eq!(table.claim(&table.store(), &email(number), "a").await.unwrap(), Claim::Full);
        let wait = table.wait(&table.store(), &email(number), "a").await.unwrap();
        assert_eq!(wait, Claim::Known(Place::WaitingList));
        let other = table.claim(&table.store(), &email(number), "b").await.unwrap();
        assert_eq!(other, Claim::Known(Place::Seat));
    }
    assert_eq!((table.taken("a").await, table.taken("b").await, table.waiting("a").await.len()), (50, 0, 1));
}

#[tokio::test]
async fn a_released_seat_goes_to_the_head_of_the_waiting_list_at_once() {
    let table = full(2).await;
    assert_eq!(table.change(&table.store(), &email(3), &Change::Cancel).await.unwrap(), Changed::Done);
    assert_eq!(status(&table, 3).await, Some((Status::Cancelled, "a".into())));
    assert_eq!(status(&table, 50).await, Some((Status::Confirmed, "a".into())));
    assert_eq!(status(&table, 51).await, Some((Status::Waiting, "a".into())));
    assert_eq!((table.taken("a").await, table.people("a").await), (SEATS, SEATS));
    assert_eq!(kinds(&table, 3).await, [MailKind::Confirmation, MailKind::Cancelled]);
    assert_eq!(kinds(&table, 50).await, [MailKind::Waiting, MailKind::Promoted]);
    // A second cancellation releases no further seat.
    table.change(&table.store(), &email(3), &Change::Cancel).await.unwrap();
    assert_eq!(status(&table, 51).await, Some((Status::Waiting, "a".into())));
}

#[tokio::test]
async fn a_newcomer_never_overtakes_the_waiting_list() {
    let table = full(1).await;
    // As if an editor had just raised the capacity: seats are free while a participant still waits.
    let mut session = serde_json::to_value(&table.event).unwrap();
    session["sessions"][0]["capacity"] = 52.into();
    let larger = Table { event: serde_json::from_value(session).unwrap(), ..table.clone() };
    assert_eq!(larger.claim(&larger.store(), &email(90), "a").await.unwrap(), Claim::Full);
    assert_eq!(
        larger.wait(&larger.store(), &email(91), "a").await.unwrap(),
        Claim::Placed(Place::WaitingList)
    );
    let session = larger.event.sessions()[0].clone();
    assert_eq!(larger.store().settle(&larger.event, &session, at(now())).await.unwrap(), 2);
    assert_eq!(larger.store().settle(&larger.event, &session, at(now())).await.unwrap(), 0);
    assert_eq!(status(&table, 50).await, Some((Status::Confirmed, "a".into())));
    assert_eq!(
        (table.taken("a").await, table.people("a").await, table.waiting("a").await.len()),
        (52, 52, 0)
    );
    assert_eq!(kinds(&table, 91).await, [MailKind::Waiting, MailKind::Promoted]);
}

#[tokio::test]
async fn once_the_session_has_begun_nobody_is_promoted() {
    let table = full(1).await;
    let participant = table.participant(&email(0)).await.unwrap();
    let start = table.event.sessions()[0].starts_at();
    let key = participant.key();
    table.store().change(&table.event, &key, &Change::Cancel, at(start)).await.unwrap();
    assert_eq!(status(&table, 50).await, Some((Status::Waiting, "a".into())));
    assert_eq!(table.taken("a").await, SEATS - 1);
}

#[tokio::test]
async fn leaving_the_waiting_list_keeps_the_order_of_the_others() {
    let table = full(4).await;
    table.change(&table.store(), &email(51), &Change::Cancel).await.unwrap();
    assert_eq!(table.waiting("a").await, [who(&table, 50), who(&table, 52), who(&table, 53)]);
    table.change(&table.store(), &email(53), &Change::Erase).await.unwrap();
    table.change(&table.store(), &email(50), &moved("b", false)).await.unwrap();
    assert_eq!(table.waiting("a").await, [who(&table, 52)]);
    assert_eq!(status(&table, 50).await, Some((Status::Confirmed, "b".into())));
    assert_eq!((table.taken("a").await, table.taken("b").await), (SEATS, 1));
}

#[tokio::test]
async fn switching_is_atomic_and_keeps_the_seat_if_the_other_session_is_full() {
    let table = full(1).await;
    table.claim(&table.store(), &email(90), "b").await.unwrap();
    assert_eq!(table.change(&table.store(), &email(90), &moved("a", false)).await.unwrap(), Changed::Full);
    assert_eq!(status(&table, 90).await, Some((Status::Confirmed, "b".into())));
    assert_eq!(table.taken("b").await, 1);
    // Leaving the full session gives the seat to the head of its waiting list.
    assert_eq!(table.change(&table.store(), &email(0), &moved("b", false)).await.unwrap(), Changed::Done);
    assert_eq!(status(&table, 0).await, Some((Status::Confirmed, "b".into())));
    assert_eq!(status(&table, 50).await, Some((Status::Confirmed, "a".into())));
    assert_eq!((table.taken("a").await, table.taken("b").await), (SEATS, 2));
    let told: BTreeSet<MailKind> = kinds(&table, 0).await.into_iter().collect();
    assert_eq!(told, BTreeSet::from([MailKind::Confirmation, MailKind::Changed, MailKind::Left]));
    // On request, the participant gives up the seat and joins the waiting list.
    assert_eq!(table.change(&table.store(), &email(90), &moved("a", true)).await.unwrap(), Changed::Done);
    assert_eq!(status(&table, 90).await, Some((Status::Waiting, "a".into())));
    assert_eq!(table.taken("b").await, 1);
    let told: BTreeSet<MailKind> = kinds(&table, 90).await.into_iter().collect();
    assert_eq!(told, BTreeSet::from([MailKind::Confirmation, MailKind::Waiting, MailKind::Left]));
}

#[tokio::test]
async fn a_new_sign_up_after_a_cancellation_has_a_higher_calendar_version() {
    let table = table().await;
    table.claim(&table.store(), &email(0), "a").await.unwrap();
    table.change(&table.store(), &email(0), &Change::Cancel).await.unwrap();
    let before = table.participant(&email(0)).await.unwrap();
    let form = support::form(&email(0), "b");
    let later = now() + jiff::SignedDuration::from_mins(5);
    let again = table.claim_form(&table.store(), &form, later, std::time::Duration::from_secs(30)).await;
    assert_eq!(again.unwrap(), Claim::Placed(Place::Seat));
    let after = table.participant(&email(0)).await.unwrap();
    assert!(after.version > before.version && after.id != before.id);
    assert_eq!((table.taken("a").await, table.taken("b").await), (0, 1));
    // The link of the first sign-up no longer works.
    let key = before.key();
    let old = table.store().change(&table.event, &key, &Change::Cancel, at(later)).await;
    assert_eq!(old.unwrap(), Changed::Gone);
}

/// Returns whether a text occurs in any of the items.
fn holds(items: &[Item], word: &str) -> bool {
    items.iter().any(|item| format!("{item:?}").contains(word))
}

#[tokio::test]
async fn an_erasure_leaves_no_name_address_or_hash_anywhere() {
    let table = full(3).await;
    let form = "session=a&full_name=Xandra+Quispel&email=xq@voorbeeld.nl&organisation=Geheimschool&role=other\
                &role_other=Vertrouwelijk&question=Vertrouwelijk&wait=yes";
    let half_a_minute = std::time::Duration::from_secs(30);
    table.claim_form(&table.store(), form, now(), half_a_minute).await.unwrap();
    let xandra = table.participant("xq@voorbeeld.nl").await.unwrap();
    // The erasure must remove a parked mail and a sent one too.
    let event = &table.event;
    table.change(&table.store(), "xq@voorbeeld.nl", &moved("b", false)).await.unwrap();
    let [waiting, changed] = &table.mails("xq@voorbeeld.nl").await[..] else { panic!() };
    table.store().park(event, &waiting.key, "MessageRejected", soon()).await.unwrap();
    table.store().mark_sent(event, &changed.key, at(now())).await.unwrap();
    let words = ["Xandra", "xq@", "Geheimschool", "Vertrouwelijk", &xandra.person.key()];
    let items = table.items().await;
    assert!(words.iter().all(|word| holds(&items, word)), "all of them are stored before the erasure");
    assert_eq!(table.change(&table.store(), "xq@voorbeeld.nl", &Change::Erase).await.unwrap(), Changed::Done);
    let items = table.items().await;
    let reference = xandra.person.reference();
    for word in words.into_iter().chain([reference.as_str()]) {
        assert!(!holds(&items, word), "{word} is still there");
    }
    // A mailer that was still sending a mail does not recreate it.
    table.store().mark_sent(event, &waiting.key, at(now())).await.unwrap();
    table.store().postpone(event, &changed.key, now(), soon()).await.unwrap();
    assert!(!holds(&table.items().await, &xandra.person.key()));
    // The counters still match the participants who are left.
    assert_eq!((table.taken("a").await, table.taken("b").await), (SEATS, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_sign_ups_at_once_fill_fifty_seats_and_then_fifty_cancel_at_once() {
    let table = table().await;
    let store = table.store();
    let claims = (0..1000).map(|number| {
        let (table, store) = (table.clone(), store.clone());
        tokio::spawn(async move { (number, table.wait(&store, &email(number), "a").await.unwrap()) })
    });
    let (mut seated, mut waiting) = (Vec::new(), Vec::new());
    for claim in claims.collect::<Vec<_>>() {
        match claim.await.unwrap() {
            (number, Claim::Placed(Place::Seat)) => seated.push(number),
            (number, Claim::Placed(Place::WaitingList)) => waiting.push(number),
            (number, other) => panic!("{number}: {other:?}"),
        }
    }
    assert_eq!((seated.len(), waiting.len()), (SEATS, 950));
    let line = table.waiting("a").await;
    let in_line: BTreeSet<String> = line.iter().map(Person::key).collect();
    let asked: BTreeSet<String> = waiting.iter().map(|&number| who(&table, number).key()).collect();
    assert_eq!((line.len(), &in_line), (950, &asked), "everybody once, and nobody missing");

    let cancels = seated.iter().map(|&number| {
        let (table, store) = (table.clone(), store.clone());
        tokio::spawn(async move { table.change(&store, &email(number), &Change::Cancel).await.unwrap() })
    });
    for cancel in cancels.collect::<Vec<_>>() {
        assert_eq!(cancel.await.unwrap(), Changed::Done);
    }
    assert_eq!(table.waiting("a").await, line[SEATS..], "the others keep their order");
    assert_eq!((table.taken("a").await, table.people("a").await), (SEATS, SEATS));
    let items = table.items().await;
    let promoted: BTreeSet<&str> = items
        .iter()
        .filter(|item| text(item, "sk").starts_with("person#") && text(item, "status") == "confirmed")
        .map(|item| text(item, "sk").trim_start_matches("person#"))
        .collect();
    let next: BTreeSet<String> = line[..SEATS].iter().map(Person::key).collect();
    assert_eq!(promoted, next.iter().map(String::as_str).collect(), "exactly the next fifty");
    let mut told: Vec<&str> = items
        .iter()
        .filter(|item| text(item, "sk").starts_with("mail#") && text(item, "kind") == "promoted")
        .filter_map(|item| text(item, "sk").split('#').nth(1))
        .collect();
    told.sort_unstable();
    assert_eq!(told, next.iter().map(String::as_str).collect::<Vec<_>>(), "one mail each");
}

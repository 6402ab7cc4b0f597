//! Tests sign-ups that come all at once.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use signup_fn::people::field::Email;
use signup_fn::people::participant::NewAddress;
use signup_fn::people::token::SignupId;
use signup_fn::store::change::Change;
use signup_fn::store::claim::{Claim, Place};
use support::contention::contention;
use support::stub::{self, busy_at_first, dies_at_the_desk};
use support::way::{self, Way};
use support::{Table, at, form, identity, now, person, soon, table, text};

const SEATS: usize = 200;
const TEN_SECONDS: Duration = Duration::from_secs(10);

/// Submits the form of somebody who is willing to wait.
async fn sign_up(table: &Table, store: &signup_fn::store::client::Store, email: &str) -> Claim {
    table.claim_form(store, &(form(email, "a") + "&wait=yes"), now(), TEN_SECONDS).await.unwrap()
}

fn email(number: usize) -> String {
    format!("p{number}@voorbeeld.nl")
}

/// Returns how many tickets and leads are left.
async fn at_desks(table: &Table) -> usize {
    table.items().await.iter().filter(|item| text(item, "sk").starts_with("desk#")).count()
}

#[tokio::test(start_paused = true)]
async fn everybody_who_comes_at_once_gets_an_answer_and_nobody_a_seat_too_many() {
    let table = table().await.with_capacity(SEATS);
    let store = table.store_by(contention(table.way(), Duration::ZERO));
    let all = (0..SEATS + 100).map(|number| {
        let (table, store) = (table.clone(), store.clone());
        async move { sign_up(&table, &store, &email(number)).await }
    });
    let claims = join_all(all).await;
    let seated = claims.iter().filter(|claim| **claim == Claim::Placed(Place::Seat)).count();
    assert_eq!((seated, table.taken("a").await, table.people("a").await), (SEATS, SEATS, SEATS));
    let waiting = table.waiting("a").await;
    let distinct: std::collections::HashSet<_> = waiting.iter().collect();
    assert_eq!((waiting.len(), distinct.len(), at_desks(&table).await), (100, 100, 0));
    // Each has one mail, and those who wait have items that say so.
    assert_eq!(table.store().mails(&table.event, soon()).await.unwrap().readable.len(), SEATS + 100);
    let number = claims.iter().position(|claim| *claim == Claim::Placed(Place::WaitingList)).unwrap();
    assert!(waiting.contains(&person(&table.event, &Email::new(&email(number)).unwrap())));
    // Each partition has its part of the people.
    let items = table.items().await;
    let people = items.iter().filter(|item| text(item, "sk").starts_with("person#"));
    let partitions: std::collections::HashSet<_> = people.map(|item| text(item, "pk")).collect();
    assert_eq!(partitions.len(), 16);
    // Who leaves makes room for the first in the line.
    table.change(&table.store(), &email(0), &Change::Cancel).await.unwrap();
    assert_eq!((table.people("a").await, table.taken("a").await), (SEATS, SEATS));
}

#[tokio::test(start_paused = true)]
async fn a_rush_for_a_small_session_fills_it_and_refuses_those_who_do_not_wait() {
    let table = table().await.with_capacity(3);
    let store = table.store_by(contention(table.way(), Duration::ZERO));
    let all = (0..40).map(|number| {
        let (table, store) = (table.clone(), store.clone());
        async move { table.claim_within(&store, &email(number), "a", TEN_SECONDS).await.unwrap() }
    });
    let claims = join_all(all).await;
    let count = |is: Claim| claims.iter().filter(|claim| **claim == is).count();
    assert_eq!((count(Claim::Placed(Place::Seat)), count(Claim::Full)), (3, 37));
    assert_eq!((table.taken("a").await, table.people("a").await, at_desks(&table).await), (3, 3, 0));
}

#[tokio::test(start_paused = true)]
async fn a_form_sent_many_times_in_a_rush_counts_once() {
    let table = table().await.with_capacity(SEATS);
    let store = table.store_by(contention(table.way(), Duration::ZERO));
    let all = (0..20).map(|_| async { sign_up(&table, &store, &email(0)).await });
    let claims = join_all(all).await;
    let placed = claims.iter().filter(|claim| **claim == Claim::Placed(Place::Seat)).count();
    let known = claims.iter().filter(|claim| **claim == Claim::Known(Place::Seat)).count();
    assert_eq!((placed, known), (1, 19));
    assert_eq!((table.taken("a").await, table.people("a").await, at_desks(&table).await), (1, 1, 0));
}

/// Leaves the ticket of a process that dies.
async fn abandon(table: &Table, email: &str, patience: Duration) {
    table.store().keep(table.event.id(), Some(&table.event), at(now())).await.unwrap();
    let store = table.store_by(dies_at_the_desk(table.way()));
    let form = form(email, "a");
    assert!(table.claim_form(&store, &form, now(), patience).await.is_err());
    assert!(at_desks(table).await > 0);
}

#[tokio::test(start_paused = true)]
async fn whoever_has_the_lead_serves_the_ticket_of_a_process_that_died() {
    let table = table().await;
    // Longer than the lead of the process that died.
    abandon(&table, "jan@voorbeeld.nl", Duration::from_secs(60)).await;
    let store = table.store_by(busy_at_first(table.way()));
    let later = now() + SignedDuration::from_secs(5);
    let claim = table.claim_form(&store, &form("els@voorbeeld.nl", "a"), later, TEN_SECONDS).await;
    assert_eq!(claim.unwrap(), Claim::Placed(Place::Seat));
    assert!(table.participant("jan@voorbeeld.nl").await.is_some(), "asked, and not told otherwise");
    assert_eq!((table.taken("a").await, at_desks(&table).await), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_ticket_ends_with_its_request() {
    let table = table().await;
    abandon(&table, "jan@voorbeeld.nl", TEN_SECONDS).await;
    let store = table.store_by(busy_at_first(table.way()));
    let later = now() + SignedDuration::from_secs(10);
    let claim = table.claim_form(&store, &form("els@voorbeeld.nl", "a"), later, TEN_SECONDS).await;
    assert_eq!(claim.unwrap(), Claim::Placed(Place::Seat));
    assert!(table.participant("jan@voorbeeld.nl").await.is_none());
    assert_eq!((table.taken("a").await, at_desks(&table).await), (1, 1), "which the rounds clear");
}

#[tokio::test(start_paused = true)]
async fn the_rounds_clear_what_is_left_at_a_desk() {
    let table = table().await;
    abandon(&table, "jan@voorbeeld.nl", TEN_SECONDS).await;
    let clear = |now: Timestamp| {
        let table = table.clone();
        async move { table.store().clear_desks(&table.event, now, soon()).await.unwrap() }
    };
    clear(now()).await;
    assert_eq!(at_desks(&table).await, 1, "a request that is not over");
    clear(now() + SignedDuration::from_secs(10)).await;
    assert_eq!(at_desks(&table).await, 0);
}

#[tokio::test(start_paused = true)]
async fn one_unreadable_ticket_or_mailbox_stops_nobody_else() {
    let table = table().await;
    for email in ["jan@voorbeeld.nl", "els@voorbeeld.nl"] {
        abandon(&table, email, Duration::from_secs(60)).await;
    }
    let tickets: Vec<_> =
        table.items().await.into_iter().filter(|item| text(item, "sk").starts_with("desk#")).collect();
    let of = |email: &str| tickets.iter().find(|ticket| text(ticket, "email") == email).unwrap().clone();
    let mut odd = of("jan@voorbeeld.nl");
    odd.insert("role".into(), AttributeValue::S("of the future".into()));
    table.put(odd).await;
    // The mailbox of the other one has become unreadable.
    let els = of("els@voorbeeld.nl");
    let key = ("sk".to_owned(), AttributeValue::S(format!("mailbox#{}", text(&els, "mailbox"))));
    let people = ("people".to_owned(), AttributeValue::S("of the future".into()));
    table.put([("pk".to_owned(), els["pk"].clone()), key, people].into()).await;
    let store = table.store_by(busy_at_first(table.way()));
    let later = now() + SignedDuration::from_secs(5);
    let claim = table.claim_form(&store, &form("bo@voorbeeld.nl", "a"), later, TEN_SECONDS).await;
    assert_eq!(claim.unwrap(), Claim::Placed(Place::Seat));
    assert_eq!((table.taken("a").await, table.people("a").await), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_large_event_stays_spread_when_it_shrinks_and_a_small_one_together_when_it_grows() {
    let small = table().await;
    small.claim(&small.store(), &email(0), "a").await.unwrap();
    let grown = small.edited(|event| event["sessions"][0]["capacity"] = SEATS.into());
    let standing = |table: Table| async move {
        let timing = at(now());
        table.store().keep(table.event.id(), Some(&table.event), timing).await.unwrap().unwrap()
    };
    let kept = standing(grown.clone()).await;
    assert!(!kept.is_spread());
    assert_eq!(small.store().participants(&kept, at(now())).await.unwrap().readable.len(), 1);

    let large = table().await.with_capacity(SEATS);
    large.claim(&large.store(), &email(0), "a").await.unwrap();
    let shrunk = large.edited(|event| {
        event["sessions"][0]["capacity"] = 2.into();
        event["is_spread"] = false.into();
    });
    let kept = standing(shrunk).await;
    assert!(kept.is_spread());
    assert_eq!(large.store().participants(&kept, at(now())).await.unwrap().readable.len(), 1);
}

/// The old table kept the event when it was small, the restored one after it had grown, or the other way round.
#[tokio::test(start_paused = true)]
async fn everybody_is_carried_over_into_a_table_that_spreads_people_otherwise() {
    for (capacity_then, capacity_here) in [(2, SEATS), (SEATS, 2)] {
        let old = table().await.with_capacity(capacity_then);
        old.claim(&old.store(), &email(0), "a").await.unwrap();
        let here = table().await.with_capacity(capacity_here);
        here.claim(&here.store(), &email(1), "a").await.unwrap();
        let kept = old.store().kept_events(soon()).await.unwrap().readable.remove(0);
        for carried in [(1, 1), (0, 0)] {
            let now = here.store().carry_over(&old.store(), &kept, at(now())).await.unwrap().readable;
            assert_eq!((now.people, now.mails, now.unknown.len()), (carried.0, carried.1, 1));
        }
        let kept = here.store().kept_events(soon()).await.unwrap().readable.remove(0);
        assert_eq!(kept.is_spread(), capacity_here == SEATS);
        let people = here.store().participants(&kept, at(now())).await.unwrap().readable;
        let mut emails: Vec<_> = people.iter().map(|one| one.signup.email.as_str().to_owned()).collect();
        emails.sort_unstable();
        assert_eq!((emails, here.taken("a").await), (vec![email(0), email(1)], 2));
        // Both can be found by their links, and each has one mail.
        for number in [0, 1] {
            let on_table = Table { event: kept.clone(), ..here.clone() };
            assert!(on_table.participant(&email(number)).await.is_some());
            assert_eq!(on_table.mails(&email(number)).await.len(), 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_was_served_meanwhile_never_hears_that_the_session_is_full() {
    let table = table().await.with_capacity(1);
    let (transactions, reads) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let (way, other) = (table.way(), table.clone());
    // The first transaction finds the session in use. The answer to the second, which leaves the ticket, is lost. Then
    // somebody else serves it, just before the state of the session is read.
    let meddled: Way = Arc::new(move |sent| {
        let (way, other) = (Arc::clone(&way), other.clone());
        let mut read = sent.body["RequestItems"].as_object().into_iter().flat_map(|tables| tables.values());
        let is_state = read.any(|wanted| wanted["Keys"].to_string().contains("\"session#"));
        let reads = reads.fetch_add(usize::from(is_state), Ordering::Relaxed);
        let is_transaction = sent.operation == "TransactWriteItems";
        let transaction = transactions.fetch_add(usize::from(is_transaction), Ordering::Relaxed);
        Box::pin(async move {
            match (is_transaction, is_state) {
                (true, _) if transaction == 0 => return stub::conflict(),
                (true, _) if transaction == 1 => {
                    stub::pass(&way, sent).await;
                    return way::error(503, "ServiceUnavailable");
                }
                (_, true) if reads == 1 => {
                    let store = other.store_by(busy_at_first(other.way()));
                    let form = form("els@voorbeeld.nl", "a") + "&wait=yes";
                    let later = now() + SignedDuration::from_secs(1);
                    let claim = other.claim_form(&store, &form, later, TEN_SECONDS).await;
                    assert_eq!(claim.unwrap(), Claim::Placed(Place::WaitingList));
                }
                _ => {}
            }
            stub::pass(&way, sent).await
        })
    });
    table.store().keep(table.event.id(), Some(&table.event), at(now())).await.unwrap();
    let claim = table.claim_within(&table.store_by(meddled), "jan@voorbeeld.nl", "a", TEN_SECONDS).await;
    assert_eq!(claim.unwrap(), Claim::Placed(Place::Seat));
    assert_eq!((table.taken("a").await, table.waiting("a").await.len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn somebody_asked_for_with_two_addresses_stops_nobody_else() {
    let table = table().await;
    let (former, new) = ("jan@voorbeeld.nl", "vos@voorbeeld.nl");
    table.claim(&table.store(), former, "a").await.unwrap();
    let (email, id) = (Email::new(new).unwrap(), SignupId::random().unwrap());
    let mailbox = identity().mailbox(table.event.id(), &email);
    let until = now() + SignedDuration::from_hours(1);
    let ask = Change::AskAddress(NewAddress { email, id, until });
    for (at, change) in [(former, ask), (former, Change::TakeAddress { id, mailbox }), (new, Change::Cancel)]
    {
        table.change(&table.store(), at, &change).await.unwrap();
    }
    for email in [new, former] {
        abandon(&table, email, Duration::from_secs(60)).await;
    }
    let later = now() + SignedDuration::from_secs(5);
    for email in ["els@voorbeeld.nl", "bo@voorbeeld.nl"] {
        let store = table.store_by(busy_at_first(table.way()));
        let claim = table.claim_form(&store, &form(email, "a"), later, TEN_SECONDS).await;
        assert_eq!(claim.unwrap(), Claim::Placed(Place::Seat));
    }
    assert_eq!(table.taken("a").await, table.people("a").await);
}

#[tokio::test(start_paused = true)]
async fn erasing_leaves_no_ticket_behind() {
    let table = table().await;
    abandon(&table, "jan@voorbeeld.nl", TEN_SECONDS).await;
    table.claim(&table.store(), "jan@voorbeeld.nl", "a").await.unwrap();
    table.change(&table.store(), "jan@voorbeeld.nl", &Change::Erase).await.unwrap();
    assert_eq!(table.items().await.iter().filter(|item| item.contains_key("email")).count(), 0);
}

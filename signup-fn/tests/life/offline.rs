//! What an editor takes away after people have signed up: a session, its id, the whole event.

use std::sync::Arc;

use catalog::Catalog;
use catalog::answer::Status;
use catalog::mail::MailKind;
use http::{Method, StatusCode};
use jiff::SignedDuration;
use signup_fn::participant::function::Function;
use signup_fn::store::claim::{Claim, Place};

use crate::build::{ask, catalogue, function, link, mailer};
use crate::support::{self, PATIENCE, Table, at, now, soon, table};
use crate::{ELS, JAN, into_folder, kinds, status, subjects};

/// A table in which Jan has the only seat of the first session and Els waits for it, the function after the
/// next build, and the path of Jan's manage page.
async fn jan_and_els(after: impl FnOnce(&Table) -> Arc<Catalog>) -> (Table, Function, String) {
    let table = table().await.with_capacity(1);
    table.claim(&table.store(), JAN, "a").await.unwrap();
    let (mailer, folder) = into_folder(&table);
    mailer.sweep(SignedDuration::ZERO, at(now())).await.unwrap();
    table.wait(&table.store(), ELS, "a").await.unwrap();
    let function = function(&table, after(&table));
    let path = link(&folder, "confirmation");
    (table, function, path)
}

#[tokio::test]
async fn a_sign_up_outlives_the_page_of_its_event() {
    let (table, function, path) = jan_and_els(|_| catalogue(&[])).await;
    let start = table.event.sessions()[0].starts_at();
    // The form is gone with the page, but a participant's own page is not.
    assert_eq!(ask(&function, Method::GET, "/aanmelden/e/", "", now()).await.status(), StatusCode::NOT_FOUND);
    let shown = ask(&function, Method::GET, &path, "", now()).await;
    assert_eq!(shown.status(), StatusCode::OK);
    assert!(shown.body().contains("manage confirmed a"), "{}", shown.body());
    // Mail about it is sent, without a link to the page.
    let (mailer, folder) = mailer(&table, catalogue(&[]));
    mailer.rounds(at(start - SignedDuration::from_hours(2))).await.unwrap();
    mailer.sweep(SignedDuration::ZERO, at(start - SignedDuration::from_hours(2))).await.unwrap();
    assert_eq!(subjects(&folder), ["reminder a", "waiting a"]);
    let letters = std::fs::read_dir(folder.path()).unwrap().flatten();
    for letter in letters.map(|file| std::fs::read_to_string(file.path()).unwrap()) {
        assert!(!letter.contains("/nieuws/"), "{letter}");
    }
    // Correcting and cancelling work, and the waiting list moves up.
    let corrected = "action=details&full_name=Jan+Bos&organisation=SWV&role=director";
    assert_eq!(ask(&function, Method::POST, &path, corrected, now()).await.status(), StatusCode::SEE_OTHER);
    let cancelled = ask(&function, Method::POST, &path, "action=cancel", now()).await;
    assert_eq!(cancelled.status(), StatusCode::SEE_OTHER);
    assert_eq!(status(&table, JAN).await, Some(Status::Cancelled));
    assert_eq!(status(&table, ELS).await, Some(Status::Confirmed));
    assert!(kinds(&table, JAN).await.contains(&MailKind::Cancelled));
    let erased = ask(&function, Method::POST, &path, "action=erase", now()).await;
    let erased = ask(&function, Method::GET, erased.headers()["location"].to_str().unwrap(), "", now()).await;
    assert_eq!(erased.body(), "<p>erased </p>");
    assert_eq!(status(&table, JAN).await, None);
    // Nobody is kept longer than promised.
    let forget_at = table.event.forget_at(&table.event.sessions()[0]);
    mailer.rounds(at(forget_at)).await.unwrap();
    assert_eq!(table.items().await.len(), 1, "only the counter is left");
}

#[tokio::test]
async fn people_in_a_session_that_was_removed_keep_it_but_nobody_can_choose_it() {
    let (table, function, path) = jan_and_els(|table| {
        let without = table.edited(|event| _ = event["sessions"].as_array_mut().unwrap().remove(0));
        catalogue(&[&without])
    })
    .await;
    let shown = ask(&function, Method::GET, &path, "", now()).await;
    assert!(shown.body().contains("manage confirmed a"), "{}", shown.body());
    let chosen = support::form("nieuw@voorbeeld.nl", "a");
    let refused = ask(&function, Method::POST, "/aanmelden/e/", &chosen, now()).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body().contains("session: empty"), "{}", refused.body());
    // Jan can move to the session that is left, and Els gets the seat.
    let moved = ask(&function, Method::POST, &path, "action=move&session=b", now()).await;
    assert_eq!(moved.status(), StatusCode::SEE_OTHER);
    assert_eq!(table.participant(JAN).await.unwrap().signup.session.as_str(), "b");
    assert_eq!(status(&table, ELS).await, Some(Status::Confirmed));
}

#[tokio::test]
async fn a_session_with_another_id_has_the_same_seats() {
    let renamed = |table: &Table| table.edited(|event| event["sessions"][0]["id"] = "eerste".into());
    let (table, function, path) = jan_and_els(|table| catalogue(&[&renamed(table)])).await;
    let renamed = renamed(&table);
    // Before the rounds, and even before anybody else signs up.
    let shown = ask(&function, Method::GET, &path, "", now()).await;
    assert!(shown.body().contains("manage confirmed eerste"), "{}", shown.body());
    let form = support::form("nieuw@voorbeeld.nl", "eerste");
    let claim = renamed.claim_form(&table.store(), &form, now(), PATIENCE).await.unwrap();
    assert_eq!(claim, Claim::Full, "no second seat");
    assert_eq!((renamed.taken("eerste").await, renamed.waiting("eerste").await.len()), (1, 1));
    let states = table.store().session_states(table.event.id(), soon()).await.unwrap();
    assert_eq!(states.len(), 1, "nothing is left of the former id");
    let cancelled = ask(&function, Method::POST, &path, "action=cancel", now()).await;
    assert_eq!(cancelled.status(), StatusCode::SEE_OTHER);
    assert_eq!((renamed.taken("eerste").await, renamed.waiting("eerste").await.len()), (1, 0));
    // The reminder goes out once, whatever the session is called.
    let soon = table.event.sessions()[0].starts_at() - SignedDuration::from_hours(2);
    for event in [&renamed, &table, &renamed] {
        let (mailer, _folder) = mailer(&table, catalogue(&[event]));
        mailer.rounds(at(soon)).await.unwrap();
    }
    let els = kinds(&table, ELS).await;
    assert_eq!(els.iter().filter(|kind| **kind == MailKind::Reminder).count(), 1, "{els:?}");
}

#[tokio::test]
async fn an_event_that_comes_back_has_lost_nothing() {
    let (table, _, path) = jan_and_els(|_| catalogue(&[])).await;
    let (offline, _folder) = mailer(&table, catalogue(&[]));
    offline.rounds(at(now())).await.unwrap();
    let back = function(&table, catalogue(&[&table]));
    let shown = ask(&back, Method::GET, &path, "", now()).await;
    assert!(shown.body().contains("manage confirmed a"), "{}", shown.body());
    let form = support::form("nieuw@voorbeeld.nl", "a");
    assert_eq!(ask(&back, Method::POST, "/aanmelden/e/", &form, now()).await.status(), StatusCode::CONFLICT);
    assert_eq!(
        table.claim(&table.store(), "nieuw@voorbeeld.nl", "b").await.unwrap(),
        Claim::Placed(Place::Seat)
    );
}

#[tokio::test]
async fn after_a_rename_the_first_request_may_be_a_cancellation_or_a_move() {
    let renamed = |table: &Table| table.edited(|event| event["sessions"][0]["id"] = "eerste".into());
    let (table, function, path) = jan_and_els(|table| catalogue(&[&renamed(table)])).await;
    let cancelled = ask(&function, Method::POST, &path, "action=cancel", now()).await;
    assert_eq!(cancelled.status(), StatusCode::SEE_OTHER);
    assert_eq!(status(&table, ELS).await, Some(Status::Confirmed));
    let (table, function, path) = jan_and_els(|table| catalogue(&[&renamed(table)])).await;
    let moved = ask(&function, Method::POST, &path, "action=move&session=b", now()).await;
    assert_eq!(moved.status(), StatusCode::SEE_OTHER);
    let back = ask(&function, Method::POST, &path, "action=move&session=eerste", now()).await;
    assert_eq!(back.status(), StatusCode::CONFLICT, "Els has the only seat");
    // A former id that another session gets later does not mix them up.
    let (mailer, _folder) = mailer(&table, catalogue(&[&renamed(&table)]));
    mailer.rounds(at(now())).await.unwrap();
    let reused = renamed(&table).edited(|event| {
        let mut other = event["sessions"][0].clone();
        other["id"] = "a".into();
        crate::support::reschedule(&mut other, now() + SignedDuration::from_hours(24 * 100));
        event["sessions"].as_array_mut().unwrap().push(other);
    });
    let (mailer, _folder) = crate::build::mailer(&table, catalogue(&[&reused]));
    mailer.rounds(at(now())).await.unwrap();
    let els = table.store().participants(&reused.event, at(now())).await.unwrap().readable;
    let els = els.iter().find(|one| one.signup.email.as_str() == ELS).unwrap();
    assert_eq!(els.signup.session.as_str(), "eerste");
    assert!(!kinds(&table, ELS).await.contains(&MailKind::Rescheduled));
}

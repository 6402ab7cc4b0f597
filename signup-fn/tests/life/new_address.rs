//! Changing the email address of a sign-up.

use catalog::answer::Status;
use catalog::mail::MailKind;
use http::{Method, StatusCode};
use jiff::SignedDuration;

use crate::build::{ask, catalogue, function, link};
use crate::support::{at, now, table};
use crate::{ELS, JAN, into_folder, kinds, status, subjects};

const NEW: &str = "jan@nieuw.example";

#[tokio::test]
async fn a_new_address_keeps_the_seat_once_its_owner_has_confirmed_it() {
    let table = table().await;
    table.claim(&table.store(), JAN, "a").await.unwrap();
    table.claim(&table.store(), ELS, "a").await.unwrap();
    let function = function(&table, catalogue(&[&table]));
    let (mailer, folder) = into_folder(&table);
    mailer.sweep(SignedDuration::ZERO, at(now())).await.unwrap();
    let jan = table.participant(JAN).await.unwrap();
    let key = jan.key();
    let token = function.token_keys.issue(
        signup_fn::people::token::Purpose::Manage,
        table.event.id(),
        &key,
        table.event.links_expire_at(),
    );
    let manage = format!("/aanmelden/e/wijzigen/{token}/");
    let post = async |path: &str, body: &str| ask(&function, Method::POST, path, body, now()).await;
    let wrong = post(&manage, "action=address&email=jan").await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body().contains("email: malformed"), "{}", wrong.body());
    let asked = post(&manage, "action=address&email=jan@nieuw.example").await;
    assert!(asked.headers()["location"].to_str().unwrap().ends_with("/adres-gevraagd/"));
    assert_eq!(post(&manage, "action=address&email=x@y.example").await.status(), StatusCode::CONFLICT);
    // Nothing has changed yet. The mail to the new address does not open the sign-up.
    assert_eq!(status(&table, JAN).await, Some(Status::Confirmed));
    mailer.sweep(SignedDuration::ZERO, at(now())).await.unwrap();
    let files = std::fs::read_dir(folder.path()).unwrap().flatten();
    let letters: Vec<String> = files.map(|file| std::fs::read_to_string(file.path()).unwrap()).collect();
    let letter = letters.iter().find(|letter| letter.contains("Subject: confirm_address")).unwrap();
    assert!(letter.contains(NEW) && !letter.contains("/wijzigen/"), "{letter}");
    let confirm = link(&folder, "confirm_address");
    let shown = ask(&function, Method::GET, &confirm, "", now()).await;
    assert_eq!(shown.body(), "<p>new address jan@nieuw.example</p>");
    assert_eq!(status(&table, NEW).await, None, "opening a link changes nothing");
    let taken = post(&confirm, "").await;
    assert_eq!(taken.status(), StatusCode::SEE_OTHER);
    let own = taken.headers()["location"].to_str().unwrap().to_owned();
    let shown = ask(&function, Method::GET, &own, "", now()).await;
    assert!(shown.body().contains("manage confirmed a") && shown.body().contains("readdressed"));
    let moved = table.participant(NEW).await.unwrap();
    assert_eq!((moved.person, moved.status), (jan.person, Status::Confirmed));
    assert_eq!((table.taken("a").await, table.people("a").await), (2, 2));
    // The former address is told, and its links open nothing any more.
    mailer.sweep(SignedDuration::ZERO, at(now())).await.unwrap();
    assert_eq!(subjects(&folder).iter().filter(|subject| *subject == "readdressed a").count(), 1);
    assert_eq!(ask(&function, Method::GET, &manage, "", now()).await.status(), StatusCode::GONE);
    // Whoever presses the button twice, or opens the link again, is led to the sign-up, once it is theirs.
    for method in [Method::POST, Method::GET] {
        assert_eq!(ask(&function, method, &confirm, "", now()).await.headers()["location"], *own);
    }
    assert_eq!(table.participant(NEW).await.unwrap().version, moved.version, "and nothing changes");
    // The former address is free again, and the new one is known.
    use signup_fn::store::claim::{Claim, Place};
    assert_eq!(table.claim(&table.store(), NEW, "b").await.unwrap(), Claim::Known(Place::Seat));
    assert_eq!(table.claim(&table.store(), JAN, "b").await.unwrap(), Claim::Placed(Place::Seat));
}

#[tokio::test]
async fn the_address_of_somebody_with_the_same_name_is_refused() {
    let table = table().await;
    for email in [JAN, ELS] {
        table.claim(&table.store(), email, "a").await.unwrap();
    }
    let function = function(&table, catalogue(&[&table]));
    let key = table.participant(JAN).await.unwrap().key();
    let address = signup_fn::people::participant::NewAddress {
        email: signup_fn::people::field::Email::new(ELS).unwrap(),
        id: signup_fn::people::token::SignupId::random().unwrap(),
        until: now() + signup_fn::people::participant::TO_CONFIRM,
    };
    let change = signup_fn::store::change::Change::AskAddress(address);
    table.store().change(&table.event, &key, &change, at(now())).await.unwrap();
    let (mailer, folder) = into_folder(&table);
    mailer.sweep(SignedDuration::ZERO, at(now())).await.unwrap();
    let confirm = link(&folder, "confirm_address");
    let refused = ask(&function, Method::POST, &confirm, "", now()).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    assert_eq!(refused.body(), "<p>new address els@voorbeeld.nl</p>", "the sign-up does not open here");
    assert_eq!(status(&table, JAN).await, Some(Status::Confirmed));
    // The address is forgotten after a day.
    let late = now() + SignedDuration::from_hours(24);
    assert_eq!(ask(&function, Method::GET, &confirm, "", late).await.status(), StatusCode::GONE);
    mailer.rounds(at(late)).await.unwrap();
    let stored = table.items().await;
    assert!(stored.iter().all(|item| !item.contains_key("new_email")), "{stored:?}");
    assert!(!kinds(&table, JAN).await.contains(&MailKind::Rescheduled));
}

//! What organisers change about a session.

use std::sync::Arc;

use catalog::answer::Status;
use catalog::mail::MailKind;
use jiff::{SignedDuration, Timestamp};
use signup_fn::mail::transport::Transport;
use signup_fn::participant::function::Function;

use crate::browser::{Browser, LIST, ORIGIN, Page, area, keys, page_of};
use crate::support::{Table, at, catalog, form, function_folder, identity, mailer, table};

/// The date and times of the first session, as its page sends them back.
const WHEN: &str = "date=2098-11-28&start=16%3A00&end=17%3A30";

#[tokio::test]
async fn a_session_is_changed_after_the_page_said_what_would_happen() {
    let table = table().await.with_capacity(1);
    let store = table.store();
    for email in ["a@x.nl", "b@x.nl", "c@x.nl"] {
        table.wait(&store, email, "a").await.unwrap();
    }
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "ria@pos.example").await;
    let path = format!("{LIST}wijzigen/");
    assert!(browser.get(&path).await.body.contains("amend 1 false false  differs false"));
    for (capacity, error) in
        [("0", "no_number"), ("x", "no_number"), ("10001", "no_number"), ("-1", "no_number")]
    {
        let page = browser.submit(&path, &path, &format!("action=preview&{WHEN}&capacity={capacity}")).await;
        assert!(page.status == 422 && page.body.contains(error), "{capacity}: {}", page.body);
    }
    let preview = browser.submit(&path, &path, &format!("action=preview&{WHEN}&capacity=2")).await.body;
    assert!(preview.contains("1 to 2 promoted 1 told 0"), "{preview}");
    assert_eq!(table.taken("a").await, 1, "a preview changes nothing");

    // More seats: who waits gets one at once.
    let page = browser.get(&path).await;
    let more =
        format!("form_key={}&before={}&action=do&{WHEN}&capacity=2", page.form_key(), before(&page.body));
    for _ in 0..2 {
        assert_eq!(browser.post(&path, &more).await.location, format!("{path}gedaan/"));
    }
    assert_eq!((table.taken("a").await, table.waiting("a").await.len()), (2, 1));
    assert!(browser.get(&path).await.body.contains("amend 2 false false  differs true"));
    // Fewer than are taken: refused.
    let page = amend(&mut browser, "capacity=1").await;
    assert!(page.status == 422 && page.body.contains("too_small"), "{}", page.body);

    // Closed: nobody signs up, and whoever has is unharmed.
    amend(&mut browser, "capacity=2&closed=yes").await;
    let function = function(&table);
    let signup = form("d%40x.nl", "a");
    assert_eq!(sign_up(&function, &signup, browser.now).await, 409);
    assert_eq!(sign_up(&function, &form("d%40x.nl", "b"), browser.now).await, 303);
    assert_eq!(table.taken("a").await, 2);
    amend(&mut browser, "capacity=10").await;
    assert_eq!(sign_up(&function, &signup, browser.now).await, 303, "open again");

    // A colleague has changed the session since the page was shown: it says again what would happen.
    let page = browser.get(&path).await;
    let old =
        format!("form_key={}&before={}&action=do&{WHEN}&capacity=50", page.form_key(), before(&page.body));
    amend(&mut browser, "capacity=11").await;
    let again = browser.post(&path, &old).await;
    assert!(again.status == 200 && again.body.contains("11 to 50"), "{}", again.body);

    // Called off: a sensitive action, and everybody gets one mail.
    browser.now += SignedDuration::from_mins(20);
    let off = "capacity=11&called_off=yes&reason=Ziek";
    assert!(amend(&mut browser, off).await.body.contains("organiser/confirm.html"));
    browser.log_in(&table, "ria@pos.example").await;
    assert_eq!(amend(&mut browser, off).await.location, format!("{path}gedaan/"));
    assert_eq!(table.taken("a").await, 0);
    for email in ["a@x.nl", "b@x.nl", "c@x.nl"] {
        assert_eq!(table.participant(email).await.unwrap().status, Status::Cancelled);
    }
    assert_eq!(sign_up(&function, &form("e%40x.nl", "a"), browser.now).await, 409);
    let log = browser.get("/beheer/logboek/").await.body;
    assert_eq!(log.matches("act session_changed Ria Vos").count(), 5, "{log}");
}

/// Returns what the page of a session says was changed before, as a form sends it back.
fn before(page: &str) -> String {
    let value = page.split("name=\"before\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    form_urlencoded::byte_serialize(value.replace("&quot;", "\"").as_bytes()).collect()
}

/// Changes the first session, as somebody who has seen the page does.
async fn amend(browser: &mut Browser<'_>, fields: &str) -> Page {
    amend_at(browser, WHEN, fields).await
}

/// Changes the first session and its date and times.
async fn amend_at(browser: &mut Browser<'_>, when: &str, fields: &str) -> Page {
    let path = format!("{LIST}wijzigen/");
    let page = browser.get(&path).await;
    let form =
        format!("form_key={}&before={}&action=do&{when}&{fields}", page.form_key(), before(&page.body));
    browser.now += SignedDuration::from_secs(1);
    browser.post(&path, &form).await
}

#[tokio::test]
async fn a_session_with_more_people_than_seats_can_still_be_called_off() {
    let table = table().await.with_capacity(1);
    let store = table.store();
    for email in ["a@x.nl", "b@x.nl"] {
        table.wait(&store, email, "a").await.unwrap();
    }
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "ria@pos.example").await;
    amend(&mut browser, "capacity=2").await;
    table.wait(&store, "c@x.nl", "a").await.unwrap();
    let path = page_of(&table, "c@x.nl").await;
    browser.submit(&path, &path, "action=let_in&note=Spreekt+zelf").await;
    assert_eq!(table.taken("a").await, 3, "of two");
    assert_eq!(amend(&mut browser, "capacity=2&closed=yes").await.status, 303);
    assert_eq!(amend(&mut browser, "capacity=2&closed=yes&called_off=yes").await.status, 303);
    assert_eq!(table.taken("a").await, 0);
}

#[tokio::test]
async fn a_session_that_moves_takes_everybody_along() {
    let table = table().await.with_capacity(1);
    let store = table.store();
    for email in ["a@x.nl", "b@x.nl"] {
        table.wait(&store, email, "a").await.unwrap();
    }
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "ria@pos.example").await;
    let path = format!("{LIST}wijzigen/");
    let shown = browser.get(&path).await.body;
    assert!(shown.contains("value=\"2098-11-28 16:00 17:30\""), "{shown}");
    for (when, error) in [
        ("date=&start=16%3A00&end=17%3A30", "no_date"),
        ("date=31-11-2098&start=16%3A00&end=17%3A30", "no_date"),
        ("date=2098-11-29&start=25%3A00&end=17%3A30", "no_start"),
        // The clock skips this hour.
        ("date=2098-03-30&start=02%3A30&end=17%3A30", "no_start"),
        ("date=2098-11-29&start=16%3A00&end=", "no_end"),
        ("date=2098-11-29&start=16%3A00&end=16%3A00", "ends_before_start"),
        ("date=2019-11-29&start=16%3A00&end=17%3A00", "starts_in_the_past"),
    ] {
        let page = browser.submit(&path, &path, &format!("action=preview&{when}&capacity=1")).await;
        assert!(page.status == 422 && page.body.contains(error), "{when}: {}", page.body);
    }
    // Typed as people do.
    let there = "date=5+december+2098&start=10.30+uur&end=12.00";
    let page = browser.submit(&path, &path, &format!("action=preview&{there}&capacity=1")).await.body;
    let told = "to vrijdag 5 december 2098, 10.30–12.00 uur told 2";
    assert!(page.contains(told), "{page}");

    browser.now += SignedDuration::from_mins(20);
    assert!(amend_at(&mut browser, there, "capacity=1").await.body.contains("organiser/confirm.html"));
    browser.log_in(&table, "ria@pos.example").await;
    assert_eq!(amend_at(&mut browser, there, "capacity=1").await.location, format!("{path}gedaan/"));
    for email in ["a@x.nl", "b@x.nl"] {
        let person = table.participant(email).await.unwrap();
        assert_eq!(person.told.unwrap().when, "vrijdag 5 december 2098, 10.30–12.00 uur");
        let mails = table.mails(email).await;
        assert_eq!(mails.iter().filter(|mail| mail.kind == MailKind::Rescheduled).count(), 1, "{mails:?}");
    }
    let overview = browser.get("/beheer/").await.body;
    assert!(overview.contains("! moved"), "{overview}");
    // The rounds tell nobody twice, and signing up for it goes on.
    let mailer = mailer(&table, Transport::Folder(tempfile::tempdir().unwrap().path().into()));
    mailer.rounds(at(browser.now)).await.unwrap();
    assert_eq!(table.mails("a@x.nl").await.len(), 2);
    assert_eq!(sign_up(&function(&table), &form("c%40x.nl", "a"), browser.now).await, 409, "full");

    // Back to what the site says.
    browser.now += SignedDuration::from_hours(2);
    browser.log_in(&table, "ria@pos.example").await;
    assert_eq!(amend(&mut browser, "capacity=1").await.status, 303);
    assert!(browser.get(&path).await.body.contains("differs false"));
    let told = table.participant("a@x.nl").await.unwrap().told.unwrap();
    assert_eq!(told.starts_at, table.event.sessions()[0].starts_at());
}

/// Returns the sign-up function in front of a table.
fn function(table: &Table) -> Function {
    let mut function = Function::open(function_folder(), table.store(), identity(), keys()).unwrap();
    function.origins = vec![ORIGIN.to_owned()];
    let mut record: catalog::CatalogRecord = catalog().into();
    record.events = vec![table.event.clone()];
    function.catalog = Arc::new(record.try_into().unwrap());
    function
}

/// Submits the form, and returns the status of the answer.
async fn sign_up(function: &Function, form: &str, now: Timestamp) -> u16 {
    let request = http::Request::post("/aanmelden/e/")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", ORIGIN)
        .body(form.as_bytes().to_vec())
        .unwrap();
    signup_fn::participant::answer(function, request, None, at(now)).await.status().as_u16()
}

//! What the area refuses, and what it keeps to itself.

use jiff::SignedDuration;

use crate::browser::{Browser, ORIGIN, area, pass};
use crate::support::{at, mailer, now, table, text};
use signup_fn::mail::mailer::Delivery;
use signup_fn::mail::transport::Transport;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// Every page of the area that an organiser can open.
const PAGES: [&str; 9] = [
    "/beheer/",
    "/beheer/bevestigen/",
    "/beheer/inlogs/",
    "/beheer/logboek/",
    "/beheer/gegevens/",
    "/beheer/bijeenkomst/e/sessie/a/",
    "/beheer/bijeenkomst/e/sessie/a/deelnamelink/",
    "/beheer/bijeenkomst/e/sessie/a/bericht/",
    "/beheer/bijeenkomst/e/sessie/a/toevoegen/",
];

#[tokio::test]
async fn without_a_log_in_no_page_shows_and_no_form_acts() {
    let table = table().await;
    table.claim(&table.store(), "vera@voorbeeld.nl", "a").await.unwrap();
    let area = area(&table);
    for path in PAGES {
        let mut browser = Browser::new(&area);
        let page = browser.get(path).await;
        assert_eq!((page.status, page.location.as_str()), (303, "/beheer/inloggen/"), "{path}");
        // A cookie that nobody gave out, and one that is no cookie.
        for value in ["A".repeat(43), "x".to_owned()] {
            browser.cookies.insert("__Host-beheer".to_owned(), value);
            let page = browser.get(path).await;
            assert!(page.status != 200 && !page.body.contains("vera"), "{path}");
        }
        let before = table.items().await.len();
        assert_eq!(Browser::new(&area).post(path, "action=send").await.status, 403, "{path}");
        assert_eq!(table.items().await.len(), before, "{path}");
    }
}

#[tokio::test]
async fn a_form_that_another_site_or_another_log_in_made_is_refused() {
    let table = table().await;
    let area = area(&table);
    let (mut ria, mut jan) = (Browser::new(&area), Browser::new(&area));
    ria.log_in(&table, "ria@pos.example").await;
    jan.log_in(&table, "jan@pos.example").await;
    let (own, others) = (ria.get("/beheer/").await.form_key(), jan.get("/beheer/").await.form_key());
    let path = "/beheer/gegevens/";
    let body = |key: &str| format!("form_key={key}&email=vera%40voorbeeld.nl");
    for headers in [
        &[FORM][..],
        &[FORM, ("origin", "https://evil.example")],
        &[FORM, ("origin", "null")],
        &[FORM, ("origin", ORIGIN), ("sec-fetch-site", "cross-site")],
        &[FORM, ("origin", ORIGIN), ("sec-fetch-site", "same-site")],
        &[FORM, ("sec-fetch-site", "none")],
    ] {
        assert_eq!(ria.send("POST", path, headers, &body(&own)).await.status, 403, "{headers:?}");
        let ask = ria.send("POST", "/beheer/inloggen/", headers, "email=ria%40pos.example").await;
        assert_eq!(ask.status, 403, "{headers:?}");
    }
    for forged in ["", "x", &others, &own[1..]] {
        assert_eq!(ria.post(path, &body(forged)).await.status, 403, "{forged}");
    }
    assert_eq!(ria.send("POST", path, &[FORM, ("origin", ORIGIN)], &body(&own)).await.status, 200);
    assert_eq!(ria.post(path, &body(&own)).await.status, 200);
}

#[tokio::test]
async fn reading_changes_nothing() {
    let table = table().await;
    table.claim(&table.store(), "vera@voorbeeld.nl", "a").await.unwrap();
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "ria@pos.example").await;
    // The first visit keeps the event as it stands.
    browser.get(PAGES[5]).await;
    let before = table.all_items().await;
    for path in PAGES {
        for method in ["GET", "HEAD"] {
            assert_eq!(browser.send(method, path, &[], "").await.status, 200, "{path}");
        }
    }
    let after = table.all_items().await;
    assert!(before.iter().all(|item| after.contains(item)) && before.len() == after.len());
    for path in PAGES {
        assert_eq!(browser.send("DELETE", path, &[], "").await.status, 405, "{path}");
    }
}

#[tokio::test]
async fn a_known_and_an_unknown_address_cannot_be_told_apart() {
    let table = table().await;
    let area = area(&table);
    let (mut known, mut unknown) = (Browser::new(&area), Browser::new(&area));
    let before = table.items().await.len();
    let one = known.ask("ria@pos.example").await;
    let between = table.items().await.len();
    let other = unknown.ask("niemand@pos.example").await;
    assert_eq!(between - before, table.items().await.len() - between, "the same work");
    assert_eq!((one.status, &one.location, &one.body), (other.status, &other.location, &other.body));
    let names = |page: &crate::browser::Page| {
        page.headers.iter().map(|(name, value)| (name.clone(), value.len())).collect::<Vec<_>>()
    };
    assert_eq!(names(&one), names(&other));
    // Nothing in the table says who asked, and nothing logs anybody in.
    for item in table.items().await {
        let stored = format!("{item:?}");
        for secret in ["ria", "niemand", "pos.example"] {
            assert!(!stored.contains(secret), "{stored}");
        }
    }
    // Only the mailer knows, and only the organiser gets a mail.
    let folder = tempfile::tempdir().unwrap();
    let mailer = mailer(&table, Transport::Folder(folder.path().into()));
    let sent = mailer.sweep(SignedDuration::ZERO, at(now())).await.unwrap();
    assert_eq!(sent.iter().filter(|delivery| **delivery == Delivery::Sent).count(), 1);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    assert!(table.store().passes(at(now()).deadline).await.unwrap().readable.is_empty());
}

#[tokio::test]
async fn requests_are_limited_by_address_and_by_network() {
    let table = table().await;
    let area = area(&table);
    let mut browser = Browser { sender: Some("192.0.2.1".parse().unwrap()), ..Browser::new(&area) };
    for email in ["ria@pos.example", "niemand@pos.example"] {
        for asked in 0..5 {
            assert_eq!(browser.ask(email).await.status, 303, "{email} {asked}");
        }
        assert_eq!(browser.ask(email).await.status, 429, "{email}");
    }
    for asked in 0..10 {
        assert_eq!(browser.ask(&format!("x{asked}@pos.example")).await.status, 303, "{asked}");
    }
    assert_eq!(browser.ask("y@pos.example").await.status, 429, "the network");
    browser.sender = Some("192.0.2.2".parse().unwrap());
    assert_eq!(browser.ask("y@pos.example").await.status, 303, "another network");
    assert_eq!(browser.ask("ria@pos.example").await.status, 429, "the address, from anywhere");
    browser.now += SignedDuration::from_hours(1);
    assert_eq!(browser.ask("ria@pos.example").await.status, 303, "an hour later");
}

#[tokio::test]
async fn a_stored_item_opens_nothing() {
    let table = table().await;
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.ask("ria@pos.example").await;
    let pass = pass(&table).await;
    let asking = browser.cookies["__Host-aanvraag"].clone();
    browser.post("/beheer/inloggen/code/", &format!("code={}", pass.code)).await;
    let log_in = browser.cookies["__Host-beheer"].clone();
    browser.get("/beheer/").await;
    for item in table.items().await {
        let stored = format!("{item:?}");
        for secret in [asking.as_str(), log_in.as_str(), &pass.token, pass.code.as_str()] {
            assert!(!stored.contains(secret), "{}", text(&item, "sk"));
        }
    }
}

#[tokio::test]
async fn every_response_has_the_security_headers_and_is_not_stored() {
    let table = table().await;
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "ria@pos.example").await;
    let list = "/beheer/bijeenkomst/e/sessie/a/";
    let export = browser.submit("/beheer/", &format!("{list}export/"), "kind=xlsx").await;
    let others = ["/beheer/inloggen/", "/beheer/inloggen/code/", "/beheer/bestaat-niet/"];
    let mut pages = vec![export];
    for path in PAGES.iter().chain(&others) {
        pages.push(browser.get(path).await);
    }
    for page in pages {
        assert_eq!(page.headers["cache-control"], "no-store", "{page:?}");
        for (name, value) in catalog::headers::SECURITY_HEADERS {
            assert_eq!(page.headers[name], value, "{page:?}");
        }
    }
}

#[tokio::test]
async fn a_page_that_a_mail_leads_to_asks_for_a_click_if_the_cookie_is_held_back() {
    let table = table().await;
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "ria@pos.example").await;
    // A strict cookie does not come along from another site.
    let mut from_mail = Browser::new(&area);
    let page = from_mail.send("GET", "/beheer/logboek/", &[("sec-fetch-site", "cross-site")], "").await;
    assert!(page.body.contains("/beheer/logboek/"), "{}", page.body);
    assert_eq!(browser.get("/beheer/logboek/").await.status, 200);
}

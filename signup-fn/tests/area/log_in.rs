//! Logging in and out.

use jiff::SignedDuration;

use crate::browser::{Browser, area, pass};
use crate::support::table;

#[tokio::test]
async fn a_code_logs_in_the_browser_that_asked_for_it() {
    let table = table().await;
    let area = area(&table);
    let mut browser = Browser::new(&area);
    let asked = browser.ask("RIA@pos.example").await;
    assert_eq!((asked.status, asked.location.as_str()), (303, "/beheer/inloggen/code/"));
    let code = pass(&table).await.code;
    // Another browser has the code, but did not ask for it.
    let mut other = Browser::new(&area);
    let refused = other.post("/beheer/inloggen/code/", &format!("code={code}")).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("other_browser"), "{}", refused.body);
    let typed = format!("code={}", code.as_str().to_lowercase());
    let begun = browser.post("/beheer/inloggen/code/", &typed).await;
    assert_eq!(begun.status, 303);
    assert!(begun.location.starts_with("/beheer/bijeenkomst/"), "the next session: {}", begun.location);
    assert_eq!(browser.get("/beheer/").await.status, 200);
    assert_eq!(other.get("/beheer/").await.location, "/beheer/inloggen/");
}

#[tokio::test]
async fn a_link_shows_a_button_and_works_once() {
    let table = table().await;
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.ask("ria@pos.example").await;
    let link = format!("/beheer/inloggen/link/{}/", pass(&table).await.token);
    // A mail scanner opens the link, in its own browser and without a cookie.
    for method in ["GET", "HEAD"] {
        let before = table.items().await;
        assert_eq!(Browser::new(&area).send(method, &link, &[], "").await.status, 200);
        assert_eq!(browser.send(method, &link, &[], "").await.status, 200);
        assert_eq!(table.items().await.len(), before.len());
    }
    assert!(Browser::new(&area).post(&link, "").await.body.contains("other_browser"));
    let attempts = (0..8).map(|_| {
        let mut browser = browser.clone();
        let link = link.clone();
        async move { browser.post(&link, "").await.status }
    });
    let statuses = join_all(attempts).await;
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    assert_eq!(browser.post(&link, "").await.status, 410);
}

async fn join_all<F: Future<Output = u16>>(attempts: impl Iterator<Item = F>) -> Vec<u16> {
    futures_util::future::join_all(attempts).await
}

#[tokio::test]
async fn five_codes_may_be_tried_even_at_once() {
    let table = table().await;
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.ask("ria@pos.example").await;
    let code = pass(&table).await.code;
    let attempts = (0..12).map(|_| {
        let mut browser = browser.clone();
        async move { browser.post("/beheer/inloggen/code/", "code=00000000").await.body }
    });
    let answers = futures_util::future::join_all(attempts).await;
    assert_eq!(answers.iter().filter(|body| body.contains("wrong")).count(), 5);
    let late = browser.post("/beheer/inloggen/code/", &format!("code={code}")).await;
    assert_eq!(late.status, 422);
    assert!(late.body.contains("over"), "{}", late.body);
}

#[tokio::test]
async fn a_newer_mail_replaces_an_older_one_and_both_are_valid_for_ten_minutes() {
    let table = table().await;
    let area = area(&table);
    let mut first = Browser::new(&area);
    first.ask("ria@pos.example").await;
    let old = pass(&table).await;
    let mut second = Browser::new(&area);
    second.ask("ria@pos.example").await;
    let new = pass(&table).await;
    let page = first.post("/beheer/inloggen/code/", &format!("code={}", old.code)).await;
    assert_eq!(page.status, 422, "replaced");
    second.now += SignedDuration::from_mins(10);
    assert_eq!(second.post("/beheer/inloggen/code/", &format!("code={}", new.code)).await.status, 422, "old");
    second.now -= SignedDuration::from_secs(1);
    assert_eq!(second.post("/beheer/inloggen/code/", &format!("code={}", new.code)).await.status, 303);
}

#[tokio::test]
async fn a_log_in_ends_after_an_hour_without_use_and_after_twelve_hours() {
    let table = table().await;
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "ria@pos.example").await;
    let mut idle = browser.clone();
    idle.now += SignedDuration::from_mins(60);
    let page = idle.get("/beheer/").await;
    assert_eq!(page.status, 403);
    assert!(!idle.cookies.contains_key("__Host-beheer"), "the cookie is deleted");
    // In use, it lasts.
    for _ in 0..14 {
        browser.now += SignedDuration::from_mins(50);
        assert_eq!(browser.get("/beheer/").await.status, 200, "{}", browser.now);
    }
    browser.now += SignedDuration::from_mins(19);
    assert_eq!(browser.get("/beheer/").await.status, 200);
    browser.now += SignedDuration::from_mins(1);
    assert_eq!(browser.get("/beheer/").await.status, 403, "twelve hours");
}

#[tokio::test]
async fn logging_out_ends_one_log_in_or_all() {
    let table = table().await;
    let area = area(&table);
    let (mut one, mut two) = (Browser::new(&area), Browser::new(&area));
    one.log_in(&table, "ria@pos.example").await;
    two.log_in(&table, "ria@pos.example").await;
    let mut colleague = Browser::new(&area);
    colleague.log_in(&table, "jan@pos.example").await;
    let stolen = one.clone();
    let log_ins = one.get("/beheer/inlogs/").await.body;
    assert_eq!(log_ins.matches("log-in").count() - 1, 2, "{log_ins}");
    assert_eq!(one.submit("/beheer/", "/beheer/uitloggen/", "").await.location, "/beheer/inloggen/");
    assert_eq!(stolen.clone().get("/beheer/").await.status, 403);
    assert_eq!(two.get("/beheer/").await.status, 200);
    one.log_in(&table, "ria@pos.example").await;
    two.submit("/beheer/inlogs/", "/beheer/uitloggen/", "overal=ja").await;
    assert_ne!(one.get("/beheer/").await.status, 200);
    assert_eq!(colleague.get("/beheer/").await.status, 200);
    let log = colleague.get("/beheer/logboek/").await.body;
    assert!(log.contains("act logged_out_everywhere Ria Vos"), "{log}");
    assert_eq!(log.matches("act logged_in Ria Vos").count(), 3, "{log}");
}

#[tokio::test]
async fn who_is_taken_off_the_list_is_out_at_once() {
    let table = table().await;
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "jan@pos.example").await;
    let path = "/beheer/";
    assert_eq!(browser.get(path).await.status, 200);
    let mut shorter = crate::browser::area(&table);
    shorter.organisers = "Ria Vos <ria@pos.example>".parse().unwrap();
    let mut after = Browser { area: &shorter, ..browser.clone() };
    assert_eq!(after.get(path).await.status, 403);
    // Back on the list, the old log-in is still gone.
    assert_eq!(browser.get(path).await.status, 403);
}

//! Live editing: what an editor sees while changing files.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod support;

use std::fs;
use std::time::Duration;

use dev_server::settings::Settings;
use support::{Tried, form, header, site};

/// Requests a path until the response contains the words.
async fn until(site: &Tried, path: &str, words: &str) -> String {
    for _ in 0..100 {
        let text = site.get(path).await.text().await.unwrap();
        if text.contains(words) {
            return text;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("`{words}` did not appear at `{path}`");
}

#[tokio::test]
async fn a_changed_page_is_rebuilt_and_the_browser_is_notified() {
    let site = Tried::start().await;
    let mut events = site.get("/_dev/events").await;
    assert_eq!(header(&events, "content-type"), "text/event-stream");
    let first = String::from_utf8_lossy(&events.chunk().await.unwrap().unwrap()).into_owned();
    fs::write(site.root.path().join("content/contact.md"), "+++\ntitle = \"Bel ons\"\n+++\n").unwrap();
    until(&site, "/contact/", "Bel ons").await;
    let second =
        tokio::time::timeout(Duration::from_secs(10), events.chunk()).await.unwrap().unwrap().unwrap();
    assert_ne!(first, String::from_utf8_lossy(&second));
    let page = site.get("/contact/").await.text().await.unwrap();
    assert!(page.contains("<script src=\"/_dev/reload.js\" defer></script>"));
    let script = site.get("/_dev/reload.js").await;
    assert!(header(&script, "content-type").starts_with("text/javascript"));
}

#[tokio::test]
async fn a_problem_is_reported_while_the_last_good_build_is_still_served() {
    let site = Tried::start().await;
    let file = site.root.path().join("content/contact.md");
    let mut events = site.get("/_dev/events").await;
    events.chunk().await.unwrap();
    fs::write(&file, "+++\ntitel = \"Bel ons\"\n+++\n").unwrap();
    let told = tokio::time::timeout(Duration::from_secs(10), events.chunk()).await.unwrap().unwrap().unwrap();
    let told = String::from_utf8_lossy(&told).into_owned();
    assert!(told.contains("onbekende sleutel `titel`") && told.contains("bedoel je `title`?"), "{told}");
    assert!(site.get("/contact/").await.text().await.unwrap().contains("Tekst."));
    assert_eq!(site.post("/aanmelden/open/", &form("ruim", "r%40voorbeeld.nl")).await.status(), 303);
    fs::write(&file, "+++\ntitle = \"Bel ons\"\n+++\n").unwrap();
    until(&site, "/contact/", "Bel ons").await;
}

#[tokio::test]
async fn output_that_somebody_has_deleted_comes_back_after_the_next_edit() {
    let site = Tried::start().await;
    let (out, before) = (site.root.path().join("dist"), site.get("/").await.text().await.unwrap());
    let mut events = site.get("/_dev/events").await;
    events.chunk().await.unwrap();
    fs::remove_file(out.join("site/index.html")).unwrap();
    fs::remove_dir_all(out.join("function")).unwrap();
    fs::write(site.root.path().join("content/contact.md"), "+++\ntitle = \"Bel ons\"\n+++\n").unwrap();
    until(&site, "/contact/", "Bel ons").await;
    let title = before.lines().find(|line| line.contains("<title>")).unwrap();
    until(&site, "/", title).await;
    // What the functions read was missing at first, of which nobody hears.
    let told = tokio::time::timeout(Duration::from_secs(10), events.chunk()).await.unwrap().unwrap().unwrap();
    let told = String::from_utf8_lossy(&told).into_owned();
    assert!(!told.contains("function"), "{told}");
    assert!(out.join("function/catalog.json").exists());
}

#[tokio::test]
async fn a_site_that_never_built_shows_its_problems_until_it_builds() {
    let root = site();
    let file = root.path().join("content/contact.md");
    fs::write(&file, "+++\ntitel = \"<b>Bel</b> ons\"\n+++\n").unwrap();
    let site = Tried::start_in(root).await;
    for path in ["/", "/aanmelden/open/"] {
        let answer = site.get(path).await;
        assert_eq!(answer.status(), 500);
        let html = answer.text().await.unwrap();
        assert!(html.contains("onbekende sleutel `titel`") && html.contains("&lt;b>Bel"), "{html}");
    }
    fs::write(&file, "+++\ntitle = \"Bel ons\"\n+++\n").unwrap();
    until(&site, "/contact/", "Bel ons").await;
}

#[tokio::test]
async fn a_folder_that_is_replaced_is_still_watched() {
    let site = Tried::start().await;
    let content = site.root.path().join("content");
    let other = site.root.path().join("other");
    let status = std::process::Command::new("cp").arg("-r").arg(&content).arg(&other).status().unwrap();
    assert!(status.success());
    fs::write(other.join("contact.md"), "+++\ntitle = \"Bel ons\"\n+++\n").unwrap();
    fs::rename(&content, site.root.path().join("former")).unwrap();
    fs::rename(&other, &content).unwrap();
    until(&site, "/contact/", "Bel ons").await;
    for words in ["Mail ons", "Schrijf ons"] {
        fs::write(content.join("contact.md"), format!("+++\ntitle = \"{words}\"\n+++\n")).unwrap();
        until(&site, "/contact/", words).await;
    }
}

#[tokio::test]
async fn a_page_appears_at_its_publication_time() {
    let site = Tried::start().await;
    let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(3);
    let soon = soon.in_tz("Europe/Amsterdam").unwrap().strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let page = format!("+++\ntitle = \"Straks\"\npublish_at = {soon}\n+++\n");
    fs::write(site.root.path().join("content/straks.md"), page).unwrap();
    fs::write(site.root.path().join("content/contact.md"), "+++\ntitle = \"Bel ons\"\n+++\n").unwrap();
    until(&site, "/contact/", "Bel ons").await;
    assert_eq!(site.get("/straks/").await.status(), 404);
    until(&site, "/straks/", "Straks").await;
}

#[tokio::test]
async fn an_unreadable_file_is_reported_to_the_browser_too() {
    let site = Tried::start().await;
    let mut events = site.get("/_dev/events").await;
    events.chunk().await.unwrap();
    fs::write(site.root.path().join("content/site.toml"), b"\xff").unwrap();
    let told = tokio::time::timeout(Duration::from_secs(10), events.chunk()).await.unwrap().unwrap().unwrap();
    assert!(String::from_utf8_lossy(&told).contains("geen UTF-8"), "{told:?}");
}

#[tokio::test]
async fn a_port_in_use_is_reported_with_an_alternative() {
    let site = Tried::start().await;
    let other = support::site();
    let port = site.server.address.port();
    let settings = Settings { port, ..support::settings(&other) };
    let error = dev_server::start(settings).await.unwrap_err().to_string();
    assert!(error.contains(&format!("poort {port} is al in gebruik")) && error.contains("--port"), "{error}");
}

#[tokio::test]
async fn the_pages_are_shown_as_of_a_day_to_come() {
    let root = support::site();
    let text = "+++\ntitle = \"Later\"\ndate = 2026-11-01\npublish_at = 2099-01-01T09:00:00\n+++\n\nTekst.\n";
    std::fs::write(root.path().join("content/nieuws/later.md"), text).unwrap();
    for (as_of, status) in [(None, 404), (Some("2099-01-01T09:00"), 200), (Some("2098-12-31"), 404)] {
        let as_of = as_of.map(|as_of| as_of.parse().unwrap());
        let server = dev_server::start(Settings { as_of, ..support::settings(&root) }).await.unwrap();
        let url = format!("http://{}/nieuws/later/", server.address);
        assert_eq!(support::client().get(url).send().await.unwrap().status(), status, "{as_of:?}");
        server.stop().await.unwrap();
    }
}

#[tokio::test]
async fn a_folder_that_is_not_a_site_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let error = dev_server::start(support::settings(&folder)).await.unwrap_err().to_string();
    assert!(error.contains("content/site.toml"), "{error}");
}

#[tokio::test]
async fn pages_are_served_as_the_cdn_serves_them() {
    let site = Tried::start().await;
    let page = site.get("/nieuws/").await;
    assert_eq!((page.status().as_u16(), header(&page, "content-type")), (200, "text/html; charset=utf-8"));
    let slash = site.get("/nieuws").await;
    assert_eq!((slash.status().as_u16(), header(&slash, "location")), (308, "/nieuws/"));
    let missing = site.get("/nergens/").await;
    assert_eq!(missing.status(), 404);
    assert!(missing.text().await.unwrap().contains("Deze pagina is er niet"));
    assert_eq!(site.get("/..%2f.site-gen").await.status(), 404);
    let slashes = site.get("//nieuws").await;
    assert_eq!(header(&slashes, "location"), "/nieuws/", "never another host");
}

//! In a real Chromium, driven through chromedriver: `cargo test -p dev-server --features browser`.
//!
//! Screenshots are left in `target/tmp`.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod support;

use std::process::Stdio;
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::json;
use support::{Tried, text};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// A browser, and somebody who has only a keyboard.
struct Visitor {
    client: Client,
    _driver: Child,
    _profile: tempfile::TempDir,
}

impl Visitor {
    /// Somebody whose browser runs no scripts.
    async fn new(width: u32, height: u32) -> Self {
        Self::with_scripts(width, height, false).await
    }

    async fn with_scripts(width: u32, height: u32, scripts: bool) -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("chromedriver does not start: {error}"));
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = loop {
            let line = lines.next_line().await.unwrap().unwrap();
            if let Some(port) = line.strip_prefix("ChromeDriver was started successfully on port ") {
                break port.trim_end_matches('.').to_owned();
            }
        };
        let profile = tempfile::tempdir().unwrap();
        let mut arguments: Vec<String> = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
        ]
        .map(str::to_owned)
        .into();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        let capabilities = json!({
            "goog:chromeOptions": {
                "args": arguments,
                // A window is at least 500 pixels wide; a phone is not.
                "mobileEmulation": { "deviceMetrics": { "width": width, "height": height, "pixelRatio": 2.0 } },
                "prefs": { "profile.managed_default_content_settings.javascript": if scripts { 1 } else { 2 } },
            }
        });
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities.as_object().unwrap().clone())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap();
        Self { client, _driver: driver, _profile: profile }
    }

    async fn focus(&self) -> Element {
        self.client.active_element().await.unwrap()
    }

    async fn attribute(&self, name: &str) -> String {
        self.focus().await.attr(name).await.unwrap().unwrap_or_default()
    }

    async fn press(&self, keys: &str) {
        self.focus().await.send_keys(keys).await.unwrap();
    }

    /// Presses tab until the element with this attribute has the focus.
    async fn tab_to(&self, attribute: &str, value: &str) {
        for _ in 0..60 {
            self.press(&Key::Tab.to_string()).await;
            if self.attribute(attribute).await == value {
                return;
            }
        }
        panic!("no stop at {attribute}={value}");
    }

    /// Waits, as a person would, until the page shows the words.
    async fn shows(&self, words: &str) {
        let mut page = String::new();
        for _ in 0..100 {
            // Between two pages there may be no body to read.
            if let Ok(body) = self.client.find(Locator::Css("body")).await {
                page = body.text().await.unwrap_or_default();
            }
            if page.contains(words) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("`{words}` is not on the page:\n{page}");
    }

    async fn screenshot(&self, name: &str) {
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
        let picture = self.client.screenshot().await.unwrap();
        std::fs::write(folder.join(format!("{name}.png")), picture).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_with_a_keyboard_and_no_javascript_is_refused_once_mends_it_and_is_signed_up() {
    let site = Tried::start_in(support::site_with_real_content()).await;
    let visitor = Visitor::new(360, 800).await;
    let article = site.url("/nieuws/lerend-netwerk-november-2028/");
    visitor.client.goto(&article).await.unwrap();
    visitor.shows("meetbare en merkbare indicatoren").await;
    visitor.screenshot("article-360").await;

    // The first stop leads past the menu.
    visitor.press(&Key::Tab.to_string()).await;
    assert_eq!(visitor.attribute("class").await, "skip");
    visitor.press(&Key::Enter.to_string()).await;
    visitor.tab_to("href", "#aanmelden").await;
    visitor.press(&Key::Enter.to_string()).await;

    visitor.tab_to("id", "session").await;
    visitor.press(&Key::Down.to_string()).await;
    assert_eq!(visitor.attribute("id").await, "session-30-november");
    visitor.tab_to("id", "full_name").await;
    visitor.press("Renée van 't Hof").await;
    visitor.tab_to("id", "email").await;
    visitor.press("renee").await;
    visitor.tab_to("id", "role").await;
    visitor.press(&Key::Space.to_string()).await;
    visitor.tab_to("type", "submit").await;
    visitor.press(&Key::Enter.to_string()).await;

    // Refused: the summary has the focus, and leads to the fields; what was typed is there.
    visitor.shows("Vul een e-mailadres in zoals naam@voorbeeld.nl.").await;
    assert!(visitor.client.title().await.unwrap().starts_with("Fout: "));
    assert_eq!(visitor.attribute("role").await, "alert");
    visitor.screenshot("refused-360").await;
    visitor.tab_to("href", "#email").await;
    visitor.press(&Key::Enter.to_string()).await;
    assert_eq!(visitor.attribute("id").await, "email");
    assert_eq!(visitor.focus().await.prop("value").await.unwrap().unwrap(), "renee");
    visitor.screenshot("refused-field-360").await;
    visitor.press(&(Key::End.to_string() + "@voorbeeld.nl")).await;
    visitor.tab_to("id", "organisation").await;
    visitor.press("SWV Noord").await;
    visitor.press(&Key::Enter.to_string()).await;

    visitor.shows("Je aanmelding is binnen").await;
    visitor.shows("donderdag 30 november 2028, 16.00–17.30 uur").await;
    visitor.screenshot("received-360").await;
    visitor.client.refresh().await.unwrap();
    visitor.shows("Je aanmelding is binnen").await;

    let items = site.items().await;
    let person = items.iter().find(|item| text(item, "sk").starts_with("person#")).unwrap();
    assert_eq!(text(person, "full_name"), "Renée van 't Hof");
    assert_eq!(text(person, "email"), "renee@voorbeeld.nl");
    assert_eq!(text(person, "session"), "30-november");
    assert_eq!(text(person, "role"), "director");
    visitor.client.clone().close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_searches_finds_pages_by_any_form_of_a_word() {
    let site = Tried::start_in(support::site_with_real_content()).await;
    let visitor = Visitor::with_scripts(360, 800, true).await;
    visitor.client.goto(&site.url("/zoeken/?q=indicator")).await.unwrap();
    visitor.shows("pagina’s gevonden").await;
    visitor.shows("Wat maakt een doel bespreekbaar?").await;
    visitor.screenshot("search-360").await;
    for (query, found) in [
        ("FINANCIEN", "Ons aanbod"),
        ("schoolbestuur", "Onze klanten"),
        ("verband", "Over ons"),
        ("privacy gegevens", "Privacyverklaring"),
        ("xyzzy", "Niets gevonden. Probeer een ander woord."),
    ] {
        let field = visitor.client.find(Locator::Id("zoekwoorden")).await.unwrap();
        field.clear().await.unwrap();
        field.send_keys(query).await.unwrap();
        visitor.shows(found).await;
    }
    let list = visitor.client.find_all(Locator::Css("#paginas li")).await.unwrap();
    assert!(list.is_empty());
    visitor.client.clone().close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_the_search_page_is_the_list_of_everything() {
    let site = Tried::start_in(support::site_with_real_content()).await;
    let visitor = Visitor::new(360, 800).await;
    visitor.client.goto(&site.url("/zoeken/")).await.unwrap();
    visitor.shows("Lerend Netwerk over meetbare en merkbare indicatoren").await;
    visitor.shows("Toegankelijkheid").await;
    let form = visitor.client.find(Locator::Css("form.search")).await.unwrap();
    assert!(!form.is_displayed().await.unwrap());
    visitor.client.clone().close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_browser_reloads_and_shows_what_is_wrong_over_the_page() {
    let site = Tried::start_in(support::site_with_real_content()).await;
    let visitor = Visitor::with_scripts(1024, 700, true).await;
    visitor.client.goto(&site.url("/contact/")).await.unwrap();
    visitor.shows("Zo bereik je").await;
    let file = site.root.path().join("content/contact.md");
    std::fs::write(&file, "+++\ntitel = \"Bel ons\"\n+++\n").unwrap();
    visitor.shows("onbekende sleutel `titel`").await;
    visitor.shows("Zo bereik je").await;
    visitor.screenshot("problem").await;
    std::fs::write(&file, "+++\ntitle = \"Bel ons\"\n+++\n").unwrap();
    visitor.shows("Bel ons").await;
    visitor.client.clone().close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_scrolls_sideways_on_the_smallest_phone() {
    let site = Tried::start_in(support::site_with_real_content()).await;
    let visitor = Visitor::new(320, 640).await;
    for path in [
        "/",
        "/nieuws/",
        "/nieuws/lerend-netwerk-november-2028/",
        "/ons-aanbod/",
        "/onze-klanten/",
        "/onze-partners/",
        "/over-ons/",
        "/contact/",
        "/privacyverklaring/",
        "/toegankelijkheid/",
        "/inloggen/",
        "/er-niet/",
        "/zoeken/",
        "/onderwerpen/",
        "/onderwerpen/indicatoren/",
    ] {
        visitor.client.goto(&site.url(path)).await.unwrap();
        let width =
            visitor.client.execute("return [document.documentElement.scrollWidth, innerWidth]", vec![]).await;
        let width = width.unwrap();
        assert_eq!(width, json!([320, 320]), "{path}: width of the content, of the window");
        assert_eq!(visitor.client.find_all(Locator::Css("h1")).await.unwrap().len(), 1, "{path}");
    }
    visitor.client.clone().close().await.unwrap();
}

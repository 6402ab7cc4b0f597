//! The walks of a participant and of an organiser in the three engines that browsers are made of: Blink (Chrome, Edge), Gecko (Firefox)
//! and WebKit. WebKitGTK is not Safari, but shares its engine.
//!
//! `cargo test -p dev-server --features browser --test engines`, with Chromium and chromedriver, Firefox and
//! geckodriver, WebKitWebDriver, and Xvfb.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]
#![allow(clippy::print_stdout, reason = "what was walked is worth a line")]

mod support;

use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;

use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};
use support::letter::letter;
use support::{Tried, text};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Engine {
    Blink,
    Gecko,
    WebKit,
}

/// A browser with its driver, and with the screen that WebKitGTK needs.
struct Browser {
    client: Client,
    _programs: Vec<Child>,
    profile: tempfile::TempDir,
}

/// The folder of the browser that comes with WebKitGTK.
const MINI_BROWSER: &str = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";

fn start(program: &mut Command) -> Child {
    let started = program.stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn();
    started.unwrap_or_else(|error| panic!("cannot start {program:?}: {error}"))
}

impl Browser {
    async fn open(engine: Engine, has_scripts: bool, is_dark: bool) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let profile = tempfile::tempdir().unwrap();
        let mut programs = Vec::new();
        let capabilities = match engine {
            Engine::Blink => {
                programs.push(start(
                    Command::new("chromedriver").arg(format!("--port={port}")).stdout(Stdio::null()),
                ));
                let mut arguments =
                    vec!["--headless", "--no-sandbox", "--disable-gpu", "--window-size=500,900"];
                // With smooth scrolling, a driver clicks before an element has come into view.
                arguments.push("--force-prefers-reduced-motion");
                arguments.push("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1");
                if is_dark {
                    arguments.push("--blink-settings=preferredColorScheme=0");
                }
                let scripts = if has_scripts { 1 } else { 2 };
                json!({ "goog:chromeOptions": {
                    "args": arguments,
                    "prefs": { "profile.managed_default_content_settings.javascript": scripts },
                } })
            }
            Engine::Gecko => {
                let port = port.to_string();
                programs
                    .push(start(Command::new("geckodriver").args(["--port", &port]).stdout(Stdio::null())));
                json!({ "moz:firefoxOptions": {
                    "binary": "/usr/bin/firefox-esr",
                    "args": ["-headless", "--width=500", "--height=900"],
                    "prefs": {
                        "javascript.enabled": has_scripts,
                        "ui.prefersReducedMotion": 1,
                        // 0 is dark, 1 is light.
                        "layout.css.prefers-color-scheme.content-override": i32::from(!is_dark),
                        // Nothing goes to other machines.
                        "network.proxy.type": 1,
                        "network.proxy.socks": "127.0.0.1",
                        "network.proxy.socks_port": 9,
                        "network.proxy.no_proxies_on": "127.0.0.1",
                    },
                } })
            }
            Engine::WebKit => {
                let screen = Command::new("Xvfb")
                    .args(["-displayfd", "1", "-screen", "0", "500x900x24", "-nolisten", "tcp"])
                    .stdout(Stdio::piped())
                    .stdin(Stdio::null())
                    .stderr(Stdio::null())
                    .kill_on_drop(true)
                    .spawn();
                let mut screen = screen.unwrap_or_else(|error| panic!("cannot start Xvfb: {error}"));
                let mut lines = BufReader::new(screen.stdout.take().unwrap()).lines();
                let display = lines.next_line().await.unwrap().unwrap();
                programs.push(screen);
                let settings = profile.path().join(".config/gtk-3.0");
                std::fs::create_dir_all(&settings).unwrap();
                let no_motion = "[Settings]\ngtk-enable-animations=0\n";
                std::fs::write(settings.join("settings.ini"), no_motion).unwrap();
                let mut driver = Command::new("WebKitWebDriver");
                driver.arg(format!("--port={port}")).env("DISPLAY", format!(":{display}"));
                driver
                    .env("HOME", profile.path())
                    .env("GTK_THEME", if is_dark { "Adwaita:dark" } else { "Adwaita" });
                driver.env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1");
                programs.push(start(driver.stdout(Stdio::null())));
                let scripts = format!("--enable-javascript={}", if has_scripts { "TRUE" } else { "FALSE" });
                json!({ "webkitgtk:browserOptions": {
                    "binary": MINI_BROWSER,
                    "args": ["--automation", scripts, "--geometry=500x900"],
                } })
            }
        };
        let client = Self::connect(port, &capabilities).await;
        Self { client, _programs: programs, profile }
    }

    /// Connects to a driver that is starting.
    async fn connect(port: u16, capabilities: &Value) -> Client {
        let mut last = String::new();
        for _ in 0..100 {
            let http = hyper_util::client::legacy::connect::HttpConnector::new();
            let mut builder = ClientBuilder::new(http);
            builder.capabilities(capabilities.as_object().unwrap().clone());
            match builder.connect(&format!("http://127.0.0.1:{port}")).await {
                Ok(client) => return client,
                Err(error) => last = error.to_string(),
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("no browser: {last}");
    }

    /// Waits until the page shows the words.
    async fn shows(&self, words: &str) {
        let mut page = String::new();
        for _ in 0..200 {
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

    async fn fill(&self, id: &str, value: &str) {
        let field = self.client.find(Locator::Id(id)).await.unwrap();
        field.clear().await.unwrap();
        field.send_keys(value).await.unwrap();
    }

    async fn click(&self, css: &str) {
        self.client.find(Locator::Css(css)).await.unwrap().click().await.unwrap();
    }

    async fn focused(&self, attribute: &str) -> String {
        let element = self.client.active_element().await.unwrap();
        element.attr(attribute).await.unwrap().unwrap_or_default()
    }

    async fn screenshot(&self, name: &str) {
        let picture = self.client.screenshot().await.unwrap();
        let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
        std::fs::write(file, picture).unwrap();
    }

    async fn close(self) {
        self.client.close().await.unwrap();
        drop(self.profile);
    }
}

/// How long a walk may take. It takes some five seconds.
const PATIENCE: Duration = Duration::from_secs(90);

/// Walks as a participant and as an organiser. A driver that hangs gets a second chance.
async fn walk(engine: Engine, has_scripts: bool, is_dark: bool) {
    for _ in 0..2 {
        if tokio::time::timeout(PATIENCE, walk_once(engine, has_scripts, is_dark)).await.is_ok() {
            return;
        }
        println!("{engine:?}: the driver hangs");
    }
    panic!("{engine:?}: the driver hung twice");
}

/// Signs up as a participant does: menu, article, a form with mistakes, and the same form put right.
async fn walk_once(engine: Engine, has_scripts: bool, is_dark: bool) {
    let name = format!(
        "{engine:?}-{}-{}",
        if has_scripts { "scripts" } else { "plain" },
        if is_dark { "dark" } else { "light" }
    );
    let site = Tried::start_in(support::site_with_real_content()).await;
    let browser = Browser::open(engine, has_scripts, is_dark).await;
    browser.client.goto(&site.url("/")).await.unwrap();
    browser.shows("Lerend Netwerk Passend Onderwijs").await;
    browser.screenshot(&format!("{name}-home")).await;

    // The menu is a popover, which needs no script.
    browser.click(".menu-button").await;
    browser.shows("Sluit menu").await;
    browser.click(".menu a[href='/nieuws/']").await;
    browser.shows("Berichten over onze bijeenkomsten").await;
    browser.client.goto(&site.url("/nieuws/lerend-netwerk-november-2028/")).await.unwrap();
    browser.shows("Welke datum kies je?").await;

    // A refusal keeps what was typed, and its summary has the focus.
    browser.fill("full_name", "Renée van 't Hof").await;
    browser.fill("email", "renee").await;
    browser.click(".signup button[type='submit']").await;
    browser.shows("Vul een e-mailadres in zoals naam@voorbeeld.nl.").await;
    assert_eq!(browser.focused("role").await, "alert", "{name}");
    assert!(browser.client.title().await.unwrap().starts_with("Fout: "), "{name}");
    browser.screenshot(&format!("{name}-refused")).await;
    let summary = browser.client.active_element().await.unwrap();
    summary.send_keys(&Key::Tab.to_string()).await.unwrap();
    // Some drivers give the whole address.
    let target = browser.focused("href").await;
    assert!(target.ends_with("#session"), "{name}: Tab leads to the first mistake, not to `{target}`");

    browser.fill("email", "renee@voorbeeld.nl").await;
    browser.fill("organisation", "SWV Noord").await;
    browser.click("#session").await;
    browser.click("#role").await;
    browser.click(".signup button[type='submit']").await;
    browser.shows("Je aanmelding is binnen").await;
    browser.screenshot(&format!("{name}-received")).await;
    browser.client.refresh().await.unwrap();
    browser.shows("Je aanmelding is binnen").await;
    let items = site.items().await;
    let people: Vec<_> = items.iter().filter(|item| text(item, "sk").starts_with("person#")).collect();
    assert_eq!(people.len(), 1, "{name}");
    assert_eq!(text(people[0], "full_name"), "Renée van 't Hof", "{name}");
    organise(&site, &browser, &name).await;
    println!("{name}: menu, refusal with focus, sign-up, reload; log-in, search, note, log-out");
    browser.close().await;
}

/// Logs in as an organiser does, finds the participant, notes something, and logs out.
async fn organise(site: &Tried, browser: &Browser, name: &str) {
    browser.client.goto(&site.url("/beheer/")).await.unwrap();
    browser.shows("Deze pagina is voor organisatoren").await;
    browser.fill("email", "organisator@pos.example").await;
    browser.click("main form button").await;
    browser.shows("Kijk in je mail").await;
    let mail = letter(site, "organisator@pos.example", "is je code").await;
    browser.fill("code", mail.subject.split(' ').next().unwrap()).await;
    browser.click("main form button").await;
    browser.shows("Je bent ingelogd als Organisator").await;
    browser.screenshot(&format!("{name}-organiser")).await;
    browser.fill("query", "hof").await;
    browser.click(".finder button").await;
    browser.shows("Gevonden voor").await;
    browser.click(".people th a").await;
    browser.shows("renee@voorbeeld.nl").await;
    browser.fill("note", "Belt nog terug").await;
    browser.click("form:has(#note) button").await;
    browser.shows("De notitie is bewaard.").await;
    browser.screenshot(&format!("{name}-organiser-person")).await;
    browser.click(".desk-menu button").await;
    browser.shows("Deze pagina is voor organisatoren").await;
    browser.client.goto(&site.url("/beheer/logboek/")).await.unwrap();
    browser.shows("Deze pagina is voor organisatoren").await;
    let items = site.items().await;
    let note = items.iter().find(|item| text(item, "sk").starts_with("person#"));
    assert_eq!(text(note.unwrap(), "note"), "Belt nog terug", "{name}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_participant_signs_up_in_blink() {
    walk(Engine::Blink, true, false).await;
    walk(Engine::Blink, false, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_participant_signs_up_in_gecko() {
    walk(Engine::Gecko, true, false).await;
    walk(Engine::Gecko, false, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_participant_signs_up_in_webkit() {
    walk(Engine::WebKit, true, false).await;
    walk(Engine::WebKit, false, true).await;
}

//! A browser and its user.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use http::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use url::{ParseError, Url};

/// A browser whose user has only a keyboard.
pub struct Visitor {
    pub client: Client,
    driver: Child,
    profile: tempfile::TempDir,
}

/// A screen: its size and colour settings.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    pub width: u32,
    pub height: u32,
    /// `light` or `dark`.
    pub scheme: &'static str,
    /// `active` in forced-colours mode, otherwise `none`.
    pub forced_colors: &'static str,
}

impl Screen {
    pub const PHONE: Self = Self { width: 320, height: 640, scheme: "light", forced_colors: "none" };
    pub const DESK: Self = Self { width: 1280, height: 800, scheme: "light", forced_colors: "none" };
    pub const DARK_DESK: Self = Self { scheme: "dark", ..Self::DESK };
    pub const DARK_PHONE: Self = Self { scheme: "dark", ..Self::PHONE };
}

const ARGUMENTS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    // Resolves no other host, so the browser's own requests to its vendor go nowhere.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

impl Visitor {
    /// Starts a browser with JavaScript disabled.
    pub async fn new(width: u32, height: u32) -> Self {
        Self::with_scripts(width, height, false).await
    }

    pub async fn with_scripts(width: u32, height: u32, scripts: bool) -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start chromedriver: {error}"));
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = loop {
            let line = lines.next_line().await.unwrap().unwrap();
            if let Some(port) = line.strip_prefix("ChromeDriver was started successfully on port ") {
                break port.trim_end_matches('.').to_owned();
            }
        };
        let profile = tempfile::tempdir().unwrap();
        let mut arguments: Vec<String> = ARGUMENTS.map(str::to_owned).into();
        arguments.push(format!("--user-data-dir={}", profile.path().join("profile").display()));
        arguments.push(format!("--log-net-log={}", profile.path().join("net-log.json").display()));
        let capabilities = json!({
            "goog:chromeOptions": {
                "args": arguments,
                // A browser window is at least 500 pixels wide, so a phone must be emulated.
                "mobileEmulation": { "deviceMetrics": { "width": width, "height": height, "pixelRatio": 2.0 } },
                "prefs": { "profile.managed_default_content_settings.javascript": if scripts { 1 } else { 2 } },
            },
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities.as_object().unwrap().clone())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap();
        Self { client, driver, profile }
    }

    /// Switches to another screen.
    pub async fn look_at(&self, screen: Screen) {
        let Screen { width, height, scheme, forced_colors } = screen;
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        let features = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "forced-colors", "value": forced_colors },
            // With smooth scrolling, a test can't tell when an element has come into view.
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    /// Runs a script in the page and returns its result.
    pub async fn run(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.unwrap()
    }

    /// Returns the messages in the browser's console since the previous call.
    pub async fn console(&self) -> Vec<String> {
        let lines = self.client.issue_cmd(Vendor("se/log", json!({ "type": "browser" }))).await.unwrap();
        let lines = lines.as_array().cloned().unwrap_or_default();
        lines.iter().map(|line| line["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Sends a command of the DevTools protocol.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.client.issue_cmd(Vendor("goog/cdp/execute", body)).await.unwrap()
    }

    pub async fn focus(&self) -> Element {
        self.client.active_element().await.unwrap()
    }

    pub async fn attribute(&self, name: &str) -> String {
        self.focus().await.attr(name).await.unwrap().unwrap_or_default()
    }

    /// Presses keys, wherever the focus is.
    pub async fn press(&self, keys: &str) {
        let both = |value| [KeyAction::Down { value }, KeyAction::Up { value }];
        let actions = keys.chars().flat_map(both).fold(KeyActions::new("keys".into()), KeyActions::then);
        self.client.perform_actions(actions).await.unwrap();
    }

    /// Presses Tab until the element with this attribute has focus.
    pub async fn tab_to(&self, attribute: &str, value: &str) {
        for _ in 0..60 {
            self.press(&Key::Tab.to_string()).await;
            if self.attribute(attribute).await == value {
                return;
            }
        }
        panic!("no tab stop with `{attribute}={value}`");
    }

    /// Waits until the page shows the words, as a person would.
    pub async fn shows(&self, words: &str) {
        let mut page = String::new();
        for _ in 0..100 {
            // During navigation there may be no body to read.
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

    /// Saves a screenshot in `target/tmp`.
    pub async fn screenshot(&self, name: &str) {
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
        let picture = self.client.screenshot().await.unwrap();
        fs::write(folder.join(format!("{name}.png")), picture).unwrap();
    }

    /// Closes the browser and returns the URL of every network request by pages of an origin.
    pub async fn leave(mut self, origin: &str) -> Vec<Url> {
        self.client.clone().close().await.unwrap();
        self.driver.kill().await.unwrap();
        let log = fs::read_to_string(self.profile.path().join("net-log.json")).unwrap();
        // A browser that is killed may leave the list of events unterminated.
        let log: Value = serde_json::from_str(&log)
            .or_else(|_| serde_json::from_str(&format!("{}]}}", log.trim_end().trim_end_matches(','))))
            .unwrap();
        let events = log["events"].as_array().cloned().unwrap_or_default();
        let of_pages = events.iter().filter(|event| event["params"]["initiator"] == origin);
        let addresses = of_pages.filter_map(|event| event["params"]["url"].as_str());
        addresses.filter_map(|address| address.parse().ok()).collect()
    }
}

/// A WebDriver command that is specific to Chromium.
#[derive(Debug)]
struct Vendor(&'static str, Value);

impl WebDriverCompatibleCommand for Vendor {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.0))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.1.to_string()))
    }
}

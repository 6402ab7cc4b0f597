//! Sites for the tests, and the real server in front of them.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]
#![allow(dead_code, reason = "each test uses only some of the helpers")]
#![allow(unreachable_pub, reason = "shared by several test programs")]

pub mod letter;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::AttributeValue;
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response};
use signup_fn::settings::local::TABLE;
use tempfile::TempDir;

pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Copies the test site in `tests/site` and the project's own templates into a temporary folder.
pub fn site() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    copy(&project().join("dev-server/tests/site/content"), &root.path().join("content"));
    copy(&project().join("templates"), &root.path().join("templates"));
    root
}

/// Copies the project's own content and templates into a temporary folder.
pub fn site_with_real_content() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    copy(&project().join("content"), &root.path().join("content"));
    copy(&project().join("templates"), &root.path().join("templates"));
    root
}

/// Copies the project's own content and templates, and adds the test site's events to the news.
pub fn site_with_everything() -> TempDir {
    let root = site_with_real_content();
    for event in ["open", "later", "voorbij", "bevestigen"] {
        let file = format!("content/nieuws/{event}.md");
        fs::copy(project().join("dev-server/tests/site").join(&file), root.path().join(&file)).unwrap();
    }
    root
}

/// Runs `git` in a folder.
pub fn git(folder: &Path, arguments: &[&str]) -> String {
    let ran = Command::new("git").args(arguments).current_dir(folder).output().unwrap();
    assert!(ran.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

/// Gives a repository settings of its own, so that those of this machine do not matter.
pub fn configured(folder: &Path, name: &str) {
    git(folder, &["config", "user.name", name]);
    git(folder, &["config", "user.email", &format!("{name}@voorbeeld.nl")]);
    git(folder, &["config", "commit.gpgsign", "false"]);
}

/// Records a site in a repository of its own and sends that to a new one that others share.
pub fn record(site: &Path, shared: &Path) {
    git(shared, &["init", "--quiet", "--bare", "--initial-branch", "main"]);
    git(site, &["init", "--quiet", "--initial-branch", "main"]);
    configured(site, "an");
    fs::write(site.join(".gitignore"), "/dist\n/.data\n").unwrap();
    git(site, &["add", "--all"]);
    git(site, &["commit", "--quiet", "--message", "Begin"]);
    git(site, &["remote", "add", "origin", shared.to_str().unwrap()]);
    git(site, &["push", "--quiet", "--set-upstream", "origin", "main"]);
}

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Returns settings for a server on a free port that keeps its data in the site's folder.
pub fn settings(root: &TempDir) -> dev_server::settings::Settings {
    dev_server::settings::Settings {
        root: root.path().into(),
        data: root.path().join(".data"),
        port: 0,
        organisers: dev_server::settings::ORGANISER.parse().unwrap(),
        drafts: false,
        as_of: None,
    }
}

/// A running server on a free port, with a client that does not follow redirects.
pub struct Tried {
    pub root: TempDir,
    pub server: dev_server::Server,
    client: reqwest::Client,
}

impl Tried {
    pub async fn start() -> Self {
        Self::start_in(site()).await
    }

    pub async fn start_in(root: TempDir) -> Self {
        let settings = settings(&root);
        let server = dev_server::start(settings).await.unwrap();
        Self { root, server, client: client() }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.address)
    }

    pub async fn get(&self, path: &str) -> Response {
        self.client.get(self.url(path)).send().await.unwrap()
    }

    /// Presses a button of a page with other values in its form.
    pub async fn press(&self, html: &str, words: &str, values: &[(&str, &str)]) -> Response {
        let (action, form) = press(html, words);
        let mut pairs: Vec<(String, String)> = form_urlencoded::parse(form.as_bytes()).into_owned().collect();
        for (name, value) in values {
            pairs.retain(|(known, _)| known != name);
            pairs.push(((*name).to_owned(), (*value).to_owned()));
        }
        let sent = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        self.post(&action.replace("&amp;", "&"), &sent).await
    }

    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.client.request(method.parse().unwrap(), self.url(path))
    }

    /// Posts a form as a browser does.
    pub async fn post(&self, path: &str, form: &str) -> Response {
        post(&self.client, &self.url(path), form).await.unwrap()
    }

    /// Opens a page with the cookie of an organiser's log-in; without any if it is empty.
    pub async fn with_cookie(&self, path: &str, cookie: &str) -> Response {
        self.request("GET", path).header("cookie", log_in_cookie(cookie)).send().await.unwrap()
    }

    /// Returns the page at an address, as an organiser with this cookie sees it.
    pub async fn read(&self, path: &str, cookie: &str) -> String {
        self.with_cookie(path, cookie).await.text().await.unwrap()
    }

    /// Posts a form as a browser with this cookie does.
    pub async fn post_with_cookie(&self, path: &str, form: &str, cookie: &str) -> Response {
        let origin = self.url("");
        let request = self.request("POST", path).header("cookie", log_in_cookie(cookie));
        request
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", origin)
            .header("sec-fetch-site", "same-origin")
            .body(form.to_owned())
            .send()
            .await
            .unwrap()
    }

    /// Logs in as the organiser of a site for which nobody is named. Returns the value of the cookie.
    pub async fn log_in(&self) -> String {
        let asked = self.post("/beheer/inloggen/", "email=organisator%40pos.example").await;
        let asking = header(&asked, "set-cookie").split(';').next().unwrap().to_owned();
        let mail = letter::letter(self, "organisator@pos.example", "is je code").await;
        let code = mail.subject.split(' ').next().unwrap().to_owned();
        let request = self.request("POST", "/beheer/inloggen/code/").header("cookie", asking);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let request = request.header("sec-fetch-site", "same-origin").body(format!("code={code}"));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 303);
        let cookies = answer.headers().get_all("set-cookie").iter();
        let mut values = cookies.filter_map(|cookie| cookie.to_str().ok()?.strip_prefix("__Host-beheer="));
        values.next_back().unwrap().split(';').next().unwrap().to_owned()
    }

    /// Returns every item in the store, except the mails in the outbox.
    pub async fn items(&self) -> Vec<HashMap<String, AttributeValue>> {
        items(&self.server.store.endpoint).await
    }
}

fn log_in_cookie(value: &str) -> String {
    if value.is_empty() { String::new() } else { format!("__Host-beheer={value}") }
}

pub fn client() -> reqwest::Client {
    reqwest::Client::builder().redirect(Policy::none()).build().unwrap()
}

pub async fn post(client: &reqwest::Client, url: &str, form: &str) -> reqwest::Result<Response> {
    let request = client.post(url).header("content-type", "application/x-www-form-urlencoded");
    let origin: String = url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    request
        .header("origin", origin)
        .header("sec-fetch-site", "same-origin")
        .body(form.to_owned())
        .send()
        .await
}

/// Returns the people and the counters in a store.
pub async fn items(endpoint: &str) -> Vec<HashMap<String, AttributeValue>> {
    let mut items = all_items(endpoint).await;
    items.retain(|item| ["person#", "session#"].iter().any(|kind| text(item, "sk").starts_with(kind)));
    items
}

/// Returns every item in a store.
pub async fn all_items(endpoint: &str) -> Vec<HashMap<String, AttributeValue>> {
    let scan = database(endpoint).scan().table_name(TABLE).into_paginator();
    scan.items().send().collect::<Result<_, _>>().await.unwrap()
}

/// Writes an item into a store.
pub async fn put(endpoint: &str, item: HashMap<String, AttributeValue>) {
    database(endpoint).put_item().table_name(TABLE).set_item(Some(item)).send().await.unwrap();
}

fn database(endpoint: &str) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .endpoint_url(endpoint)
        .credentials_provider(Credentials::new("local", "local", None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Client::from_conf(config)
}

pub fn form(session: &str, email: &str) -> String {
    format!(
        "session={session}&full_name=Ren%C3%A9e+Vos&email={email}&organisation=SWV+Noord&role=director&role_other=&question="
    )
}

pub fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

pub fn text<'a>(item: &'a HashMap<String, AttributeValue>, name: &str) -> &'a str {
    item.get(name).and_then(|value| value.as_s().ok()).map_or("", String::as_str)
}

/// Returns what a browser sends when the button with this label is pressed: the address and the form.
pub fn press(html: &str, words: &str) -> (String, String) {
    let button_end =
        html.find(&format!(">{words}</button>")).unwrap_or_else(|| panic!("no button `{words}`: {html}"));
    let start = html[..button_end].rfind("<form").unwrap();
    let form = &html[start..start + html[start..].find("</form>").unwrap()];
    let action = attribute(form, "action").unwrap();
    let mut sent = form_urlencoded::Serializer::new(String::new());
    for tag in form.split('<').skip(1) {
        let tag = &tag[..tag.find('>').unwrap_or(tag.len())];
        let is_sent = match attribute(tag, "type").as_deref() {
            Some("radio" | "checkbox") => tag.contains(" checked"),
            _ => tag.starts_with("input"),
        };
        if let (true, Some(name)) = (is_sent, attribute(tag, "name")) {
            sent.append_pair(&name, &attribute(tag, "value").unwrap_or_default());
        }
    }
    for area in form.split("<textarea").skip(1) {
        let text = &area[area.find('>').unwrap() + 1..area.find("</textarea>").unwrap()];
        sent.append_pair(&attribute(area, "name").unwrap(), &unescaped(text.trim_start_matches('\n')));
    }
    let button = &html[html[..button_end].rfind("<button").unwrap()..button_end];
    if let (Some(name), Some(value)) = (attribute(button, "name"), attribute(button, "value")) {
        sent.append_pair(&name, &value);
    }
    (action, sent.finish())
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next().map(unescaped)
}

/// Returns the text that HTML stands for.
fn unescaped(html: &str) -> String {
    html.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

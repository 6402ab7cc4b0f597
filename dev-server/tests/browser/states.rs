//! Every page of the site, and every state of the form.

use std::path::Path;

use serde_json::json;

use crate::support::letter::letter;
use crate::support::{self, Tried, form, header};
use crate::visitor::Visitor;
use crate::{desk, editor};

const OPEN: &str = "/aanmelden/open/";
const ARTICLE: &str = "/nieuws/open/";

/// A state of a page, by the way to reach it.
#[derive(Debug, Clone)]
pub enum State {
    /// The page at an address.
    At(String),
    /// The page after sending a form to an address.
    Sent { to: String, form: String },
    /// The same for an organiser who has logged in, with the value of this cookie.
    AsOrganiser { cookie: String, state: Box<Self> },
}

impl State {
    pub async fn show(&self, site: &Tried, visitor: &Visitor) {
        match self {
            Self::AsOrganiser { cookie, state } => {
                let cookie = json!({
                    "name": "__Host-beheer", "value": cookie, "url": site.url("/"), "path": "/",
                    "secure": true, "httpOnly": true, "sameSite": "Strict",
                });
                visitor.devtools("Network.setCookie", cookie).await;
                Box::pin(state.show(site, visitor)).await;
            }
            Self::At(path) => visitor.client.goto(&site.url(path)).await.unwrap(),
            Self::Sent { to, form } => {
                visitor.client.goto(&site.url(ARTICLE)).await.unwrap();
                let script = "
                    const [to, fields] = arguments;
                    const form = document.createElement('form');
                    Object.assign(form, { method: 'post', action: to });
                    for (const [name, value] of new URLSearchParams(fields)) {
                        const field = document.createElement('textarea');
                        Object.assign(field, { name, value });
                        form.append(field);
                    }
                    document.body.append(form);
                    form.submit();";
                visitor.client.execute(script, vec![json!(to), json!(form)]).await.unwrap();
                for _ in 0..100 {
                    if visitor.client.current_url().await.unwrap().path() != ARTICLE {
                        break;
                    }
                    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                }
                // The page has loaded once its last element is there. The editor's pages have no footer.
                let last = if to.starts_with("/_dev/") { "Naar de site" } else { "toegankelijkheid" };
                visitor.shows(last).await;
            }
        }
    }
}

/// Starts the site with everything on it, and returns it with all its states by name.
///
/// Saves the HTML of each state in `target/tmp/states`, for validators.
pub async fn all() -> (Tried, Vec<(String, State)>) {
    let root = support::site_with_everything();
    editor::with_history(root.path());
    let site = Tried::start_in(root).await;
    let mut states: Vec<(String, State)> = pages(&site)
        .into_iter()
        .chain(["/503.html", "/er-niet/", "/aanmelden/er-niet/"].map(str::to_owned))
        .map(|path| (path.clone(), State::At(path)))
        .collect();
    let mut add = |name: &str, state: State| states.push((name.to_owned(), state));

    let location = |answer: reqwest::Response| {
        assert_eq!(answer.status(), 303);
        header(&answer, "location").to_owned()
    };
    let received = location(site.post(OPEN, &form("klein", "a%40voorbeeld.nl")).await);
    let waiting = location(site.post(OPEN, &(form("klein", "b%40voorbeeld.nl") + "&wait=yes")).await);
    site.post(OPEN, &form("ruim", "c%40voorbeeld.nl")).await;
    site.post("/aanmelden/bevestigen/", &form("een", "d%40voorbeeld.nl")).await;
    let manage = letter(&site, "a@voorbeeld.nl", "Je bent aangemeld").await.link("/wijzigen/");
    let manage_waiting = letter(&site, "b@voorbeeld.nl", "wachtlijst").await.link("/wijzigen/");
    let manage_cancelled = letter(&site, "c@voorbeeld.nl", "Je bent aangemeld").await.link("/wijzigen/");
    location(site.post(&manage_cancelled, "action=cancel").await);
    let confirm = letter(&site, "d@voorbeeld.nl", "Bevestig").await.link("/bevestigen/");

    location(site.post(&manage, "action=address&email=g%40voorbeeld.nl").await);
    let new_address = letter(&site, "g@voorbeeld.nl", "Bevestig je nieuwe adres").await.link("/adres/");

    add("received", State::At(received));
    add("waiting", State::At(waiting));
    add("manage", State::At(manage.clone()));
    add("manage, saved", State::At(format!("{manage}bewaard/")));
    add("manage, address asked", State::At(format!("{manage}adres-gevraagd/")));
    add("new address", State::At(new_address));
    add("manage, waiting", State::At(manage_waiting));
    add("manage, cancelled", State::At(manage_cancelled));
    add("confirm", State::At(confirm));
    add("erased", State::At("/aanmelden/open/gewist/".to_owned()));
    add("link expired", State::At("/aanmelden/open/wijzigen/x/".to_owned()));
    let sent = |to: &str, form: &str| State::Sent { to: to.to_owned(), form: form.to_owned() };
    add("refused", sent(OPEN, "full_name=Jan&email=jan"));
    add("refused by the trap", sent(OPEN, &(form("ruim", "e%40voorbeeld.nl") + "&website=x")));
    add("full", sent(OPEN, &form("klein", "f%40voorbeeld.nl")));
    add("not open yet", sent("/aanmelden/later/", &form("een", "f%40voorbeeld.nl")));
    add("closed", sent("/aanmelden/voorbij/", &form("toen", "f%40voorbeeld.nl")));
    add("manage, refused", sent(&manage, "action=details&full_name="));
    add("manage, address refused", sent(&manage, "action=address&email=jan"));
    add("manage, address too soon", sent(&manage, "action=address&email=h%40voorbeeld.nl"));
    add("too large", sent(OPEN, &format!("question={}", "a".repeat(20_000))));
    add("unreadable", sent(OPEN, "session=klein&session=ruim"));
    add("link again", State::At("/aanmelden/open/link/".to_owned()));
    add("link again, refused", sent("/aanmelden/open/link/", "email=jan"));
    add("link again, sent", sent("/aanmelden/open/link/", "email=jan%40voorbeeld.nl"));
    states.extend(editor::states());
    states.extend(desk::log_in());
    // Last, since a browser keeps the cookie.
    states.extend(desk::behind_the_log_in(&site).await);
    keep(&site, &states).await;
    (site, states)
}

async fn keep(site: &Tried, states: &[(String, State)]) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("states");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, state) in states {
        let (state, cookie) = match state {
            State::AsOrganiser { cookie, state } => (&**state, cookie.as_str()),
            state => (state, ""),
        };
        let answer = match state {
            State::At(path) => site.with_cookie(path, cookie).await,
            State::Sent { to, form } => site.post_with_cookie(to, form, cookie).await,
            State::AsOrganiser { .. } => panic!("an organiser logs in once"),
        };
        let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        std::fs::write(folder.join(format!("{name}.html")), answer.text().await.unwrap()).unwrap();
    }
}

/// Returns the addresses of all built pages.
fn pages(site: &Tried) -> Vec<String> {
    let folder = site.root.path().join("dist/site");
    let mut found = Vec::new();
    gather(&folder, &folder, &mut found);
    found.sort();
    found
}

fn gather(folder: &Path, root: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            gather(&path, root, found);
        } else if path.ends_with("index.html") {
            let parent = path.parent().unwrap().strip_prefix(root).unwrap();
            let address = format!("/{}/", parent.display());
            found.push(if address == "//" { "/".to_owned() } else { address });
        }
    }
}

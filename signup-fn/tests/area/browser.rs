//! A browser of an organiser, with its cookies, in front of the organisers' area.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use http::header::{COOKIE, LOCATION, SET_COOKIE};
use http::{Request, StatusCode};
use jiff::{SignedDuration, Timestamp};
use signup_fn::organiser;
use signup_fn::organiser::area::Area;
use signup_fn::people::pass::Pass;
use signup_fn::people::token::TokenKeys;

use crate::support::{Table, at, catalog, function_folder, identity, now, organisers};

/// The origin of the tests' catalogue.
pub const ORIGIN: &str = "https://pos.example";

/// The key of links, codes and forms in these tests.
pub fn keys() -> TokenKeys {
    TokenKeys::new([8; 32])
}

/// Returns the area in front of a table.
pub fn area(table: &Table) -> Area {
    let area = Area::open(function_folder(), table.store(), (identity(), keys()), organisers());
    let mut area = area.unwrap().at(vec![ORIGIN.to_owned()]);
    let mut record: catalog::CatalogRecord = catalog().into();
    record.events = vec![table.event.clone()];
    area.catalog = Arc::new(record.try_into().unwrap());
    area
}

/// A response, with its body as text.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub location: String,
    pub headers: http::HeaderMap,
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Page {
    /// Returns the key of the page's forms.
    pub fn form_key(&self) -> String {
        let rest = self.body.split("name=\"form_key\" value=\"").nth(1);
        let key = rest.and_then(|rest| rest.split('"').next());
        key.unwrap_or_else(|| panic!("no form: {self:?}")).to_owned()
    }
}

/// A browser: it keeps cookies, and says where a form comes from.
#[derive(Clone)]
pub struct Browser<'a> {
    pub area: &'a Area,
    pub cookies: BTreeMap<String, String>,
    pub now: Timestamp,
    pub sender: Option<IpAddr>,
}

impl<'a> Browser<'a> {
    pub fn new(area: &'a Area) -> Self {
        Self { area, cookies: BTreeMap::new(), now: now(), sender: None }
    }

    /// Sends a request with these headers besides the cookies, and keeps the cookies of the response.
    pub async fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Page {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder().method(method).uri(path).header(COOKIE, cookies.join("; "));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.as_bytes().to_vec()).unwrap();
        let response = organiser::answer(self.area, request, self.sender, at(self.now)).await;
        for cookie in response.headers().get_all(SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            match rest.split(';').next().unwrap() {
                "" => _ = self.cookies.remove(name),
                value => _ = self.cookies.insert(name.to_owned(), value.to_owned()),
            }
        }
        let location =
            response.headers().get(LOCATION).map_or("", |value| value.to_str().unwrap()).to_owned();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.into_body();
        Page { status, location, headers, body: String::from_utf8_lossy(&bytes).into_owned(), bytes }
    }

    pub async fn get(&mut self, path: &str) -> Page {
        self.send("GET", path, &[("sec-fetch-site", "same-origin")], "").await
    }

    /// Posts a form as one of our own pages does.
    pub async fn post(&mut self, path: &str, body: &str) -> Page {
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", ORIGIN),
            ("sec-fetch-site", "same-origin"),
        ];
        self.send("POST", path, &headers, body).await
    }

    /// Opens a page, and posts its form with these fields.
    pub async fn submit(&mut self, page: &str, to: &str, fields: &str) -> Page {
        let key = self.get(page).await.form_key();
        self.now += SignedDuration::from_secs(1);
        self.post(to, &format!("form_key={key}&{fields}")).await
    }

    /// Asks for a mail.
    pub async fn ask(&mut self, email: &str) -> Page {
        self.post("/beheer/inloggen/", &format!("email={email}")).await
    }

    /// Logs in with the code of the mail.
    pub async fn log_in(&mut self, table: &Table, email: &str) -> Page {
        assert_eq!(self.ask(email).await.status, 303);
        let code = pass(table).await.code;
        let page = self.post("/beheer/inloggen/code/", &format!("code={code}")).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER.as_u16(), "{page:?}");
        // The log is in the order of the seconds.
        self.now += SignedDuration::from_secs(1);
        page
    }
}

/// Returns the link and the code of the only mail that is still to be sent, and takes it out of the outbox.
pub async fn pass(table: &Table) -> Pass {
    let store = table.store();
    let passes = store.passes(at(now()).deadline).await.unwrap().readable;
    let [request] = passes.as_slice() else { panic!("{} mails", passes.len()) };
    store.forget_pass(&request.id, at(now()).deadline).await.unwrap();
    keys().pass(&request.id)
}

/// The list of the first session.
pub const LIST: &str = "/beheer/bijeenkomst/e/sessie/a/";

/// Returns the address of the page of somebody.
pub async fn page_of(table: &Table, email: &str) -> String {
    let reference = table.participant(email).await.unwrap().person.reference();
    format!("/beheer/bijeenkomst/e/deelnemer/{reference}/")
}

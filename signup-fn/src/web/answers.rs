//! Responses: pages that site-gen rendered, with values filled in and the headers of every response.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::Path;

use anyhow::{Result, ensure};
use catalog::Catalog;
use catalog::answer::{Answer, ErrorView};
use catalog::headers::SECURITY_HEADERS;
use catalog::organiser::page::OrganiserPage;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, LOCATION, REFERRER_POLICY};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde::Serialize;

use crate::rendered::pages::Pages;

/// The status of a failure on our side. The CDN replaces the bodies of 500, 502, 503 and 504, because API Gateway
/// sends those without a page of ours. Our own pages keep what was typed and name an incident, so they have another
/// status, of a representation that could not be stored for the moment (RFC 4918, section 11.5).
pub const FAILURE: StatusCode = StatusCode::INSUFFICIENT_STORAGE;

/// The pages that the function answers with.
#[derive(Debug)]
pub struct Answers {
    pages: Pages,
    error_page: String,
}

impl Answers {
    /// Opens the pages that site-gen wrote into a folder for this catalogue.
    ///
    /// # Errors
    /// Fails if a page is missing.
    pub fn open(folder: &Path, catalog: &Catalog) -> Result<Self> {
        for answer in Answer::all(catalog) {
            let file = folder.join(answer.file());
            ensure!(file.is_file(), "answer page is missing: `{}`", file.display());
        }
        Ok(Self { pages: Pages::new(folder), error_page: Answer::Error.file() })
    }

    /// Opens the pages of the organisers' area in the same folder.
    ///
    /// # Errors
    /// Fails if a page is missing.
    pub fn open_for_organisers(folder: &Path) -> Result<Self> {
        for page in OrganiserPage::ALL {
            let file = folder.join(page.file());
            ensure!(file.is_file(), "page is missing: `{}`", file.display());
        }
        Ok(Self { pages: Pages::new(folder), error_page: OrganiserPage::Error.file() })
    }

    /// Responds with a filled-in page.
    pub fn page(&self, status: StatusCode, answer: Answer<'_>, view: &impl Serialize) -> Response<String> {
        self.filled(status, &answer.file(), view)
    }

    /// Responds with a filled-in page of the organisers' area.
    pub fn organiser_page(
        &self,
        status: StatusCode,
        page: OrganiserPage,
        view: &impl Serialize,
    ) -> Response<String> {
        self.filled(status, &page.file(), view)
    }

    fn filled(&self, status: StatusCode, file: &str, view: &impl Serialize) -> Response<String> {
        match self.pages.fill(file, view) {
            Ok(html) => html_response(status, html),
            Err(error) => self.failure(&format!("{error:#}")),
        }
    }

    /// Responds with the error page to a refused request. The page shows no incident id, since there is
    /// no cause to look up.
    pub fn error(&self, status: StatusCode) -> Response<String> {
        tracing::info!(http.status = status.as_u16(), "request refused");
        self.error_page(status, String::new())
    }

    /// Responds with the error page after a failure on our side, and logs the cause.
    pub fn failure(&self, cause: &dyn Display) -> Response<String> {
        self.error_page(FAILURE, log_incident(cause))
    }

    /// Responds with a value as JSON, for a script on the page.
    pub fn json(&self, value: &impl Serialize) -> Response<String> {
        match serde_json::to_string(value) {
            Ok(json) => response(StatusCode::OK, "application/json", json),
            Err(error) => self.failure(&error),
        }
    }

    /// Responds with 405 to a method that the address does not support.
    pub fn method_not_allowed(&self, allowed: &'static str) -> Response<String> {
        let mut response = self.error(StatusCode::METHOD_NOT_ALLOWED);
        response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
        response
    }

    fn error_page(&self, status: StatusCode, incident: String) -> Response<String> {
        let view = ErrorView { status: status.as_u16(), incident };
        match self.pages.fill(&self.error_page, &view) {
            Ok(html) => html_response(status, html),
            Err(error) => {
                tracing::error!(
                    incident.id = view.incident,
                    error = format!("{error:#}"),
                    "cannot fill in the error page"
                );
                let text = format!("Er ging iets mis. Probeer het later nog eens. {}\n", view.incident);
                response(status, "text/plain; charset=utf-8", text)
            }
        }
    }
}

/// Redirects the browser to another of our pages.
pub fn see_other(location: &str) -> Response<String> {
    let mut response = response(StatusCode::SEE_OTHER, "text/plain; charset=utf-8", String::new());
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}

/// Keeps the address of a personal page out of the `Referer` header of the next request.
pub fn personal(mut response: Response<String>) -> Response<String> {
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// Logs the cause of a failure under a new incident id, and returns the id.
pub fn log_incident(cause: &dyn Display) -> String {
    let incident = format!("{:08x}", fastrand::u32(..));
    tracing::error!(incident.id = incident, error = %cause, "request failed");
    incident
}

/// Responds with a file that is not a page. The caller sets its type.
pub fn file(bytes: Vec<u8>) -> Response<Vec<u8>> {
    response(StatusCode::OK, "application/octet-stream", String::new()).map(|_| bytes)
}

fn html_response(status: StatusCode, html: String) -> Response<String> {
    response(status, "text/html; charset=utf-8", html)
}

fn response(status: StatusCode, content_type: &'static str, body: String) -> Response<String> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in SECURITY_HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The view of a page that has no values to fill in.
pub const NO_VALUES: BTreeMap<&str, &str> = BTreeMap::new();

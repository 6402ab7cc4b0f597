//! The answers: pages that site-gen rendered, filled in, with the headers that each one has.

use std::collections::HashMap;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, ensure};
use catalog::Catalog;
use catalog::answer::{Answer, DELIMITERS, ErrorView};
use catalog::headers::SECURITY_HEADERS;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde::Serialize;
use tera::{Context, Delimiters, Tera};

/// The pages in a folder, each parsed when it is first needed.
#[derive(Debug)]
pub struct Answers {
    folder: PathBuf,
    parsed: Mutex<HashMap<String, Arc<Tera>>>,
}

/// The name of the one template in each [`Tera`]; its ending turns escaping on.
const PAGE: &str = "page.html";

impl Answers {
    /// The pages that site-gen wrote into a folder for this catalogue.
    ///
    /// # Errors
    /// When one of them is missing.
    pub fn open(folder: &Path, catalog: &Catalog) -> Result<Self> {
        for answer in Answer::all(catalog) {
            let file = folder.join(answer.file());
            ensure!(file.is_file(), "answer page is missing: `{}`", file.display());
        }
        Ok(Self { folder: folder.to_owned(), parsed: Mutex::default() })
    }

    /// A page, filled in.
    pub fn page(&self, status: StatusCode, answer: Answer<'_>, view: &impl Serialize) -> Response<String> {
        match self.render(answer, view) {
            Ok(html) => html_response(status, html),
            Err(error) => {
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                self.error_page(status, log_incident(status, &format!("{error:#}")))
            }
        }
    }

    /// The page for a request that can't be answered, where there is nothing to look up.
    pub fn error(&self, status: StatusCode) -> Response<String> {
        tracing::info!(http.status = status.as_u16(), "request refused");
        self.error_page(status, String::new())
    }

    /// The page for a method that an address does not know.
    pub fn method_not_allowed(&self, allowed: &'static str) -> Response<String> {
        let mut response = self.error(StatusCode::METHOD_NOT_ALLOWED);
        response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
        response
    }

    fn error_page(&self, status: StatusCode, incident: String) -> Response<String> {
        let view = ErrorView { status: status.as_u16(), incident };
        match self.render(Answer::Error, &view) {
            Ok(html) => html_response(status, html),
            Err(error) => {
                tracing::error!(
                    incident.id = view.incident,
                    error = format!("{error:#}"),
                    "error page failed"
                );
                let text = format!("Er ging iets mis. Probeer het later nog eens. {}\n", view.incident);
                response(status, "text/plain; charset=utf-8", text)
            }
        }
    }

    fn render(&self, answer: Answer<'_>, view: &impl Serialize) -> Result<String> {
        let file = answer.file();
        let template = self.template(&file)?;
        let context = Context::from_serialize(view)?;
        template.render(PAGE, &context).with_context(|| format!("answer page `{file}`"))
    }

    fn template(&self, file: &str) -> Result<Arc<Tera>> {
        let mut parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(template) = parsed.get(file) {
            return Ok(Arc::clone(template));
        }
        let path = self.folder.join(file);
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("answer page `{}`", path.display()))?;
        let [block, variable, comment] = DELIMITERS;
        let mut tera = Tera::default();
        tera.set_delimiters(Delimiters {
            block_start: block.0.into(),
            block_end: block.1.into(),
            variable_start: variable.0.into(),
            variable_end: variable.1.into(),
            comment_start: comment.0.into(),
            comment_end: comment.1.into(),
        })?;
        tera.add_raw_template(PAGE, &text).with_context(|| format!("answer page `{file}`"))?;
        let template = Arc::new(tera);
        parsed.insert(file.to_owned(), Arc::clone(&template));
        Ok(template)
    }
}

/// Sends the browser on to another page of ours.
pub fn see_other(location: &str) -> Response<String> {
    let mut response = response(StatusCode::SEE_OTHER, "text/plain; charset=utf-8", String::new());
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}

/// Logs what went wrong on our side, and returns the id under which it is found.
pub fn log_incident(status: StatusCode, cause: &dyn Display) -> String {
    let incident = format!("{:08x}", fastrand::u32(..));
    tracing::error!(incident.id = incident, http.status = status.as_u16(), error = %cause, "request failed");
    incident
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

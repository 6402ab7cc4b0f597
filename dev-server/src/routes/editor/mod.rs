//! The addresses of the editor.

mod leaving;
mod making;
mod page;
mod publishing;

use std::sync::LazyLock;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HOST, ORIGIN};
use http::{HeaderMap, Method, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use tera::{Context, Kwargs, State as TeraState, Tera};

use super::served::Served;
use crate::editor::files::folder::FolderError;
use crate::editor::sent::ACTION;
use crate::editor::words::{capitalised, sentence};

/// The path of the list of all pages. The others are below it.
pub(super) const LIST: &str = "/_dev/redactie/";
/// The path of a page with its form.
const PAGE: &str = "/_dev/redactie/pagina";
/// The path of the form for a new article.
const NEW: &str = "/_dev/redactie/nieuw";
/// The path at which a page gets another address, or goes.
const LEAVING: &str = "/_dev/redactie/adres";
/// The path at which versions are recorded, sent and fetched.
const PUBLISHING: &str = "/_dev/redactie/publiceren";
/// The path of the versions of a page.
const VERSIONS: &str = "/_dev/redactie/geschiedenis";
/// The path of the editor's styles.
const STYLES: &str = "/_dev/redactie/redactie.css";
/// The path of the editor's script.
const SCRIPT: &str = "/_dev/redactie/redactie.js";

static PAGES: LazyLock<Tera> = LazyLock::new(|| {
    let mut tera = Tera::default();
    tera.autoescape_on([".html"]);
    tera.register_filter("url", |text: &str, _: Kwargs, _: &TeraState<'_>| encoded(text));
    tera.register_filter("capitalised", |text: &str, _: Kwargs, _: &TeraState<'_>| capitalised(text));
    tera.register_filter("inside", |text: &str, _: Kwargs, _: &TeraState<'_>| inside(text).to_owned());
    let added = tera.add_raw_templates([
        ("frame.html", include_str!("../../editor/pages/frame.html")),
        ("list.html", include_str!("../../editor/pages/list.html")),
        ("field.html", include_str!("../../editor/pages/field.html")),
        ("form.html", include_str!("../../editor/pages/form.html")),
        ("new.html", include_str!("../../editor/pages/new.html")),
        ("leaving.html", include_str!("../../editor/pages/leaving.html")),
        ("publishing.html", include_str!("../../editor/pages/publishing.html")),
        ("versions.html", include_str!("../../editor/pages/versions.html")),
        ("no-preview.html", include_str!("../../editor/pages/no-preview.html")),
        ("refused.html", include_str!("../../editor/pages/refused.html")),
    ]);
    if let Err(error) = added {
        tracing::error!("een pagina van de redactie klopt niet: {error}");
    }
    tera
});

/// Returns the router for the addresses of the editor.
pub(super) fn routes() -> Router<Served> {
    Router::new()
        .route(LIST, get(page::list).post(leaving::bring_back))
        .route(PAGE, get(page::open).post(page::act))
        .route(NEW, get(making::ask).post(making::make))
        .route(LEAVING, get(leaving::ask).post(leaving::leave))
        .route(PUBLISHING, get(publishing::ask).post(publishing::publish))
        .route(VERSIONS, get(publishing::versions).post(publishing::put_back))
        .route(STYLES, get(styles))
        .route(SCRIPT, get(script))
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .layer(middleware::from_fn(only_from_here))
}

/// The most bytes of a form: a page with a photograph as a camera makes it.
const LARGEST_FORM: usize = 40 * 1024 * 1024;

/// Refuses a form that another site has sent.
async fn only_from_here(request: Request, next: Next) -> Response {
    if request.method() == Method::POST && !is_from_here(request.headers()) {
        return (StatusCode::FORBIDDEN, "Dit formulier komt van een andere site.\n").into_response();
    }
    next.run(request).await
}

/// The names and values of a form that a page of this server has sent.
struct Form(Vec<(String, String)>);

impl Form {
    fn read(body: &Bytes) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// Returns the first value of a name, or an empty text.
    fn value(&self, name: &str) -> &str {
        self.values(name).next().unwrap_or_default()
    }

    fn values<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns the name of the button that was pressed.
    fn action(&self) -> &str {
        self.value(ACTION)
    }
}

/// Returns whether a form was sent by a page of this server. Another site must not be able to write files.
fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(HOST).unwrap_or_default();
    text(ORIGIN).is_some_and(|origin| origin.eq_ignore_ascii_case(&format!("http://{host}")))
}

/// Reading and checking a site takes too long for a thread that others wait for.
async fn blocking(work: impl FnOnce() -> Response + Send + 'static) -> Response {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| failed(&error.to_string()))
}

fn html(status: StatusCode, template: &str, name: &'static str, value: &impl Serialize) -> Response {
    let mut context = Context::new();
    context.insert(name, value);
    match PAGES.render(template, &context) {
        Ok(html) => (status, [(CONTENT_TYPE, "text/html; charset=utf-8"), (CACHE_CONTROL, "no-store")], html)
            .into_response(),
        Err(error) => {
            tracing::error!("een pagina van de redactie is niet te maken: {error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn refused(error: &FolderError) -> Response {
    let status = match error {
        FolderError::NoPage => StatusCode::NOT_FOUND,
        FolderError::Taken | FolderError::Changed => StatusCode::CONFLICT,
        FolderError::NoText => StatusCode::UNPROCESSABLE_ENTITY,
        FolderError::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    html(status, "refused.html", "reason", &sentence(&error.to_string()))
}

fn failed(reason: &str) -> Response {
    html(StatusCode::INTERNAL_SERVER_ERROR, "refused.html", "reason", &capitalised(reason))
}

/// Returns what a placeholder asks for: `[vul in: de zaal]` asks for `de zaal`.
fn inside(placeholder: &str) -> &str {
    placeholder.split_once(':').map_or(placeholder, |(_, asked)| asked).trim_end_matches(']').trim()
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn address_of(path: &str) -> String {
    format!("{PAGE}?pad={}", encoded(path))
}

/// Responds with the editor's styles.
async fn styles() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("../../editor/pages/redactie.css"))
}

/// Responds with the editor's script.
async fn script() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("../../editor/pages/redactie.js"))
}

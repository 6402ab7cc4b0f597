//! The addresses of the editor.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use catalog::headers::SECURITY_HEADERS;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN, X_FRAME_OPTIONS};
use http::{HeaderMap, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use tera::{Context, Kwargs, State as TeraState, Tera};

use super::served::Shared;
use crate::editor::desk::Desk;
use crate::editor::files::folder::FolderError;
use crate::editor::page::FormPage;
use crate::editor::sent::{ACTION, Sent};

/// The path of the list of all pages. The others are below it.
pub(super) const LIST: &str = "/_dev/redactie/";
/// The path of a page with its form.
pub(super) const PAGE: &str = "/_dev/redactie/pagina";
/// The path of the editor's styles.
pub(super) const STYLES: &str = "/_dev/redactie/redactie.css";
/// The path of the editor's script.
pub(super) const SCRIPT: &str = "/_dev/redactie/redactie.js";

static PAGES: LazyLock<Tera> = LazyLock::new(|| {
    let mut tera = Tera::default();
    tera.autoescape_on([".html"]);
    tera.register_filter("url", |text: &str, _: Kwargs, _: &TeraState<'_>| encoded(text));
    tera.register_filter("capitalised", |text: &str, _: Kwargs, _: &TeraState<'_>| capitalised(text));
    let added = tera.add_raw_templates([
        ("frame.html", include_str!("../editor/pages/frame.html")),
        ("list.html", include_str!("../editor/pages/list.html")),
        ("field.html", include_str!("../editor/pages/field.html")),
        ("form.html", include_str!("../editor/pages/form.html")),
        ("no-preview.html", include_str!("../editor/pages/no-preview.html")),
        ("refused.html", include_str!("../editor/pages/refused.html")),
    ]);
    if let Err(error) = added {
        tracing::error!("een pagina van de redactie klopt niet: {error}");
    }
    tera
});

/// What the address of a page with its form says.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    /// The path of the file.
    pad: String,
    /// Whether the page was saved just now.
    bewaard: Option<String>,
    /// Whether to show what was typed but not saved.
    terug: Option<String>,
    /// Whether to show the whole file.
    bestand: Option<String>,
    /// Whether to show the page as it is saved, for the frame.
    voorbeeld: Option<String>,
}

/// What the address of the list says.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    /// The address of the page to edit, which has a link with it.
    adres: Option<String>,
}

/// Responds with the list of all pages, or leads to the form of one.
pub(super) async fn list(State(served): Shared, Query(wanted): Query<Wanted>) -> Response {
    let desk = served.desk;
    blocking(move || {
        let path = match wanted.adres.map(|address| desk.path_of(&address)).transpose() {
            Ok(path) => path.flatten(),
            Err(error) => return failed(&format!("{error:#}")),
        };
        if let Some(path) = path {
            return Redirect::to(&address_of(&path)).into_response();
        }
        match desk.list() {
            Ok(pages) => html(StatusCode::OK, "list.html", "pages", &pages),
            Err(error) => failed(&format!("{error:#}")),
        }
    })
    .await
}

/// Responds with a page's form.
pub(super) async fn open(State(served): Shared, Query(asked): Query<Asked>) -> Response {
    let desk = served.desk;
    blocking(move || {
        let path = &asked.pad;
        if asked.voorbeeld.is_some() {
            return desk.saved(path).map_or_else(|error| refused(&error), shown);
        }
        let unsaved = desk.unsaved.of(path).filter(|_| asked.terug.is_some());
        let page = match unsaved {
            Some(unsaved) => desk.restore(path, unsaved),
            None => desk.open(path, asked.bestand.is_some()),
        };
        match page {
            Ok(page) => form(StatusCode::OK, &FormPage { is_saved: asked.bewaard.is_some(), ..page }),
            Err(error) => refused(&error),
        }
    })
    .await
}

/// Previews or saves a page, keeps what was typed, or adds to the form.
pub(super) async fn act(
    State(served): Shared,
    Query(Asked { pad: path, .. }): Query<Asked>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !is_from_here(&headers) {
        return (StatusCode::FORBIDDEN, "Dit formulier komt van een andere site.\n").into_response();
    }
    let desk = served.desk;
    blocking(move || {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
        let action = pairs.iter().find(|(name, _)| name == ACTION).map(|(_, value)| value.clone());
        answer(&desk, &path, &action.unwrap_or_default(), pairs).unwrap_or_else(|error| refused(&error))
    })
    .await
}

fn answer(
    desk: &Desk,
    path: &str,
    action: &str,
    pairs: Vec<(String, String)>,
) -> Result<Response, FolderError> {
    Ok(match action {
        "houd" => {
            desk.keep(path, pairs)?;
            StatusCode::NO_CONTENT.into_response()
        }
        "vergeet" => {
            desk.unsaved.forget(path)?;
            Redirect::to(&address_of(path)).into_response()
        }
        "meer" => {
            desk.keep(path, pairs.clone())?;
            form(StatusCode::OK, &desk.add(path, &Sent::new(pairs))?)
        }
        "voorbeeld" => shown(desk.preview(path, &Sent::new(pairs))?),
        _ => match desk.save(path, &Sent::new(pairs.clone()))? {
            Ok(()) => {
                desk.unsaved.forget(path)?;
                tracing::info!("{path} is bewaard");
                Redirect::to(&format!("{}&bewaard=ja", address_of(path))).into_response()
            }
            Err(page) => {
                desk.keep(path, pairs)?;
                form(StatusCode::UNPROCESSABLE_ENTITY, &page)
            }
        },
    })
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

/// Responds with a page whose form has a frame for the preview.
fn form(status: StatusCode, page: &FormPage) -> Response {
    let policy = format!("{}; frame-src 'self'", own_policy());
    ([(CONTENT_SECURITY_POLICY, policy)], html(status, "form.html", "page", page)).into_response()
}

/// Responds with a preview, or with what must be solved first.
fn shown(preview: Result<String, Box<FormPage>>) -> Response {
    match preview {
        Ok(page) => {
            let headers = [(CONTENT_TYPE, "text/html; charset=utf-8"), (CACHE_CONTROL, "no-store")];
            in_frame((headers, without_scripts(&page)))
        }
        Err(page) => in_frame(html(StatusCode::UNPROCESSABLE_ENTITY, "no-preview.html", "page", &page)),
    }
}

/// Returns a page without its scripts, which do not run in the frame: each page works without them.
fn without_scripts(page: &str) -> String {
    let mut parts = page.split("<script src");
    let mut rest = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        rest.push_str(part.split_once("</script>").map_or("", |(_, after)| after));
    }
    rest
}

/// Responds with a page that the editor shows in its frame.
fn in_frame(page: impl IntoResponse) -> Response {
    let policy = own_policy().replace("frame-ancestors 'none'", "frame-ancestors 'self'");
    let headers = [(CONTENT_SECURITY_POLICY, policy), (X_FRAME_OPTIONS, "SAMEORIGIN".to_owned())];
    (headers, page).into_response()
}

/// The security policy of every page of the site.
fn own_policy() -> &'static str {
    let policy = SECURITY_HEADERS.iter().find(|(name, _)| *name == CONTENT_SECURITY_POLICY.as_str());
    policy.map_or("default-src 'none'", |(_, policy)| policy)
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
        FolderError::NoText => StatusCode::UNPROCESSABLE_ENTITY,
        FolderError::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    html(status, "refused.html", "reason", &format!("{}.", capitalised(&error.to_string())))
}

fn failed(reason: &str) -> Response {
    html(StatusCode::INTERNAL_SERVER_ERROR, "refused.html", "reason", &capitalised(reason))
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|letter| letter.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn address_of(path: &str) -> String {
    format!("{PAGE}?pad={}", encoded(path))
}

/// Responds with the editor's styles.
pub(super) async fn styles() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("../editor/pages/redactie.css"))
}

/// Responds with the editor's script.
pub(super) async fn script() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("../editor/pages/redactie.js"))
}

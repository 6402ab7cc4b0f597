//! The list of all pages, and the form of each.

use axum::body::Bytes;
use axum::extract::{FromRequest as _, Multipart, Query, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use catalog::headers::SECURITY_HEADERS;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_FRAME_OPTIONS};
use serde::Deserialize;

use super::{Form, address_of, blocking, failed, html, refused};
use crate::editor::desk::Desk;
use crate::editor::files::folder::FolderError;
use crate::editor::page::FormPage;
use crate::editor::picture::SentPicture;
use crate::editor::sent::{ALT, PICTURE, Sent};
use crate::routes::served::Shared;

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
    /// Whether a page was taken away just now.
    weg: Option<String>,
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
        match desk.list(wanted.weg.is_some()) {
            Ok(list) => html(StatusCode::OK, "list.html", "list", &list),
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
            Ok(page) => with_form(StatusCode::OK, &FormPage { is_saved: asked.bewaard.is_some(), ..page }),
            Err(error) => refused(&error),
        }
    })
    .await
}

/// Previews or saves a page, keeps what was typed, or adds to the form.
pub(super) async fn act(
    State(served): Shared,
    Query(Asked { pad: path, .. }): Query<Asked>,
    request: Request,
) -> Response {
    let (sent, picture) = match read(request).await {
        Ok(read) => read,
        Err(refusal) => return refusal,
    };
    let desk = served.desk;
    blocking(move || answer(&desk, &path, sent, picture).unwrap_or_else(|error| refused(&error))).await
}

/// Reads a form, with the picture if there is one.
async fn read(request: Request) -> Result<(Form, SentPicture), Response> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("multipart/") {
        let body = Bytes::from_request(request, &()).await.map_err(unread)?;
        return Ok((Form::read(&body), SentPicture::default()));
    }
    let mut parts = Multipart::from_request(request, &()).await.map_err(unread)?;
    let (mut pairs, mut picture) = (Vec::new(), SentPicture::default());
    while let Some(part) = parts.next_field().await.map_err(unread)? {
        let (name, file) = (part.name().unwrap_or_default().to_owned(), part.file_name().map(str::to_owned));
        let bytes = part.bytes().await.map_err(unread)?.to_vec();
        match file {
            Some(file) => (picture.name, picture.bytes) = (file, bytes),
            None => pairs.push((name, String::from_utf8_lossy(&bytes).into_owned())),
        }
    }
    Ok((Form(pairs), picture))
}

/// Responds that a form could not be read.
fn unread(error: impl IntoResponse) -> Response {
    let status = error.into_response().status();
    let reason = match status {
        StatusCode::PAYLOAD_TOO_LARGE => {
            "Dit bestand is te groot: hooguit 40 MB. Ga terug en kies een kleiner bestand."
        }
        _ => "Het formulier kwam niet heel aan. Ga terug en probeer het opnieuw.",
    };
    html(status, "refused.html", "reason", &reason)
}

fn answer(desk: &Desk, path: &str, form: Form, picture: SentPicture) -> Result<Response, FolderError> {
    let sent = Sent::new(form.0.clone());
    let alt = form.value(ALT).to_owned();
    let is_picture_left = [form.value(PICTURE), &alt].iter().any(|value| !value.trim().is_empty());
    let action = form.action().to_owned();
    Ok(match action.as_str() {
        "houd" => {
            desk.keep(path, form.0)?;
            StatusCode::NO_CONTENT.into_response()
        }
        "vergeet" => {
            desk.unsaved.forget(path)?;
            Redirect::to(&address_of(path)).into_response()
        }
        "meer" => {
            desk.keep(path, form.0)?;
            with_form(StatusCode::OK, &desk.add(path, &sent)?)
        }
        "foto" => {
            desk.keep(path, form.0)?;
            let page = desk.add_picture(path, &sent, &SentPicture { alt, ..picture })?;
            let is_refused = page.picture.fault.is_some();
            with_form(if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
        }
        "voorbeeld" => shown(desk.preview(path, &sent)?),
        _ if is_picture_left => {
            desk.keep(path, form.0)?;
            with_form(StatusCode::UNPROCESSABLE_ENTITY, &desk.with_picture_left(path, &sent, alt)?)
        }
        _ => match desk.save(path, &sent)? {
            Ok(()) => {
                if !sent.waits {
                    desk.unsaved.forget(path)?;
                }
                tracing::info!("{path} is bewaard");
                Redirect::to(&format!("{}&bewaard=ja", address_of(path))).into_response()
            }
            Err(page) => {
                desk.keep(path, form.0)?;
                with_form(StatusCode::UNPROCESSABLE_ENTITY, &page)
            }
        },
    })
}

/// Responds with a page whose form has a frame for the preview.
pub(super) fn with_form(status: StatusCode, page: &FormPage) -> Response {
    let policy = format!("{}; frame-src 'self'", own_policy());
    ([(CONTENT_SECURITY_POLICY, policy)], html(status, "form.html", "page", page)).into_response()
}

/// Responds with a preview, or with what must be solved first.
pub(super) fn shown(preview: Result<String, Box<FormPage>>) -> Response {
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

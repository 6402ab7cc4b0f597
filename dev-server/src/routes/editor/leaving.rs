//! Another address for a page, or none.

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;

use super::{Form, LIST, address_of, blocking, html, refused};
use crate::routes::served::Shared;

/// What the address says.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    /// The path of the file.
    pad: String,
}

/// Responds with what another address, or none, would mean.
pub(super) async fn ask(State(served): Shared, Query(Asked { pad: path }): Query<Asked>) -> Response {
    let desk = served.desk;
    blocking(move || match desk.leaving(&path) {
        Ok(page) => html(StatusCode::OK, "leaving.html", "page", &page),
        Err(error) => refused(&error),
    })
    .await
}

/// Gives a page another address, or takes it away.
pub(super) async fn leave(
    State(served): Shared,
    Query(Asked { pad: path }): Query<Asked>,
    body: Bytes,
) -> Response {
    let sent = Form::read(&body);
    let desk = served.desk;
    blocking(move || {
        let done = match sent.action() {
            "weg" => desk.take_away(&path).map(|done| done.map(|()| format!("{LIST}?weg=ja"))),
            _ => desk.rename(&path, sent.value("naam")).map(|done| done.map(|path| address_of(&path))),
        };
        match done {
            Ok(Ok(address)) => Redirect::to(&address).into_response(),
            Ok(Err(page)) => html(StatusCode::UNPROCESSABLE_ENTITY, "leaving.html", "page", &page),
            Err(error) => refused(&error),
        }
    })
    .await
}

/// Brings back a page that was taken away.
pub(super) async fn bring_back(State(served): Shared, body: Bytes) -> Response {
    let sent = Form::read(&body);
    let desk = served.desk;
    blocking(move || match desk.bring_back(sent.value("moment")) {
        Ok(path) => Redirect::to(&address_of(&path)).into_response(),
        Err(error) => refused(&error),
    })
    .await
}

//! Versions that are recorded, sent, fetched and put back.

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;

use super::page::{shown, with_form};
use super::{Form, PUBLISHING, address_of, blocking, html, refused};
use crate::editor::publishing::PublishingError;
use crate::routes::served::Shared;

/// What the address of the versions of a page says.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    /// The path of the file.
    pad: String,
    /// The version to look at.
    versie: Option<String>,
}

/// What the address of publishing says.
#[derive(Debug, Deserialize)]
pub(super) struct Done {
    /// What was done just now.
    gedaan: Option<String>,
}

/// Responds with what can be recorded, sent and fetched.
pub(super) async fn ask(State(served): Shared, Query(Done { gedaan }): Query<Done>) -> Response {
    let desk = served.desk;
    blocking(move || match desk.publishing(gedaan.as_deref()) {
        Ok(page) => html(StatusCode::OK, "publishing.html", "page", &page),
        Err(error) => cannot(&error),
    })
    .await
}

/// Records, sends or fetches versions.
pub(super) async fn publish(State(served): Shared, body: Bytes) -> Response {
    let sent = Form::read(&body);
    let desk = served.desk;
    blocking(move || {
        let paths: Vec<String> = sent.values("pad").map(str::to_owned).collect();
        let who = (sent.value("naam").to_owned(), sent.value("adres").to_owned());
        let message = sent.value("zin");
        let done = match sent.action() {
            "insturen" => desk.send().map(|()| "ingestuurd"),
            "ophalen" => desk.fetch(),
            _ => desk.record(&paths, message, who.clone()).map(|()| "vastgelegd"),
        };
        let error = match done {
            Ok(done) => return Redirect::to(&format!("{PUBLISHING}?gedaan={done}")).into_response(),
            Err(error) => error,
        };
        let page =
            desk.publishing(None).map(|page| page.with_fault(&error)).map(|page| match sent.action() {
                "vastleggen" => page.with_typed(&paths, message, who),
                _ => page,
            });
        match page {
            Ok(page) => html(StatusCode::UNPROCESSABLE_ENTITY, "publishing.html", "page", &page),
            Err(error) => cannot(&error),
        }
    })
    .await
}

/// Responds with the versions of a page, or with the page as one of them was.
pub(super) async fn versions(
    State(served): Shared,
    Query(Asked { pad: path, versie }): Query<Asked>,
) -> Response {
    let desk = served.desk;
    blocking(move || match versie {
        Some(version) => desk.look_back(&path, &version).map_or_else(|error| cannot(&error), shown),
        None => match desk.versions(&path) {
            Ok(page) => html(StatusCode::OK, "versions.html", "page", &page),
            Err(error) => cannot(&error),
        },
    })
    .await
}

/// Saves a version of a page again.
pub(super) async fn put_back(
    State(served): Shared,
    Query(Asked { pad: path, .. }): Query<Asked>,
    body: Bytes,
) -> Response {
    let sent = Form::read(&body);
    let desk = served.desk;
    blocking(move || match desk.put_back(&path, sent.value("versie")) {
        Ok(Ok(())) => Redirect::to(&format!("{}&bewaard=ja", address_of(&path))).into_response(),
        Ok(Err(page)) => with_form(StatusCode::UNPROCESSABLE_ENTITY, &page),
        Err(error) => cannot(&error),
    })
    .await
}

fn cannot(error: &PublishingError) -> Response {
    match error {
        PublishingError::Folder(error) => refused(error),
        other => html(StatusCode::OK, "refused.html", "reason", &other.to_string()),
    }
}

//! New articles.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{Form, address_of, blocking, html};
use crate::editor::page::NewPage;
use crate::routes::served::Shared;

/// Responds with the form for a new article.
pub(super) async fn ask(State(served): Shared) -> Response {
    let desk = served.desk;
    blocking(move || html(StatusCode::OK, "new.html", "page", &desk.new_page(NewPage::default()))).await
}

/// Makes a new article and leads to its form.
pub(super) async fn make(State(served): Shared, body: Bytes) -> Response {
    let sent = Form::read(&body);
    let desk = served.desk;
    blocking(move || {
        let typed = NewPage {
            section: sent.value("onderdeel").to_owned(),
            title: sent.value("titel").to_owned(),
            has_event: sent.value("soort") == "bijeenkomst",
            ..NewPage::default()
        };
        match desk.make(typed) {
            Ok(path) => Redirect::to(&address_of(&path)).into_response(),
            Err(page) => html(StatusCode::UNPROCESSABLE_ENTITY, "new.html", "page", &page),
        }
    })
    .await
}

//! Serves the site and the function on one origin, as the CDN does.

mod cookies;
mod editor;
mod files;
mod inbox;
pub mod served;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{self, Next};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use catalog::address::SIGNUP_PREFIX;
use catalog::headers::SECURITY_HEADERS;
use catalog::organiser::address::ORGANISER_PREFIX;
use futures_util::stream::{self, Stream};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use jiff::Timestamp;
use signup_fn::organiser;
use signup_fn::participant;
use signup_fn::people::timing::Timing;

use self::served::{Served, Shared};
use crate::builder::{Live, Told};

/// The time limit of a response. In the cloud, the function's timeout is 10 s (`infra/function.tf`).
const TIME_FOR_AN_ANSWER: Duration = Duration::from_secs(10);

/// Lambda's limit on a request body. The function itself accepts far less.
const LARGEST_BODY: usize = 6 * 1024 * 1024;

/// Returns the router for all addresses of the site.
pub fn routes(served: Served) -> Router {
    let site = Router::new()
        .route("/_dev/inbox/", get(inbox::inbox))
        .route("/_dev/events", get(events))
        .route("/_dev/reload.js", get(reload_script))
        .route("/_dev/edit-link.css", get(edit_link_styles))
        .merge(editor::routes())
        .fallback(page)
        .layer(middleware::from_fn(security_headers));
    // The function sets its own security headers, as in the cloud.
    Router::new()
        // A mail has a policy of its own.
        .route(&format!("{}{{name}}", inbox::MAIL), get(inbox::html))
        .route(&format!("{SIGNUP_PREFIX}{{*rest}}"), any(function))
        .route(ORGANISER_PREFIX, any(organisers))
        .route(&format!("{ORGANISER_PREFIX}{{*rest}}"), any(organisers))
        .merge(site)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn(only_this_machine))
        .with_state(served)
}

/// Refuses a request under any other name of this machine.
///
/// Otherwise a foreign site could let its name lead here (DNS rebinding), and read the mails.
async fn only_this_machine(request: Request, next: Next) -> Response {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    match name {
        "127.0.0.1" | "localhost" | "[::1]" => next.run(request).await,
        _ => (StatusCode::MISDIRECTED_REQUEST, "Deze site staat op http://127.0.0.1 en http://localhost.\n")
            .into_response(),
    }
}

async fn security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in SECURITY_HEADERS {
        // The editor's pages have a policy of their own, because of the frame with the preview.
        let header = response.headers_mut().entry(HeaderName::from_static(name));
        header.or_insert(HeaderValue::from_static(value));
    }
    response
}

async fn function(
    State(Served { live, wake, .. }): Shared,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Live { function, problems, .. } = live.borrow().clone();
    let Some(function) = function else { return problem_page(problems) };
    let request = request(method, uri, headers, &body);
    let is_post = *request.method() == Method::POST;
    // All requests come from this machine, so there is no sender to rate-limit.
    let answer = participant::answer(&function, request, None, timing()).await;
    if is_post {
        wake.notify_one();
    }
    answer.map(Body::from)
}

async fn organisers(
    State(Served { live, wake, .. }): Shared,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Live { area, problems, .. } = live.borrow().clone();
    let Some(area) = area else { return problem_page(problems) };
    let needs_plain = cookies::needs_plain(&headers);
    let mut request = request(method, uri, headers, &body);
    if needs_plain {
        cookies::with_prefix(request.headers_mut());
    }
    let is_post = *request.method() == Method::POST;
    let mut answer = organiser::answer(&area, request, None, timing()).await;
    if needs_plain {
        cookies::without_prefix(answer.headers_mut());
    }
    if is_post {
        wake.notify_one();
    }
    answer.map(Body::from)
}

fn request(method: Method, uri: Uri, headers: HeaderMap, body: &Bytes) -> http::Request<Vec<u8>> {
    let mut request = http::Request::new(body.to_vec());
    (*request.method_mut(), *request.uri_mut(), *request.headers_mut()) = (method, uri, headers);
    request
}

fn timing() -> Timing {
    let deadline = Instant::now() + TIME_FOR_AN_ANSWER;
    Timing { now: Timestamp::now(), deadline: deadline.into() }
}

async fn page(State(Served { live, .. }): Shared, method: Method, uri: Uri) -> Response {
    if !matches!(method, Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let Live { site, function, problems, .. } = live.borrow().clone();
    match function {
        Some(_) => files::serve(&site, uri.path()),
        None => problem_page(problems),
    }
}

/// Responds with the problems while there is no good build yet.
fn problem_page(problems: Option<Arc<Told>>) -> Response {
    let problems =
        problems.map(|told| told.text.replace('&', "&amp;").replace('<', "&lt;")).unwrap_or_default();
    let html = include_str!("problems.html").replace("PROBLEMS", &problems);
    let headers = [(CONTENT_TYPE, "text/html; charset=utf-8"), (CACHE_CONTROL, "no-store")];
    (StatusCode::INTERNAL_SERVER_ERROR, headers, html).into_response()
}

async fn reload_script() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("reload.js"))
}

async fn edit_link_styles() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("edit-link.css"))
}

/// Sends the browser an event for the current build and for each later one.
async fn events(State(Served { live, .. }): Shared) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut receiver = live;
    receiver.mark_changed();
    let stream = stream::unfold(receiver, |mut live| async {
        live.changed().await.ok()?;
        let Live { build, problems, .. } = live.borrow_and_update().clone();
        let problems = problems.map(|told| told.json.clone()).unwrap_or_default();
        let event = Event::default().id(build.to_string()).data(problems);
        Some((Ok(event), live))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

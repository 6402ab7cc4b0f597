//! How many seats are left, for a script on the page.

use std::collections::BTreeMap;

use catalog::{Event, SessionId};
use http::header::CACHE_CONTROL;
use http::{HeaderValue, Response, StatusCode};
use serde::Serialize;
use tokio::time::Instant;

use super::function::Function;

/// What the script reads.
#[derive(Debug, Serialize)]
struct Seats {
    /// The number of seats that newcomers can get, for each session.
    seats_left: BTreeMap<SessionId, u32>,
}

/// Responds with the seats left in each session. The response is the same for everybody, so it may
/// be cached for a moment.
pub async fn seats(function: &Function, event: &Event, deadline: Instant) -> Response<String> {
    let states = match function.store.session_states(event.id(), deadline).await {
        Ok(states) => states,
        Err(error) => return function.answers.failure(StatusCode::SERVICE_UNAVAILABLE, &error),
    };
    let left = event.sessions().iter().map(|session| {
        let left = states.get(session.id()).map_or(session.capacity(), |state| state.seats_left(session));
        (session.id().clone(), left)
    });
    let seats = Seats { seats_left: left.collect() };
    let mut response = function.answers.json(&seats);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=10"));
    response
}

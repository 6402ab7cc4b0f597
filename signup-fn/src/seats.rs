//! How many seats are left, for the page to tell.

use std::collections::BTreeMap;

use catalog::{Event, SessionId};
use http::header::CACHE_CONTROL;
use http::{HeaderValue, Response, StatusCode};
use serde::Serialize;
use tokio::time::Instant;

use crate::Function;

/// What a script on the page reads.
#[derive(Debug, Serialize)]
struct Seats {
    /// For each session the seats that a newcomer can get.
    seats_left: BTreeMap<SessionId, u32>,
}

/// Answers with the seats left of each session; the same for everybody, so it may be kept for a moment.
pub async fn seats(function: &Function, event: &Event, deadline: Instant) -> Response<String> {
    let states = match function.store.session_states(event, deadline).await {
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

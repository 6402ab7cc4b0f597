//! The approximate number of seats left, for a script on the page.

use std::collections::BTreeMap;

use catalog::{Event, SessionId};
use http::header::CACHE_CONTROL;
use http::{HeaderValue, Response};
use serde::Serialize;
use tokio::time::Instant;

use super::function::Function;
use crate::store::session::SeatsLeft;

/// The response to the script.
#[derive(Debug, Serialize)]
struct Seats {
    /// Whether there are seats for newcomers, for each session.
    seats_left: BTreeMap<SessionId, SeatsLeft>,
}

/// Responds with the seats left in each session. The response is the same for everybody, so caches may
/// keep it for ten seconds.
pub async fn seats(function: &Function, event: &Event, deadline: Instant) -> Response<String> {
    let states = match function.store.session_states(event.id(), deadline).await {
        Ok(states) => states,
        Err(error) => return function.answers.failure(&error),
    };
    let left = event.offered().map(|session| {
        let state = states.get(session.id()).cloned().unwrap_or_default();
        (session.id().clone(), state.seats_left(session))
    });
    let seats = Seats { seats_left: left.collect() };
    let mut response = function.answers.json(&seats);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=10"));
    response
}

//! The requests that a participant can make: sign up, view, change, cancel, confirm, erase.
//!
//! Belongs here: the requests that a participant can make (`sign_up`, `confirm`, `manage`, `seats`), and
//! what they share. Does not belong here: storing a
//! sign-up (see `store`), and the requests of organisers.

pub mod confirm;
pub mod form;
pub mod function;
pub mod manage;
pub mod own;
pub mod seats;
pub mod sign_up;

use std::net::IpAddr;

use catalog::Event;
use catalog::address::SignupAddress;
use catalog::answer::{Answer, FormView};
use http::{Method, Request, Response, StatusCode};

use self::function::Function;
use self::own::Link;
use self::sign_up::SentForm;
use crate::people::timing::Timing;
use crate::web::admission;
use crate::web::answers::NO_VALUES;

/// Responds to one request. Never fails: a failure becomes a page with an incident id, and its cause
/// is logged under that id.
///
/// `sender` is the network address of the client, if known.
pub async fn answer(
    function: &Function,
    request: Request<Vec<u8>>,
    sender: Option<IpAddr>,
    timing: Timing,
) -> Response<String> {
    let Some((address, event)) = address(function, request.uri().path()) else {
        return function.answers.error(StatusCode::NOT_FOUND);
    };
    match &address {
        SignupAddress::Form { .. } => match *request.method() {
            Method::POST => match admission::admit(&request, &function.origins) {
                Ok(()) => {
                    let source = sender.map(|sender| function.identity.source(sender, timing.now));
                    let form = SentForm { event, source: source.as_ref(), body: request.body() };
                    sign_up::sign_up(function, &form, timing).await
                }
                Err(status) => function.answers.error(status),
            },
            // Shows the form as it is now: the static page may have been built before sign-up opened.
            Method::GET | Method::HEAD => {
                let view = FormView::empty(event, timing.now);
                function.answers.page(StatusCode::OK, Answer::Form(event.id()), &view)
            }
            _ => function.answers.method_not_allowed("GET, HEAD, POST"),
        },
        SignupAddress::Manage { token, done, .. } => {
            manage::manage(function, &request, Link { event, token }, *done, timing).await
        }
        SignupAddress::Confirm { token, .. } => {
            confirm::confirm(function, &request, Link { event, token }, timing).await
        }
        shown => match *request.method() {
            Method::GET | Method::HEAD => show(function, event, shown, timing).await,
            _ => function.answers.method_not_allowed("GET, HEAD"),
        },
    }
}

/// Responds at a read-only address.
async fn show(
    function: &Function,
    event: &Event,
    address: &SignupAddress,
    timing: Timing,
) -> Response<String> {
    match address {
        SignupAddress::Received { session, reference, .. } => {
            sign_up::received(function, Answer::Received(event.id(), session), reference)
        }
        SignupAddress::Waiting { session, reference, .. } => {
            sign_up::received(function, Answer::Waiting(event.id(), session), reference)
        }
        SignupAddress::Erased { .. } => {
            function.answers.page(StatusCode::OK, Answer::Erased(event.id()), &NO_VALUES)
        }
        SignupAddress::Seats { .. } => seats::seats(function, event, timing.deadline).await,
        SignupAddress::Form { .. } | SignupAddress::Manage { .. } | SignupAddress::Confirm { .. } => {
            function.answers.error(StatusCode::NOT_FOUND)
        }
    }
}

/// Returns the address that a path denotes, and its event. Returns `None` for a path that is not an
/// address, or whose event or session is unknown.
fn address<'a>(function: &'a Function, path: &str) -> Option<(SignupAddress, &'a Event)> {
    let address: SignupAddress = path.parse().ok()?;
    let event = function.catalog.event(address.event())?;
    if let Some(session) = address.session() {
        event.session(session)?;
    }
    Some((address, event))
}

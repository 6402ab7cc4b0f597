//! The requests that a participant can make: sign up, view, change, cancel, confirm, erase.
//!
//! Belongs here: the requests that a participant can make (`sign_up`, `confirm`, `manage`, `new_address`,
//! `seats`), and what they share. Does not belong here: storing a sign-up (see `store`), and the requests of
//! organisers.

pub mod again;
pub mod confirm;
pub mod form;
pub mod function;
pub mod manage;
pub mod new_address;
pub mod own;
pub mod seats;
pub mod sign_up;

use std::borrow::Cow;
use std::net::IpAddr;

use catalog::address::SignupAddress;
use catalog::answer::{Answer, FormView};
use catalog::own::ErasedView;
use catalog::words::EventWords;
use catalog::{Event, EventId};
use http::{Method, Request, Response, StatusCode};

use self::function::Function;
use self::own::Link;
use self::sign_up::SentForm;
use crate::people::timing::Timing;
use crate::store::error::StoreError;
use crate::web::admission;

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
    let Ok(address) = request.uri().path().parse::<SignupAddress>() else {
        return function.answers.error(StatusCode::NOT_FOUND);
    };
    if let (SignupAddress::Form { event }, &Method::POST) = (&address, request.method()) {
        return submit(function, event, &request, sender, timing).await;
    }
    let event = match event(function, &address, timing).await {
        Ok(Some(event)) => event,
        Ok(None) => return function.answers.error(StatusCode::NOT_FOUND),
        Err(error) => return function.answers.failure(&error),
    };
    let event = event.as_ref();
    match &address {
        SignupAddress::Form { .. } => match *request.method() {
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
        SignupAddress::Again { .. } => again::again(function, event, &request, sender, timing).await,
        SignupAddress::NewAddress { token, .. } => {
            new_address::new_address(function, &request, Link { event, token }, timing).await
        }
        shown => match *request.method() {
            Method::GET | Method::HEAD => show(function, event, shown, timing).await,
            _ => function.answers.method_not_allowed("GET, HEAD"),
        },
    }
}

/// Responds to a submitted form.
async fn submit(
    function: &Function,
    event: &EventId,
    request: &Request<Vec<u8>>,
    sender: Option<IpAddr>,
    timing: Timing,
) -> Response<String> {
    let Some(catalogue) = function.catalog.event(event) else {
        return function.answers.error(StatusCode::NOT_FOUND);
    };
    if let Err(status) = admission::admit(request, &function.origins) {
        return function.answers.error(status);
    }
    let source = sender.map(|sender| function.identity.source(sender, timing.now));
    let form = SentForm { catalogue, source: source.as_ref(), body: request.body() };
    sign_up::sign_up(function, &form, timing).await
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
            let view = ErasedView { event: EventWords::new(event, "") };
            function.answers.page(StatusCode::OK, Answer::Erased, &view)
        }
        SignupAddress::Seats { .. } => seats::seats(function, event, timing.deadline).await,
        SignupAddress::Form { .. }
        | SignupAddress::Manage { .. }
        | SignupAddress::Confirm { .. }
        | SignupAddress::Again { .. }
        | SignupAddress::NewAddress { .. } => function.answers.error(StatusCode::NOT_FOUND),
    }
}

/// Returns the event that an address is about. Returns `None` if the event or the session is unknown.
///
/// The form and the pages after it exist only while the event is in the catalogue. A participant's own pages
/// exist as long as the sign-up does.
async fn event<'a>(
    function: &'a Function,
    address: &SignupAddress,
    timing: Timing,
) -> Result<Option<Cow<'a, Event>>, StoreError> {
    let catalogue = function.catalog.event(address.event());
    match address {
        // Kept, not only read: a session may have another id since the last build, and its seats with it.
        SignupAddress::Manage { .. }
        | SignupAddress::Confirm { .. }
        | SignupAddress::NewAddress { .. }
        | SignupAddress::Erased { .. }
        | SignupAddress::Again { .. }
        | SignupAddress::Seats { .. } => {
            Ok(function.store.keep(address.event(), catalogue, timing).await?.map(Cow::Owned))
        }
        // An organiser may have closed the sign-up, or called a session off.
        SignupAddress::Form { .. } => {
            let Some(catalogue) = catalogue else { return Ok(None) };
            Ok(Some(sign_up::look_ahead(function, catalogue, None, timing).await.0))
        }
        _ => {
            let has_session = |event: &&Event| address.session().is_none_or(|id| event.session(id).is_some());
            Ok(catalogue.filter(has_session).map(Cow::Borrowed))
        }
    }
}

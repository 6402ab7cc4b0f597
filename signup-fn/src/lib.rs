#![doc = include_str!("../README.md")]
//!
//! | module | what it is |
//! |---|---|
//! | [`sign_up`](mod@sign_up) [`manage`](mod@manage) [`seats`](mod@seats) | what one can ask |
//! | [`origin`] [`admission`] | which requests are let in at all |
//! | [`form`] | what was typed, to a [`signup::Signup`] or to what is wrong with it |
//! | [`signup`] [`participant`] [`text`] | the sign-up and its fields, each right by construction; what became of it |
//! | [`identity`] [`token`] | who is who, without keeping addresses in keys; what links in mails carry |
//! | [`store`] | the one module that knows DynamoDB |
//! | [`answers`] [`pages`] | the pages that site-gen rendered, filled in |
//! | [`mailer`] [`message`] [`transport`] | sending mail |
//! | [`aws`] | the way to AWS |
//! | [`settings`] [`local`] | what the environment says; where the store of one's own machine is |

pub mod admission;
pub mod answers;
pub mod aws;
pub mod form;
pub mod identity;
pub mod local;
pub mod mailer;
pub mod manage;
pub mod message;
pub mod origin;
pub mod pages;
pub mod participant;
pub mod seats;
pub mod settings;
pub mod sign_up;
pub mod signup;
pub mod store;
pub mod text;
pub mod token;
pub mod transport;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use catalog::address::SignupAddress;
use catalog::answer::{Answer, FormView};
use catalog::{Catalog, Event};
use http::{Method, Request, Response, StatusCode};
use jiff::Timestamp;
use tokio::time::Instant;

use crate::answers::Answers;
use crate::identity::Identity;
use crate::store::Store;
use crate::token::TokenKeys;

/// What every request shares; made once at start.
#[derive(Debug)]
pub struct Function {
    /// The events that one can sign up for.
    pub catalog: Arc<Catalog>,
    /// The pages to answer with.
    pub answers: Answers,
    /// Where sign-ups are kept.
    pub store: Store,
    /// Tells people apart.
    pub identity: Identity,
    /// Signs the links in mails.
    pub token_keys: TokenKeys,
    /// Scheme and host that forms may come from.
    pub origins: Vec<String>,
}

/// Answers one request, as of `now`, before the deadline. It never fails: what
/// goes wrong becomes a page with an incident id, and the cause a log line.
///
/// `sender` is the network address that the request came from, where it is known.
pub async fn answer(
    function: &Function,
    request: Request<Vec<u8>>,
    sender: Option<IpAddr>,
    now: Timestamp,
    deadline: Instant,
) -> Response<String> {
    let Some((address, event)) = address(function, request.uri().path()) else {
        return function.answers.error(StatusCode::NOT_FOUND);
    };
    match &address {
        SignupAddress::Form { .. } => match *request.method() {
            Method::POST => match admission::admit(&request, &function.origins) {
                Ok(()) => {
                    let source = sender.map(|sender| function.identity.source(sender, now));
                    sign_up::sign_up(function, (event, source.as_ref()), request.body(), now, deadline).await
                }
                Err(status) => function.answers.error(status),
            },
            // The form as it stands now, for who comes back to a page that was built before it opened.
            Method::GET | Method::HEAD => {
                let view = FormView::empty(event, now);
                function.answers.page(StatusCode::OK, Answer::Form(event.id()), &view)
            }
            _ => function.answers.method_not_allowed("GET, HEAD, POST"),
        },
        SignupAddress::Manage { token, done, .. } => {
            manage::manage(function, &request, (event, token, *done), now, deadline).await
        }
        SignupAddress::Confirm { token, .. } => {
            manage::confirm(function, &request, (event, token), now, deadline).await
        }
        shown => match *request.method() {
            Method::GET | Method::HEAD => show(function, event, shown, deadline).await,
            _ => function.answers.method_not_allowed("GET, HEAD"),
        },
    }
}

/// What one only looks at.
async fn show(
    function: &Function,
    event: &Event,
    address: &SignupAddress,
    deadline: Instant,
) -> Response<String> {
    match address {
        SignupAddress::Received { session, reference, .. } => {
            sign_up::received(function, Answer::Received(event.id(), session), reference)
        }
        SignupAddress::Waiting { session, reference, .. } => {
            sign_up::received(function, Answer::Waiting(event.id(), session), reference)
        }
        SignupAddress::Erased { .. } => {
            function.answers.page(StatusCode::OK, Answer::Erased(event.id()), &NOTHING)
        }
        SignupAddress::Seats { .. } => seats::seats(function, event, deadline).await,
        SignupAddress::Form { .. } | SignupAddress::Manage { .. } | SignupAddress::Confirm { .. } => {
            function.answers.error(StatusCode::NOT_FOUND)
        }
    }
}

/// The view of a page with nothing to fill in.
const NOTHING: BTreeMap<&str, &str> = BTreeMap::new();

/// The address of a path, and its event; `None` when either is unknown.
fn address<'a>(function: &'a Function, path: &str) -> Option<(SignupAddress, &'a Event)> {
    let address: SignupAddress = path.parse().ok()?;
    let event = function.catalog.event(address.event())?;
    if let Some(session) = address.session() {
        event.session(session)?;
    }
    Some((address, event))
}

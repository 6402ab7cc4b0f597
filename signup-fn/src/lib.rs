#![doc = include_str!("../README.md")]
//!
//! | module | what it is |
//! |---|---|
//! | [`admission`] | which requests are let in at all |
//! | [`form`] | what was typed, to a [`signup::Signup`] or to what is wrong with it |
//! | [`signup`] [`text`] | the sign-up and its fields, each right by construction |
//! | [`identity`] | who is who, without keeping addresses in keys |
//! | [`store`] | the one module that knows DynamoDB |
//! | [`answers`] | the pages that site-gen rendered, filled in |
//! | [`settings`] | what the environment says |

pub mod admission;
pub mod answers;
pub mod form;
pub mod identity;
pub mod settings;
pub mod signup;
pub mod store;
pub mod text;

use catalog::address::SignupAddress;
use catalog::answer::{Answer, FailedView, FormView, ReceivedView};
use catalog::{Catalog, Event, Phase, Reference, SessionId};
use http::header::REFERRER_POLICY;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use jiff::Timestamp;
use tokio::time::Instant;

use crate::answers::Answers;
use crate::form::{Errors, Submission};
use crate::identity::Identity;
use crate::store::{Claim, Store};

/// What every request shares; made once at start.
#[derive(Debug)]
pub struct Function {
    /// The events that one can sign up for.
    pub catalog: Catalog,
    /// The pages to answer with.
    pub answers: Answers,
    /// Where sign-ups are kept.
    pub store: Store,
    /// Tells people apart.
    pub identity: Identity,
    /// Scheme and host that forms may come from.
    pub origins: Vec<String>,
}

/// Answers one request, as of `now`, before the deadline. It never fails: what
/// goes wrong becomes a page with an incident id, and the cause a log line.
pub async fn answer(
    function: &Function,
    request: Request<Vec<u8>>,
    now: Timestamp,
    deadline: Instant,
) -> Response<String> {
    let Some((address, event)) = address(function, request.uri().path()) else {
        return function.answers.error(StatusCode::NOT_FOUND);
    };
    match address {
        SignupAddress::Form { .. } => match *request.method() {
            Method::POST => match admission::admit(&request, &function.origins) {
                Ok(()) => sign_up(function, event, request.body(), now, deadline).await,
                Err(status) => function.answers.error(status),
            },
            // The form as it stands now, for who comes back to a page that was built before it opened.
            Method::GET | Method::HEAD => {
                let view = FormView::empty(event, now);
                function.answers.page(StatusCode::OK, Answer::Form(event.id()), &view)
            }
            _ => function.answers.method_not_allowed("GET, HEAD, POST"),
        },
        SignupAddress::Received { session, reference, .. } => match *request.method() {
            Method::GET | Method::HEAD => received(function, event, &session, &reference),
            _ => function.answers.method_not_allowed("GET, HEAD"),
        },
    }
}

/// The address of a path, and its event; `None` when either is unknown.
fn address<'a>(function: &'a Function, path: &str) -> Option<(SignupAddress, &'a Event)> {
    let address: SignupAddress = path.parse().ok()?;
    let event = match &address {
        SignupAddress::Form { event } => function.catalog.event(event)?,
        SignupAddress::Received { event, session, .. } => {
            let event = function.catalog.event(event)?;
            event.session(session)?;
            event
        }
    };
    Some((address, event))
}

async fn sign_up(
    function: &Function,
    event: &Event,
    body: &[u8],
    now: Timestamp,
    deadline: Instant,
) -> Response<String> {
    let answers = &function.answers;
    let Ok(submission) = Submission::read(body) else {
        return answers.error(StatusCode::BAD_REQUEST);
    };
    let view = |errors| FormView::new(event, now, submission.values().clone(), errors);
    let nothing = Errors::new();
    if let Some(session) = submission.session(event)
        && session.phase(now) != Phase::Open
    {
        log(event, session.id(), "not_open");
        return answers.page(
            StatusCode::CONFLICT,
            Answer::NotOpen(event.id(), session.id()),
            &view(&nothing),
        );
    }
    let signup = match submission.check(event) {
        Ok(signup) => signup,
        Err(errors) => {
            return answers.page(StatusCode::UNPROCESSABLE_ENTITY, Answer::Form(event.id()), &view(&errors));
        }
    };
    let person = function.identity.person(event.id(), &signup.email);
    let session = signup.session.clone();
    let record = store::Record {
        event,
        signup,
        person: &person,
        signed_up_at: now,
        privacy_notice_version: function.catalog.privacy_notice_version(),
    };
    match function.store.claim(&record, deadline).await {
        // A repeat gets the page of a first time: nobody learns who has signed up.
        Ok(claim @ (Claim::Claimed | Claim::AlreadySignedUp)) => {
            log(event, &session, if claim == Claim::Claimed { "claimed" } else { "already_signed_up" });
            let (event, reference) = (event.id().clone(), person.reference());
            answers::see_other(&SignupAddress::Received { event, session, reference }.to_string())
        }
        Ok(Claim::Full) => {
            log(event, &session, "full");
            answers.page(StatusCode::CONFLICT, Answer::Full(event.id(), &session), &view(&nothing))
        }
        Err(error) => {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            let incident = answers::log_incident(status, &error);
            answers.page(status, Answer::Failed(event.id()), &FailedView { form: view(&nothing), incident })
        }
    }
}

fn received(
    function: &Function,
    event: &Event,
    session: &SessionId,
    reference: &Reference,
) -> Response<String> {
    let view = ReceivedView { reference: reference.to_string() };
    let mut response = function.answers.page(StatusCode::OK, Answer::Received(event.id(), session), &view);
    // The address says who is meant, to who can look it up: it goes nowhere with a click.
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

fn log(event: &Event, session: &SessionId, outcome: &str) {
    tracing::info!(event.id = %event.id(), session.id = %session, signup.outcome = outcome, "sign-up answered");
}

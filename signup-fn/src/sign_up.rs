//! The form is sent: one signs up, or learns what stands in the way.

use catalog::address::SignupAddress;
use catalog::answer::{Answer, FailedView, FormView, ReceivedView};
use catalog::{Event, Phase, Reference, SessionId};
use http::{Response, StatusCode};
use jiff::Timestamp;
use tokio::time::Instant;

use crate::Function;
use crate::answers::{self, personal, see_other};
use crate::form::{Errors, Submission};
use crate::identity::Source;
use crate::store::{Claim, Place, Request, StoreError};

/// Answers a form that was let in.
pub async fn sign_up(
    function: &Function,
    (event, source): (&Event, Option<&Source>),
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
    if submission.is_trapped() {
        // Told, not swallowed: a person whose browser filled it in can empty it.
        log_refused(event, "trapped");
        let view = FormView { is_trapped: true, ..view(&nothing) };
        return answers.page(StatusCode::UNPROCESSABLE_ENTITY, Answer::Form(event.id()), &view);
    }
    let signup = match submission.check(event) {
        Ok(signup) => signup,
        Err(errors) => {
            return answers.page(StatusCode::UNPROCESSABLE_ENTITY, Answer::Form(event.id()), &view(&errors));
        }
    };
    let person = function.identity.person(event.id(), &signup.email);
    let session = signup.session.clone();
    let request = Request {
        event,
        signup,
        person: &person,
        may_wait: submission.may_wait(),
        source,
        now,
        privacy_notice_version: function.catalog.privacy_notice_version(),
    };
    let claim = match function.store.claim(&request, deadline).await {
        // The truth goes by mail, to who can read it: nobody else learns who has signed up.
        Ok(Claim::Known(place)) => {
            function.store.repeat(event.id(), &person, now, deadline).await.map(|()| Claim::Known(place))
        }
        claim => claim,
    };
    match claim {
        Ok(claim @ (Claim::Placed(place) | Claim::Known(place))) => {
            let outcome = match (claim, place) {
                (Claim::Known(_), _) => "known",
                (_, Place::Seat) => "claimed",
                (_, Place::Line) => "waiting",
            };
            log(event, &session, outcome);
            let (event, reference) = (event.id().clone(), person.reference());
            let next = match place {
                Place::Seat => SignupAddress::Received { event, session, reference },
                Place::Line => SignupAddress::Waiting { event, session, reference },
            };
            see_other(&next.to_string())
        }
        Ok(Claim::Full) => {
            log(event, &session, "full");
            answers.page(StatusCode::CONFLICT, Answer::Full(event.id(), &session), &view(&nothing))
        }
        Ok(Claim::TooOften) => {
            log(event, &session, "too_often");
            answers.error(StatusCode::TOO_MANY_REQUESTS)
        }
        Err(error) => failed(function, event, view(&nothing), &error),
    }
}

fn failed(function: &Function, event: &Event, form: FormView, error: &StoreError) -> Response<String> {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let incident = answers::log_incident(status, error);
    function.answers.page(status, Answer::Failed(event.id()), &FailedView { form, incident })
}

/// The page after a sign-up: with a seat, or a place on the waiting list.
pub fn received(function: &Function, answer: Answer<'_>, reference: &Reference) -> Response<String> {
    let view = ReceivedView { reference: reference.to_string() };
    personal(function.answers.page(StatusCode::OK, answer, &view))
}

fn log_refused(event: &Event, outcome: &str) {
    tracing::info!(event.id = %event.id(), signup.outcome = outcome, "sign-up answered");
}

fn log(event: &Event, session: &SessionId, outcome: &str) {
    tracing::info!(event.id = %event.id(), session.id = %session, signup.outcome = outcome, "sign-up answered");
}

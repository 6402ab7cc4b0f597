//! Handling a submitted form: signs the participant up, or responds with the reason why not.

use std::collections::BTreeMap;

use catalog::address::SignupAddress;
use catalog::answer::{Answer, FailedView, FieldErrors, FormView, ReceivedView};
use catalog::{Event, Phase, Reference, Session, SessionId};
use http::{Response, StatusCode};

use super::form::Submission;
use super::function::Function;
use crate::people::identity::Source;
use crate::people::timing::Timing;
use crate::store::claim::{Claim, Claimed, Place, Request};
use crate::store::error::StoreError;
use crate::web::answers::{self, personal, see_other};

/// A submitted form that passed the checks in [`crate::web::admission`].
#[derive(Debug)]
pub struct SentForm<'a> {
    /// The event it is for.
    pub event: &'a Event,
    /// The sender, if known.
    pub source: Option<&'a Source>,
    /// The form as `application/x-www-form-urlencoded` bytes.
    pub body: &'a [u8],
}

/// Signs up the participant who submitted a form.
pub async fn sign_up(function: &Function, form: &SentForm<'_>, timing: Timing) -> Response<String> {
    let SentForm { event, source, body } = *form;
    let answers = &function.answers;
    let Ok(submission) = Submission::read(body) else {
        return answers.error(StatusCode::BAD_REQUEST);
    };
    let view = |errors: &FieldErrors| FormView::new(event, timing.now, submission.values().clone(), errors);
    let no_errors = FieldErrors::new();
    if let Some(session) = submission.session(event)
        && session.phase(timing.now) != Phase::Open
    {
        log(event, Some(session.id()), "not_open");
        let answer = Answer::NotOpen(event.id(), session.id());
        return answers.page(StatusCode::CONFLICT, answer, &view(&no_errors));
    }
    if submission.is_trapped() {
        // Reported instead of ignored: the browser of a person may have filled in the field. The page
        // comes back with the field empty, so the person can submit it again.
        log(event, None, "trapped");
        let view = FormView { is_trapped: true, ..view(&no_errors) };
        return answers.page(StatusCode::UNPROCESSABLE_ENTITY, Answer::Form(event.id()), &view);
    }
    let signup = match submission.check(event) {
        Ok(signup) => signup,
        Err(errors) => {
            return answers.page(StatusCode::UNPROCESSABLE_ENTITY, Answer::Form(event.id()), &view(&errors));
        }
    };
    let session = signup.session.clone();
    let request = Request {
        event,
        signup,
        identity: &function.identity,
        may_wait: submission.may_wait(),
        source,
        now: timing.now,
        privacy_notice_version: function.catalog.privacy_notice_version(),
        act: None,
    };
    let Claimed { claim, person } = match function.store.claim(&request, timing.deadline).await {
        Ok(claimed) => claimed,
        Err(error) => return failed(function, event, view(&no_errors), &error),
    };
    match claim {
        // The response is the same in all these cases, so that it does not reveal who has signed up. Only a
        // mail tells the truth, and only the owner of the address can read it.
        Claim::Placed(place) | Claim::Known(place) | Claim::Crowded(place) => {
            log(event, Some(&session), outcome(claim, place));
            let (event, reference) = (event.id().clone(), person.reference());
            let next = match place {
                Place::Seat => SignupAddress::Received { event, session, reference },
                Place::WaitingList => SignupAddress::Waiting { event, session, reference },
            };
            see_other(&next.to_string())
        }
        Claim::Full => {
            log(event, Some(&session), "full");
            let form = FormView { full: full(function, event, timing).await, ..view(&no_errors) };
            answers.page(StatusCode::CONFLICT, Answer::Full(event.id(), &session), &form)
        }
        Claim::TooOften => {
            log(event, Some(&session), "too_often");
            answers.error(StatusCode::TOO_MANY_REQUESTS)
        }
    }
}

/// Returns which sessions are full for a newcomer. If that can't be read, none of them counts as full: who
/// chooses one then learns it.
async fn full(function: &Function, event: &Event, timing: Timing) -> BTreeMap<SessionId, bool> {
    let states = function.store.session_states(event.id(), timing.deadline).await.unwrap_or_default();
    let is_full = |session: &Session| states.get(session.id()).is_some_and(|state| !state.has_seat(session));
    event.sessions().iter().map(|session| (session.id().clone(), is_full(session))).collect()
}

fn failed(function: &Function, event: &Event, form: FormView, error: &StoreError) -> Response<String> {
    let incident = answers::log_incident(error);
    function.answers.page(answers::FAILURE, Answer::Failed(event.id()), &FailedView { form, incident })
}

/// Responds with the page after a sign-up, for a seat or for a place on the waiting list.
pub fn received(function: &Function, answer: Answer<'_>, reference: &Reference) -> Response<String> {
    let view = ReceivedView { reference: reference.to_string() };
    personal(function.answers.page(StatusCode::OK, answer, &view))
}

fn outcome(claim: Claim, place: Place) -> &'static str {
    match (claim, place) {
        (Claim::Known(_), _) => "known",
        (Claim::Crowded(_), _) => "crowded",
        (_, Place::Seat) => "claimed",
        (_, Place::WaitingList) => "waiting",
    }
}

fn log(event: &Event, session: Option<&SessionId>, outcome: &str) {
    let session = session.map(tracing::field::display);
    tracing::info!(event.id = %event.id(), session.id = session, signup.outcome = outcome, "sign-up answered");
}

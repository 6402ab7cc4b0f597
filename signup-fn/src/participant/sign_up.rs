//! Handling a submitted form: signs the participant up, or responds with the reason why not.

use std::borrow::Cow;
use std::collections::BTreeMap;

use catalog::address::SignupAddress;
use catalog::answer::{Answer, FailedView, FieldErrors, FormView, ReceivedView};
use catalog::{Event, Phase, Reference, Session, SessionId};
use http::{Response, StatusCode};

use super::form::Submission;
use super::function::Function;
use crate::people::applicant::Applicant;
use crate::people::identity::Source;
use crate::people::timing::Timing;
use crate::store::ahead::Ahead;
use crate::store::claim::{Claim, Claimed, Place, Request};
use crate::store::error::StoreError;
use crate::web::answers::{self, personal, see_other};

/// A submitted form that passed the checks in [`crate::web::admission`].
#[derive(Debug)]
pub struct SentForm<'a> {
    /// The event it is for, as the catalogue has it.
    pub catalogue: &'a Event,
    /// The sender, if known.
    pub source: Option<&'a Source>,
    /// The form as `application/x-www-form-urlencoded` bytes.
    pub body: &'a [u8],
}

/// Signs up the participant who submitted a form.
pub async fn sign_up(function: &Function, form: &SentForm<'_>, timing: Timing) -> Response<String> {
    let SentForm { catalogue, source, body } = *form;
    let answers = &function.answers;
    let Ok(submission) = Submission::read(body) else {
        return answers.error(StatusCode::BAD_REQUEST);
    };
    let applicant = submission.applicant(&function.identity, catalogue.id());
    let (event, ahead) = look_ahead(function, catalogue, applicant, timing).await;
    let event = event.as_ref();
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
    let claimed = match ahead {
        Ok(ahead) => function.store.claim(&request, ahead, timing.deadline).await,
        Err(error) => Err(error),
    };
    let Claimed { claim, person } = match claimed {
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

/// Returns an event as it stands, and what else a sign-up of an applicant has to know. Without the table, returns the event
/// of the catalogue: what a visitor typed must still come back.
pub async fn look_ahead<'a>(
    function: &Function,
    catalogue: &'a Event,
    applicant: Option<Applicant>,
    timing: Timing,
) -> (Cow<'a, Event>, Result<Ahead, StoreError>) {
    let read = function.store.look_ahead(catalogue, applicant, timing.deadline).await;
    let standing = read.and_then(|ahead| Ok((ahead.standing(catalogue, timing.now)?, ahead)));
    match standing {
        Ok((event, ahead)) => (event.map_or(Cow::Borrowed(catalogue), Cow::Owned), Ok(ahead)),
        Err(error) => {
            tracing::error!(event.id = %catalogue.id(), %error, "the form shows the event of the catalogue");
            (Cow::Borrowed(catalogue), Err(error))
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

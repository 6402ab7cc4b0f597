//! The manage page, which the link in a mail opens: view, change, move, cancel or erase a sign-up.
//!
//! GET shows the page, POST changes the sign-up.

use catalog::Phase;
use catalog::address::ManageDone;
use catalog::answer::Status;
use catalog::own::Notice;
use http::{Method, Request, Response, StatusCode};

use super::form::Submission;
use super::function::Function;
use super::own::{Link, Own, Typed, expired};
use crate::people::participant::{NewAddress, Participant};
use crate::people::timing::Timing;
use crate::people::token::{Purpose, TokenError};
use crate::store::change::{Change, Changed};
use crate::web::admission;

/// Responds at the address of a manage page. `done` is the change that was just made, which the page
/// confirms.
pub async fn manage(
    function: &Function,
    request: &Request<Vec<u8>>,
    link: Link<'_>,
    done: Option<ManageDone>,
    timing: Timing,
) -> Response<String> {
    let own = match Own::open(function, Purpose::Manage, link, timing) {
        Ok(own) => own,
        Err(error) => return expired(function, error),
    };
    match *request.method() {
        Method::GET | Method::HEAD => own.show(StatusCode::OK, done.map(Notice::from), None).await,
        Method::POST => match admission::admit_with_token(request, &function.origins) {
            Ok(()) => act(&own, request.body()).await,
            Err(status) => function.answers.error(status),
        },
        _ => function.answers.method_not_allowed("GET, HEAD, POST"),
    }
}

async fn act(own: &Own<'_>, body: &[u8]) -> Response<String> {
    let answers = &own.function.answers;
    let Ok(submission) = Submission::read(body) else {
        return answers.error(StatusCode::BAD_REQUEST);
    };
    let (change, done) = match submission.action() {
        "details" => match submission.details() {
            Ok(details) => (Change::Details(details), Some(ManageDone::Saved)),
            Err(errors) => {
                let typed = Typed { submission: &submission, errors: &errors };
                return own.show(StatusCode::UNPROCESSABLE_ENTITY, None, Some(typed)).await;
            }
        },
        "move" => match submission.session(own.event) {
            Some(session) => {
                let to = session.id().clone();
                (Change::Move { to, may_wait: submission.may_wait() }, Some(ManageDone::Moved))
            }
            None => return answers.error(StatusCode::BAD_REQUEST),
        },
        // The link to this page went to the same mailbox as a confirmation link, so it proves as much.
        "confirm" => (Change::Confirm, Some(ManageDone::Confirmed)),
        "address" => match submission.email() {
            Ok(email) => match NewAddress::ask(email, own.timing.now) {
                Ok(address) => (Change::AskAddress(address), Some(ManageDone::Asked)),
                Err(error) => return own.failed(&error.into()),
            },
            Err(errors) => {
                let typed = Typed { submission: &submission, errors: &errors };
                return own.show(StatusCode::UNPROCESSABLE_ENTITY, None, Some(typed)).await;
            }
        },
        "cancel" => (Change::Cancel, Some(ManageDone::Cancelled)),
        "erase" => (Change::Erase, None),
        _ => return answers.error(StatusCode::BAD_REQUEST),
    };
    match own.participant().await {
        Ok(Some(participant)) if !is_allowed(own, &participant, &change) => {
            return own.show(StatusCode::CONFLICT, Some(Notice::TooLate), None).await;
        }
        Ok(Some(_)) => {}
        // Erased a moment ago, perhaps by a double click.
        Ok(None) if matches!(change, Change::Erase) => return own.erased(),
        Ok(None) => return expired(own.function, TokenError::Expired),
        Err(error) => return own.failed(&error),
    }
    match own.change(&change).await {
        Ok(Changed::Done) => {
            log(own, submission.action());
            done.map_or_else(|| own.erased(), |done| own.done(done))
        }
        Ok(Changed::Full) => {
            let notice = match change {
                Change::Move { to, .. } => Notice::Full(to),
                _ => Notice::TooLate,
            };
            own.show(StatusCode::CONFLICT, Some(notice), None).await
        }
        Ok(Changed::TooSoon) => own.show(StatusCode::CONFLICT, Some(Notice::TooSoon), None).await,
        Ok(Changed::Gone | Changed::AddressTaken) => expired(own.function, TokenError::Expired),
        Err(error) => own.failed(&error),
    }
}

/// Returns whether a change is still allowed: a participant cannot leave a session that has begun, or
/// choose one that is not open.
fn is_allowed(own: &Own<'_>, participant: &Participant, change: &Change) -> bool {
    let has_begun = own.has_begun(&participant.signup.session);
    match change {
        Change::Move { to, .. } => {
            let session = own.event.session(to);
            let is_open = session.is_some_and(|session| session.phase(own.timing.now) == Phase::Open);
            is_open && !has_begun && participant.status != Status::Cancelled
        }
        Change::Cancel => !has_begun,
        Change::Details(_)
        | Change::AskAddress(_)
        | Change::TakeAddress { .. }
        | Change::Confirm
        | Change::Erase
        | Change::Expire
        | Change::Follow
        | Change::CallOff => true,
        // Only an organiser can.
        Change::LetIn(_) | Change::Note(_) => false,
    }
}

fn log(own: &Own<'_>, action: &str) {
    tracing::info!(event.id = %own.event.id(), signup.outcome = action, "sign-up changed");
}

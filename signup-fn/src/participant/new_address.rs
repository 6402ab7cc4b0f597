//! Confirming a new email address. GET shows a button, POST changes the address.

use catalog::address::{ManageDone, SignupAddress};
use catalog::answer::Answer;
use catalog::own::{ManageView, Notice};
use http::{Method, Request, Response, StatusCode};

use super::function::Function;
use super::own::{Link, Own, expired};
use crate::people::participant::{NewAddress, Participant};
use crate::people::timing::Timing;
use crate::people::token::{Purpose, TokenError};
use crate::store::change::{Change, Changed};
use crate::store::error::StoreError;
use crate::web::admission;

/// Responds to the link that confirms a participant's new email address.
pub async fn new_address(
    function: &Function,
    request: &Request<Vec<u8>>,
    link: Link<'_>,
    timing: Timing,
) -> Response<String> {
    let asked = match function.token_keys.read(link.token, Purpose::NewAddress, link.event.id(), timing.now) {
        Ok(asked) => asked,
        Err(error) => return expired(function, error),
    };
    let found = match function.store.participant(link.event, &asked.person, timing).await {
        Ok(found) => found,
        Err(error) => return function.answers.failure(&error),
    };
    // The link is for one request. A later one replaces it.
    let asking = found.and_then(|participant| {
        let address = participant.pending_address(timing.now).filter(|address| address.id == asked.signup);
        address.cloned().map(|address| (participant, address))
    });
    let taken = Own::of(function, link, asked, timing);
    let Some((participant, address)) = asking else { return show_taken(&taken).await };
    let own = Own::of(function, link, participant.key(), timing);
    match *request.method() {
        // Mail scanners follow links, so a GET must not confirm the address.
        Method::GET | Method::HEAD => ask(&own, link, &participant, (StatusCode::OK, None)),
        Method::POST => match admission::admit_with_token(request, &function.origins) {
            Ok(()) => {
                let took = take(&own, &taken, link, (&participant, &address)).await;
                took.unwrap_or_else(|error| own.failed(&error))
            }
            Err(status) => function.answers.error(status),
        },
        _ => function.answers.method_not_allowed("GET, HEAD, POST"),
    }
}

fn ask(
    own: &Own<'_>,
    Link { event, token }: Link<'_>,
    participant: &Participant,
    (status, notice): (StatusCode, Option<Notice>),
) -> Response<String> {
    let Some(view) = own.view(participant, None) else {
        return expired(own.function, TokenError::Expired);
    };
    let action = SignupAddress::NewAddress { event: event.id().clone(), token: token.to_owned() };
    // Whoever follows the link has not proved yet that the sign-up is theirs, so it must not open here.
    let view = ManageView { confirm_action: action.to_string(), action: String::new(), notice, ..view };
    own.page(status, Answer::NewAddress, &view)
}

async fn take(
    own: &Own<'_>,
    taken: &Own<'_>,
    link: Link<'_>,
    (participant, NewAddress { id, email, .. }): (&Participant, &NewAddress),
) -> Result<Response<String>, StoreError> {
    let mailbox = own.function.identity.mailbox(link.event.id(), email);
    Ok(match own.change(&Change::TakeAddress { id: *id, mailbox }).await? {
        Changed::AddressTaken => {
            ask(own, link, participant, (StatusCode::CONFLICT, Some(Notice::AddressTaken)))
        }
        _ => show_taken(taken).await,
    })
}

/// Leads to the sign-up if this same link has made its address the new one, which two clicks on the button do.
async fn show_taken(taken: &Own<'_>) -> Response<String> {
    match taken.participant().await {
        Ok(Some(_)) => taken.done(ManageDone::Readdressed),
        Ok(None) => expired(taken.function, TokenError::Expired),
        Err(error) => taken.failed(&error),
    }
}

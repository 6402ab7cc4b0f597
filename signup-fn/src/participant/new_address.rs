//! Confirming a new email address. GET shows a button, POST changes the address.

use catalog::address::{ManageDone, SignupAddress};
use catalog::answer::{Answer, ManageView, Notice};
use http::{Method, Request, Response, StatusCode};

use super::function::Function;
use super::own::{Link, Own, expired};
use crate::people::participant::{NewAddress, Participant};
use crate::people::timing::Timing;
use crate::people::token::{Purpose, SignupId, SignupKey, TokenError};
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
        Err(error) => return function.answers.failure(StatusCode::SERVICE_UNAVAILABLE, &error),
    };
    // The link is for one request. A later one replaces it.
    let asking = found.and_then(|participant| {
        let address = participant.pending_address(timing.now).filter(|address| address.id == asked.signup);
        address.cloned().map(|address| (participant, address))
    });
    let Some((participant, address)) = asking else { return expired(function, TokenError::Expired) };
    let own = Own::of(function, link, participant.key(), timing);
    match *request.method() {
        // Mail scanners follow links, so a GET must not confirm the address.
        Method::GET | Method::HEAD => ask(&own, link, &participant, (StatusCode::OK, None)),
        Method::POST => match admission::admit_with_token(request, &function.origins) {
            Ok(()) => {
                take(&own, link, (&participant, &address)).await.unwrap_or_else(|error| own.failed(&error))
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
    link: Link<'_>,
    (participant, NewAddress { id, email, .. }): (&Participant, &NewAddress),
) -> Result<Response<String>, StoreError> {
    let mailbox = own.function.identity.mailbox(link.event.id(), email);
    let signup = SignupId::random()?;
    Ok(match own.change(&Change::TakeAddress { id: *id, mailbox, signup }).await? {
        Changed::Done => {
            let key = SignupKey { signup, ..own.key };
            Own::of(own.function, link, key, own.timing).done(ManageDone::Readdressed)
        }
        Changed::AddressTaken => {
            ask(own, link, participant, (StatusCode::CONFLICT, Some(Notice::AddressTaken)))
        }
        _ => expired(own.function, TokenError::Expired),
    })
}

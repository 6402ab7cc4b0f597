//! Confirming an email address. GET shows a button, POST confirms.

use catalog::address::ManageDone;
use catalog::answer::Answer;
use http::{Method, Request, Response, StatusCode};

use super::function::Function;
use super::own::{Link, Own, expired};
use crate::people::timing::Timing;
use crate::people::token::{Purpose, TokenError};
use crate::store::change::{Change, Changed};
use crate::web::admission;

/// Responds to the link that confirms a participant's email address.
pub async fn confirm(
    function: &Function,
    request: &Request<Vec<u8>>,
    link: Link<'_>,
    timing: Timing,
) -> Response<String> {
    let own = match Own::open(function, Purpose::Confirm, link, timing) {
        Ok(own) => own,
        Err(error) => return expired(function, error),
    };
    match *request.method() {
        // Mail scanners follow links, so a GET must not confirm the address.
        Method::GET | Method::HEAD => match own.participant().await {
            Ok(Some(participant)) => {
                let Some(view) = own.view(&participant, None) else {
                    return expired(function, TokenError::Expired);
                };
                own.page(StatusCode::OK, Answer::Confirm, &view)
            }
            Ok(None) => expired(function, TokenError::Expired),
            Err(error) => own.failed(&error),
        },
        Method::POST => match admission::admit_with_token(request, &function.origins) {
            Ok(()) => match own.change(&Change::Confirm).await {
                Ok(Changed::Done) => own.done(ManageDone::Confirmed),
                Ok(_) => expired(function, TokenError::Expired),
                Err(error) => own.failed(&error),
            },
            Err(status) => function.answers.error(status),
        },
        _ => function.answers.method_not_allowed("GET, HEAD, POST"),
    }
}

//! Asking for the mail with the links again, for whoever has lost it.

use std::net::IpAddr;

use catalog::Event;
use catalog::address::SignupAddress;
use catalog::answer::Answer;
use catalog::own::AgainView;
use catalog::words::EventWords;
use http::{Method, Request, Response, StatusCode};

use super::form::Submission;
use super::function::Function;
use crate::people::timing::Timing;
use crate::web::admission::admit;

/// Shows the form, or has a mail sent to everybody who signed up with the address. The answer is the same whether or
/// not anybody did.
pub async fn again(
    function: &Function,
    event: &Event,
    request: &Request<Vec<u8>>,
    sender: Option<IpAddr>,
    timing: Timing,
) -> Response<String> {
    let view = AgainView {
        event: EventWords::new(event, ""),
        action: SignupAddress::Again { event: event.id().clone() }.to_string(),
        email: String::new(),
        is_malformed: false,
        is_sent: false,
    };
    let page = |status, view: &AgainView| function.answers.page(status, Answer::Again, view);
    match *request.method() {
        Method::GET | Method::HEAD => return page(StatusCode::OK, &view),
        Method::POST => {}
        _ => return function.answers.method_not_allowed("GET, HEAD, POST"),
    }
    if let Err(status) = admit(request, &function.origins) {
        return function.answers.error(status);
    }
    let Ok(submission) = Submission::read(request.body()) else {
        return function.answers.error(StatusCode::BAD_REQUEST);
    };
    let Ok(email) = submission.email() else {
        let email = submission.typed_email().to_owned();
        return page(StatusCode::UNPROCESSABLE_ENTITY, &AgainView { email, is_malformed: true, ..view });
    };
    let source = sender.map(|sender| function.identity.source(sender, timing.now));
    let mailbox = function.identity.mailbox(event.id(), &email);
    match function.store.ask_again(event, &mailbox, source.as_ref(), timing).await {
        Ok(true) => page(StatusCode::OK, &AgainView { is_sent: true, ..view }),
        Ok(false) => function.answers.error(StatusCode::TOO_MANY_REQUESTS),
        Err(error) => function.answers.failure(&error),
    }
}

//! Logging in: asking for a mail, and presenting the link or the code in it.
//!
//! The rules are those of OWASP ASVS 5.0, chapters 6 and 7, level 1. A GET changes nothing, because mail programs
//! open links by themselves.

use std::net::IpAddr;

use catalog::organiser::act::ActKind;
use catalog::organiser::address::OrganiserAddress;
use catalog::organiser::page::OrganiserPage;
use catalog::organiser::views::enter::{CodeError, CodeView, LinkView, LogInView};
use http::{Method, Request, Response, StatusCode};
use jiff::SignedDuration;

use super::area::Area;
use super::form::field;
use super::overview;
use crate::people::act::{Act, ActId};
use crate::people::field::Email;
use crate::people::identity::OrganiserId;
use crate::people::log_in::{LogIn, VALID};
use crate::people::pass::Presented;
use crate::people::secret::Secret;
use crate::people::timing::Timing;
use crate::store::error::StoreError;
use crate::store::organiser::log_in::Refusal;
use crate::store::organiser::requests::{Asked, Asking};
use crate::web::admission::admit_strictly;
use crate::web::answers::see_other;
use crate::web::cookies::Cookie;

/// How long the browser keeps the cookie of a log-in, which may end earlier.
const LONGEST: SignedDuration = SignedDuration::from_hours(12);

/// Asks for the address, and has a mail sent to it.
pub(super) async fn ask(
    area: &Area,
    request: &Request<Vec<u8>>,
    sender: Option<IpAddr>,
    timing: Timing,
) -> Response<String> {
    let page = |status, email: String| {
        let is_malformed = status != StatusCode::OK;
        let view = LogInView { is_malformed, email, is_over: false, again: String::new() };
        area.answers.organiser_page(status, OrganiserPage::LogIn, &view)
    };
    if let Some(refused) = refused(area, request) {
        return refused;
    }
    if *request.method() != Method::POST {
        return page(StatusCode::OK, String::new());
    }
    let typed = field(request.body(), "email");
    let Ok(email) = Email::new(&typed) else { return page(StatusCode::UNPROCESSABLE_ENTITY, typed) };
    let organiser = area.identity.organiser(&email);
    let asked = async {
        let browser = Secret::random()?;
        let by_network = sender.map(|sender| area.identity.log_ins_from(sender, timing.now));
        let asked = Asked {
            browser: &browser.hash(),
            organiser: &organiser,
            is_fresh: false,
            by_address: &area.identity.log_ins_of(&organiser, timing.now),
            by_network: by_network.as_ref(),
            now: timing.now,
        };
        let asking = area.store.ask_to_log_in(&asked, timing.deadline).await?;
        Ok::<_, StoreError>((browser, asking))
    };
    match asked.await {
        Ok((browser, Asking::Sent)) => {
            tracing::info!(log_in.outcome = "asked", "log-in");
            Cookie::Asking.set(see_other(&OrganiserAddress::Code.to_string()), &browser, VALID)
        }
        Ok((_, Asking::TooOften)) => {
            tracing::warn!(log_in.outcome = "too_often", "log-in");
            area.answers.error(StatusCode::TOO_MANY_REQUESTS)
        }
        Err(error) => area.answers.failure(&error),
    }
}

/// Takes the code.
pub(super) async fn code(area: &Area, request: &Request<Vec<u8>>, timing: Timing) -> Response<String> {
    let page = |status, error| area.answers.organiser_page(status, OrganiserPage::Code, &CodeView { error });
    if let Some(refused) = refused(area, request) {
        return refused;
    }
    if *request.method() != Method::POST {
        return page(StatusCode::OK, None);
    }
    let typed = field(request.body(), "code");
    match begin(area, request, &Presented::Code(&typed), timing).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => page(StatusCode::UNPROCESSABLE_ENTITY, Some(error)),
        Err(error) => area.answers.failure(&error),
    }
}

/// Shows the button that a link in a mail leads to, and acts when it is pressed.
pub(super) async fn link(
    area: &Area,
    request: &Request<Vec<u8>>,
    token: &str,
    timing: Timing,
) -> Response<String> {
    if let Some(refused) = refused(area, request) {
        return refused;
    }
    if *request.method() != Method::POST {
        let view = LinkView { action: request.uri().path().to_owned() };
        return area.answers.organiser_page(StatusCode::OK, OrganiserPage::Link, &view);
    }
    match begin(area, request, &Presented::Token(token), timing).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => {
            let view = CodeView { error: Some(error) };
            area.answers.organiser_page(StatusCode::GONE, OrganiserPage::Code, &view)
        }
        Err(error) => area.answers.failure(&error),
    }
}

/// Refuses other methods than GET, HEAD and POST, and forms that may come from another site.
fn refused(area: &Area, request: &Request<Vec<u8>>) -> Option<Response<String>> {
    match *request.method() {
        Method::GET | Method::HEAD => None,
        Method::POST => admit_strictly(request, &area.origins).err().map(|status| area.answers.error(status)),
        _ => Some(area.answers.method_not_allowed("GET, HEAD, POST")),
    }
}

/// Begins a log-in with what was presented.
async fn begin(
    area: &Area,
    request: &Request<Vec<u8>>,
    presented: &Presented<'_>,
    timing: Timing,
) -> Result<Result<Response<String>, CodeError>, StoreError> {
    let Some(browser) = Cookie::Asking.read(request.headers()) else {
        return Ok(Err(CodeError::OtherBrowser));
    };
    let (secret, act) = (Secret::random()?, ActId::random(timing.now)?);
    let log_in = |organiser: &OrganiserId| {
        let now = timing.now;
        let log_in =
            LogIn { hash: secret.hash(), organiser: *organiser, since: now, used_at: now, fresh_at: now };
        let act = Act {
            id: act,
            who: *organiser,
            what: ActKind::LoggedIn,
            event: None,
            session: None,
            reference: None,
            count: 0,
            at: now,
        };
        (log_in, act)
    };
    let presented = (&browser.hash(), presented);
    match area.store.log_in(presented, &area.token_keys, log_in, timing).await? {
        Ok(_) => {
            tracing::info!(log_in.outcome = "begun", "log-in");
            let next = see_other(&overview::next_session(area, timing.now).to_string());
            Ok(Ok(Cookie::Asking.clear(Cookie::LogIn.set(next, &secret, LONGEST))))
        }
        Err(refusal) => {
            tracing::warn!(log_in.outcome = "refused", "log-in");
            Ok(Err(code_error(refusal)))
        }
    }
}

/// Returns the reason why a code is refused, as the page says it.
pub(super) fn code_error(refusal: Refusal) -> CodeError {
    match refusal {
        Refusal::Over => CodeError::Over,
        Refusal::Wrong => CodeError::Wrong,
    }
}

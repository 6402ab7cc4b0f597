//! A fresh code before a sensitive action (OWASP ASVS 5.0, 7.5).

use catalog::organiser::address::OrganiserAddress;
use catalog::organiser::page::OrganiserPage;
use catalog::organiser::views::enter::{CodeError, ConfirmView};
use http::{Response, StatusCode};

use super::desk::Desk;
use super::form::Form;
use super::log_in::code_error;
use crate::people::pass::Presented;
use crate::store::error::StoreError;
use crate::store::organiser::requests::Asking;
use crate::web::answers::see_other;

/// Responds with the page that asks for a fresh code, and then leads back to an address.
pub(super) fn ask(desk: &Desk<'_>, back: &OrganiserAddress) -> Response<String> {
    page(desk, StatusCode::OK, (false, None), back)
}

fn page(
    desk: &Desk<'_>,
    status: StatusCode,
    (is_sent, error): (bool, Option<CodeError>),
    back: &OrganiserAddress,
) -> Response<String> {
    let view = ConfirmView { frame: desk.frame(), is_sent, error, back: back.to_string() };
    desk.page_with(status, OrganiserPage::Confirm, &view)
}

/// Sends a fresh code, or takes it.
pub(super) async fn confirm(desk: &Desk<'_>, form: Option<&Form>) -> Result<Response<String>, StoreError> {
    let Some(form) = form else { return Ok(ask(desk, &OrganiserAddress::Overview)) };
    // Only an address of ours, so that nobody can be sent elsewhere.
    let back = form.get("back").parse().unwrap_or(OrganiserAddress::Overview);
    let timing = desk.timing;
    if form.action() == "ask" {
        return Ok(match desk.ask_for_code().await? {
            Asking::Sent => page(desk, StatusCode::OK, (true, None), &back),
            Asking::TooOften => desk.answers().error(StatusCode::TOO_MANY_REQUESTS),
        });
    }
    let presented = Presented::Code(form.get("code"));
    let refreshed = desk.store().refresh(&desk.log_in, &presented, &desk.area().token_keys, timing).await?;
    Ok(match refreshed {
        Ok(()) => see_other(&back.to_string()),
        Err(refusal) => {
            let error = Some(code_error(refusal));
            page(desk, StatusCode::UNPROCESSABLE_ENTITY, (true, error), &back)
        }
    })
}

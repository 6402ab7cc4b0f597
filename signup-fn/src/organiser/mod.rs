//! The organisers' area: log-in, and the pages with which organisers run an event.
//!
//! Belongs here: the requests that an organiser can make. [`desk::Desk`] is what a request gets after log-in,
//! and the only way to the data. Does not belong here: what participants do (see `participant`), and storing
//! anything (see `store`).

mod add;
mod amend;
pub mod area;
mod attendance;
mod chosen;
mod confirm;
pub mod desk;
mod export;
mod form;
mod held;
mod join;
mod listed;
mod log;
mod log_in;
mod message;
mod overview;
mod person;
mod session;
mod when;
mod words;

use std::net::IpAddr;

use catalog::organiser::address::{OrganiserAddress, SessionPart};
use http::{Method, Request, Response, StatusCode};

use self::area::Area;
use self::desk::{Desk, Entry};
use crate::people::timing::Timing;

/// Responds to one request. Never fails: a failure becomes a page with an incident id, and its cause is logged
/// under that id.
///
/// `sender` is the network address of the client, if known.
pub async fn answer(
    area: &Area,
    request: Request<Vec<u8>>,
    sender: Option<IpAddr>,
    timing: Timing,
) -> Response<Vec<u8>> {
    let Ok(address) = request.uri().path().parse::<OrganiserAddress>() else {
        return bytes(area.answers.error(StatusCode::NOT_FOUND));
    };
    match address {
        OrganiserAddress::LogIn => bytes(log_in::ask(area, &request, sender, timing).await),
        OrganiserAddress::Code => bytes(log_in::code(area, &request, timing).await),
        OrganiserAddress::Link { token } => bytes(log_in::link(area, &request, &token, timing).await),
        address => match Desk::open(area, &request, timing).await {
            Ok(Entry::Open(desk)) => at_desk(&desk, &request, address).await,
            Ok(Entry::Shut(response)) => bytes(response),
            Err(error) => bytes(area.answers.failure(&error)),
        },
    }
}

/// Responds to a request of an organiser who has logged in.
async fn at_desk(
    desk: &Desk<'_>,
    request: &Request<Vec<u8>>,
    address: OrganiserAddress,
) -> Response<Vec<u8>> {
    let (reads, posts) = match &address {
        OrganiserAddress::LogOut => (false, true),
        OrganiserAddress::Overview | OrganiserAddress::Log | OrganiserAddress::Certificate { .. } => {
            (true, false)
        }
        OrganiserAddress::Session { part, .. } => match part {
            SessionPart::List { .. } | SessionPart::Questions | SessionPart::Log | SessionPart::SignIn => {
                (true, false)
            }
            SessionPart::Search | SessionPart::Chosen | SessionPart::Export => (false, true),
            SessionPart::Add
            | SessionPart::Join { .. }
            | SessionPart::Amend { .. }
            | SessionPart::Attendance { .. }
            | SessionPart::Message { .. } => (true, true),
        },
        _ => (true, true),
    };
    let is_allowed = match *request.method() {
        Method::GET | Method::HEAD => reads,
        Method::POST => posts,
        _ => false,
    };
    if !is_allowed {
        let allowed = match (reads, posts) {
            (true, true) => "GET, HEAD, POST",
            (true, false) => "GET, HEAD",
            (false, _) => "POST",
        };
        return bytes(desk.answers().method_not_allowed(allowed));
    }
    let form = match *request.method() {
        Method::POST => match desk.form(request) {
            Ok(form) => Some(form),
            Err(status) => return bytes(desk.answers().error(status)),
        },
        _ => None,
    };
    let form = form.as_ref();
    let answered = match address {
        OrganiserAddress::Overview => overview::show(desk).await,
        OrganiserAddress::LogOut => log::log_out(desk, form).await,
        OrganiserAddress::LogIns => log::log_ins(desk, form).await,
        OrganiserAddress::Log => log::log(desk).await,
        OrganiserAddress::Confirm => confirm::confirm(desk, form).await,
        OrganiserAddress::Held => held::held(desk, form).await,
        OrganiserAddress::Person { event, reference, done } => {
            person::person(desk, (&event, &reference), done, form).await
        }
        OrganiserAddress::Certificate { event, reference } => {
            attendance::certificate(desk, (&event, &reference)).await
        }
        OrganiserAddress::Session { event, session, part } => {
            let which = (&event, &session);
            match part {
                SessionPart::List { tab, order, page } => {
                    session::list(desk, which, (tab, order, page)).await
                }
                SessionPart::Search => session::search(desk, which, form).await,
                SessionPart::Chosen => chosen::chosen(desk, which, form).await,
                SessionPart::Questions => session::questions(desk, which).await,
                SessionPart::Add => add::add(desk, which, form).await,
                SessionPart::Join { done } => join::join(desk, which, done, form).await,
                SessionPart::Log => log::of_session(desk, which).await,
                SessionPart::Amend { is_done } => amend::amend(desk, which, is_done, form).await,
                SessionPart::Attendance { is_done } => {
                    attendance::attendance(desk, which, is_done, form).await
                }
                SessionPart::SignIn => attendance::sign_in(desk, which).await,
                SessionPart::Message { is_done } => message::message(desk, which, is_done, form).await,
                SessionPart::Export => {
                    let exported = export::export(desk, which, form).await;
                    return exported.unwrap_or_else(|error| bytes(desk.failed(&error)));
                }
            }
        }
        // These are answered without a log-in.
        OrganiserAddress::LogIn | OrganiserAddress::Code | OrganiserAddress::Link { .. } => Ok(desk.gone()),
    };
    bytes(answered.unwrap_or_else(|error| desk.failed(&error)))
}

fn bytes(response: Response<String>) -> Response<Vec<u8>> {
    response.map(String::into_bytes)
}

//! The log of acts, the organiser's own log-ins, and logging out.

use catalog::organiser::act::ActKind;
use catalog::organiser::address::OrganiserAddress;
use catalog::organiser::page::OrganiserPage;
use catalog::organiser::views::enter::{LogInRow, LogInsView};
use catalog::organiser::views::records::{ActRow, LogView};
use catalog::{Event, EventId, Reference, SessionId};
use http::Response;

use super::desk::Desk;
use super::form::Form;
use super::words::{moment, zone};
use crate::people::act::Act;
use crate::store::error::StoreError;
use crate::store::listing::Listing;
use crate::web::answers::see_other;
use crate::web::cookies::Cookie;

/// Responds with what organisers did.
pub(super) async fn log(desk: &Desk<'_>) -> Result<Response<String>, StoreError> {
    let (events, _) = desk.events().await?;
    let acts = readable(desk.store().newest_acts(desk.timing.deadline).await?);
    let view = LogView {
        frame: desk.frame(),
        session: String::new(),
        list: String::new(),
        acts: acts.iter().map(|act| row(desk, &events, act)).collect(),
    };
    Ok(desk.page(OrganiserPage::Log, &view))
}

/// Responds with what organisers did about a session.
pub(super) async fn of_session(
    desk: &Desk<'_>,
    which: (&EventId, &SessionId),
) -> Result<Response<String>, StoreError> {
    let Some((event, session)) = desk.session(which).await? else { return Ok(desk.gone()) };
    let mut acts = readable(desk.store().acts_about(event.id(), desk.timing.deadline).await?);
    acts.retain(|act| act.session.as_ref().is_some_and(|id| event.current_id(id) == session.id()));
    let view = LogView {
        frame: desk.frame(),
        session: event.name_of(&session),
        list: OrganiserAddress::list(event.id(), session.id()).to_string(),
        acts: acts.iter().map(|act| row(desk, std::slice::from_ref(&event), act)).collect(),
    };
    Ok(desk.page(OrganiserPage::Log, &view))
}

/// Returns what organisers did about a sign-up.
pub(super) async fn of_person(
    desk: &Desk<'_>,
    event: &Event,
    reference: &Reference,
) -> Result<Vec<ActRow>, StoreError> {
    let acts = readable(desk.store().acts_about(event.id(), desk.timing.deadline).await?);
    let own = acts.iter().filter(|act| act.reference.as_ref() == Some(reference));
    Ok(own.map(|act| row(desk, std::slice::from_ref(event), act)).collect())
}

fn readable(acts: Listing<Vec<Act>>) -> Vec<Act> {
    for error in &acts.unreadable {
        tracing::error!(%error, "unreadable act skipped");
    }
    acts.readable
}

fn row(desk: &Desk<'_>, events: &[Event], act: &Act) -> ActRow {
    let event = act.event.as_ref().and_then(|id| events.iter().find(|event| event.id() == id));
    let about = event.map(|event| {
        let session = act.session.as_ref().and_then(|id| event.session(id));
        let name = session.map(|session| format!(", {}", event.name_of(session))).unwrap_or_default();
        format!("{}{name}", event.title())
    });
    let (organisers, identity) = desk.organisers();
    ActRow {
        at: moment(act.at, &zone(events)),
        who: organisers.with_id(identity, &act.who).map(|who| who.name.clone()).unwrap_or_default(),
        what: act.what,
        about: about.unwrap_or_default(),
        reference: act.reference.as_ref().map(Reference::to_string).unwrap_or_default(),
        count: act.count,
    }
}

/// Responds with the organiser's own log-ins, and notes whether they want the daily digest.
pub(super) async fn log_ins(desk: &Desk<'_>, form: Option<&Form>) -> Result<Response<String>, StoreError> {
    if let Some(form) = form {
        let act = desk.act(form, ActKind::DigestChosen);
        let is_wanted = form.get("digest") == "yes";
        desk.store().choose_digest(&act, is_wanted, desk.timing.deadline).await?;
        return Ok(see_other(&OrganiserAddress::LogIns.to_string()));
    }
    let (events, _) = desk.events().await?;
    let zone = zone(&events);
    let log_ins = desk.store().log_ins(&desk.id(), desk.timing).await?;
    let log_ins = log_ins.readable.iter().map(|log_in| LogInRow {
        since: moment(log_in.since, &zone),
        used: moment(log_in.used_at, &zone),
        is_current: log_in.hash == desk.log_in.hash,
    });
    let digest = desk.store().digest_of(&desk.id(), desk.timing.deadline).await?;
    let view = LogInsView { frame: desk.frame(), log_ins: log_ins.collect(), has_digest: digest.is_wanted };
    Ok(desk.page(OrganiserPage::LogIns, &view))
}

/// Ends this log-in or, if the form asks for it, all of the organiser's.
pub(super) async fn log_out(desk: &Desk<'_>, form: Option<&Form>) -> Result<Response<String>, StoreError> {
    let Some(form) = form else { return Ok(desk.gone()) };
    let is_everywhere = form.get("overal") == "ja";
    let what = if is_everywhere { ActKind::LoggedOutEverywhere } else { ActKind::LoggedOut };
    desk.store().log(&desk.act(form, what), desk.timing.deadline).await?;
    if is_everywhere {
        for log_in in desk.store().log_ins(&desk.id(), desk.timing).await?.readable {
            desk.store().log_out(&log_in.hash, desk.timing.deadline).await?;
        }
    }
    desk.store().log_out(&desk.log_in.hash, desk.timing.deadline).await?;
    Ok(Cookie::LogIn.clear(see_other(&OrganiserAddress::LogIn.to_string())))
}

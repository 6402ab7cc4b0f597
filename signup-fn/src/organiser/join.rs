//! The link with which participants join a session online, and the mail about it.

use catalog::answer::Status;
use catalog::mail::MailKind;
use catalog::organiser::act::ActKind;
use catalog::organiser::address::{JoinDone, OrganiserAddress, SessionPart, Tab};
use catalog::organiser::page::OrganiserPage;
use catalog::organiser::views::session::{JoinError, JoinView};
use catalog::{Event, EventId, Session, SessionId};
use http::{Response, StatusCode};

use super::desk::{Desk, about};
use super::form::Form;
use crate::people::broadcast::Broadcast;
use crate::people::field::TextError;
use crate::people::identity::Person;
use crate::people::join::{Join, JoinUrl};
use crate::store::error::StoreError;
use crate::store::mail::Mail;
use crate::web::answers::see_other;

/// Shows the link, or sets or sends it as the form asks.
pub(super) async fn join(
    desk: &Desk<'_>,
    which: (&EventId, &SessionId),
    done: Option<JoinDone>,
    form: Option<&Form>,
) -> Result<Response<String>, StoreError> {
    let Some((event, session)) = desk.session(which).await? else { return Ok(desk.gone()) };
    let Some(form) = form else { return show(desk, (&event, &session), done, None).await };
    let act = |what, count| desk.act_about(form, what, (&event, &session), count);
    let redirect = |done| {
        let part = SessionPart::Join { done: Some(done) };
        see_other(&OrganiserAddress::session(event.id(), session.id(), part).to_string())
    };
    if form.action() == "send" {
        let Some((_, untold)) = untold(desk, &event, &session).await? else { return Ok(desk.gone()) };
        let act = act(ActKind::LinkSent, untold.len());
        let broadcast = Broadcast {
            id: act.id,
            session: session.id().clone(),
            to: Some(Tab::Coming),
            message: None,
            created_at: desk.timing.now,
            total: untold.len(),
            recipients: untold,
        };
        if broadcast.total > 0 {
            desk.broadcast(&act, &event, &broadcast).await?;
        }
        return Ok(redirect(JoinDone::Sent));
    }
    let typed = form.get("join_url");
    let url = match JoinUrl::new(typed) {
        Ok(url) => Some(url),
        Err(TextError::Empty) => None,
        Err(error) => return show(desk, (&event, &session), None, Some((typed, join_error(error)))).await,
    };
    let stored = desk.store().join_of(&event, session.id(), desk.timing.deadline).await?;
    if stored.map(|join| join.url) != url {
        let act = act(ActKind::LinkSet, 0);
        desk.store().set_join((&act, &event), session.id(), url.as_ref(), desk.timing).await?;
    }
    Ok(redirect(JoinDone::Saved))
}

fn join_error(error: TextError) -> JoinError {
    match error {
        TextError::TooLong => JoinError::TooLong,
        TextError::Empty | TextError::Malformed | TextError::NotAscii => JoinError::Malformed,
    }
}

async fn show(
    desk: &Desk<'_>,
    (event, session): (&Event, &Session),
    done: Option<JoinDone>,
    typed: Option<(&str, JoinError)>,
) -> Result<Response<String>, StoreError> {
    let found = untold(desk, event, session).await?;
    let stored = found.as_ref().map(|(join, _)| join.url.as_str().to_owned()).unwrap_or_default();
    let broadcasts = desk.store().broadcasts(event, desk.timing.deadline).await?.logged(event.id());
    let sending = broadcasts.iter().filter(|one| one.session == *session.id() && one.message.is_none());
    let view = JoinView {
        frame: desk.frame(),
        about: about(event, session),
        join_url: typed.map_or(stored, |(typed, _)| typed.to_owned()),
        error: typed.map(|(_, error)| error),
        done,
        untold: found.map_or(0, |(_, untold)| untold.len()),
        sending: sending.map(|one| one.recipients.len()).sum(),
    };
    let status = if typed.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(desk.page_with(status, OrganiserPage::Join, &view))
}

/// Returns the link of a session, and who has a seat but got no mail with this link. Returns `None` if the session
/// has no link.
async fn untold(
    desk: &Desk<'_>,
    event: &Event,
    session: &Session,
) -> Result<Option<(Join, Vec<Person>)>, StoreError> {
    let stored = desk.store().join_of(event, session.id(), desk.timing.deadline).await?;
    let Some(join) = stored else { return Ok(None) };
    let mut participants = desk.store().participants(event, desk.timing).await?.logged(event.id());
    participants.retain(|one| one.signup.session == *session.id() && one.status == Status::Confirmed);
    let mails = desk.store().mails(event, desk.timing.deadline).await?.logged(event.id());
    let broadcasts = desk.store().broadcasts(event, desk.timing.deadline).await?.logged(event.id());
    let mut told: Vec<Person> =
        mails.iter().filter(|mail| tells(mail, session, &join)).map(|mail| mail.key.person).collect();
    // Whose mail is still on its way to the outbox.
    let sending = broadcasts.iter().filter(|one| one.message.is_none() && one.created_at >= join.set_at);
    told.extend(sending.flat_map(|one| &one.recipients));
    let untold = participants.iter().map(|one| one.person).filter(|person| !told.contains(person)).collect();
    Ok(Some((join, untold)))
}

/// Returns whether a mail has the link of a session.
fn tells(mail: &Mail, session: &Session, join: &Join) -> bool {
    let has_link = match mail.kind {
        MailKind::Confirmation
        | MailKind::Promoted
        | MailKind::Changed
        | MailKind::Rescheduled
        | MailKind::Reminder
        | MailKind::JoinLink
        | MailKind::Again => true,
        MailKind::Confirm
        | MailKind::Waiting
        | MailKind::CalledOff
        | MailKind::CalledOffUnseated
        | MailKind::Left
        | MailKind::ConfirmAddress
        | MailKind::Readdressed
        | MailKind::Cancelled
        | MailKind::Withdrawn
        | MailKind::NoSeat
        | MailKind::Repeat
        | MailKind::Crowded
        | MailKind::Message => false,
    };
    has_link && mail.parked.is_none() && mail.session == *session.id() && mail.created_at >= join.set_at
}

//! Who was there: noted afterwards, with a sheet to sign before and a certificate after.

use std::collections::HashSet;

use catalog::answer::{Field, Status};
use catalog::organiser::act::ActKind;
use catalog::organiser::address::{OrganiserAddress, SessionPart};
use catalog::organiser::page::OrganiserPage;
use catalog::organiser::views::session::{AttendanceView, Attended, CertificateView};
use catalog::words::{EventWords, SessionWords};
use catalog::{Event, EventId, Reference, Session, SessionId};
use http::Response;

use super::desk::{Desk, about};
use super::form::Form;
use crate::people::participant::Participant;
use crate::store::error::StoreError;
use crate::web::answers::see_other;

/// Shows who had a seat, or notes who was there as the form says.
pub(super) async fn attendance(
    desk: &Desk<'_>,
    which: (&EventId, &SessionId),
    is_done: bool,
    form: Option<&Form>,
) -> Result<Response<String>, StoreError> {
    let Some((event, session)) = desk.session(which).await? else { return Ok(desk.gone()) };
    if session.starts_at() > desk.timing.now {
        return Ok(desk.gone());
    }
    let people = with_seat(desk, &event, &session).await?;
    let Some(form) = form else {
        let view = AttendanceView { is_done, ..view(desk, (&event, &session), &people) };
        return Ok(desk.page(OrganiserPage::Attendance, &view));
    };
    let (ticked, listed): (HashSet<&str>, HashSet<&str>) =
        (form.all("was").collect(), form.all("listed").collect());
    let before: HashSet<&str> = form.all("before").collect();
    let is_cleared = form.action() == "clear";
    let is_first = form.get("noted") != "yes";
    let noted = people.iter().filter_map(|one| {
        let reference = one.person.reference();
        let reference = reference.as_str();
        // Somebody else may have ticked others since, and somebody may have got a seat.
        let is_meant = is_first || is_cleared || ticked.contains(reference) != before.contains(reference);
        let was_there = (!is_cleared).then(|| ticked.contains(reference));
        (listed.contains(reference) && is_meant && one.was_there != was_there).then(|| (one.key(), was_there))
    });
    let noted: Vec<_> = noted.collect();
    let act = desk.act_about(form, ActKind::AttendanceNoted, (&event, &session), noted.len());
    desk.store().log(&act, desk.timing.deadline).await?;
    desk.store().note_attendance(&event, &noted, desk.timing).await?;
    let part = SessionPart::Attendance { is_done: true };
    Ok(see_other(&OrganiserAddress::session(event.id(), session.id(), part).to_string()))
}

/// Responds with a sheet to sign, for printing.
pub(super) async fn sign_in(
    desk: &Desk<'_>,
    which: (&EventId, &SessionId),
) -> Result<Response<String>, StoreError> {
    let Some((event, session)) = desk.session(which).await? else { return Ok(desk.gone()) };
    let people = with_seat(desk, &event, &session).await?;
    Ok(desk.page(OrganiserPage::SignIn, &view(desk, (&event, &session), &people)))
}

/// Responds with a certificate for somebody who was there.
pub(super) async fn certificate(
    desk: &Desk<'_>,
    (event, reference): (&EventId, &Reference),
) -> Result<Response<String>, StoreError> {
    let Some(event) = desk.event(event).await? else { return Ok(desk.gone()) };
    let people = desk.store().participants(&event, desk.timing).await?.logged(event.id());
    let found = people.iter().find(|one| one.person.reference() == *reference && one.was_there == Some(true));
    let session = found.and_then(|participant| event.session(&participant.signup.session));
    let (Some(participant), Some(session)) = (found, session) else { return Ok(desk.gone()) };
    let view = CertificateView {
        event: EventWords::new(&event, ""),
        session: SessionWords::new(&event, session),
        full_name: participant.signup.details.full_name.as_str().to_owned(),
        organisation: participant.signup.details.organisation.as_str().to_owned(),
    };
    Ok(desk.page(OrganiserPage::Certificate, &view))
}

/// Reads who has a seat in a session, by name.
async fn with_seat(
    desk: &Desk<'_>,
    event: &Event,
    session: &Session,
) -> Result<Vec<Participant>, StoreError> {
    let mut people = desk.store().participants(event, desk.timing).await?.logged(event.id());
    people.retain(|one| one.signup.session == *session.id() && one.status == Status::Confirmed);
    people.sort_by_cached_key(Participant::folded_name);
    Ok(people)
}

fn view(desk: &Desk<'_>, (event, session): (&Event, &Session), people: &[Participant]) -> AttendanceView {
    let row = |participant: &Participant| {
        let mut values = participant.signup.values();
        let mut take = |field| values.remove(&field).unwrap_or_default();
        Attended {
            reference: participant.person.reference().to_string(),
            full_name: take(Field::FullName),
            organisation: take(Field::Organisation),
            was_there: participant.was_there,
        }
    };
    AttendanceView {
        frame: desk.frame(),
        about: about(event, session),
        people: people.iter().map(row).collect(),
        is_noted: people.iter().any(|participant| participant.was_there.is_some()),
        is_done: false,
    }
}

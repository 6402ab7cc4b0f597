//! The page of somebody who signed up: everything that is stored, and what an organiser can do about it.

use catalog::answer::{Field, FieldErrors, FormView, Status};
use catalog::organiser::act::ActKind;
use catalog::organiser::address::{OrganiserAddress, PersonDone};
use catalog::organiser::page::OrganiserPage;
use catalog::organiser::views::message::MessageError;
use catalog::organiser::views::person::{MailRow, PersonView};
use catalog::{Event, EventId, Reference};
use http::{Response, StatusCode};

use super::desk::{Desk, about};
use super::form::Form;
use super::listed::{other_sessions, position};
use super::log;
use super::words::{day, moment, zone_of};
use crate::participant::form::Submission;
use crate::people::field::{Lines, TextError};
use crate::people::participant::{NewAddress, Participant};
use crate::store::change::{Change, Changed};
use crate::store::error::StoreError;
use crate::web::answers::see_other;

/// What a page shows besides what is stored.
#[derive(Default)]
struct Shown<'a> {
    done: Option<PersonDone>,
    /// The session that has no seat.
    full: String,
    /// Whether another address was asked for a moment ago.
    is_too_soon: bool,
    /// An invalid form as it was typed, and its errors.
    typed: Option<(&'a Submission, &'a FieldErrors)>,
    /// A note or a reason as it was typed, and its error.
    noted: Option<(&'a str, MessageError)>,
}

/// Shows somebody, or changes the sign-up as the form asks.
pub(super) async fn person(
    desk: &Desk<'_>,
    (event, reference): (&EventId, &Reference),
    done: Option<PersonDone>,
    form: Option<&Form>,
) -> Result<Response<String>, StoreError> {
    let Some(event) = desk.event(event).await? else { return Ok(desk.gone()) };
    let participants = desk.store().participants(&event, desk.timing).await?.logged(event.id());
    let found = participants.into_iter().find(|one| one.person.reference() == *reference);
    let Some(participant) = found else {
        // Erased by the same form a moment ago.
        let is_erased = form.is_some_and(|form| form.action() == "erase");
        return Ok(if is_erased { see_other(&OrganiserAddress::Overview.to_string()) } else { desk.gone() });
    };
    match form {
        None => show(desk, &event, &participant, Shown { done, ..Shown::default() }).await,
        Some(form) => change(desk, &event, &participant, form).await,
    }
}

async fn change(
    desk: &Desk<'_>,
    event: &Event,
    participant: &Participant,
    form: &Form,
) -> Result<Response<String>, StoreError> {
    let act = |what| desk.act_on(form, what, event, participant);
    let done = |done| {
        let (event, reference) = (event.id().clone(), participant.person.reference());
        see_other(&OrganiserAddress::Person { event, reference, done: Some(done) }.to_string())
    };
    let (what, asked, outcome) = match form.action() {
        "details" => {
            let Ok(submission) = form.submission() else {
                return Ok(desk.answers().error(StatusCode::BAD_REQUEST));
            };
            match submission.details() {
                Ok(details) => (ActKind::Corrected, Change::Details(details), PersonDone::Saved),
                Err(errors) => {
                    let shown = Shown { typed: Some((&submission, &errors)), ..Shown::default() };
                    return show(desk, event, participant, shown).await;
                }
            }
        }
        "note" => match Lines::new(form.get("note")) {
            Err(TextError::TooLong) => {
                let noted = Some((form.get("note"), MessageError::TooLong));
                return show(desk, event, participant, Shown { noted, ..Shown::default() }).await;
            }
            note => (ActKind::Noted, Change::Note(note.ok()), PersonDone::Noted),
        },
        "let_in" => match Lines::new(form.get("note")) {
            Ok(reason) => (ActKind::LetIn, Change::LetIn(reason), PersonDone::LetIn),
            Err(error) => {
                let error = match error {
                    TextError::TooLong => MessageError::TooLong,
                    _ => MessageError::Empty,
                };
                let noted = Some((form.get("note"), error));
                return show(desk, event, participant, Shown { noted, ..Shown::default() }).await;
            }
        },
        "address" => {
            let Ok(submission) = form.submission() else {
                return Ok(desk.answers().error(StatusCode::BAD_REQUEST));
            };
            match submission.email() {
                Ok(email) => {
                    let address = NewAddress::ask(email, desk.timing.now)?;
                    (ActKind::AddressAsked, Change::AskAddress(address), PersonDone::Asked)
                }
                Err(errors) => {
                    let shown = Shown { typed: Some((&submission, &errors)), ..Shown::default() };
                    return show(desk, event, participant, shown).await;
                }
            }
        }
        "cancel" => (ActKind::Cancelled, Change::Cancel, PersonDone::Cancelled),
        "move" => {
            let chosen = form.get("session").parse().ok();
            let Some(session) = chosen.and_then(|id| event.session(&id)) else {
                return Ok(desk.answers().error(StatusCode::BAD_REQUEST));
            };
            let may_wait = form.get("wait") == "yes";
            let change = Change::Move { to: session.id().clone(), may_wait };
            (ActKind::Moved, change, PersonDone::Moved)
        }
        "resend" => {
            let act = act(ActKind::Resent);
            return match desk.store().resend((&act, event), &participant.key(), desk.timing).await? {
                true => Ok(done(PersonDone::Resent)),
                false => Ok(desk.gone()),
            };
        }
        "erase" => {
            let act = act(ActKind::Erased);
            let key = participant.key();
            desk.store().change_by((&act, event), &key, &Change::Erase, desk.timing).await?;
            let list = OrganiserAddress::list(event.id(), &participant.signup.session);
            return Ok(see_other(&list.to_string()));
        }
        _ => return Ok(desk.answers().error(StatusCode::BAD_REQUEST)),
    };
    let act = act(what);
    match desk.store().change_by((&act, event), &participant.key(), &asked, desk.timing).await? {
        Changed::Done => Ok(done(outcome)),
        Changed::Full => {
            let chosen = form.get("session").parse().ok();
            let session = chosen.and_then(|id| event.session(&id));
            let full = session.map(|session| event.name_of(session)).unwrap_or_default();
            show(desk, event, participant, Shown { full, ..Shown::default() }).await
        }
        // The same form, sent twice.
        Changed::TooSoon if desk.store().act_with(&form.id, desk.timing.deadline).await?.is_some() => {
            Ok(done(outcome))
        }
        Changed::TooSoon => {
            show(desk, event, participant, Shown { is_too_soon: true, ..Shown::default() }).await
        }
        Changed::Gone | Changed::AddressTaken => Ok(desk.gone()),
    }
}

async fn show(
    desk: &Desk<'_>,
    event: &Event,
    participant: &Participant,
    Shown { done, full, is_too_soon, typed, noted }: Shown<'_>,
) -> Result<Response<String>, StoreError> {
    let now = desk.timing.now;
    let Some(session) = event.session(&participant.signup.session) else { return Ok(desk.gone()) };
    let states = desk.store().session_states(event.id(), desk.timing.deadline).await?;
    let mails = desk.store().mails(event, desk.timing.deadline).await?.logged(event.id());
    let zone = zone_of(event);
    let mut mails: Vec<_> =
        mails.into_iter().filter(|mail| mail.key.person == participant.person && !mail.is_proof()).collect();
    mails.sort_by_key(|mail| std::cmp::Reverse(mail.created_at));
    let mail = |mail: &crate::store::mail::Mail| MailRow {
        kind: mail.kind.name(),
        at: moment(mail.created_at, &zone),
        is_sent: mail.is_sent,
        is_parked: mail.parked.is_some(),
        report: mail.report,
    };
    let mut values = participant.signup.values();
    values.remove(&Field::Email);
    let no_errors = FieldErrors::new();
    let errors = match typed {
        Some((submission, errors)) => {
            values.extend(submission.values().clone());
            errors
        }
        None => &no_errors,
    };
    let (event_id, reference) = (event.id().clone(), participant.person.reference());
    let view = PersonView {
        frame: desk.frame(),
        about: about(event, session),
        form: FormView::new(event, now, values, errors),
        full_name: participant.signup.details.full_name.as_str().to_owned(),
        email: participant.signup.email.as_str().to_owned(),
        new_email: participant
            .pending_address(now)
            .map(|address| address.email.as_str().to_owned())
            .unwrap_or_default(),
        status: participant.status,
        position: position(participant, states.get(session.id())),
        reference: reference.to_string(),
        signed_up_at: moment(participant.signed_up_at, &zone),
        privacy_notice_version: participant.privacy_notice_version.clone(),
        stored_until: day(participant.forget_at, &zone),
        note: match noted {
            Some((typed, _)) => typed.to_owned(),
            None => participant.note.as_ref().map(|note| note.as_str().to_owned()).unwrap_or_default(),
        },
        note_error: noted.map(|(_, error)| error),
        is_attendance_noted: participant.was_there.is_some(),
        certificate: match participant.was_there {
            Some(true) => {
                let (event, reference) = (event_id.clone(), reference.clone());
                OrganiserAddress::Certificate { event, reference }.to_string()
            }
            _ => String::new(),
        },
        acts: log::of_person(desk, event, &reference).await?,
        mails: mails.iter().map(mail).collect(),
        others: match participant.status {
            Status::Cancelled => Vec::new(),
            _ => other_sessions(event, session, &states, now),
        },
        action: OrganiserAddress::Person { event: event_id, reference, done: None }.to_string(),
        done,
        full_session: full.clone(),
        is_too_soon,
    };
    let status = match (typed.is_some() || noted.is_some(), is_too_soon || !full.is_empty()) {
        (true, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (false, true) => StatusCode::CONFLICT,
        (false, false) => StatusCode::OK,
    };
    Ok(desk.page_with(status, OrganiserPage::Person, &view))
}

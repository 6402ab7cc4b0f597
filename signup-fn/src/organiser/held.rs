//! What is stored about whom, and until when.

use catalog::organiser::act::ActKind;
use catalog::organiser::page::OrganiserPage;
use catalog::organiser::views::records::{HeldRow, HeldView};
use http::{Response, StatusCode};

use super::desk::Desk;
use super::form::Form;
use super::listed::person_row;
use super::words::{day, zone_of};
use crate::people::act::Act;
use crate::people::field::Email;
use crate::people::participant::Participant;
use crate::store::error::StoreError;

/// Responds with what is stored and, if the form has an address, with everybody who uses it.
pub(super) async fn held(desk: &Desk<'_>, form: Option<&Form>) -> Result<Response<String>, StoreError> {
    let typed = form.map_or("", |form| form.get("email"));
    let email = Email::new(typed).ok();
    let (events, _) = desk.events().await?;
    let (mut held, mut people) = (Vec::new(), Vec::new());
    for event in &events {
        let participants = desk.store().participants(event, desk.timing).await?.logged(event.id());
        let mails = desk.store().mails(event, desk.timing.deadline).await?.logged(event.id());
        for session in event.sessions() {
            let count = participants.iter().filter(|one| one.signup.session == *session.id()).count();
            let mails = mails.iter().filter(|mail| mail.session == *session.id()).count();
            if count + mails > 0 {
                held.push(HeldRow {
                    event: event.title().to_owned(),
                    session: event.name_of(session),
                    people: count,
                    mails,
                    until: day(event.forget_at(session), &zone_of(event)),
                });
            }
        }
        if let Some(email) = &email {
            let found = participants.iter().filter(|participant| uses(participant, email));
            people.extend(found.map(|participant| person_row(event, participant, None)));
        }
    }
    if let (Some(form), Some(_)) = (form, &email) {
        let act = Act { count: people.len(), ..desk.act(form, ActKind::LookedUp) };
        desk.store().log(&act, desk.timing.deadline).await?;
    }
    let is_malformed = form.is_some() && email.is_none();
    let view = HeldView { frame: desk.frame(), held, email: typed.to_owned(), is_malformed, people };
    let status = if is_malformed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(desk.page_with(status, OrganiserPage::Held, &view))
}

/// Returns whether somebody signed up with an address, or wants to change theirs to it.
fn uses(participant: &Participant, email: &Email) -> bool {
    let pending = participant.new_address.as_ref().map(|address| &address.email);
    let own = [Some(&participant.signup.email), pending].into_iter().flatten();
    own.into_iter().any(|one| one.normalised() == email.normalised())
}

//! Adding somebody by hand, with the participant's form and its rules.

use std::collections::BTreeMap;

use catalog::answer::{Field, FieldErrors, FormView};
use catalog::organiser::act::ActKind;
use catalog::organiser::address::{OrganiserAddress, PersonDone, SessionPart};
use catalog::organiser::page::OrganiserPage;
use catalog::organiser::views::person::{AddView, Refused};
use catalog::{Event, EventId, Reference, Session, SessionId};
use http::{Response, StatusCode};

use super::desk::{Desk, about};
use super::form::Form;
use crate::people::act::Act;
use crate::store::claim::{Claim, Claimed, Request};
use crate::store::error::StoreError;
use crate::web::answers::see_other;

/// Shows the form, or adds the person in it.
pub(super) async fn add(
    desk: &Desk<'_>,
    which: (&EventId, &SessionId),
    form: Option<&Form>,
) -> Result<Response<String>, StoreError> {
    let Some((event, session)) = desk.session(which).await? else { return Ok(desk.gone()) };
    if session.is_removed() || session.is_called_off() || session.ends_at() <= desk.timing.now {
        return Ok(desk.gone());
    }
    let empty = || (BTreeMap::new(), FieldErrors::new());
    let Some(form) = form else { return Ok(page(desk, (&event, &session), empty(), None)) };
    let Ok(submission) = form.submission() else {
        return Ok(desk.answers().error(StatusCode::BAD_REQUEST));
    };
    let typed = submission.values().clone();
    let signup = match submission.check(&event) {
        Ok(signup) => signup,
        Err(errors) => return Ok(page(desk, (&event, &session), (typed, errors), None)),
    };
    let act = desk.act_about(form, ActKind::Added, (&event, &session), 1);
    if let Some(added) = added_before(desk, &act).await? {
        return Ok(done(&event, added));
    }
    let request = Request {
        event: &event,
        signup,
        identity: &desk.area().identity,
        may_wait: submission.may_wait(),
        source: None,
        now: desk.timing.now,
        privacy_notice_version: desk.area().catalog.privacy_notice_version(),
        act: Some(&act),
    };
    let (store, deadline) = (desk.store(), desk.timing.deadline);
    let ahead = store.look_ahead(&event, Some(request.applicant()), deadline).await?;
    let Claimed { claim, person } = store.claim(&request, ahead, deadline).await?;
    let refused = match claim {
        Claim::Placed(_) => return Ok(done(&event, person.reference())),
        Claim::Known(_) => match added_before(desk, &act).await? {
            Some(added) => return Ok(done(&event, added)),
            None => Refused::Known,
        },
        Claim::Crowded(_) => Refused::Crowded,
        Claim::Full | Claim::TooOften => Refused::Full,
    };
    Ok(page(desk, (&event, &session), (typed, FieldErrors::new()), Some(refused)))
}

/// Returns whom the same form has added before, if it has.
async fn added_before(desk: &Desk<'_>, act: &Act) -> Result<Option<Reference>, StoreError> {
    let before = desk.store().act_with(&act.id, desk.timing.deadline).await?;
    Ok(before.and_then(|act| act.reference))
}

fn done(event: &Event, reference: Reference) -> Response<String> {
    let (event, done) = (event.id().clone(), Some(PersonDone::Added));
    see_other(&OrganiserAddress::Person { event, reference, done }.to_string())
}

fn page(
    desk: &Desk<'_>,
    (event, session): (&Event, &Session),
    (mut values, errors): (BTreeMap<Field, String>, FieldErrors),
    refused: Option<Refused>,
) -> Response<String> {
    values.insert(Field::Session, session.id().to_string());
    let status = match (errors.is_empty(), refused) {
        (false, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (true, Some(_)) => StatusCode::CONFLICT,
        (true, None) => StatusCode::OK,
    };
    let view = AddView {
        frame: desk.frame(),
        about: about(event, session),
        form: FormView::new(event, desk.timing.now, values, &errors),
        action: OrganiserAddress::session(event.id(), session.id(), SessionPart::Add).to_string(),
        refused,
    };
    desk.page_with(status, OrganiserPage::Add, &view)
}

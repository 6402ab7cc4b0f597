//! The list of a session as a file. A sensitive action, since it takes everybody's data out of the area.

use anyhow::Result;
use catalog::organiser::act::ActKind;
use catalog::organiser::address::OrganiserAddress;
use catalog::{Event, EventId, Session, SessionId};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderValue, Response};

use super::confirm;
use super::desk::Desk;
use super::form::Form;
use crate::people::act::{Act, ActId};
use crate::sheet::row::Row;
use crate::sheet::{csv, row, xlsx};
use crate::store::error::StoreError;
use crate::web::answers::file;

/// The type of a workbook (ECMA-376).
const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Responds with the list as CSV or as a workbook.
pub(super) async fn export(
    desk: &Desk<'_>,
    which: (&EventId, &SessionId),
    form: Option<&Form>,
) -> Result<Response<Vec<u8>>, StoreError> {
    let as_bytes = |response: Response<String>| Ok(response.map(String::into_bytes));
    let Some(form) = form else { return as_bytes(desk.gone()) };
    let Some((event, session)) = desk.session(which).await? else { return as_bytes(desk.gone()) };
    if !desk.log_in.is_fresh(desk.timing.now) {
        return as_bytes(confirm::ask(desk, &OrganiserAddress::list(event.id(), session.id())));
    }
    let rows = rows(desk, &event, &session).await?;
    let act = Act {
        // A page can be used for a file more than once, and each is an act.
        id: ActId::random(desk.timing.now)?,
        ..desk.act_about(form, ActKind::Exported, (&event, &session), rows.len())
    };
    let (ending, kind, made) = match form.get("kind") {
        "xlsx" => ("xlsx", WORKBOOK, xlsx::workbook(rows)),
        _ => ("csv", "text/csv; charset=utf-8", as_csv(rows)),
    };
    let made = match made {
        Ok(made) => made,
        Err(error) => return as_bytes(desk.answers().failure(&format!("{error:#}"))),
    };
    // Only what is in the log leaves the area.
    desk.store().log(&act, desk.timing.deadline).await?;
    let name = format!("attachment; filename=\"deelnemers-{}-{}.{ending}\"", event.id(), session.id());
    let mut response = file(made);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(name) = HeaderValue::try_from(name) {
        headers.insert(CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

async fn rows(desk: &Desk<'_>, event: &Event, session: &Session) -> Result<Vec<Row>, StoreError> {
    let participants = desk.store().participants(event, desk.timing).await?.logged(event.id());
    let states = desk.store().session_states(event.id(), desk.timing.deadline).await?;
    Ok(row::rows(event, Some(session.id()), &participants, &states))
}

fn as_csv(rows: Vec<Row>) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    csv::write(&mut out, rows)?;
    Ok(out)
}

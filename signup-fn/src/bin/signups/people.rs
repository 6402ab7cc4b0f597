//! Participants: the list, and changes to one of them.

use anyhow::{Context as _, Result, bail};
use catalog::Event;
use catalog::answer::Status;
use signup_fn::people::participant::Participant;
use signup_fn::people::timing::Timing;
use signup_fn::sheet::row::{self, Row};
use signup_fn::store::change::{Change, Changed};

use crate::access::{Access, deadline, told};
use crate::ask::{Sure, ask};
use crate::say::say;
use crate::selection::Which;

/// Lists participants by session: first those with a seat, then the waiting list in order, then those
/// who cancelled.
pub(crate) async fn rows(access: &Access, which: &Which, timing: Timing) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for event in access.events(which)? {
        let participants = told(access.store.participants(event, timing).await?);
        let states = access.store.session_states(event.id(), deadline()).await?;
        let session = which.session.as_deref().and_then(|id| id.parse().ok());
        rows.extend(row::rows(event, session.as_ref(), &participants, &states));
    }
    Ok(rows)
}

pub(crate) async fn list(access: &Access, which: &Which, json: bool, timing: Timing) -> Result<()> {
    let rows = rows(access, which, timing).await?;
    if json {
        say(&serde_json::to_string_pretty(&rows)?);
        return Ok(());
    }
    if rows.is_empty() {
        say("er zijn geen aanmeldingen");
        return Ok(());
    }
    // The other columns do not fit on a screen. The export has them all.
    let shown = [1, 2, 3, 4, 5, 6, 10];
    let mut table = table(&shown.map(|at| Row::HEADINGS[at]));
    for row in rows {
        let cells = row.cells();
        table.add_row(shown.map(|at| visible(&cells[at])));
    }
    say(&table.to_string());
    Ok(())
}

/// Returns what to call a session in a table: its id, and whether it is no longer on the site.
pub(crate) fn named(session: String, on_site: bool) -> String {
    if on_site { session } else { format!("{session} (niet meer op de site)") }
}

/// Creates a table with these headings.
pub(crate) fn table(headings: &[&str]) -> comfy_table::Table {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(headings.to_vec());
    table
}

/// Removes characters that could control a terminal.
pub(crate) fn visible(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

pub(crate) async fn cancel(access: &Access, reference: &str, sure: &Sure, timing: Timing) -> Result<()> {
    let (event, participant) = access.with_reference(reference, timing).await?;
    if participant.status == Status::Cancelled {
        say("deze deelnemer heeft zich al afgemeld");
        return Ok(());
    }
    let name = participant.signup.details.full_name.as_str();
    let session = &participant.signup.session;
    ask(&format!("{name} afmelden voor {session}? De plek gaat naar wie het langst wacht."), sure)?;
    match change(access, event, &participant, &Change::Cancel, timing).await? {
        Changed::Done => say("afgemeld; de deelnemer krijgt een mail"),
        _ => bail!("deze aanmelding is er niet meer"),
    }
    Ok(())
}

pub(crate) async fn move_to(
    access: &Access,
    reference: &str,
    session: &str,
    may_wait: bool,
    timing: Timing,
) -> Result<()> {
    let (event, participant) = access.with_reference(reference, timing).await?;
    let known = event.sessions().iter().find(|one| one.id().as_str() == session);
    let known = known.with_context(|| {
        let ids: Vec<&str> = event.sessions().iter().map(|one| one.id().as_str()).collect();
        format!("er is geen sessie `{session}`; mogelijk zijn: {}", ids.join(", "))
    })?;
    let to = Change::Move { to: known.id().clone(), may_wait };
    match change(access, event, &participant, &to, timing).await? {
        Changed::Full => bail!(
            "{session} is vol; er is niets gewijzigd. Met `--wait` gaat de deelnemer daar op de wachtlijst, en komt de oude plek vrij"
        ),
        Changed::Done => say("verzet; de deelnemer krijgt een mail"),
        _ => bail!("deze deelnemer heeft zich afgemeld"),
    }
    Ok(())
}

async fn change(
    access: &Access,
    event: &Event,
    participant: &Participant,
    change: &Change,
    timing: Timing,
) -> Result<Changed> {
    Ok(access.store.change(event, &participant.key(), change, timing).await?)
}

//! After a restore: carries over what happened to the old table since.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use catalog::Event;
use jiff::Timestamp;
use signup_fn::people::timing::Timing;
use tokio::time::Instant;

use crate::access::{Access, told};
use crate::people::{table, visible};
use crate::say::say;

/// How long it may take: every person is some five requests of 10 ms.
const PATIENCE: Duration = Duration::from_secs(30 * 60);

pub(crate) async fn carry_over(access: &Access, from: &str) -> Result<()> {
    let old = access.other_table(from);
    if from == access.table() {
        bail!("`{from}` is de tabel zelf; zet TABLE_NAME op de herstelde tabel");
    }
    let timing = Timing { now: Timestamp::now(), deadline: Instant::now() + PATIENCE };
    let events =
        old.kept_events(timing.deadline).await.with_context(|| format!("`{from}` is niet te lezen"))?;
    let mut left = events.unreadable.len();
    let mut events = told(events);
    if events.is_empty() {
        bail!("in `{from}` staat geen enkele bijeenkomst; klopt de naam van de tabel?");
    }
    if access.store.was_carried_over(&old, timing).await? {
        bail!("uit `{from}` is alles al overgenomen; nog eens zou terugbrengen wie zich sindsdien wiste");
    }
    // The old table may have lost the event but not its people.
    let is_lost = |event: &&Event| events.iter().all(|one| one.id() != event.id());
    let lost: Vec<Event> = access.events.iter().filter(is_lost).cloned().collect();
    events.extend(lost);
    access.store.carry_over_organisers(&old, timing).await?;
    let mut unknown = table(&["bijeenkomst", "kenmerk", "naam", "e-mail"]);
    for event in &events {
        let carried = access.store.carry_over(&old, event, timing).await?;
        left += carried.unreadable.len();
        let carried = told(carried);
        let (people, mails) = (carried.people, carried.mails);
        say(&format!("{}: overgenomen aanmeldingen: {people}, mails: {mails}", event.id()));
        for one in carried.unknown {
            let signup = &one.signup;
            unknown.add_row([
                event.id().to_string(),
                one.person.reference().to_string(),
                visible(signup.details.full_name.as_str()),
                signup.email.as_str().to_owned(),
            ]);
        }
    }
    if !unknown.is_empty() {
        say(&format!(
            "{unknown}\n`{from}` kent deze mensen niet: sindsdien gewist, of verloren. Wis wie gewist was opnieuw: signups erase KENMERK"
        ));
    }
    access.store.note_carried_over(&old, timing).await?;
    if left > 0 {
        bail!("wat is overgeslagen, staat nog alleen in `{from}` ({left})");
    }
    Ok(())
}

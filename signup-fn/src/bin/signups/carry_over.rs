//! After a restore: carries over what happened to the old table since.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;
use signup_fn::people::timing::Timing;
use tokio::time::Instant;

use crate::access::{Access, told};
use crate::people::{table, visible};
use crate::say::say;

/// How long one event may take: every item is a request of some 10 ms.
const PATIENCE: Duration = Duration::from_secs(30 * 60);

pub(crate) async fn carry_over(access: &Access, from: &str) -> Result<()> {
    let old = access.other_table(from);
    let timing = Timing { now: Timestamp::now(), deadline: Instant::now() + PATIENCE };
    let events =
        old.kept_events(timing.deadline).await.with_context(|| format!("`{from}` is niet te lezen"))?;
    let events = told(events);
    if events.is_empty() {
        bail!("in `{from}` staat geen enkele bijeenkomst; klopt de naam van de tabel?");
    }
    access.store.carry_over_acts(&old, timing).await?;
    let mut unknown = table(&["bijeenkomst", "kenmerk", "naam", "e-mail"]);
    let mut left = 0;
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
    if left > 0 {
        bail!("wat is overgeslagen, staat nog alleen in `{from}` ({left})");
    }
    Ok(())
}

//! Statistics, and parked mail.

use anyhow::Result;
use catalog::answer::Status;
use serde::Serialize;
use signup_fn::people::timing::Timing;

use crate::access::{Access, deadline, told};
use crate::people::{named, table};
use crate::say::say;

/// The statistics of a session.
#[derive(Debug, Serialize)]
struct Numbers {
    event: String,
    session: String,
    capacity: u32,
    taken: u32,
    /// The number of taken seats that are held for an unconfirmed address.
    held: usize,
    waiting: usize,
    cancelled: usize,
    /// Whether the session is still on the site.
    on_site: bool,
}

pub(crate) async fn stats(access: &Access, json: bool, timing: Timing) -> Result<()> {
    let mut all = Vec::new();
    let mut parked = 0;
    for event in &access.events {
        let states = access.store.session_states(event.id(), deadline()).await?;
        let participants = told(access.store.participants(event, timing).await?);
        let mails = told(access.store.mails(event, deadline()).await?);
        parked += mails.iter().filter(|mail| mail.parked.is_some()).count();
        for session in event.sessions() {
            let nobody = participants.iter().all(|one| one.signup.session != *session.id());
            if session.is_removed() && nobody {
                continue;
            }
            let state = states.get(session.id()).cloned().unwrap_or_default();
            let with = |status| {
                let of_session = participants.iter().filter(|one| one.signup.session == *session.id());
                of_session.filter(|one| one.status == status).count()
            };
            all.push(Numbers {
                event: event.id().to_string(),
                session: session.id().to_string(),
                capacity: session.capacity(),
                taken: state.taken,
                held: with(Status::Held),
                waiting: state.waiting.len(),
                cancelled: with(Status::Cancelled),
                on_site: !session.is_removed(),
            });
        }
    }
    if json {
        say(&serde_json::to_string_pretty(&serde_json::json!({ "sessions": all, "parked_mails": parked }))?);
        return Ok(());
    }
    let mut table =
        table(&["bijeenkomst", "sessie", "plaatsen", "bezet", "onbevestigd", "wachtlijst", "afgemeld"]);
    for Numbers { event, session, capacity, taken, held, waiting, cancelled, on_site } in all {
        let numbers = [capacity.to_string(), taken.to_string(), held.to_string(), waiting.to_string()];
        table.add_row(
            [event, named(session, on_site)].into_iter().chain(numbers).chain([cancelled.to_string()]),
        );
    }
    say(&table.to_string());
    if parked > 0 {
        say(&format!("{parked} mails zijn blijven liggen; bekijk ze met `signups mails`"));
    }
    Ok(())
}

pub(crate) async fn mails(access: &Access, retry: bool) -> Result<()> {
    let mut table = table(&["bijeenkomst", "kenmerk", "soort", "pogingen", "reden"]);
    let mut count = 0;
    for event in &access.events {
        let mails = told(access.store.mails(event, deadline()).await?);
        for mail in mails {
            let Some(reason) = &mail.parked else { continue };
            count += 1;
            let reference = mail.key.person.reference();
            let kind = mail.kind.name();
            table.add_row([
                event.id().as_str(),
                reference.as_str(),
                kind,
                &mail.attempts.to_string(),
                reason,
            ]);
            if retry {
                access.store.unpark(event, &mail.key, deadline()).await?;
            }
        }
    }
    if count == 0 {
        say("er is geen mail blijven liggen");
        return Ok(());
    }
    say(&table.to_string());
    if retry {
        say(&format!("{count} mails gaan binnen een kwartier opnieuw"));
    }
    Ok(())
}

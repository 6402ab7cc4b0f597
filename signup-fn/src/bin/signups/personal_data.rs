//! Personal data: reports and exports what is stored, and erases it.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use catalog::Event;
use catalog::answer::Field;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use signup_fn::people::field::Email;
use signup_fn::people::participant::Participant;
use signup_fn::people::timing::Timing;
use signup_fn::store::change::Change;

use crate::access::{Access, deadline, told};
use crate::ask::{Sure, ask};
use crate::people::{named, table};
use crate::say::say;

/// A summary of the personal data that is stored for a session.
#[derive(Debug, Serialize)]
struct Stored {
    event: String,
    session: String,
    people: usize,
    mails: usize,
    /// The last day on which any of it is stored.
    until: String,
    /// Whether the session is still on the site.
    on_site: bool,
}

pub(crate) async fn report(access: &Access, json: bool, timing: Timing) -> Result<()> {
    let mut all = Vec::new();
    for event in &access.events {
        let participants = told(access.store.participants(event, timing).await?);
        let mails = told(access.store.mails(event, deadline()).await?);
        let zone = TimeZone::get(event.time_zone()).unwrap_or(TimeZone::UTC);
        for session in event.sessions() {
            let people = participants.iter().filter(|one| one.signup.session == *session.id()).count();
            let mails = mails.iter().filter(|mail| mail.session == *session.id()).count();
            if people + mails > 0 {
                let until = event.forget_at(session).to_zoned_datetime(zone.clone()).date().to_string();
                all.push(Stored {
                    event: event.id().to_string(),
                    session: session.id().to_string(),
                    people,
                    mails,
                    until,
                    on_site: !session.is_removed(),
                });
            }
        }
    }
    if json {
        say(&serde_json::to_string_pretty(&all)?);
        return Ok(());
    }
    if all.is_empty() {
        say("er zijn geen persoonsgegevens");
        return Ok(());
    }
    let mut table = table(&["bijeenkomst", "sessie", "mensen", "mails", "tot en met"]);
    for Stored { event, session, people, mails, until, on_site } in all {
        table.add_row([event, named(session, on_site), people.to_string(), mails.to_string(), until]);
    }
    say(&table.to_string());
    Ok(())
}

/// Finds every sign-up of an address.
async fn of<'a>(access: &'a Access, address: &str, timing: Timing) -> Result<Vec<(&'a Event, Participant)>> {
    let Ok(email) = Email::new(address) else { bail!("`{address}` is geen e-mailadres") };
    let mut found = Vec::new();
    for event in &access.events {
        let participants = told(access.store.participants(event, timing).await?);
        // Several people may share the address, and some may have changed theirs to it.
        let uses = |one: &Participant| {
            let pending = one.new_address.as_ref().map(|address| &address.email);
            [Some(&one.signup.email), pending]
                .into_iter()
                .flatten()
                .any(|one| one.normalised() == email.normalised())
        };
        let same = participants.into_iter().filter(uses);
        found.extend(same.map(|participant| (event, participant)));
    }
    Ok(found)
}

pub(crate) async fn erase(access: &Access, address: &str, sure: &Sure, timing: Timing) -> Result<()> {
    let is_address = address.contains('@');
    let found = match is_address {
        true => of(access, address, timing).await?,
        false => vec![access.with_reference(address, timing).await?],
    };
    if found.is_empty() {
        say("van dit adres weten we niets");
        return Ok(());
    }
    let names: Vec<&str> =
        found.iter().map(|(_, participant)| participant.signup.details.full_name.as_str()).collect();
    let names = names.join(", ");
    let what = if is_address { "Alle aanmeldingen met dit adres" } else { "Deze aanmelding" };
    ask(&format!("{what} wissen ({names})? Dat is niet terug te draaien."), sure)?;
    for (event, participant) in found {
        access.store.change(event, &participant.key(), &Change::Erase, timing).await?;
    }
    say("gewist");
    Ok(())
}

/// Everything that is stored about a person at an event.
#[derive(Debug, Serialize)]
struct Known {
    event: String,
    reference: String,
    status: &'static str,
    fields: BTreeMap<Field, String>,
    /// A new address that is not confirmed yet.
    new_email: Option<String>,
    signed_up_at: Timestamp,
    privacy_notice_version: String,
    forget_at: Timestamp,
    mails: Vec<Sent>,
}

#[derive(Debug, Serialize)]
struct Sent {
    kind: &'static str,
    session: String,
    created_at: Timestamp,
    is_sent: bool,
}

pub(crate) async fn export_all(access: &Access, address: &str, timing: Timing) -> Result<()> {
    let mut all = Vec::new();
    for (event, participant) in of(access, address, timing).await? {
        let mails = told(access.store.mails(event, deadline()).await?);
        let mails = mails.into_iter().filter(|mail| mail.key.person == participant.person).map(|mail| Sent {
            kind: mail.kind.name(),
            session: mail.session.to_string(),
            created_at: mail.created_at,
            is_sent: mail.is_sent,
        });
        all.push(Known {
            event: event.id().to_string(),
            reference: participant.person.reference().as_str().to_owned(),
            status: participant.status.name(),
            fields: participant.signup.values(),
            new_email: participant.new_address.as_ref().map(|address| address.email.as_str().to_owned()),
            signed_up_at: participant.signed_up_at,
            privacy_notice_version: participant.privacy_notice_version.clone(),
            forget_at: participant.forget_at,
            mails: mails.collect(),
        });
    }
    say(&serde_json::to_string_pretty(&all)?);
    Ok(())
}

//! The sessions, and what needs attention.

use std::collections::{BTreeMap, HashMap};

use catalog::answer::Status;
use catalog::organiser::address::{OrganiserAddress, SessionPart};
use catalog::organiser::page::OrganiserPage;
use catalog::organiser::views::frame::SessionRow;
use catalog::organiser::views::overview::{Attention, Day, OverviewView, PersonLink};
use catalog::{Event, Session};
use http::Response;
use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};

use super::area::Area;
use super::desk::Desk;
use super::listed::session_row;
use super::words::zone;
use crate::people::identity::Person;
use crate::people::participant::Participant;
use crate::store::error::StoreError;
use crate::store::mail::Mail;
use crate::store::session::SessionState;

/// How long before a session its link should be set.
const LINK_BEFORE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The number of days of the chart.
const DAYS: usize = 30;
/// How many people one point of attention names.
const NAMED: usize = 10;
/// The width of a day in the chart, in its units.
const DAY_WIDTH: usize = 10;

/// Returns the address at which an organiser begins: the next session of the catalogue, or the overview.
pub(super) fn next_session(area: &Area, now: Timestamp) -> OrganiserAddress {
    let sessions = area.catalog.events().iter().flat_map(|event| {
        event.sessions().iter().map(move |session| (session.starts_at(), event.id(), session))
    });
    let coming = sessions.filter(|(_, _, session)| session.ends_at() > now && !session.is_called_off());
    let next = coming.min_by_key(|(starts_at, ..)| *starts_at);
    next.map_or(OrganiserAddress::Overview, |(_, event, session)| OrganiserAddress::list(event, session.id()))
}

/// Responds with the overview.
pub(super) async fn show(desk: &Desk<'_>) -> Result<Response<String>, StoreError> {
    let now = desk.timing.now;
    let (events, mut unreadable) = desk.events().await?;
    let (mut sessions, mut attention, mut signed_up): (Vec<(Timestamp, SessionRow)>, _, _) =
        (Vec::new(), Vec::new(), Vec::new());
    for event in &events {
        let states = desk.store().session_states(event.id(), desk.timing.deadline).await?;
        let participants = desk.store().participants(event, desk.timing).await?;
        let mails = desk.store().mails(event, desk.timing.deadline).await?;
        unreadable += participants.unreadable.len() + mails.unreadable.len();
        let parked = mails.readable.iter().filter(|mail| mail.parked.is_some()).count();
        if parked > 0 {
            attention.push(Attention::Parked { count: parked, event: event.title().to_owned() });
        }
        attention.extend(bounced(event, &participants.readable, &mails.readable));
        for session in event.sessions() {
            let state = states.get(session.id());
            let count =
                participants.readable.iter().filter(|one| one.signup.session == *session.id()).count();
            if session.is_removed() && count == 0 {
                continue;
            }
            attention.extend(attention_of(event, session, (state, count), now));
            let on_site = desk.area().catalog.event(event.id()).and_then(|event| event.session(session.id()));
            attention.extend(on_site.and_then(|on_site| moved(event, session, on_site, now)));
            sessions.push((session.starts_at(), session_row(event, session, state, now)));
        }
        signed_up
            .extend(participants.readable.iter().map(|participant: &Participant| participant.signed_up_at));
    }
    if unreadable > 0 {
        attention.push(Attention::Unreadable { count: unreadable });
    }
    // The next session first, then the later ones, then the past ones, the last first.
    sessions.sort_by_key(|(starts_at, row)| {
        let distance = now.duration_since(*starts_at).abs();
        (row.is_over, distance)
    });
    let today = now.to_zoned_datetime(zone(&events)).date();
    let days = days(&signed_up, &events, today);
    let view = OverviewView {
        frame: desk.frame(),
        sessions: sessions.into_iter().map(|(_, row)| row).collect(),
        attention,
        width: days.len() * DAY_WIDTH,
        days,
    };
    Ok(desk.page(OrganiserPage::Overview, &view))
}

/// Returns what needs attention in a session with `count` people.
fn attention_of(
    event: &Event,
    session: &Session,
    (state, count): (Option<&SessionState>, usize),
    now: Timestamp,
) -> Option<Attention> {
    let (title, name) = (event.title().to_owned(), event.name_of(session));
    if session.is_removed() && session.ends_at() > now {
        let url = OrganiserAddress::list(event.id(), session.id()).to_string();
        return Some(Attention::Removed { count, event: title, session: name, url });
    }
    let is_soon = (session.starts_at() - LINK_BEFORE..session.ends_at()).contains(&now);
    let has_link = state.is_some_and(|state| state.join.is_some());
    let needs_link = session.place().is_online && !session.is_called_off();
    (is_soon && needs_link && !has_link).then(|| {
        let part = SessionPart::Join { done: None };
        let url = OrganiserAddress::session(event.id(), session.id(), part).to_string();
        Attention::NoLink { event: title, session: name, url }
    })
}

/// Returns those who have not cancelled and to whom the last mail did not arrive, if there are any.
fn bounced(event: &Event, participants: &[Participant], mails: &[Mail]) -> Option<Attention> {
    let mut last: HashMap<Person, &Mail> = HashMap::new();
    for mail in mails.iter().filter(|mail| mail.is_sent && mail.is_to_own_address()) {
        let known = last.entry(mail.key.person).or_insert(mail);
        // Two of the same second are told apart by the version of the sign-up that they describe.
        if (mail.created_at, mail.sequence) > (known.created_at, known.sequence) {
            *known = mail;
        }
    }
    let has_bounced = |one: &&Participant| last.get(&one.person).is_some_and(|mail| mail.report.is_some());
    let live = participants.iter().filter(|one| one.status != Status::Cancelled);
    let people: Vec<&Participant> = live.filter(has_bounced).collect();
    let link = |one: &&Participant| PersonLink {
        full_name: one.signup.details.full_name.as_str().to_owned(),
        url: OrganiserAddress::person(event.id(), one.person.reference()).to_string(),
    };
    (!people.is_empty()).then(|| Attention::Bounced {
        event: event.title().to_owned(),
        people: people.iter().take(NAMED).map(link).collect(),
        more: people.len().saturating_sub(NAMED),
    })
}

/// Returns that a coming session is at another time than on the site, if it is.
fn moved(event: &Event, session: &Session, on_site: &Session, now: Timestamp) -> Option<Attention> {
    let part = SessionPart::Amend { is_done: false };
    let is_same = (session.starts_at(), session.ends_at()) == (on_site.starts_at(), on_site.ends_at());
    (!is_same && session.ends_at() > now && !session.is_called_off()).then(|| Attention::Moved {
        event: event.title().to_owned(),
        session: event.name_of(session),
        on_site: on_site.times().when,
        url: OrganiserAddress::session(event.id(), session.id(), part).to_string(),
    })
}

/// Returns the sign-ups of each of the last days, up to `today`.
fn days(signed_up: &[Timestamp], events: &[Event], today: Date) -> Vec<Day> {
    let zone = zone(events);
    let mut counts: BTreeMap<Date, usize> = BTreeMap::new();
    for at in signed_up {
        *counts.entry(at.to_zoned_datetime(zone.clone()).date()).or_default() += 1;
    }
    let last: Vec<Date> = (0..DAYS)
        .rev()
        .filter_map(|ago| today.checked_sub(Span::new().days(i64::try_from(ago).ok()?)).ok())
        .collect();
    let count = |day: &Date| counts.get(day).copied().unwrap_or_default();
    let most = last.iter().map(count).max().unwrap_or_default().max(1);
    last.iter()
        .enumerate()
        .map(|(at, day)| Day {
            date: day.strftime("%-d-%-m-%Y").to_string(),
            count: count(day),
            left: at * DAY_WIDTH,
            height: count(day) * 100 / most,
        })
        .collect()
}

//! The page of a session: who signed up, and what they asked.

use catalog::answer::Field;
use catalog::organiser::address::{Order, OrganiserAddress, SessionPart, Tab};
use catalog::organiser::page::OrganiserPage;
use catalog::organiser::views::frame::TabLink;
use catalog::organiser::views::session::{Asked, OrderLink, QuestionsView, SessionView};
use catalog::{Event, EventId, Session, SessionId};
use http::Response;
use jiff::Timestamp;

use super::desk::{Desk, about};
use super::form::Form;
use super::listed::{matches, person_row, position, session_row};
use crate::people::participant::Participant;
use crate::people::text::{self, folded};
use crate::store::error::StoreError;
use crate::store::listing::Listing;
use crate::store::session::SessionState;

/// The number of people on one page.
const ON_A_PAGE: usize = 100;

/// The tabs, in their order.
const TABS: [Tab; 3] = [Tab::Coming, Tab::Waiting, Tab::Cancelled];
/// The tabs that appear once it is noted who was there.
const AFTERWARDS: [Tab; 2] = [Tab::WasThere, Tab::WasNotThere];

/// Responds with one page of the list.
pub(super) async fn list(
    desk: &Desk<'_>,
    which: (&EventId, &SessionId),
    (tab, order, page): (Tab, Order, u32),
) -> Result<Response<String>, StoreError> {
    let Some((event, session)) = desk.session(which).await? else { return Ok(desk.gone()) };
    let people = People::read(desk, &event, &session).await?;
    let mut shown: Vec<&Participant> = people.all.iter().filter(|one| one.is_among(tab)).collect();
    shown.sort_by_cached_key(|participant| key(participant, order, people.state.as_ref()));
    let pages = u32::try_from(shown.len().div_ceil(ON_A_PAGE).max(1)).unwrap_or(u32::MAX);
    let skipped = usize::try_from(page - 1).unwrap_or(usize::MAX).saturating_mul(ON_A_PAGE);
    let address = |page| address(which, SessionPart::List { tab, order, page });
    let view = SessionView {
        page,
        pages,
        previous: if page > 1 { address(page - 1) } else { String::new() },
        next: if page < pages { address(page + 1) } else { String::new() },
        orders: Order::ALL.iter().map(|&of| order_link(which, (tab, of), order)).collect(),
        people: people.rows(&event, shown.into_iter().skip(skipped).take(ON_A_PAGE)),
        ..people.view(desk, (&event, &session), Some(tab))
    };
    Ok(desk.page(OrganiserPage::Session, &view))
}

/// Returns what somebody is listed by: a text, then a number.
fn key(participant: &Participant, order: Order, state: Option<&SessionState>) -> (String, usize, Timestamp) {
    let details = &participant.signup.details;
    let name = folded(details.full_name.as_str());
    let text = match order {
        Order::SignedUp => String::new(),
        Order::Name => name,
        // No name contains a line break, so an organisation comes before a longer one.
        Order::Organisation => format!("{}\n{name}", folded(details.organisation.as_str())),
    };
    (text, position(participant, state), participant.signed_up_at)
}

fn order_link(which: (&EventId, &SessionId), (tab, order): (Tab, Order), current: Order) -> OrderLink {
    let url = address(which, SessionPart::List { tab, order, page: 1 });
    OrderLink { order, url, is_current: order == current }
}

/// Responds with everybody of the session who matches what was typed. It is a POST, so that no name is in an
/// address.
pub(super) async fn search(
    desk: &Desk<'_>,
    which: (&EventId, &SessionId),
    form: Option<&Form>,
) -> Result<Response<String>, StoreError> {
    let Some((event, session)) = desk.session(which).await? else { return Ok(desk.gone()) };
    let query = text::line(form.map_or("", |form| form.get("query")));
    let people = People::read(desk, &event, &session).await?;
    let found = people.all.iter().filter(|participant| matches(participant, &query)).take(ON_A_PAGE);
    let view = SessionView {
        people: people.rows(&event, found),
        query: query.clone(),
        ..people.view(desk, (&event, &session), None)
    };
    Ok(desk.page(OrganiserPage::Session, &view))
}

/// Responds with all questions of everybody who has not cancelled.
pub(super) async fn questions(
    desk: &Desk<'_>,
    which: (&EventId, &SessionId),
) -> Result<Response<String>, StoreError> {
    let Some((event, session)) = desk.session(which).await? else { return Ok(desk.gone()) };
    let people = People::read(desk, &event, &session).await?;
    let asked = people.all.iter().filter(|participant| !participant.is_among(Tab::Cancelled));
    let questions = asked.filter_map(|participant| {
        let mut values = participant.signup.values();
        let mut take = |field| values.remove(&field).unwrap_or_default();
        let question = take(Field::Question);
        (!question.is_empty()).then(|| Asked {
            full_name: take(Field::FullName),
            organisation: take(Field::Organisation),
            question,
        })
    });
    let view =
        QuestionsView { questions: questions.collect(), frame: desk.frame(), about: about(&event, &session) };
    Ok(desk.page(OrganiserPage::Questions, &view))
}

/// The people of a session, whatever their status.
struct People {
    all: Vec<Participant>,
    state: Option<SessionState>,
    unreadable: usize,
}

impl People {
    async fn read(desk: &Desk<'_>, event: &Event, session: &Session) -> Result<Self, StoreError> {
        let mut states = desk.store().session_states(event.id(), desk.timing.deadline).await?;
        let Listing { readable: mut all, unreadable } = desk.store().participants(event, desk.timing).await?;
        all.retain(|participant| participant.signup.session == *session.id());
        Ok(Self { all, state: states.remove(session.id()), unreadable: unreadable.len() })
    }

    fn rows<'a>(
        &self,
        event: &Event,
        shown: impl Iterator<Item = &'a Participant>,
    ) -> Vec<catalog::organiser::views::frame::PersonRow> {
        shown.map(|participant| person_row(event, participant, self.state.as_ref())).collect()
    }

    /// Returns the page without people.
    fn view(&self, desk: &Desk<'_>, (event, session): (&Event, &Session), shown: Option<Tab>) -> SessionView {
        let tab = |tab| TabLink {
            tab,
            count: self.all.iter().filter(|participant| participant.is_among(tab)).count(),
            url: address(
                (event.id(), session.id()),
                SessionPart::List { tab, order: Order::SignedUp, page: 1 },
            ),
            is_current: shown == Some(tab),
        };
        let has_any = |tab: &TabLink| tab.count > 0;
        SessionView {
            frame: desk.frame(),
            about: about(event, session),
            row: session_row(event, session, self.state.as_ref(), desk.timing.now),
            tabs: TABS.map(tab).into_iter().chain(AFTERWARDS.map(tab).into_iter().filter(has_any)).collect(),
            orders: Vec::new(),
            people: Vec::new(),
            query: String::new(),
            page: 1,
            pages: 1,
            previous: String::new(),
            next: String::new(),
            has_link: self.state.as_ref().is_some_and(|state| state.join.is_some()),
            has_begun: session.starts_at() <= desk.timing.now,
            unreadable: self.unreadable,
        }
    }
}

fn address((event, session): (&EventId, &SessionId), part: SessionPart) -> String {
    OrganiserAddress::session(event, session, part).to_string()
}

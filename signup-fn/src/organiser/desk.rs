//! What a request gets after log-in: the only way to the data.

use std::borrow::Cow;

use catalog::organiser::act::ActKind;
use catalog::organiser::address::OrganiserAddress;
use catalog::organiser::page::OrganiserPage;
use catalog::organiser::views::enter::LogInView;
use catalog::organiser::views::frame::{About, Frame};
use catalog::words::{EventWords, SessionWords};
use catalog::{Event, EventId, Session, SessionId};
use http::{Method, Request, Response, StatusCode};

use super::area::Area;
use super::form::{FORM_KEY, Form, field};
use crate::people::act::{Act, ActId};
use crate::people::broadcast::Broadcast;
use crate::people::identity::{Identity, OrganiserId};
use crate::people::log_in::LogIn;
use crate::people::organiser::{Organiser, Organisers};
use crate::people::participant::Participant;
use crate::people::timing::Timing;
use crate::store::client::Store;
use crate::store::error::StoreError;
use crate::store::listing::Listing;
use crate::store::organiser::requests::{Asked, Asking};
use crate::web::admission;
use crate::web::answers::{Answers, see_other};
use crate::web::cookies::Cookie;

/// The desk of an organiser who has logged in. Handlers reach the table only through it, so none of them can
/// forget to check who asks.
#[derive(Debug)]
pub struct Desk<'a> {
    area: &'a Area,
    /// Who works at it.
    pub(super) organiser: &'a Organiser,
    /// The log-in.
    pub(super) log_in: LogIn,
    /// The time of the request.
    pub(super) timing: Timing,
    /// The id of the act that a form on the page will ask for.
    next_act: ActId,
}

/// The outcome of opening a desk.
#[derive(Debug)]
pub enum Entry<'a> {
    /// The organiser has logged in.
    Open(Box<Desk<'a>>),
    /// The organiser has to log in first.
    Shut(Response<String>),
}

impl<'a> Desk<'a> {
    /// Opens the desk of whoever sends a request: an organiser on the list, with a log-in that lasts.
    ///
    /// # Errors
    /// Fails if the table does not answer, or if the operating system supplies no random bits.
    pub async fn open(
        area: &'a Area,
        request: &Request<Vec<u8>>,
        timing: Timing,
    ) -> Result<Entry<'a>, StoreError> {
        let secret = Cookie::LogIn.read(request.headers());
        let log_in = match &secret {
            Some(secret) => area.store.log_in_of(&secret.hash(), timing).await?,
            None => None,
        };
        let Some(log_in) = log_in else { return Ok(Entry::Shut(shut(area, request, secret.is_some()))) };
        let Some(organiser) = area.organisers.with_id(&area.identity, &log_in.organiser) else {
            // Taken off the list.
            area.store.log_out(&log_in.hash, timing.deadline).await?;
            return Ok(Entry::Shut(shut(area, request, true)));
        };
        let next_act = ActId::random(timing.now)?;
        Ok(Entry::Open(Box::new(Self { area, organiser, log_in, timing, next_act })))
    }

    /// Reads a form, if it certainly comes from one of this log-in's own pages.
    pub(super) fn form(&self, request: &Request<Vec<u8>>) -> Result<Form, StatusCode> {
        admission::admit_strictly(request, &self.area.origins)?;
        let key = field(request.body(), FORM_KEY);
        let id = self.area.token_keys.act_of(&key, &self.log_in.hash, self.timing.now);
        let id = id.map(|id| id.of_form(request.body()));
        id.map(|id| Form::new(id, request.body())).ok_or(StatusCode::FORBIDDEN)
    }

    /// Returns the table.
    pub(super) fn store(&self) -> &Store {
        &self.area.store
    }

    /// Returns the pages to respond with.
    pub(super) fn answers(&self) -> &'a Answers {
        &self.area.answers
    }

    /// Returns the state that all requests share.
    pub(super) fn area(&self) -> &'a Area {
        self.area
    }

    /// Returns everybody on the list, and the key that identifies them.
    pub(super) fn organisers(&self) -> (&Organisers, &Identity) {
        (&self.area.organisers, &self.area.identity)
    }

    /// Returns the id of the organiser.
    pub(super) fn id(&self) -> OrganiserId {
        self.log_in.organiser
    }

    /// Asks for a fresh code. Counts per log-in, so that nobody else can use up what an organiser needs within it.
    pub(super) async fn ask_for_code(&self) -> Result<Asking, StoreError> {
        let Timing { now, deadline } = self.timing;
        let asked = Asked {
            browser: &self.log_in.hash,
            organiser: &self.id(),
            is_fresh: true,
            by_address: &self.area.identity.codes_of(&self.log_in.hash, now),
            by_network: None,
            now,
        };
        self.store().ask_to_log_in(&asked, deadline).await
    }

    /// Returns what every page shows.
    pub(super) fn frame(&self) -> Frame {
        Frame {
            organiser: self.organiser.name.clone(),
            form_key: self.area.token_keys.form_key(&self.log_in.hash, &self.next_act),
        }
    }

    /// Returns the act that a form asks for.
    pub(super) fn act(&self, form: &Form, what: ActKind) -> Act {
        Act {
            id: form.id,
            who: self.id(),
            what,
            event: None,
            session: None,
            reference: None,
            count: 0,
            at: self.timing.now,
        }
    }

    /// Returns the act that a form asks for, about a session and this many people.
    pub(super) fn act_about(
        &self,
        form: &Form,
        what: ActKind,
        (event, session): (&Event, &Session),
        count: usize,
    ) -> Act {
        let (event, session) = (Some(event.id().clone()), Some(session.id().clone()));
        Act { event, session, count, ..self.act(form, what) }
    }

    /// Returns the act that a form asks for, about one sign-up.
    pub(super) fn act_on(&self, form: &Form, what: ActKind, event: &Event, participant: &Participant) -> Act {
        Act {
            event: Some(event.id().clone()),
            session: Some(participant.signup.session.clone()),
            reference: Some(participant.person.reference()),
            count: 1,
            ..self.act(form, what)
        }
    }

    /// Returns an event as it stands. Returns `None` if the event is neither in the catalogue nor kept.
    pub(super) async fn event(&self, id: &EventId) -> Result<Option<Event>, StoreError> {
        self.store().keep(id, self.area.catalog.event(id), self.timing).await
    }

    /// Returns an event and one of its sessions.
    pub(super) async fn session(
        &self,
        (event, session): (&EventId, &SessionId),
    ) -> Result<Option<(Event, Session)>, StoreError> {
        let Some(event) = self.event(event).await? else { return Ok(None) };
        let session = event.session(session).cloned();
        Ok(session.map(|session| (event, session)))
    }

    /// Returns all events as they stand, and how many this version cannot read.
    pub(super) async fn events(&self) -> Result<(Vec<Event>, usize), StoreError> {
        let Listing { readable: kept, unreadable } = self.store().kept_events(self.timing.deadline).await?;
        let catalog = &self.area.catalog;
        let of_catalogue = catalog.events().iter().map(|event| {
            let kept = kept.iter().find(|kept| kept.id() == event.id());
            Event::standing(Some(event), kept, self.timing.now)
        });
        let offline = kept
            .iter()
            .filter(|kept| catalog.event(kept.id()).is_none())
            .map(|kept| Event::standing(None, Some(kept), self.timing.now));
        Ok((of_catalogue.chain(offline).flatten().collect(), unreadable.len()))
    }

    /// Stores a broadcast, and puts its mails into the outbox. Whatever is left when time runs out is put there by the
    /// rounds.
    pub(super) async fn broadcast(
        &self,
        act: &Act,
        event: &Event,
        broadcast: &Broadcast,
    ) -> Result<(), StoreError> {
        self.store().broadcast((act, event), broadcast, self.timing).await?;
        self.spread(event, broadcast).await;
        Ok(())
    }

    /// Puts the mails of a stored broadcast into the outbox. The rounds complete what fails.
    pub(super) async fn spread(&self, event: &Event, broadcast: &Broadcast) {
        if let Err(error) = self.store().spread(event, &broadcast.id, self.timing).await {
            tracing::warn!(event.id = %event.id(), %error, "the rounds complete a broadcast");
        }
    }

    /// Responds with a page.
    pub(super) fn page(&self, page: OrganiserPage, view: &impl serde::Serialize) -> Response<String> {
        self.page_with(StatusCode::OK, page, view)
    }

    /// Responds with a page and a status.
    pub(super) fn page_with(
        &self,
        status: StatusCode,
        page: OrganiserPage,
        view: &impl serde::Serialize,
    ) -> Response<String> {
        self.answers().organiser_page(status, page, view)
    }

    /// Responds to an address of somebody or something that is gone. Not 404, since the CDN replaces the body of
    /// a 404 with the site's own page.
    pub(super) fn gone(&self) -> Response<String> {
        self.answers().error(StatusCode::GONE)
    }

    /// Responds after a failure of the table.
    pub(super) fn failed(&self, error: &StoreError) -> Response<String> {
        self.answers().failure(error)
    }
}

/// Returns what every page about a session shows.
pub(super) fn about(event: &Event, session: &Session) -> About {
    About {
        event: EventWords::new(event, ""),
        session: SessionWords::new(event, session),
        list: OrganiserAddress::list(event.id(), session.id()).to_string(),
    }
}

/// Responds to somebody who has to log in first.
fn shut(area: &Area, request: &Request<Vec<u8>>, is_over: bool) -> Response<String> {
    let comes_from_elsewhere = request
        .headers()
        .get("sec-fetch-site")
        .is_some_and(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"));
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if !is_over && is_read && !comes_from_elsewhere {
        return see_other(&OrganiserAddress::LogIn.to_string());
    }
    // A strict cookie is held back on the way from another site, such as a web mail. The next click brings it.
    let again = if is_over || !is_read { Cow::Borrowed("") } else { request.uri().path().into() };
    let view = LogInView { is_malformed: false, email: String::new(), is_over, again: again.into_owned() };
    let page = area.answers.organiser_page(StatusCode::FORBIDDEN, OrganiserPage::LogIn, &view);
    if is_over { Cookie::LogIn.clear(page) } else { page }
}

//! Changing a session: its date and times, its seats, whether one can still sign up, and whether it takes place. The page says first what
//! will happen.

use catalog::amendment::{Amendment, Moved};
use catalog::organiser::act::ActKind;
use catalog::organiser::address::{OrganiserAddress, SessionPart};
use catalog::organiser::page::OrganiserPage;
use catalog::organiser::views::amend::{AmendError, AmendView, Effects};
use catalog::{Event, EventId, Session, SessionId};
use http::{Response, StatusCode};

use super::confirm;
use super::desk::{Desk, about};
use super::form::Form;
use super::when::When;
use crate::people::participant::Participant;
use crate::people::text;
use crate::store::amend::Amended;
use crate::store::change::Change;
use crate::store::error::StoreError;
use crate::store::session::SessionState;
use crate::web::answers::see_other;

/// The maximum number of seats, as in the catalogue.
const MAX_CAPACITY: u32 = 10_000;
/// The maximum number of characters of a reason.
const MAX_REASON: usize = 300;

/// Shows the session and what can be changed, what a change would do, or changes it.
pub(super) async fn amend(
    desk: &Desk<'_>,
    which: (&EventId, &SessionId),
    is_done: bool,
    form: Option<&Form>,
) -> Result<Response<String>, StoreError> {
    let Some((event, session)) = desk.session(which).await? else { return Ok(desk.gone()) };
    let state = desk.store().session_states(event.id(), desk.timing.deadline).await?;
    let state = state.get(session.id()).cloned().unwrap_or_default();
    let page = Page { desk, event: &event, session: &session, state: &state };
    let Some(form) = form else { return Ok(page.show(&Typed::stored(&page), is_done, None)) };
    let typed = Typed::read(form);
    let amendment = match page.amendment(&typed) {
        Ok(amendment) => amendment,
        Err(error) => return Ok(page.show(&typed, false, Some(error))),
    };
    // Asked before the page says what would happen, so that nothing is left but the button.
    let before = event.amendment(session.id());
    let is_called_off = amendment.called_off.is_some() && before.called_off.is_none();
    // Both send everybody a mail.
    let is_heavy = is_called_off || amendment.moved != before.moved;
    if is_heavy && !desk.log_in.is_fresh(desk.timing.now) {
        return Ok(confirm::ask(desk, &page.address(false)));
    }
    let is_done = desk.store().act_with(&form.id, desk.timing.deadline).await?.is_some();
    if is_done {
        // The same form was handled before.
        return Ok(see_other(&page.address(true).to_string()));
    }
    if form.action() != "do" || form.get("before") != page.before() {
        return Ok(page.preview(&typed, &amendment));
    }
    page.carry_out(form, &typed, &amendment).await
}

/// The fields as they were typed.
struct Typed {
    when: When,
    capacity: String,
    is_closed: bool,
    is_called_off: bool,
    reason: String,
}

impl Typed {
    /// Returns the fields of the session as it is.
    fn stored(page: &Page<'_>) -> Self {
        let amendment = page.event.amendment(page.session.id());
        Self {
            when: When::of(page.event, page.session),
            capacity: page.session.capacity().to_string(),
            is_closed: amendment.closed_at.is_some(),
            is_called_off: amendment.called_off.is_some(),
            reason: amendment.called_off.unwrap_or_default(),
        }
    }

    fn read(form: &Form) -> Self {
        Self {
            when: When::read(form),
            capacity: form.get("capacity").trim().to_owned(),
            is_closed: form.get("closed") == "yes",
            is_called_off: form.get("called_off") == "yes",
            reason: text::line(form.get("reason")),
        }
    }
}

struct Page<'a> {
    desk: &'a Desk<'a>,
    event: &'a Event,
    session: &'a Session,
    state: &'a SessionState,
}

impl Page<'_> {
    fn address(&self, is_done: bool) -> OrganiserAddress {
        OrganiserAddress::session(self.event.id(), self.session.id(), SessionPart::Amend { is_done })
    }

    /// Returns what organisers had changed before, in a form that a page can send back.
    fn before(&self) -> String {
        let amendment = self.event.amendment(self.session.id());
        serde_json::to_string(&amendment).unwrap_or_default()
    }

    /// Returns the session in the catalogue, if it is still there.
    fn in_catalogue(&self) -> Option<&Session> {
        self.desk.area().catalog.event(self.event.id())?.session(self.session.id())
    }

    /// Returns what the typed fields change, compared with the catalogue.
    fn amendment(&self, typed: &Typed) -> Result<Amendment, AmendError> {
        let moved = self.moved(&typed.when)?;
        let capacity = typed.capacity.parse::<u32>().ok().filter(|seats| (1..=MAX_CAPACITY).contains(seats));
        let capacity = capacity.ok_or(AmendError::NoNumber)?;
        if capacity < self.state.taken && capacity != self.session.capacity() {
            return Err(AmendError::TooSmall);
        }
        if typed.reason.chars().count() > MAX_REASON {
            return Err(AmendError::ReasonTooLong);
        }
        let before = self.event.amendment(self.session.id());
        let default = self.in_catalogue().map(Session::capacity);
        Ok(Amendment {
            moved,
            capacity: (default != Some(capacity)).then_some(capacity),
            closed_at: typed.is_closed.then(|| before.closed_at.unwrap_or(self.desk.timing.now)),
            called_off: typed.is_called_off.then(|| typed.reason.clone()),
        })
    }

    /// Returns to when the typed fields move the session, compared with the catalogue.
    fn moved(&self, when: &When) -> Result<Option<Moved>, AmendError> {
        let to = when.period(self.event, self.session, self.desk.timing.now)?;
        let before = self.event.amendment(self.session.id()).moved;
        let times = |session: &Session| (session.starts_at(), session.ends_at());
        let now = times(self.session);
        let from = self.in_catalogue().map(times);
        let from = from.or(before.as_ref().map(|moved| moved.from)).unwrap_or(now);
        Ok(match (to.starts_at, to.ends_at) {
            times if times == now => before,
            times if times == from && self.in_catalogue().is_some() => None,
            _ => Some(Moved { to, from }),
        })
    }

    fn view(&self, typed: &Typed) -> AmendView {
        AmendView {
            frame: self.desk.frame(),
            about: about(self.event, self.session),
            action: self.address(false).to_string(),
            date: typed.when.date.clone(),
            start: typed.when.start.clone(),
            end: typed.when.end.clone(),
            capacity: typed.capacity.clone(),
            is_closed: typed.is_closed,
            is_called_off: typed.is_called_off,
            reason: typed.reason.clone(),
            taken: self.state.taken,
            is_off_on_site: self.in_catalogue().is_some_and(Session::is_called_off),
            when_on_site: self.in_catalogue().map(|session| session.times().when).unwrap_or_default(),
            on_site: self.in_catalogue().map_or(0, Session::capacity),
            before: self.before(),
            differs: !self.event.amendment(self.session.id()).is_nothing(),
            error: None,
            is_done: false,
            effects: None,
        }
    }

    fn show(&self, typed: &Typed, is_done: bool, error: Option<AmendError>) -> Response<String> {
        let view = AmendView { is_done, error, ..self.view(typed) };
        let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        self.desk.page_with(status, OrganiserPage::Amend, &view)
    }

    /// Responds with what a change would do.
    fn preview(&self, typed: &Typed, amendment: &Amendment) -> Response<String> {
        let before = self.event.amendment(self.session.id());
        let capacity = amendment.capacity.or(self.in_catalogue().map(Session::capacity));
        let capacity = capacity.unwrap_or(self.session.capacity());
        let waiting = u32::try_from(self.state.waiting.len()).unwrap_or(u32::MAX);
        let free = capacity.saturating_sub(self.state.taken);
        let is_called_off = amendment.called_off.is_some() && before.called_off.is_none();
        let (from, to) = (self.session.times().when, self.when(amendment));
        let is_moved = from != to;
        let people = self.state.taken.saturating_add(waiting);
        let effects = Effects {
            moved_from: if is_moved { from } else { String::new() },
            moved_to: to,
            told: if is_moved && amendment.called_off.is_none() { people } else { 0 },
            capacity_before: self.session.capacity(),
            capacity_after: capacity,
            promoted: if amendment.called_off.is_some() { 0 } else { free.min(waiting) },
            closes: amendment.closed_at.is_some() && before.closed_at.is_none(),
            opens: amendment.closed_at.is_none() && before.closed_at.is_some(),
            called_off: if is_called_off { people } else { 0 },
            is_called_off,
            takes_place: amendment.called_off.is_none() && before.called_off.is_some(),
            only_reason: before.called_off.is_some()
                && amendment.called_off.is_some()
                && before.called_off != amendment.called_off,
            is_nothing: before == *amendment,
        };
        let view = AmendView { effects: Some(effects), ..self.view(typed) };
        self.desk.page(OrganiserPage::Amend, &view)
    }

    /// Returns in words when the session takes place after a change.
    fn when(&self, amendment: &Amendment) -> String {
        let period = amendment.moved.as_ref().map(|moved| &moved.to);
        match (period, self.in_catalogue()) {
            (Some(period), _) => format!("{}, {}", period.date, period.time),
            (None, Some(session)) => session.times().when,
            (None, None) => self.session.times().when,
        }
    }

    async fn carry_out(
        &self,
        form: &Form,
        typed: &Typed,
        amendment: &Amendment,
    ) -> Result<Response<String>, StoreError> {
        let (desk, timing) = (self.desk, self.desk.timing);
        let act = desk.act_about(form, ActKind::SessionChanged, (self.event, self.session), 0);
        let catalogue = desk.area().catalog.event(self.event.id());
        let which = (self.event, self.session);
        let before = self.event.amendment(self.session.id());
        let amendments = (&before, amendment);
        let event = match desk.store().amend((&act, catalogue), which, amendments, timing).await? {
            Amended::Done(event) => event,
            Amended::TooSmall => return Ok(self.show(typed, false, Some(AmendError::TooSmall))),
            Amended::Outdated => return Ok(see_other(&self.address(false).to_string())),
            Amended::Gone => return Ok(desk.gone()),
        };
        // What is left when time is up, the rounds do.
        if let Err(error) = self.follow(&event).await {
            tracing::warn!(event.id = %event.id(), %error, "the rounds complete a changed session");
        }
        Ok(see_other(&self.address(true).to_string()))
    }

    /// Tells everybody if the session was moved or called off, or gives seats that were added to those who wait.
    async fn follow(&self, event: &Event) -> Result<(), StoreError> {
        let (store, timing) = (self.desk.store(), self.desk.timing);
        let Some(session) = event.session(self.session.id()) else { return Ok(()) };
        let mut people = store.participants(event, timing).await?.logged(event.id());
        people.retain(|participant| participant.signup.session == *session.id());
        let change = |one: &Participant| match session.is_called_off() {
            true => Some(Change::CallOff),
            false => one.following(event, session, timing.now).map(|_| Change::Follow),
        };
        for participant in people {
            if let Some(change) = change(&participant) {
                store.change(event, &participant.key(), &change, timing).await?;
            }
        }
        store.settle(event, session, timing).await.map(drop)
    }
}

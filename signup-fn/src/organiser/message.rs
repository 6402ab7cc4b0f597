//! A message to participants of a session: written, looked at, tried on oneself, and sent.

use catalog::organiser::act::ActKind;
use catalog::organiser::address::{Order, OrganiserAddress, SessionPart, Tab};
use catalog::organiser::page::OrganiserPage;
use catalog::organiser::views::frame::TabLink;
use catalog::organiser::views::message::{MessageError, MessageView, Preview, SentRow};
use catalog::{Event, EventId, Session, SessionId};
use http::{Response, StatusCode};

use super::chosen::{row as row_of, ticked};
use super::desk::{Desk, about};
use super::form::Form;
use super::log_in::code_error;
use super::words::{moment, zone_of};
use crate::mail::written::{self, Values};
use crate::people::act::{Act, ActId};
use crate::people::broadcast::{Broadcast, Message};
use crate::people::field::{Line, Lines, TextError};
use crate::people::participant::Participant;
use crate::people::pass::Presented;
use crate::store::error::StoreError;
use crate::store::mail::Mail;
use crate::store::organiser::requests::Asking;
use crate::web::answers::see_other;

/// The value of `to` for those who were ticked.
const CHOSEN: &str = "gekozen";

/// Shows the form, or does what it asks.
pub(super) async fn message(
    desk: &Desk<'_>,
    which: (&EventId, &SessionId),
    is_done: bool,
    form: Option<&Form>,
) -> Result<Response<String>, StoreError> {
    let Some((event, session)) = desk.session(which).await? else { return Ok(desk.gone()) };
    let mut draft = Draft::read(desk, event, session, form).await?;
    draft.view.is_done = is_done;
    let Some(form) = form else { return Ok(draft.page(desk)) };
    match form.action() {
        "retry" => return draft.retry(desk, form).await,
        "code" => {
            let asking = desk.ask_for_code().await?;
            draft.view.is_code_sent = asking == Asking::Sent;
            draft.view.is_code_refused = asking == Asking::TooOften;
            return Ok(draft.page(desk));
        }
        _ => {}
    }
    let Some(message) = draft.message.take() else { return Ok(draft.page(desk)) };
    match form.action() {
        "proof" => draft.prove(desk, form, message).await,
        "send" => draft.send(desk, form, message).await,
        _ => Ok(draft.page(desk)),
    }
}

/// A message as it was typed.
struct Draft {
    event: Event,
    session: Session,
    /// A group, or those who were ticked.
    to: Option<Tab>,
    recipients: Vec<Participant>,
    mails: Vec<Mail>,
    /// The message, if nothing is wrong with it.
    message: Option<Message>,
    view: MessageView,
}

impl Draft {
    async fn read(
        desk: &Desk<'_>,
        event: Event,
        session: Session,
        form: Option<&Form>,
    ) -> Result<Self, StoreError> {
        let get = |name| form.map_or("", |form| form.get(name));
        let mut people = desk.store().participants(&event, desk.timing).await?.logged(event.id());
        people.retain(|participant| participant.signup.session == *session.id());
        let ticked: Vec<Participant> =
            form.into_iter().flat_map(|form| ticked(&people, form)).cloned().collect();
        let to = match get("to").parse() {
            Ok(tab) => Some(tab),
            // Never everybody instead of those who were ticked, even if none of them is left.
            Err(_) => (ticked.is_empty() && get("to") != CHOSEN).then_some(Tab::Coming),
        };
        let mails = desk.store().mails(&event, desk.timing.deadline).await?.logged(event.id());
        let broadcasts = desk.store().broadcasts(&event, desk.timing.deadline).await?.logged(event.id());
        let join = desk.store().join_of(&event, session.id(), desk.timing.deadline).await?;
        let (subject, text) = (Line::new(get("subject")), Lines::new(get("text")));
        let is_written = form.is_some_and(|form| !matches!(form.action(), "retry" | "chosen"));
        let can_join = match to {
            Some(tab) => !matches!(tab, Tab::Waiting | Tab::Cancelled),
            None => ticked.iter().all(|one| one.is_among(Tab::Coming)),
        };
        let has_link = join.is_some() && can_join;
        let error = |typed: &str, error: Option<TextError>| match error {
            _ if !is_written => None,
            Some(TextError::TooLong) => Some(MessageError::TooLong),
            Some(_) => Some(MessageError::Empty),
            None if !written::unknown(typed).is_empty() => Some(MessageError::UnknownPlaceholder),
            None if written::has(typed, "link") && !has_link => Some(MessageError::NoLink),
            None => None,
        };
        let subject_error = error(get("subject"), subject.as_ref().err().copied());
        let text_error = error(get("text"), text.as_ref().err().copied());
        let mut unknown = written::unknown(get("subject"));
        unknown.extend(written::unknown(get("text")));
        let message = match (subject, text) {
            (Ok(subject), Ok(text)) if is_written && subject_error.is_none() && text_error.is_none() => {
                Some(Message { subject, text })
            }
            _ => None,
        };
        let address = |part| OrganiserAddress::session(event.id(), session.id(), part).to_string();
        let tab = |tab| TabLink {
            tab,
            count: people.iter().filter(|participant| participant.is_among(tab)).count(),
            url: address(SessionPart::List { tab, order: Order::SignedUp, page: 1 }),
            is_current: Some(tab) == to,
        };
        // Who was there is known only afterwards.
        let is_known = |tab: &TabLink| tab.count > 0 || !matches!(tab.tab, Tab::WasThere | Tab::WasNotThere);
        let tabs = Tab::ALL.iter().map(|&of| tab(of)).filter(is_known).collect();
        let chosen = ticked.iter().map(|one| row_of(one, None)).collect();
        let recipients: Vec<Participant> = match to {
            Some(tab) => people.into_iter().filter(|one| one.is_among(tab)).collect(),
            None => ticked,
        };
        let preview = message.as_ref().map(|message| {
            let values = Values {
                full_name: recipients.first().map_or("", |one| one.signup.details.full_name.as_str()),
                event: event.title(),
                date: session.date(),
                time: session.time(),
                join_url: join.as_ref().map_or("", |join| join.url.as_str()),
                manage_url: "…",
            };
            let written = values.fill(message);
            Preview { full_name: values.full_name.to_owned(), subject: written.subject, html: written.html }
        });
        let sent = broadcasts.iter().rev().filter(|one| one.session == *session.id() && one.total > 0);
        let view = MessageView {
            frame: desk.frame(),
            about: about(&event, &session),
            action: address(SessionPart::Message { is_done: false }),
            tabs,
            chosen,
            is_for_chosen: to.is_none(),
            subject: get("subject").to_owned(),
            text: get("text").to_owned(),
            subject_error,
            text_error,
            unknown: unknown.join(", "),
            preview,
            count: recipients.len(),
            has_changed: false,
            needs_code: !desk.log_in.is_fresh(desk.timing.now),
            is_code_sent: false,
            is_code_refused: false,
            code_error: None,
            is_done: false,
            is_proof_sent: false,
            sent: sent.map(|broadcast| row(&event, broadcast, &mails)).collect(),
        };
        Ok(Self { event, session, to, recipients, mails, message, view })
    }

    fn page(&self, desk: &Desk<'_>) -> Response<String> {
        let view = &self.view;
        let is_refused =
            view.subject_error.is_some() || view.text_error.is_some() || view.code_error.is_some();
        let status = match (is_refused, view.has_changed) {
            (true, _) => StatusCode::UNPROCESSABLE_ENTITY,
            (false, true) => StatusCode::CONFLICT,
            (false, false) => StatusCode::OK,
        };
        desk.page_with(status, OrganiserPage::Message, view)
    }

    fn act(&self, desk: &Desk<'_>, form: &Form, what: ActKind, count: usize) -> Act {
        desk.act_about(form, what, (&self.event, &self.session), count)
    }

    /// Returns the message to these people.
    fn broadcast(&self, desk: &Desk<'_>, id: ActId, message: Message, to: &[Participant]) -> Broadcast {
        Broadcast {
            id,
            session: self.session.id().clone(),
            to: self.to,
            message: Some(message),
            created_at: desk.timing.now,
            total: to.len(),
            recipients: to.iter().map(|participant| participant.person).collect(),
        }
    }

    /// Sends the message to the organiser, as the first recipient would get it.
    async fn prove(
        mut self,
        desk: &Desk<'_>,
        form: &Form,
        message: Message,
    ) -> Result<Response<String>, StoreError> {
        if let Some(first) = self.recipients.first() {
            let act = self.act(desk, form, ActKind::ProofSent, 0);
            let proof = self.broadcast(desk, act.id, message, &[]);
            let to = (&first.person, &desk.organiser.email);
            desk.store().prove((&act, &self.event), &proof, to, desk.timing).await?;
            self.view.is_proof_sent = true;
        }
        Ok(self.page(desk))
    }

    /// Sends the message, unless the number of recipients has changed since the button was shown.
    async fn send(
        mut self,
        desk: &Desk<'_>,
        form: &Form,
        message: Message,
    ) -> Result<Response<String>, StoreError> {
        if self.is_sent(desk, form).await? {
            return Ok(self.done());
        }
        if form.get("count").parse() != Ok(self.recipients.len()) || self.recipients.is_empty() {
            self.view.has_changed = true;
            return Ok(self.page(desk));
        }
        if self.view.needs_code {
            let presented = Presented::Code(form.get("code"));
            let keys = &desk.area().token_keys;
            if let Err(refusal) = desk.store().refresh(&desk.log_in, &presented, keys, desk.timing).await? {
                // The same form used up the code a moment ago.
                if self.is_sent(desk, form).await? {
                    return Ok(self.done());
                }
                self.view.code_error = Some(code_error(refusal));
                return Ok(self.page(desk));
            }
        }
        let act = self.act(desk, form, ActKind::MessageSent, self.recipients.len());
        let broadcast = self.broadcast(desk, act.id, message, &self.recipients);
        desk.broadcast(&act, &self.event, &broadcast).await?;
        Ok(self.done())
    }

    /// Returns whether the same form was handled before. Completes what it left.
    async fn is_sent(&self, desk: &Desk<'_>, form: &Form) -> Result<bool, StoreError> {
        let deadline = desk.timing.deadline;
        let Some(sent) = desk.store().broadcast_of(&self.event, &form.id, deadline).await? else {
            return Ok(false);
        };
        desk.spread(&self.event, &sent).await;
        Ok(true)
    }

    /// Has the mails of a message sent again that could not be sent.
    async fn retry(self, desk: &Desk<'_>, form: &Form) -> Result<Response<String>, StoreError> {
        let id = form.get("id").parse().ok();
        let is_failed = |mail: &&Mail| mail.parked.is_some() && id.is_some() && mail.broadcast() == id;
        let parked: Vec<&Mail> = self.mails.iter().filter(is_failed).collect();
        let act = self.act(desk, form, ActKind::Retried, parked.len());
        desk.store().log(&act, desk.timing.deadline).await?;
        for mail in parked {
            desk.store().unpark(&self.event, &mail.key, desk.timing.deadline).await?;
        }
        Ok(self.done())
    }

    fn done(&self) -> Response<String> {
        let part = SessionPart::Message { is_done: true };
        see_other(&OrganiserAddress::session(self.event.id(), self.session.id(), part).to_string())
    }
}

/// Returns what became of a message.
fn row(event: &Event, broadcast: &Broadcast, mails: &[Mail]) -> SentRow {
    let of = || mails.iter().filter(|mail| mail.broadcast() == Some(broadcast.id));
    let (sent, failed) =
        (of().filter(|mail| mail.is_sent).count(), of().filter(|mail| mail.parked.is_some()).count());
    SentRow {
        at: moment(broadcast.created_at, &zone_of(event)),
        subject: broadcast.message.as_ref().map(|one| one.subject.as_str().to_owned()).unwrap_or_default(),
        total: broadcast.total,
        sent,
        failed,
        bounced: of().filter(|mail| mail.report.is_some()).count(),
        under_way: broadcast.recipients.len() + of().count() - sent - failed,
        id: broadcast.id.to_string(),
    }
}

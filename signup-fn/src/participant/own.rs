//! A participant's own sign-up, opened through the link in a mail.

use catalog::address::{ManageDone, SignupAddress};
use catalog::answer::{Answer, Field, FieldErrors, FormView, Status};
use catalog::own::{ManageView, Notice, OtherSession};
use catalog::words::{EventWords, SessionWords};
use catalog::{Event, Phase, Session, SessionId};
use http::{Response, StatusCode};

use super::form::Submission;
use super::function::Function;
use crate::people::participant::Participant;
use crate::people::timing::Timing;
use crate::people::token::{Purpose, SignupKey, TokenError};
use crate::store::change::{Change, Changed};
use crate::store::error::StoreError;
use crate::web::answers::{self, NO_VALUES, see_other};

/// The address of a personal page, as it was requested.
#[derive(Debug, Clone, Copy)]
pub struct Link<'a> {
    /// The event.
    pub event: &'a Event,
    /// The token in the address.
    pub token: &'a str,
}

/// An invalid form as it was typed, and its errors.
#[derive(Debug, Clone, Copy)]
pub(super) struct Typed<'a> {
    pub(super) submission: &'a Submission,
    pub(super) errors: &'a FieldErrors,
}

/// A participant's own sign-up, opened with a valid token.
pub(super) struct Own<'a> {
    pub(super) function: &'a Function,
    pub(super) event: &'a Event,
    pub(super) timing: Timing,
    token: &'a str,
    pub(super) key: SignupKey,
}

/// Responds to a link whose token is invalid or has expired, or whose sign-up is gone.
pub(super) fn expired(function: &Function, error: TokenError) -> Response<String> {
    tracing::info!(%error, "link refused");
    // Not 404, since the CDN replaces the body of a 404 with the site's own page.
    answers::personal(function.answers.page(StatusCode::GONE, Answer::LinkExpired, &NO_VALUES))
}

impl<'a> Own<'a> {
    /// Opens the sign-up that a link is for.
    pub(super) fn open(
        function: &'a Function,
        purpose: Purpose,
        link: Link<'a>,
        timing: Timing,
    ) -> Result<Self, TokenError> {
        let key = function.token_keys.read(link.token, purpose, link.event.id(), timing.now)?;
        Ok(Self::of(function, link, key, timing))
    }

    /// Returns the sign-up with this key, which another link has opened.
    pub(super) fn of(
        function: &'a Function,
        Link { event, token }: Link<'a>,
        key: SignupKey,
        timing: Timing,
    ) -> Self {
        Self { function, event, timing, token, key }
    }

    /// Reads the participant. Returns `None` if the sign-up is gone, or if a newer one replaced it.
    pub(super) async fn participant(&self) -> Result<Option<Participant>, StoreError> {
        let store = &self.function.store;
        let found = store.participant(self.event, &self.key.person, self.timing).await?;
        Ok(found.filter(|participant| participant.key() == self.key))
    }

    /// Changes the sign-up.
    pub(super) async fn change(&self, change: &Change) -> Result<Changed, StoreError> {
        self.function.store.change(self.event, &self.key, change, self.timing).await
    }

    /// Responds with the manage page, optionally with a notice or with an invalid form and its errors.
    pub(super) async fn show(
        &self,
        status: StatusCode,
        notice: Option<Notice>,
        typed: Option<Typed<'_>>,
    ) -> Response<String> {
        match self.view_with_places(typed).await {
            Ok(Some(view)) => self.page(status, Answer::Manage, &ManageView { notice, ..view }),
            Ok(None) => expired(self.function, TokenError::Expired),
            Err(error) => self.failed(&error),
        }
    }

    /// Returns whether a session has begun, or is unknown.
    pub(super) fn has_begun(&self, session: &SessionId) -> bool {
        self.event.session(session).is_none_or(|session| session.starts_at() <= self.timing.now)
    }

    async fn view_with_places(&self, typed: Option<Typed<'_>>) -> Result<Option<ManageView>, StoreError> {
        let Some(participant) = self.participant().await? else { return Ok(None) };
        let states = self.function.store.session_states(self.event.id(), self.timing.deadline).await?;
        let own = states.get(&participant.signup.session);
        let position = own.and_then(|state| state.waiting.iter().position(|one| *one == participant.person));
        let is_other = |session: &&Session| {
            *session.id() != participant.signup.session && session.starts_at() > self.timing.now
        };
        let others = self.event.offered().filter(is_other);
        let other = |session: &Session| OtherSession {
            id: session.id().clone(),
            date: self.event.name_of(session),
            is_open: session.phase(self.timing.now) == Phase::Open,
            is_full: states.get(session.id()).is_some_and(|state| !state.has_seat(session)),
        };
        let others = others.map(other).collect();
        let position = position.map_or(0, |at| at + 1);
        let join = own.and_then(|state| state.join.as_ref());
        let join = join.filter(|_| participant.status == Status::Confirmed);
        let join_url = join.map(|join| join.url.as_str().to_owned()).unwrap_or_default();
        Ok(self.view(&participant, typed).map(|view| ManageView { position, others, join_url, ..view }))
    }

    /// Returns the view of the participant, without the position on the waiting list and without the other
    /// sessions. Returns `None` if the event no longer has the session.
    pub(super) fn view(&self, participant: &Participant, typed: Option<Typed<'_>>) -> Option<ManageView> {
        let no_errors = FieldErrors::new();
        let mut values = participant.signup.values();
        // The field is for another address.
        values.remove(&Field::Email);
        let errors = match typed {
            Some(Typed { submission, errors }) => {
                values.extend(submission.values().clone());
                errors
            }
            None => &no_errors,
        };
        let session = self.event.session(&participant.signup.session)?;
        let confirm = SignupAddress::Confirm { event: self.event.id().clone(), token: self.token.to_owned() };
        Some(ManageView {
            form: FormView::new(self.event, self.timing.now, values, errors),
            event: EventWords::new(self.event, ""),
            session: SessionWords::new(self.event, session),
            others: Vec::new(),
            email: participant.signup.email.as_str().to_owned(),
            new_email: participant
                .pending_address(self.timing.now)
                .map(|address| address.email.as_str().to_owned())
                .unwrap_or_default(),
            status: participant.status,
            reference: participant.person.reference().to_string(),
            has_begun: session.starts_at() <= self.timing.now,
            position: 0,
            join_url: String::new(),
            action: self.address(None),
            confirm_action: confirm.to_string(),
            notice: None,
        })
    }

    pub(super) fn page(&self, status: StatusCode, answer: Answer<'_>, view: &ManageView) -> Response<String> {
        answers::personal(self.function.answers.page(status, answer, view))
    }

    pub(super) fn failed(&self, error: &StoreError) -> Response<String> {
        answers::personal(self.function.answers.failure(error))
    }

    /// Redirects to the page that confirms the erasure.
    pub(super) fn erased(&self) -> Response<String> {
        see_other(&SignupAddress::Erased { event: self.event.id().clone() }.to_string())
    }

    /// Redirects to the page that confirms the change, so that a reload does not repeat it.
    pub(super) fn done(&self, done: ManageDone) -> Response<String> {
        answers::personal(see_other(&self.address(Some(done))))
    }

    /// Returns the address of the manage page. Issues a new token, because the token of a confirmation
    /// link is not valid for this page.
    fn address(&self, done: Option<ManageDone>) -> String {
        let event = self.event.id().clone();
        let expires = self.event.links_expire_at();
        let token = self.function.token_keys.issue(Purpose::Manage, &event, &self.key, expires);
        SignupAddress::Manage { event, token, done }.to_string()
    }
}

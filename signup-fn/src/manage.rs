//! The page behind the link in a mail: see, change, switch, cancel, erase. GET shows, POST acts.

use catalog::address::{ManageDone, SignupAddress};
use catalog::answer::{Answer, FormView, ManageView, Notice, Status};
use catalog::{Event, EventId, Phase, SessionId};
use http::{Method, Request, Response, StatusCode};
use jiff::Timestamp;
use tokio::time::Instant;

use crate::Function;
use crate::admission;
use crate::answers::{self, see_other};
use crate::form::{Errors, Submission};
use crate::participant::Participant;
use crate::store::{Change, Changed, StoreError};
use crate::token::{Purpose, Token, TokenError};

/// What somebody asks of one sign-up, at a moment.
struct Asked<'a> {
    function: &'a Function,
    event: &'a Event,
    /// The token as it stands in the address.
    text: &'a str,
    token: Token,
    now: Timestamp,
    deadline: Instant,
}

/// Answers at a manage address; `done` is what the page tells was just done.
pub async fn manage(
    function: &Function,
    request: &Request<Vec<u8>>,
    (event, text, done): (&Event, &str, Option<ManageDone>),
    now: Timestamp,
    deadline: Instant,
) -> Response<String> {
    let asked = match Asked::open(function, Purpose::Manage, (event, text), now, deadline) {
        Ok(asked) => asked,
        Err(error) => return expired(function, error),
    };
    match *request.method() {
        Method::GET | Method::HEAD => asked.show(StatusCode::OK, done.map(told), None).await,
        Method::POST => match admission::admit(request, &function.origins) {
            Ok(()) => asked.act(request.body()).await,
            Err(status) => function.answers.error(status),
        },
        _ => function.answers.method_not_allowed("GET, HEAD, POST"),
    }
}

/// Answers at the address that a mail asks to open in order to confirm one's own address.
pub async fn confirm(
    function: &Function,
    request: &Request<Vec<u8>>,
    (event, text): (&Event, &str),
    now: Timestamp,
    deadline: Instant,
) -> Response<String> {
    let asked = match Asked::open(function, Purpose::Confirm, (event, text), now, deadline) {
        Ok(asked) => asked,
        Err(error) => return expired(function, error),
    };
    match *request.method() {
        // Programs that scan mail follow links: seeing the page changes nothing.
        Method::GET | Method::HEAD => match asked.participant().await {
            Ok(Some(participant)) => {
                let view = asked.view(&participant, None);
                asked.page(StatusCode::OK, Answer::Confirm(event.id()), &view)
            }
            Ok(None) => expired(function, TokenError::Expired),
            Err(error) => asked.failed(&error),
        },
        Method::POST => match admission::admit(request, &function.origins) {
            Ok(()) => match asked.change(&Change::Confirm).await {
                Ok(Changed::Done) => asked.on_to(ManageDone::Confirmed),
                Ok(_) => expired(function, TokenError::Expired),
                Err(error) => asked.failed(&error),
            },
            Err(status) => function.answers.error(status),
        },
        _ => function.answers.method_not_allowed("GET, HEAD, POST"),
    }
}

/// The page for a link that opens nothing any more, or never did.
fn expired(function: &Function, error: TokenError) -> Response<String> {
    tracing::info!(%error, "link refused");
    // Not 404: the CDN puts the site's own page in place of that.
    answers::personal(function.answers.page(StatusCode::GONE, Answer::LinkExpired, &crate::NOTHING))
}

impl<'a> Asked<'a> {
    /// What is asked with a link, if its token opens anything.
    fn open(
        function: &'a Function,
        purpose: Purpose,
        (event, text): (&'a Event, &'a str),
        now: Timestamp,
        deadline: Instant,
    ) -> Result<Self, TokenError> {
        let token = function.token_keys.read(text, purpose, event.id(), now)?;
        Ok(Self { function, event, text, token, now, deadline })
    }

    async fn participant(&self) -> Result<Option<Participant>, StoreError> {
        let Self { function, event, token, now, deadline, .. } = self;
        let found = function.store.participant(event.id(), &token.person, *now, *deadline).await?;
        Ok(found.filter(|participant| participant.id == token.signup))
    }

    async fn change(&self, change: &Change) -> Result<Changed, StoreError> {
        let Self { function, event, token, now, deadline, .. } = self;
        function.store.change(event, (&token.person, token.signup), change, *now, *deadline).await
    }

    /// The page as things stand, with something to tell, or with what was typed and what is wrong with it.
    async fn show(
        &self,
        status: StatusCode,
        notice: Option<Notice>,
        typed: Option<(&Submission, &Errors)>,
    ) -> Response<String> {
        match self.with_places(typed).await {
            Ok(Some(view)) => {
                self.page(status, Answer::Manage(self.event.id()), &ManageView { notice, ..view })
            }
            Ok(None) => expired(self.function, TokenError::Expired),
            Err(error) => self.failed(&error),
        }
    }

    async fn act(&self, body: &[u8]) -> Response<String> {
        let answers = &self.function.answers;
        let Ok(submission) = Submission::read(body) else {
            return answers.error(StatusCode::BAD_REQUEST);
        };
        let (change, done) = match submission.action() {
            "details" => match submission.details() {
                Ok(details) => (Change::Details(details), Some(ManageDone::Saved)),
                Err(errors) => {
                    let typed = Some((&submission, &errors));
                    return self.show(StatusCode::UNPROCESSABLE_ENTITY, None, typed).await;
                }
            },
            "move" => match submission.session(self.event) {
                Some(session) => {
                    let to = session.id().clone();
                    (Change::Move { to, may_wait: submission.may_wait() }, Some(ManageDone::Moved))
                }
                None => return answers.error(StatusCode::BAD_REQUEST),
            },
            "cancel" => (Change::Cancel, Some(ManageDone::Cancelled)),
            "erase" => (Change::Erase, None),
            _ => return answers.error(StatusCode::BAD_REQUEST),
        };
        match self.participant().await {
            Ok(Some(participant)) if !self.is_allowed(&participant, &change) => {
                return self.show(StatusCode::CONFLICT, Some(Notice::TooLate), None).await;
            }
            Ok(Some(_)) => {}
            // Erased a moment ago, perhaps by the same click.
            Ok(None) if matches!(change, Change::Erase) => return self.erased(),
            Ok(None) => return expired(self.function, TokenError::Expired),
            Err(error) => return self.failed(&error),
        }
        let changed = self.change(&change).await;
        match changed {
            Ok(Changed::Done) => {
                log(self.event.id(), submission.action());
                done.map_or_else(|| self.erased(), |done| self.on_to(done))
            }
            Ok(Changed::Full) => {
                let notice = match change {
                    Change::Move { to, .. } => Notice::Full(to),
                    _ => Notice::TooLate,
                };
                self.show(StatusCode::CONFLICT, Some(notice), None).await
            }
            Ok(Changed::Gone) => expired(self.function, TokenError::Expired),
            Err(error) => self.failed(&error),
        }
    }

    /// Whether a change still makes sense: a session that began is not left, one that is not open not chosen.
    fn is_allowed(&self, participant: &Participant, change: &Change) -> bool {
        let has_begun = self.has_begun(&participant.signup.session);
        match change {
            Change::Move { to, .. } => {
                let is_open =
                    self.event.session(to).is_some_and(|session| session.phase(self.now) == Phase::Open);
                is_open && !has_begun && participant.status != Status::Cancelled
            }
            Change::Cancel => !has_begun,
            Change::Details(_) | Change::Confirm | Change::Erase => true,
        }
    }

    /// Whether a session has begun, or is no longer announced.
    fn has_begun(&self, session: &SessionId) -> bool {
        self.event.session(session).is_none_or(|session| session.starts_at() <= self.now)
    }

    /// What fills the page, with how full the sessions are.
    async fn with_places(
        &self,
        typed: Option<(&Submission, &Errors)>,
    ) -> Result<Option<ManageView>, StoreError> {
        let Some(participant) = self.participant().await? else { return Ok(None) };
        let states = self.function.store.session_states(self.event, self.deadline).await?;
        let own = states.get(&participant.signup.session);
        let position = own.and_then(|state| state.waiting.iter().position(|one| *one == participant.person));
        let is_full = self.event.sessions().iter().map(|session| {
            let has_seat = states.get(session.id()).is_none_or(|state| state.has_seat(session));
            (session.id().clone(), !has_seat)
        });
        let is_full = is_full.collect();
        let position = position.map_or(0, |at| at + 1);
        Ok(Some(ManageView { position, is_full, ..self.view(&participant, typed) }))
    }

    fn view(&self, participant: &Participant, typed: Option<(&Submission, &Errors)>) -> ManageView {
        let nothing = Errors::new();
        let (values, errors) = match typed {
            Some((submission, errors)) => (submission.values().clone(), errors),
            None => (participant.signup.values(), &nothing),
        };
        let session = &participant.signup.session;
        ManageView {
            form: FormView::new(self.event, self.now, values, errors),
            email: participant.signup.email.as_str().to_owned(),
            status: participant.status,
            session: session.clone(),
            reference: participant.person.reference().to_string(),
            has_begun: self.has_begun(session),
            position: 0,
            is_full: std::collections::BTreeMap::new(),
            action: self.address(None),
            confirm_action: SignupAddress::Confirm {
                event: self.event.id().clone(),
                token: self.text.to_owned(),
            }
            .to_string(),
            notice: None,
        }
    }

    fn page(&self, status: StatusCode, answer: Answer<'_>, view: &ManageView) -> Response<String> {
        answers::personal(self.function.answers.page(status, answer, view))
    }

    fn failed(&self, error: &StoreError) -> Response<String> {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        answers::personal(self.function.answers.failure(status, error))
    }

    fn erased(&self) -> Response<String> {
        see_other(&SignupAddress::Erased { event: self.event.id().clone() }.to_string())
    }

    /// On to the page that shows what was done, safe to reload.
    fn on_to(&self, done: ManageDone) -> Response<String> {
        answers::personal(see_other(&self.address(Some(done))))
    }

    fn address(&self, done: Option<ManageDone>) -> String {
        // A link to confirm does not open the manage page: another purpose, another token.
        let event = self.event.id().clone();
        let expires = self.event.last_forget_at();
        let token = self.function.token_keys.issue(Purpose::Manage, &event, &self.token, expires);
        SignupAddress::Manage { event, token, done }.to_string()
    }
}

/// What the page tells of something that was done.
fn told(done: ManageDone) -> Notice {
    match done {
        ManageDone::Saved => Notice::Saved,
        ManageDone::Moved => Notice::Moved,
        ManageDone::Cancelled => Notice::Cancelled,
        ManageDone::Confirmed => Notice::Confirmed,
    }
}

fn log(event: &EventId, action: &str) {
    tracing::info!(event.id = %event, signup.outcome = action, "sign-up changed");
}

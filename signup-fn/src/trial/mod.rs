//! The daily trial: a sign-up on the live site, as a participant makes it, from the form to the erasure.
//!
//! The mailer makes it once a day. It opens the home page, submits the form for a session with plenty of seats, waits
//! until the mailer that the stream invokes has sent the mail, opens the page to which the mail leads, cancels and erases. The mail
//! goes to SES's mailbox simulator, which accepts everything and counts against no limit. Whatever happens, nothing of
//! it stays in the table; what a trial that died left is removed by the next one.

pub mod visitor;

use std::time::Duration;

use catalog::address::SignupAddress;
use catalog::{Event, Phase, Session, SessionId};
use http::StatusCode;
use tokio::time::{sleep, timeout_at};

use self::visitor::{Page, Visitor};
use crate::mail::mailer::Mailer;
use crate::people::field::Email;
use crate::people::identity::Person;
use crate::people::participant::Participant;
use crate::people::timing::Timing;
use crate::store::change::Change;
use crate::store::error::StoreError;
use crate::store::session::SeatsLeft;

/// The mailbox simulator of SES ("Sending test emails in Amazon SES with the simulator").
const ADDRESS: &str = "success@simulator.amazonses.com";
/// The name by which organisers recognise the trial, should they look at that moment.
const NAME: &str = "Dagelijkse controle";
/// The pause between two looks at whether the mail was sent.
const PAUSE: Duration = Duration::from_millis(500);
/// The time reserved before the deadline for removing everything.
const TO_CLEAN: Duration = Duration::from_secs(4);

/// The outcome of a trial in which nothing was wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    /// A participant could sign up for this session, got the mail, and could erase everything.
    Session(SessionId),
    /// The home page is there, and no session is open that has plenty of seats.
    NothingOpen,
}

/// What was wrong in a trial.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// A step got another response than a participant needs.
    #[error("{step}: status {status}")]
    Refused {
        /// The step.
        step: &'static str,
        /// The status of the response.
        status: StatusCode,
    },
    /// A step got no response.
    #[error("{step}: {reason}")]
    NoResponse {
        /// The step.
        step: &'static str,
        /// The cause.
        reason: String,
    },
    /// The site said that the sign-up was received, but it is not in the table.
    #[error("the sign-up was answered, but not stored")]
    NotStored,
    /// The page behind the link does not show the sign-up.
    #[error("the page behind the link does not show the sign-up")]
    NotShown,
    /// The site said that everything was erased, but the sign-up is still in the table.
    #[error("the sign-up was not erased")]
    NotErased,
    /// Time was up before this step was done.
    #[error("time was up before: {0}")]
    TimeUp(&'static str),
    /// The table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a trial.
///
/// # Errors
/// Fails with the first thing that was wrong. Nothing of the trial stays in the table if the table works.
pub async fn make(mailer: &Mailer, visitor: &Visitor, timing: Timing) -> Result<Tried, TrialError> {
    expect("home page", StatusCode::OK, visitor.get("/").await)?;
    let mut events = Vec::new();
    for catalogue in mailer.catalog.events() {
        events.extend(mailer.store.standing(catalogue.id(), Some(catalogue), timing).await?);
    }
    for event in &events {
        Trial { mailer, visitor, event, timing }.clean().await?;
    }
    let Some((event, session)) = open(mailer, &events, timing).await? else { return Ok(Tried::NothingOpen) };
    let trial = Trial { mailer, visitor, event, timing };
    let until = timing.deadline - TO_CLEAN;
    let made = timeout_at(until, trial.participate(&session)).await;
    let is_left = trial.clean().await;
    made.unwrap_or(Err(TrialError::TimeUp("the mail, or a response")))?;
    if is_left? { Err(TrialError::NotErased) } else { Ok(Tried::Session(session)) }
}

/// Returns an open session with plenty of seats, for which nobody waits: a trial takes a seat from nobody.
async fn open<'a>(
    mailer: &Mailer,
    events: &'a [Event],
    timing: Timing,
) -> Result<Option<(&'a Event, SessionId)>, StoreError> {
    for event in events {
        let states = mailer.store.session_states(event.id(), timing.deadline).await?;
        let has_plenty = |session: &&Session| {
            let seats = states.get(session.id()).cloned().unwrap_or_default().seats_left(session);
            session.phase(timing.now) == Phase::Open && seats == SeatsLeft::Enough
        };
        if let Some(id) = event.sessions().iter().find(has_plenty).map(|session| session.id().clone()) {
            return Ok(Some((event, id)));
        }
    }
    Ok(None)
}

/// One trial.
struct Trial<'a> {
    mailer: &'a Mailer,
    visitor: &'a Visitor,
    event: &'a Event,
    timing: Timing,
}

impl Trial<'_> {
    async fn participate(&self, session: &SessionId) -> Result<(), TrialError> {
        let form = SignupAddress::Form { event: self.event.id().clone() }.to_string();
        let fields = vec![
            ("session", session.to_string()),
            ("full_name", NAME.to_owned()),
            ("email", ADDRESS.to_owned()),
            ("organisation", NAME.to_owned()),
            ("role", "director".to_owned()),
        ];
        let sent = expect("form", StatusCode::SEE_OTHER, self.visitor.post(&form, fields).await)?;
        let received = sent.location.unwrap_or_default();
        expect("page after the form", StatusCode::OK, self.visitor.get(&received).await)?;
        let participant = self.participant().await?.ok_or(TrialError::NotStored)?;
        while !self.is_mailed(&participant).await? {
            sleep(PAUSE).await;
        }
        let own = self.mailer.messages.manage_address(self.event, &participant).to_string();
        let page = expect("page of the mail's link", StatusCode::OK, self.visitor.get(&own).await)?;
        if !page.body.contains(NAME) {
            return Err(TrialError::NotShown);
        }
        for (step, action) in [("cancellation", "cancel"), ("erasure", "erase")] {
            let done = self.visitor.post(&own, vec![("action", action.to_owned())]).await;
            expect(step, StatusCode::SEE_OTHER, done)?;
        }
        Ok(())
    }

    async fn participant(&self) -> Result<Option<Participant>, StoreError> {
        let Some(person) = self.person() else { return Ok(None) };
        self.mailer.store.participant(self.event, &person, self.timing).await
    }

    fn person(&self) -> Option<Person> {
        let mailbox = self.mailer.identity.mailbox(self.event.id(), &Email::new(ADDRESS).ok()?);
        Some(self.mailer.identity.person(&mailbox, NAME, 0))
    }

    async fn is_mailed(&self, participant: &Participant) -> Result<bool, StoreError> {
        let mails = self.mailer.store.mails_to(self.event, &participant.person, self.timing.deadline).await?;
        Ok(mails.readable.iter().any(|mail| mail.is_sent))
    }

    /// Erases the participant of a trial. Returns whether there was one.
    async fn clean(&self) -> Result<bool, StoreError> {
        let Some(participant) = self.participant().await? else { return Ok(false) };
        self.mailer.store.change(self.event, &participant.key(), &Change::Erase, self.timing).await?;
        Ok(true)
    }
}

/// Returns the response of a step, if it has the expected status.
fn expect(step: &'static str, status: StatusCode, got: Result<Page, String>) -> Result<Page, TrialError> {
    match got {
        Ok(page) if page.status == status => Ok(page),
        Ok(page) => Err(TrialError::Refused { step, status: page.status }),
        Err(reason) => Err(TrialError::NoResponse { step, reason }),
    }
}

//! What only organisers change about participants: a seat beyond the capacity, and who was there.

use aws_sdk_dynamodb::types::AttributeValue;
use catalog::Event;
use catalog::answer::Status;
use catalog::mail::MailKind;

use crate::people::field::Lines;
use crate::people::participant::Participant;
use crate::people::timing::Timing;
use crate::people::token::SignupKey;
use crate::store::change::{Changed, Plan, tell, update};
use crate::store::client::{Store, attempt_id, member};
use crate::store::error::{Setback, StoreError};
use crate::store::expression::{Changes, Condition, equals};
use crate::store::item::{self, text};
use crate::store::retry;
use crate::store::transaction::{Outcome, Write};
use crate::store::waiting_list::Attempt;

/// The number of people in one transaction, which may have 100 writes.
const CHUNK: usize = 90;

/// Returns the note about a participant with a reason below it, or only the reason if both are too long.
fn noted(participant: &Participant, reason: &Lines<1000>) -> Lines<1000> {
    let Some(before) = &participant.note else { return reason.clone() };
    let both = Lines::new(&format!("{}\n{}", before.as_str(), reason.as_str()));
    both.unwrap_or_else(|_| reason.clone())
}

impl Store {
    /// Plans a seat for somebody who waits, out of turn and whether or not one is free. Notes the reason.
    pub(in crate::store) async fn plan_to_let_in(
        &self,
        attempt: &Attempt<'_>,
        participant: &Participant,
        reason: &Lines<1000>,
    ) -> Result<Plan, Setback> {
        match participant.status {
            Status::Waiting => {}
            // The form was handled before.
            Status::Confirmed => return Ok(Plan::Nothing(Changed::Done)),
            Status::Held | Status::Cancelled => return Ok(Plan::Nothing(Changed::Gone)),
        }
        let session = &participant.signup.session;
        let state = self.session_state(attempt.event.id(), session).await?;
        let Some(at) = state.waiting.iter().position(|person| *person == participant.person) else {
            return Err(Setback::Passing("the waiting list is changing".to_owned()));
        };
        let mut let_in = participant.next(attempt.now);
        (let_in.status, let_in.note) = (Status::Confirmed, Some(noted(participant, reason)));
        let place = format!("waiting[{at}]");
        let key = item::of_session(attempt.event.id(), session);
        Ok(Plan::writes(vec![
            update(attempt, participant, &let_in)?,
            Write::update(
                key,
                Changes::default().remove(&place).add("taken", 1),
                equals(place, member(&participant.person)),
            ),
            tell(attempt, MailKind::Promoted, &let_in)?,
        ]))
    }

    /// Notes of each of these sign-ups whether the participant was there; `None` takes the note back. Skips whoever
    /// is gone.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses a request. What was noted by then stays noted.
    pub async fn note_attendance(
        &self,
        event: &Event,
        noted: &[(SignupKey, Option<bool>)],
        timing: Timing,
    ) -> Result<(), StoreError> {
        for chunk in noted.chunks(CHUNK) {
            let mut left = chunk.to_vec();
            while !left.is_empty() {
                let gone = retry::until(timing.deadline, || self.note_chunk(event, &left)).await?;
                if gone.is_empty() {
                    break;
                }
                left.retain(|(key, _)| !gone.contains(key));
            }
        }
        Ok(())
    }

    /// Returns those who are gone, in which case nothing was noted.
    async fn note_chunk(
        &self,
        event: &Event,
        noted: &[(SignupKey, Option<bool>)],
    ) -> Result<Vec<SignupKey>, Setback> {
        let write = |(signup, was_there): &(SignupKey, Option<bool>)| {
            let changes = match was_there {
                Some(was_there) => Changes::default().set("was_there", AttributeValue::Bool(*was_there)),
                None => Changes::default().remove("was_there"),
            };
            let same = equals("signup_id", text(signup.signup.to_string()));
            let key = item::of_person(event, &signup.person);
            Write::update(key, changes, Condition::All(vec![Condition::Exists("pk"), same]))
        };
        match self.transact(noted.iter().map(write).collect(), &attempt_id()).await? {
            Outcome::Committed => Ok(Vec::new()),
            Outcome::Cancelled(cancelled) => {
                let failed = noted.iter().enumerate().filter(|(at, _)| cancelled.condition_failed(*at));
                let gone: Vec<SignupKey> = failed.map(|(_, (key, _))| *key).collect();
                if gone.is_empty() { Err(cancelled.setback()) } else { Ok(gone) }
            }
        }
    }
}

//! Changing a participant's email address: asked for on the participant's own page, and confirmed with a link
//! that goes to the new address.

use catalog::answer::Status;
use catalog::mail::MailKind;

use super::change::{Changed, Plan, update};
use super::client::Store;
use super::error::Setback;
use super::mail::Mail;
use super::mailbox::MAX_PEOPLE;
use super::sharing::Sharing;
use super::waiting_list::Attempt;
use super::{outbox, record};
use crate::people::identity::Mailbox;
use crate::people::participant::{NewAddress, Participant};
use crate::people::token::SignupId;

impl Store {
    /// Plans the mail with the link to the new address.
    pub(super) fn plan_to_ask(
        attempt: &Attempt<'_>,
        participant: &Participant,
        address: &NewAddress,
    ) -> Result<Plan, Setback> {
        if !participant.may_ask_for_address(attempt.now) {
            return Ok(Plan::Nothing(Changed::TooSoon));
        }
        let mut asking = participant.next(attempt.now);
        asking.new_address = Some(address.clone());
        let mail = Mail::new(MailKind::ConfirmAddress, &asking, attempt.id, attempt.now);
        let mail = Mail { to: Some(address.email.clone()), ..mail };
        // The address may be a stranger's, so it is not kept longer than promised.
        let mail = outbox::put(attempt.event, &mail, address.until)?;
        Ok(Plan::writes(vec![update(attempt, participant, &asking)?, mail]))
    }

    /// Plans the change to the new address. The participant joins its mailbox, and the former address is told.
    pub(super) async fn plan_to_take(
        &self,
        attempt: &Attempt<'_>,
        participant: &Participant,
        id: &SignupId,
        mailbox: &Mailbox,
    ) -> Result<Plan, Setback> {
        let event = attempt.event;
        let Some(address) = participant.pending_address(attempt.now).filter(|address| address.id == *id)
        else {
            return Ok(Plan::Nothing(Changed::Gone));
        };
        let mut changed = participant.next(attempt.now);
        (changed.id, changed.mailbox, changed.new_address) = (*id, *mailbox, None);
        changed.signup.email = address.email.clone();
        if changed.status == Status::Held {
            // The link proves that the address exists.
            (changed.status, changed.held_until) = (Status::Confirmed, None);
        }
        let kind = if changed.status == Status::Waiting { MailKind::Waiting } else { MailKind::Confirmation };
        let to_new = Mail::new(kind, &changed, attempt.id, attempt.now);
        let to_former = Mail::new(MailKind::Readdressed, &changed, format!("{}r", attempt.id), attempt.now);
        let to_former = Mail { to: Some(participant.signup.email.clone()), ..to_former };
        let mut writes = vec![
            update(attempt, participant, &changed)?,
            outbox::put(event, &to_new, changed.forget_at)?,
            outbox::put(event, &to_former, changed.forget_at)?,
        ];
        if *mailbox != participant.mailbox {
            let sharing = self.sharing(event, mailbox).await?;
            if !self.has_room_for(attempt, &sharing, participant).await? {
                return Ok(Plan::Nothing(Changed::AddressTaken));
            }
            let former = self.sharing(event, &participant.mailbox).await?;
            writes.push(former.without(event, &participant.mailbox, &participant.person)?);
            writes.push(sharing.with(event, mailbox, &participant.person, participant.forget_at)?);
        }
        Ok(Plan::writes(writes))
    }

    /// Returns whether nobody who shares a mailbox has the participant's name, and not too many people share it.
    async fn has_room_for(
        &self,
        attempt: &Attempt<'_>,
        sharing: &Sharing,
        participant: &Participant,
    ) -> Result<bool, Setback> {
        let mut live = 0;
        for item in self.sharers(attempt.event, sharing).await? {
            let other = record::participant(&item, attempt.event)?;
            if other.person == participant.person {
                return Err(Setback::Passing("the address has just been taken".to_owned()));
            }
            if other.status != Status::Cancelled && !other.must_go(attempt.now) {
                live += 1;
                if other.folded_name() == participant.folded_name() {
                    return Ok(false);
                }
            }
        }
        Ok(live < MAX_PEOPLE)
    }
}

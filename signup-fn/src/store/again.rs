//! Sending the links again to whoever has lost the mail.

use catalog::Event;
use catalog::mail::MailKind;
use jiff::SignedDuration;

use super::client::{Store, attempt_id};
use super::count::count;
use super::error::{Setback, StoreError};
use super::expression::Changes;
use super::item::{Item, number};
use super::retry;
use super::transaction::Outcome;
use crate::people::identity::{Mailbox, Source};
use crate::people::timing::Timing;

/// The minimum time between two of these mails to one participant, so that nobody can fill a mailbox.
const BETWEEN: SignedDuration = SignedDuration::from_mins(10);

/// The maximum number of requests from one sender in an hour.
const MAX_PER_SOURCE: i64 = 10;

impl Store {
    /// Puts the links into the outbox for everybody who uses a mailbox. Returns whether the sender may ask.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses a request, or if an item is unreadable.
    pub async fn ask_again(
        &self,
        event: &Event,
        mailbox: &Mailbox,
        source: Option<&Source>,
        timing: Timing,
    ) -> Result<bool, StoreError> {
        if let Some(source) = source
            && !retry::until(timing.deadline, || self.count_request(source)).await?
        {
            return Ok(false);
        }
        let people =
            retry::until(timing.deadline, || async { Ok(self.sharing(event, mailbox).await?.people) });
        for person in people.await? {
            self.put_mail_once(event, &person, MailKind::Again, timing, |_, item| {
                let last = sent_again_at(item);
                let is_due = last.is_none_or(|last| timing.now.as_second() - last >= BETWEEN.as_secs());
                is_due.then(|| Changes::default().set("again_at", number(timing.now.as_second())))
            })
            .await?;
        }
        Ok(true)
    }

    /// Counts a request. Returns whether the sender is below the limit.
    async fn count_request(&self, source: &Source) -> Result<bool, Setback> {
        match self.transact(vec![count(source, "again", MAX_PER_SOURCE)], &attempt_id()).await? {
            Outcome::Committed => Ok(true),
            Outcome::Cancelled(cancelled) if cancelled.condition_failed(0) => Ok(false),
            Outcome::Cancelled(cancelled) => Err(cancelled.setback()),
        }
    }
}

fn sent_again_at(item: &Item) -> Option<i64> {
    item.get("again_at")?.as_n().ok()?.parse().ok()
}

//! The mails with which organisers log in.

use anyhow::Result;
use catalog::mail::{LogInMailView, MailPart, OrganiserMail};
use catalog::organiser::address::OrganiserAddress;
use jiff::Timestamp;

use super::mailer::{Delivery, Mailer};
use super::message::{Message, Messages, Sender};
use super::send_error::SendError;
use crate::people::log_in::LogInRequest;
use crate::people::organiser::Organiser;
use crate::people::pass::{Pass, RequestId};
use crate::people::timing::Timing;
use crate::store::error::StoreError;

impl Messages {
    /// Builds the mail about a request to log in.
    ///
    /// # Errors
    /// Fails if a template cannot be filled in, or if the text has no line after its subject.
    pub fn log_in(
        &self,
        request: &LogInRequest,
        to: &Organiser,
        sender: &Sender,
        now: Timestamp,
    ) -> Result<Message> {
        let Pass { token, code } = self.token_keys.pass(&request.id);
        let link_url = match request.is_fresh {
            true => String::new(),
            false => format!("{}{}", self.origin, OrganiserAddress::Link { token }),
        };
        // Two groups are easier to type than eight letters.
        let (first, second) = code.as_str().split_at(4);
        let code = format!("{first}-{second}");
        let view = LogInMailView { full_name: to.name.clone(), code, link_url };
        let part = |part| self.pages.fill(&OrganiserMail::LogIn.file(part), &view);
        let parts = (part(MailPart::Text)?, part(MailPart::Html)?);
        self.to_organiser(to, parts, sender, &format!("{}.log-in", request.id), now)
    }
}

impl Mailer {
    /// Sends the mail about a request to log in, if it is still to be sent and comes from an organiser. At least
    /// once: if the mailer dies in between, the mail is sent again.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses a request, or if the mail is unreadable. A mail that
    /// cannot be sent is not an error, but [`Delivery::Failed`]: it stays in the outbox until the code is too old.
    pub async fn deliver_pass(&self, id: &RequestId, timing: Timing) -> Result<Delivery, StoreError> {
        let Some(request) = self.store.pass(id, timing.deadline).await? else { return Ok(Delivery::Nothing) };
        let organiser = self.organisers.with_id(&self.identity, &request.organiser);
        let Some(organiser) = organiser.filter(|_| timing.now < request.forget_at) else {
            self.store.forget_pass(id, timing.deadline).await?;
            return Ok(Delivery::Nothing);
        };
        let sent = match self.messages.log_in(&request, organiser, &self.sender, timing.now) {
            Ok(message) => self.transport.send(&format!("{id}-log-in"), &message, timing.deadline).await,
            Err(error) => Err(SendError::Never(format!("{error:#}"))),
        };
        match sent {
            Ok(()) => {
                self.store.forget_pass(id, timing.deadline).await?;
                tracing::info!(mail.kind = "log_in", "mail sent");
                Ok(Delivery::Sent)
            }
            Err(SendError::Later(reason) | SendError::Never(reason)) => {
                tracing::error!(mail.kind = "log_in", reason, "mail failed");
                Ok(Delivery::Failed)
            }
        }
    }
}

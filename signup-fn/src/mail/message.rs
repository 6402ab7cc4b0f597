//! Builds mails from the templates that site-gen rendered: text, HTML, and a calendar entry.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use anyhow::{Context as _, Result, ensure};
use catalog::address::SignupAddress;
use catalog::answer::Status;
use catalog::mail::{CalendarMethod, MailKind, MailPart, MailView, OrganiserMail, mail_file};
use catalog::words::{EventWords, SessionWords};
use catalog::{Catalog, Event, EventId, Session};
use jiff::Timestamp;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::raw::Raw;
use mail_builder::headers::url::URL;
use mail_builder::mime::MimePart;

use super::entry::Entry;
use super::written::Values;
use crate::people::broadcast::Message as ToWrite;
use crate::people::field::Email;
use crate::people::join::JoinUrl;
use crate::people::organiser::Organiser;
use crate::people::participant::Participant;
use crate::people::token::{Purpose, SignupKey, TokenKeys};
use crate::rendered::pages::Pages;
use crate::store::mail::{Mail, MailKey};

/// The templates of mails, and the keys and the origin for the links in them.
#[derive(Debug)]
pub struct Messages {
    pub(super) pages: Pages,
    pub(super) token_keys: TokenKeys,
    /// The scheme and host of links in mails.
    pub(super) origin: String,
    site_name: String,
}

/// The subject matter of a mail.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// The event as it stands.
    pub event: &'a Event,
    /// The session that the mail is about.
    pub session: &'a Session,
    /// The participant to whom it goes.
    pub participant: &'a Participant,
    /// Whether the entry stays in the calendar, because somebody with the same address still attends.
    pub keeps_entry: bool,
    /// The link with which to join the session, if it is set.
    pub join: Option<&'a JoinUrl>,
    /// What an organiser wrote, in a mail of the kind [`MailKind::Message`].
    pub written: Option<&'a ToWrite>,
}

/// The sender of mails: a name and an address.
#[derive(Debug, Clone)]
pub struct Sender {
    name: String,
    address: String,
}

/// The error for text that is not a sender.
#[derive(Debug, thiserror::Error)]
#[error("expected an address, with or without a name, such as `Name <name@example.org>`")]
pub struct BadSender;

/// A mail that is ready to send.
pub struct Message {
    /// The message (RFC 5322); lines end in CR LF.
    pub bytes: Vec<u8>,
    /// By what it is recognised in a report; `None` for a mail to an organiser.
    pub tags: Option<Tags>,
}

/// By what a mail to a participant is recognised when it bounces.
#[derive(Debug)]
pub struct Tags {
    /// The event.
    pub event: EventId,
    /// The key of the mail.
    pub key: MailKey,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({} bytes)", self.bytes.len())
    }
}

impl FromStr for Sender {
    type Err = BadSender;

    fn from_str(text: &str) -> Result<Self, BadSender> {
        let text = text.trim();
        let (name, address) =
            text.strip_suffix('>').and_then(|text| text.split_once('<')).unwrap_or(("", text));
        let address = Email::new(address).map_err(|_| BadSender)?.ascii();
        Ok(Self { name: name.trim().trim_matches('"').to_owned(), address })
    }
}

impl Sender {
    /// Returns the domain of the address.
    fn domain(&self) -> &str {
        self.address.rsplit('@').next().unwrap_or_default()
    }
}

impl Messages {
    /// Opens the templates in the folder that site-gen wrote.
    ///
    /// # Errors
    /// Fails if a template is missing.
    pub fn open(folder: &Path, catalog: &Catalog, token_keys: TokenKeys, origin: String) -> Result<Self> {
        for &kind in MailKind::ALL {
            for part in MailPart::ALL {
                let file = folder.join(mail_file(kind, part));
                ensure!(file.is_file(), "mail template is missing: `{}`", file.display());
            }
        }
        let of_organisers =
            OrganiserMail::ALL.iter().flat_map(|mail| MailPart::ALL.map(|part| mail.file(part)));
        for file in of_organisers.map(|file| folder.join(file)) {
            ensure!(file.is_file(), "mail template is missing: `{}`", file.display());
        }
        let site_name = catalog.name().to_owned();
        Ok(Self { pages: Pages::new(folder), token_keys, origin, site_name })
    }

    /// Returns the address of a participant's own page, which the mails to them contain.
    pub fn manage_address(&self, event: &Event, participant: &Participant) -> SignupAddress {
        let (id, key, expires) = (event.id(), participant.key(), event.links_expire_at());
        let token = self.token_keys.issue(Purpose::Manage, id, &key, expires);
        SignupAddress::Manage { event: id.clone(), token, done: None }
    }

    /// Builds a mail about the participant's current state.
    ///
    /// # Errors
    /// Fails if a template cannot be filled in, or if the text has no line after its subject.
    pub fn build(&self, mail: &Mail, about: About<'_>, sender: &Sender, now: Timestamp) -> Result<Message> {
        let About { event, session, participant, keeps_entry, join, written } = about;
        let at = |address: SignupAddress| format!("{}{address}", self.origin);
        let (id, key, expires) = (event.id().clone(), participant.key(), event.links_expire_at());
        let issue = |purpose, key: &SignupKey| self.token_keys.issue(purpose, event.id(), key, expires);
        let confirm_url = match &participant.new_address {
            Some(address) if mail.kind == MailKind::ConfirmAddress => {
                let key = SignupKey { signup: address.id, ..key };
                at(SignupAddress::NewAddress { event: id.clone(), token: issue(Purpose::NewAddress, &key) })
            }
            _ if participant.status == Status::Held => {
                at(SignupAddress::Confirm { event: id.clone(), token: issue(Purpose::Confirm, &key) })
            }
            _ => String::new(),
        };
        // Only the participant's own mailbox may open the sign-up.
        let manage_url = match &mail.to {
            Some(_) => String::new(),
            None => at(self.manage_address(event, participant)),
        };
        let join = join.filter(|_| participant.status == Status::Confirmed);
        let view = MailView {
            join_url: join.map_or("", JoinUrl::as_str).to_owned(),
            subject: String::new(),
            message: String::new(),
            event: EventWords::new(event, &self.origin),
            session: SessionWords::new(event, session),
            full_name: participant.signup.details.full_name.as_str().to_owned(),
            reference: participant.person.reference().to_string(),
            status: participant.status,
            previous: mail.previous.clone().unwrap_or_default(),
            day: session.day_from(now).to_owned(),
            confirm_url,
            keeps_entry,
            manage_url,
        };
        let values = Values {
            full_name: &view.full_name,
            event: &view.event.title,
            date: &view.session.date,
            time: &view.session.time,
            join_url: &view.join_url,
            // A proof must not open somebody else's sign-up.
            manage_url: if view.manage_url.is_empty() { &view.event.url } else { &view.manage_url },
        };
        let written = written.map(|message| values.fill(message)).unwrap_or_default();
        let part = |part| {
            let (subject, message) = match part {
                MailPart::Text => (written.subject.clone(), written.text.clone()),
                MailPart::Html => (written.subject.clone(), written.html.clone()),
            };
            self.pages.fill(&mail_file(mail.kind, part), &MailView { subject, message, ..view.clone() })
        };
        let (subject, text) = subject_and_text(part(MailPart::Text)?)?;
        let to = mail.to.as_ref().unwrap_or(&participant.signup.email).ascii();
        // The same id for each attempt, so that a mailbox can recognise a duplicate.
        let id = format!("{}.{}", mail.key.id, mail.kind.name());
        let mut builder = envelope(sender, (&view.full_name, &to), subject, &id, now);
        if mail.kind == MailKind::Reminder {
            // The page cancels only after a POST, so a program that follows the link cancels nothing.
            builder = builder.header("List-Unsubscribe", URL::new(view.manage_url.as_str()));
        }
        let mut alternatives = vec![
            MimePart::new(utf8("text/plain"), text),
            MimePart::new(utf8("text/html"), part(MailPart::Html)?),
        ];
        let mut parts = Vec::new();
        // Only a confirmed seat belongs in a calendar.
        let calendar_method = mail
            .kind
            .calendar()
            .filter(|method| *method == CalendarMethod::Cancel || participant.status == Status::Confirmed)
            .filter(|_| !keeps_entry);
        if let Some(method) = calendar_method {
            let entry = Entry {
                method,
                site_name: &self.site_name,
                url: &view.event.url,
                join_url: &view.join_url,
                // A change a moment ago may have taken a later number than the mail about the link.
                sequence: match mail.kind {
                    MailKind::JoinLink => mail.sequence.max(participant.version),
                    _ => mail.sequence,
                },
                sent_at: now,
                organizer: &sender.address,
                attendee: &participant.signup.email.in_uri(),
            };
            let entry = entry.calendar(event, session);
            alternatives.push(MimePart::new(calendar(method), entry.clone()));
            parts.push(MimePart::new(calendar(method), entry).attachment("uitnodiging.ics"));
        }
        parts.insert(0, MimePart::new("multipart/alternative", alternatives));
        let bytes = builder.body(MimePart::new("multipart/mixed", parts)).write_to_vec()?;
        // A proof goes to an organiser, so its report is about nobody who signed up.
        let tags = Tags { event: event.id().clone(), key: mail.key.clone() };
        Ok(Message { bytes, tags: Some(tags).filter(|_| !mail.is_proof()) })
    }
}

impl Messages {
    /// Builds a mail to an organiser from its text, which begins with the subject, and the same in HTML. `id` is the
    /// part of its `Message-ID` before the domain.
    pub(super) fn to_organiser(
        &self,
        to: &Organiser,
        (text, html): (String, String),
        sender: &Sender,
        id: &str,
        now: Timestamp,
    ) -> Result<Message> {
        let (subject, text) = subject_and_text(text)?;
        let parts = vec![MimePart::new(utf8("text/plain"), text), MimePart::new(utf8("text/html"), html)];
        let body = MimePart::new("multipart/alternative", parts);
        let address = to.email.ascii();
        let mail = envelope(sender, (&to.name, &address), subject, id, now).body(body);
        Ok(Message { bytes: mail.write_to_vec()?, tags: None })
    }
}

/// Splits a filled-in text into its first line, which is the subject, and the rest.
fn subject_and_text(filled: String) -> Result<(String, String)> {
    let (subject, text) = filled.split_once('\n').context("the mail has no text after its subject line")?;
    // A line break would start another header. The templates contain none, but an event's title might.
    let subject = subject.chars().filter(|c| !c.is_control()).collect();
    Ok((subject, text.trim_start().to_owned()))
}

/// Returns a mail without a body. `id` is the part of its `Message-ID` before the domain.
fn envelope<'a>(
    sender: &'a Sender,
    (name, address): (&'a str, &'a str),
    subject: String,
    id: &str,
    now: Timestamp,
) -> MessageBuilder<'a> {
    MessageBuilder::new()
        .from(Address::new_address(
            Some(sender.name.as_str()).filter(|name| !name.is_empty()),
            sender.address.as_str(),
        ))
        .to((name, address))
        .subject(subject)
        .date(now.as_second())
        .message_id(format!("{id}@{}", sender.domain()))
        .header("Auto-Submitted", Raw::new("auto-generated"))
}

fn utf8(kind: &'static str) -> ContentType<'static> {
    ContentType::new(kind).attribute("charset", "utf-8")
}

fn calendar(method: CalendarMethod) -> ContentType<'static> {
    utf8("text/calendar").attribute("method", method.name())
}

#[cfg(test)]
mod tests {
    use super::Sender;

    #[test]
    fn a_sender_is_an_address_with_or_without_a_name() {
        for (text, name) in [
            ("POS <post@pos.example>", "POS"),
            ("\"P, O\" <post@pos.example>", "P, O"),
            ("post@pos.example", ""),
        ] {
            let sender: Sender = text.parse().unwrap();
            assert_eq!(
                (sender.name.as_str(), sender.address.as_str(), sender.domain()),
                (name, "post@pos.example", "pos.example")
            );
        }
        for text in ["", "POS", "POS <post>", "<>"] {
            assert!(text.parse::<Sender>().is_err(), "{text}");
        }
    }
}

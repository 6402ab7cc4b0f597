//! Mails, made from the pages that site-gen rendered: text, HTML, and a calendar entry.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use catalog::address::SignupAddress;
use catalog::answer::Status;
use catalog::calendar::push_line;
use catalog::mail::{CalendarView, MailKind, MailPart, MailView, calendar_file, mail_file};
use catalog::{Catalog, Event};
use jiff::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{Address, message};

use crate::people::participant::Participant;
use crate::people::token::{Purpose, TokenKeys};
use crate::rendered::pages::Pages;
use crate::store::mail::Mail;

/// The templates of mails, and what their links need.
#[derive(Debug)]
pub struct Messages {
    pages: Pages,
    token_keys: TokenKeys,
    /// The scheme and host of links in mails.
    origin: String,
}

/// The sender of mails.
#[derive(Debug, Clone)]
pub struct Sender(Mailbox);

/// A mail as it is sent.
pub struct Message {
    /// The message (RFC 5322); lines end in CR LF.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({} bytes)", self.bytes.len())
    }
}

impl std::str::FromStr for Sender {
    type Err = lettre::address::AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl Messages {
    /// Opens the templates in the folder that site-gen wrote.
    ///
    /// # Errors
    /// Fails if a template is missing.
    pub fn open(folder: &Path, catalog: &Catalog, token_keys: TokenKeys, origin: String) -> Result<Self> {
        for event in catalog.events() {
            for session in event.sessions() {
                let of_kind = |kind| {
                    [MailPart::Text, MailPart::Html]
                        .map(|part| mail_file(event.id(), session.id(), kind, part))
                };
                let files = MailKind::ALL.iter().copied().flat_map(of_kind);
                for file in files.chain([calendar_file(event.id(), session.id())]) {
                    let file: PathBuf = folder.join(file);
                    ensure!(file.is_file(), "mail template is missing: `{}`", file.display());
                }
            }
        }
        Ok(Self { pages: Pages::new(folder), token_keys, origin })
    }

    /// Makes a mail about the participant's present state.
    ///
    /// # Errors
    /// Fails if a template cannot be filled in, or if mail cannot be sent to the address.
    pub fn build(
        &self,
        event: &Event,
        mail: &Mail,
        participant: &Participant,
        sender: &Sender,
        now: Timestamp,
    ) -> Result<Message> {
        let Sender(from) = sender;
        let key = participant.key();
        let issue = |purpose| self.token_keys.issue(purpose, event.id(), &key, event.last_forget_at());
        let at = |address: SignupAddress| format!("{}{address}", self.origin);
        let id = event.id().clone();
        let manage_url =
            at(SignupAddress::Manage { event: id.clone(), token: issue(Purpose::Manage), done: None });
        let confirm_url = at(SignupAddress::Confirm { event: id, token: issue(Purpose::Confirm) });
        let view = MailView {
            full_name: participant.signup.details.full_name.as_str().to_owned(),
            reference: participant.person.reference().to_string(),
            status: participant.status,
            confirm_url: if participant.status == Status::Held { confirm_url } else { String::new() },
            manage_url,
        };
        let part = |part| self.pages.fill(&mail_file(event.id(), &mail.session, mail.kind, part), &view);
        let text = part(MailPart::Text)?;
        let (subject, text) = text.split_once('\n').context("a mail has a subject and a text")?;
        // A line break would start another header. The templates have none; an event's title might.
        let subject: String = subject.chars().filter(|c| !c.is_control()).collect();
        let to: Address = participant.signup.email.as_str().parse().context("address of the participant")?;
        let name = participant.signup.details.full_name.as_str().to_owned();
        let alternatives = MultiPart::alternative()
            .singlepart(SinglePart::plain(text.trim_start().to_owned()))
            .singlepart(SinglePart::html(part(MailPart::Html)?));
        let domain = from.email.domain();
        let mut builder = message::Message::builder()
            .from(from.clone())
            .to(Mailbox::new(Some(name), to.clone()))
            .subject(subject)
            // The same for each attempt, so that a mailbox can recognise a mail that came twice.
            .message_id(Some(format!("<{}.{}@{domain}>", mail.key.id, mail.kind.name())))
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        if mail.kind == MailKind::Reminder {
            // The page asks for confirmation, so a program that follows the link cancels nothing.
            builder = builder.raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("List-Unsubscribe"),
                format!("<{}>", view.manage_url),
            ));
        }
        let body = match mail.kind.calendar() {
            None => MultiPart::mixed().multipart(alternatives),
            Some(method) => {
                let entry = CalendarView {
                    method: method.name(),
                    status: method.status(),
                    reference: view.reference.clone(),
                    sequence: mail.sequence,
                    stamp: now.strftime("%Y%m%dT%H%M%SZ").to_string(),
                    organizer: from.email.to_string(),
                    attendee: to.to_string(),
                };
                let entry = self.pages.fill(&calendar_file(event.id(), &mail.session), &entry)?;
                let entry = folded(&entry);
                let kind = format!("text/calendar; charset=utf-8; method={}", method.name());
                let kind = ContentType::parse(&kind).context("type of the calendar entry")?;
                let inline = SinglePart::builder().header(kind.clone()).body(entry.clone());
                MultiPart::mixed()
                    .multipart(alternatives.singlepart(inline))
                    .singlepart(Attachment::new("uitnodiging.ics".to_owned()).body(entry, kind))
            }
        };
        Ok(Message { bytes: builder.multipart(body)?.formatted() })
    }
}

/// Folds the lines of a calendar entry, which may be too long once they are filled in.
fn folded(entry: &str) -> String {
    let mut calendar = String::with_capacity(entry.len() + 64);
    entry.lines().for_each(|line| push_line(&mut calendar, line));
    calendar
}

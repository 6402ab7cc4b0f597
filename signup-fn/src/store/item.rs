//! Keys and attributes: how what we know stands in the table.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use catalog::answer::Status;
use catalog::mail::MailKind;
use catalog::{EventId, SessionId};
use jiff::Timestamp;

use super::{Mail, SessionState, StoreError};
use crate::identity::{Person, Source};
use crate::participant::Participant;
use crate::signup::{Details, Email, Line, Lines, Role, Signup};

pub(super) type Item = HashMap<String, AttributeValue>;

pub(super) const PERSON: &str = "person#";
pub(super) const SESSION: &str = "session#";
pub(super) const MAIL: &str = "mail#";

pub(super) fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(super) fn number(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

pub(super) fn list<const N: usize>(values: [AttributeValue; N]) -> AttributeValue {
    AttributeValue::L(values.into())
}

/// The table's key of what a sender asked in this hour.
pub(super) fn source_key(source: &Source) -> Item {
    HashMap::from([
        ("pk".to_owned(), text(format!("source#{}", source.key()))),
        ("sk".to_owned(), text("hour")),
    ])
}

/// The table's key of something about an event.
pub(super) fn key(event: &EventId, sort: String) -> Item {
    HashMap::from([("pk".to_owned(), text(event_key(event))), ("sk".to_owned(), text(sort))])
}

pub(super) fn event_key(event: &EventId) -> String {
    format!("event#{event}")
}

/// The event that a key names.
pub(super) fn event_of(key: &str) -> Option<EventId> {
    key.strip_prefix("event#")?.parse().ok()
}

pub(super) fn person_key(person: &Person) -> String {
    format!("{PERSON}{}", person.key())
}

pub(super) fn session_key(session: &SessionId) -> String {
    format!("{SESSION}{session}")
}

/// The mails of a person begin with this.
pub(super) fn mails_of(person: &Person) -> String {
    format!("{MAIL}{}#", person.key())
}

pub(super) fn key_of_mail(event: &EventId, person: &Person, id: &str) -> Item {
    key(event, format!("{}{id}", mails_of(person)))
}

/// An item that is not as we write them.
pub(super) fn bad(what: &str) -> StoreError {
    StoreError::Refused(format!("an item's `{what}` is not readable"))
}

/// A participant's item; the attempt that writes it leaves its id.
pub(super) fn from_participant(event: &EventId, participant: &Participant, attempt_id: &str) -> Item {
    let Participant { person, signup, id, status, held_until, signed_up_at, .. } = participant;
    let Details { full_name, organisation, role, question } = &signup.details;
    let mut item = key(event, person_key(person));
    let mut put = |name: &str, value: AttributeValue| _ = item.insert(name.to_owned(), value);
    put("reference", text(person.reference().as_str()));
    put("signup_id", text(id.to_string()));
    put("status", text(status.name()));
    put("session", text(signup.session.as_str()));
    put("full_name", text(full_name.as_str()));
    put("email", text(signup.email.as_str()));
    put("organisation", text(organisation.as_str()));
    put("role", text(role.value()));
    if let Role::Other(other) = role {
        put("role_other", text(other.as_str()));
    }
    if let Some(question) = question {
        put("question", text(question.as_str()));
    }
    if let Some(until) = held_until {
        put("held_until", number(until.as_second()));
    }
    put("signed_up_at", text(signed_up_at.to_string()));
    put("privacy_notice_version", text(&participant.privacy_notice_version));
    put("version", number(participant.version));
    put("mailed_at", number(participant.mailed_at.as_second()));
    put("attempt_id", text(attempt_id));
    put("forget_at", number(participant.forget_at.as_second()));
    item
}

/// A participant from an item.
pub(super) fn participant(item: &Item) -> Result<Participant, StoreError> {
    let read = Read(item);
    let person = read.text("sk")?.strip_prefix(PERSON).and_then(|key| key.parse().ok());
    let role = match read.text("role")? {
        "director" => Role::Director,
        "board_member" => Role::BoardMember,
        "quality_officer" => Role::QualityOfficer,
        _ => Role::Other(Line::new(read.text("role_other")?).map_err(|_| bad("role_other"))?),
    };
    let question = read.optional_text("question").map(Lines::new).transpose();
    let details = Details {
        full_name: Line::new(read.text("full_name")?).map_err(|_| bad("full_name"))?,
        organisation: Line::new(read.text("organisation")?).map_err(|_| bad("organisation"))?,
        role,
        question: question.map_err(|_| bad("question"))?,
    };
    let signup = Signup {
        session: read.parsed("session")?,
        email: Email::new(read.text("email")?).map_err(|_| bad("email"))?,
        details,
    };
    Ok(Participant {
        person: person.ok_or_else(|| bad("sk"))?,
        signup,
        id: read.parsed("signup_id")?,
        status: Status::named(read.text("status")?).ok_or_else(|| bad("status"))?,
        held_until: item.contains_key("held_until").then(|| read.instant("held_until")).transpose()?,
        signed_up_at: read.parsed("signed_up_at")?,
        privacy_notice_version: read.text("privacy_notice_version")?.to_owned(),
        version: read.number("version")?,
        mailed_at: read.instant("mailed_at")?,
        forget_at: read.instant("forget_at")?,
    })
}

/// How full a session is; an item that is not there is one of a session that nobody chose yet.
pub(super) fn session_state(item: Option<&Item>) -> Result<SessionState, StoreError> {
    let Some(item) = item else { return Ok(SessionState::default()) };
    let read = Read(item);
    let waiting = match item.get("waiting") {
        None => Vec::new(),
        Some(AttributeValue::L(list)) => {
            let person = |value: &AttributeValue| value.as_s().ok()?.parse().ok();
            list.iter().map(person).collect::<Option<_>>().ok_or_else(|| bad("waiting"))?
        }
        Some(_) => return Err(bad("waiting")),
    };
    let taken = if item.contains_key("taken") { read.number("taken")? } else { 0 };
    Ok(SessionState { taken: u32::try_from(taken).map_err(|_| bad("taken"))?, waiting })
}

/// A mail's item.
pub(super) fn from_mail(event: &EventId, mail: &Mail, forget_at: Timestamp) -> Item {
    let mut item = key_of_mail(event, &mail.person, &mail.id);
    let mut put = |name: &str, value: AttributeValue| _ = item.insert(name.to_owned(), value);
    put("kind", text(mail.kind.name()));
    put("session", text(mail.session.as_str()));
    put("sequence", number(mail.sequence));
    put("created_at", number(mail.created_at.as_second()));
    put("forget_at", number(forget_at.as_second()));
    item
}

/// A mail from an item.
pub(super) fn mail(item: &Item) -> Result<Mail, StoreError> {
    let read = Read(item);
    let (person, id) = mail_key(read.text("sk")?).ok_or_else(|| bad("sk"))?;
    Ok(Mail {
        person,
        id: id.to_owned(),
        kind: MailKind::named(read.text("kind")?).ok_or_else(|| bad("kind"))?,
        session: read.parsed("session")?,
        sequence: read.number("sequence")?,
        created_at: read.instant("created_at")?,
        attempts: if item.contains_key("attempts") { read.number("attempts")? } else { 0 },
        parked: read.optional_text("parked").map(str::to_owned),
        is_sent: item.contains_key("sent_at"),
    })
}

/// Whose mail a sort key names, and which one.
pub(super) fn mail_key(sort: &str) -> Option<(Person, &str)> {
    let (person, id) = sort.strip_prefix(MAIL)?.split_once('#')?;
    Some((person.parse().ok()?, id))
}

/// Reads attributes of an item.
pub(super) struct Read<'a>(pub(super) &'a Item);

impl<'a> Read<'a> {
    pub(super) fn optional_text(&self, name: &str) -> Option<&'a str> {
        self.0.get(name)?.as_s().ok().map(String::as_str)
    }

    pub(super) fn text(&self, name: &str) -> Result<&'a str, StoreError> {
        self.optional_text(name).ok_or_else(|| bad(name))
    }

    fn parsed<T: std::str::FromStr>(&self, name: &str) -> Result<T, StoreError> {
        self.text(name)?.parse().map_err(|_| bad(name))
    }

    fn number(&self, name: &str) -> Result<i64, StoreError> {
        let number = self.0.get(name).and_then(|value| value.as_n().ok());
        number.and_then(|number| number.parse().ok()).ok_or_else(|| bad(name))
    }

    fn instant(&self, name: &str) -> Result<Timestamp, StoreError> {
        Timestamp::from_second(self.number(name)?).map_err(|_| bad(name))
    }
}

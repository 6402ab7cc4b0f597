//! The submitted form, and the sign-up that it requests.

use std::borrow::Cow;
use std::collections::BTreeMap;

use catalog::answer::{Field, FieldError, FieldErrors};
use catalog::{Event, EventId, Session};

use crate::people::applicant::Applicant;
use crate::people::field::{Email, Line, Lines, TextError};
use crate::people::identity::Identity;
use crate::people::signup::{Details, Role, RoleError, Signup};

/// A submitted form, with every field as the visitor typed it.
#[derive(Clone, Default)]
pub struct Submission {
    values: BTreeMap<Field, String>,
    /// The values that are not visible fields: the action, the choice to wait, and the honeypot.
    controls: BTreeMap<&'static str, String>,
}

/// The names of the values that a form sends besides its visible fields.
const CONTROLS: [&str; 3] = [ACTION, WAIT, TRAP];
const ACTION: &str = "action";
const WAIT: &str = "wait";
/// The honeypot: only a program fills it in, since the page hides it.
const TRAP: &str = "website";

/// The error for a form in which a field occurs twice. Our own pages never send one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RepeatedField;

/// Prints no personal data, so that none can end up in a log.
impl std::fmt::Debug for Submission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Submission(…)")
    }
}

impl Submission {
    /// Parses `application/x-www-form-urlencoded` bytes. Ignores unknown fields, and replaces bytes that
    /// are not UTF-8 by U+FFFD.
    ///
    /// # Errors
    /// Fails if a field occurs twice.
    pub fn read(body: &[u8]) -> Result<Self, RepeatedField> {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            let value = Cow::into_owned(value);
            let before = if let Ok(field) = name.parse::<Field>() {
                form.values.insert(field, value)
            } else if let Some(control) = CONTROLS.into_iter().find(|control| *control == name) {
                form.controls.insert(control, value)
            } else {
                continue;
            };
            if before.is_some() {
                return Err(RepeatedField);
            }
        }
        Ok(form)
    }

    /// Returns every submitted field, as the visitor typed it.
    pub fn values(&self) -> &BTreeMap<Field, String> {
        &self.values
    }

    /// Returns the requested action, or an empty text if the form offers only one.
    pub fn action(&self) -> &str {
        self.control(ACTION)
    }

    /// Returns whether the participant is willing to wait if there is no seat.
    pub fn may_wait(&self) -> bool {
        self.control(WAIT) == "yes"
    }

    /// Returns whether the honeypot was filled in.
    pub fn is_trapped(&self) -> bool {
        !self.control(TRAP).trim().is_empty()
    }

    /// Returns the chosen session, if it is one of the event's.
    pub fn session<'a>(&self, event: &'a Event) -> Option<&'a Session> {
        let id = self.get(Field::Session).parse().ok()?;
        event.session(&id).filter(|session| !session.is_removed())
    }

    /// Returns who asks for a place in which session, as far as the form says so. Nothing else is checked.
    pub fn applicant(&self, identity: &Identity, event: &EventId) -> Option<Applicant> {
        let (email, session) = (self.email().ok()?, self.get(Field::Session).parse().ok()?);
        Some(Applicant { mailbox: identity.mailbox(event, &email), session })
    }

    /// Checks all fields, and returns the sign-up that the form requests.
    ///
    /// # Errors
    /// Returns the error of every invalid field, not only the first.
    pub fn check(&self, event: &Event) -> Result<Signup, FieldErrors> {
        let mut errors = FieldErrors::new();
        let session = match self.session(event) {
            Some(session) => Some(session.id().clone()),
            None => note(&mut errors, Field::Session, FieldError::Empty),
        };
        let email = checked(Email::new(self.get(Field::Email)), &mut errors, Field::Email);
        match (session, email, self.details()) {
            (Some(session), Some(email), Ok(details)) => Ok(Signup { session, email, details }),
            (.., details) => {
                errors.extend(details.err().unwrap_or_default());
                Err(errors)
            }
        }
    }

    /// Checks the email address, as the only field of a form.
    ///
    /// # Errors
    /// Returns the error of the address.
    pub fn email(&self) -> Result<Email, FieldErrors> {
        let mut errors = FieldErrors::new();
        checked(Email::new(self.get(Field::Email)), &mut errors, Field::Email).ok_or(errors)
    }

    /// Returns the email address as it was typed.
    pub fn typed_email(&self) -> &str {
        self.get(Field::Email)
    }

    /// Checks the fields that a participant may change later.
    ///
    /// # Errors
    /// Returns the error of every invalid field, not only the first.
    pub fn details(&self) -> Result<Details, FieldErrors> {
        let mut errors = FieldErrors::new();
        let full_name = checked(Line::new(self.get(Field::FullName)), &mut errors, Field::FullName);
        let organisation =
            checked(Line::new(self.get(Field::Organisation)), &mut errors, Field::Organisation);
        let role = match Role::parse(self.get(Field::Role), self.get(Field::RoleOther)) {
            Ok(role) => Some(role),
            Err(RoleError::Unknown) => note(&mut errors, Field::Role, FieldError::Empty),
            Err(RoleError::Other(error)) => note(&mut errors, Field::RoleOther, error.into()),
        };
        let question = match Lines::new(self.get(Field::Question)) {
            // The question is optional.
            Err(TextError::Empty) => Some(None),
            question => checked(question, &mut errors, Field::Question).map(Some),
        };
        // These texts appear in our mails and lists, so they must not contain links.
        let is_other = matches!(role, Some(Role::Other(_)));
        let shown = [(Field::FullName, true), (Field::Organisation, true), (Field::RoleOther, is_other)];
        for (field, _) in
            shown.into_iter().filter(|(field, is_shown)| *is_shown && has_address(self.get(*field)))
        {
            errors.insert(field, FieldError::Link);
        }
        match (full_name, organisation, role, question) {
            (Some(full_name), Some(organisation), Some(role), Some(question)) if errors.is_empty() => {
                Ok(Details { full_name, organisation, role, question })
            }
            _ => Err(errors),
        }
    }

    fn get(&self, field: Field) -> &str {
        self.values.get(&field).map_or("", String::as_str)
    }

    fn control(&self, name: &str) -> &str {
        self.controls.get(name).map_or("", String::as_str)
    }
}

impl From<TextError> for FieldError {
    fn from(error: TextError) -> Self {
        match error {
            TextError::Empty => Self::Empty,
            TextError::TooLong => Self::TooLong,
            TextError::Malformed => Self::Malformed,
            TextError::NotAscii => Self::NotAscii,
        }
    }
}

/// Returns whether a text contains a web address or an email address.
fn has_address(text: &str) -> bool {
    let text = text.to_lowercase();
    ["://", "www.", "@"].iter().any(|part| text.contains(part))
}

/// Records the error of a field. Returns `None`, since the field has no valid value.
fn note<T>(errors: &mut FieldErrors, field: Field, error: FieldError) -> Option<T> {
    errors.insert(field, error);
    None
}

/// Returns the value of a field, or records its error.
fn checked<T>(value: Result<T, TextError>, errors: &mut FieldErrors, field: Field) -> Option<T> {
    value.map_or_else(|error| note(errors, field, error.into()), Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use FieldError::{Empty, Link, Malformed, TooLong};

    fn event() -> Event {
        let session = |id: &str| {
            serde_json::json!({
                "id": id, "capacity": 1,
                "starts_at": "2028-11-28T15:00:00Z", "ends_at": "2028-11-28T16:30:00Z",
                "date": "d", "time": "t", "calendar": { "zone": [], "start": "", "end": "" },
                "opens_at": "2026-11-01T08:00:00Z", "closes_at": "2028-11-28T15:00:00Z"
            })
        };
        serde_json::from_value(serde_json::json!({
            "id": "e", "title": "t", "page": "/p/", "description": "d", "place_of_time": "Amsterdam", "time_zone": "Europe/Amsterdam", "retention_days": 30,
            "sessions": [session("28-november"), session("30-november")]
        }))
        .unwrap()
    }

    fn check(body: &str, expected: &[(Field, FieldError)]) {
        let submission = Submission::read(body.as_bytes()).unwrap();
        let errors = submission.check(&event()).err().unwrap_or_default();
        let errors: Vec<(Field, FieldError)> = errors.into_iter().collect();
        assert_eq!(errors, expected, "{body}");
    }

    const GOOD: &str =
        "session=28-november&full_name=Ren%C3%A9e+Vos&email=r%40voorbeeld.nl&organisation=SWV+Noord";

    #[test]
    fn a_complete_form_yields_a_sign_up() {
        let submission =
            Submission::read(format!("{GOOD}&role=other&role_other=IB%27er&question=").as_bytes());
        let signup = submission.unwrap().check(&event()).unwrap();
        assert_eq!(signup.details.full_name.as_str(), "Renée Vos");
        assert!(matches!(signup.details.role, Role::Other(other) if other.as_str() == "IB'er"));
        assert!(signup.details.question.is_none());
    }

    #[test]
    fn all_errors_are_reported_at_once_in_the_order_of_the_page() {
        check(
            "",
            &[
                (Field::Session, Empty),
                (Field::FullName, Empty),
                (Field::Email, Empty),
                (Field::Organisation, Empty),
                (Field::Role, Empty),
            ],
        );
        check(&format!("{GOOD}&role=other"), &[(Field::RoleOther, Empty)]);
        check(&format!("{GOOD}&role=boss"), &[(Field::Role, Empty)]);
        let long = "a".repeat(1001);
        check(&format!("{GOOD}&role=director&question={long}"), &[(Field::Question, TooLong)]);
        check(
            &format!("session=29-november&full_name={long}&email=x&organisation={long}&role=director"),
            &[
                (Field::Session, Empty),
                (Field::FullName, TooLong),
                (Field::Email, Malformed),
                (Field::Organisation, TooLong),
            ],
        );
    }

    #[test]
    fn a_name_must_not_contain_a_link_or_an_email_address() {
        let with = |field: &str, text: &str| {
            let good = ["full_name=Ren%C3%A9e+Vos", "organisation=SWV+Noord", "role_other=IB"];
            let fields =
                good.map(|one| if one.starts_with(field) { format!("{field}={text}") } else { one.into() });
            format!("session=28-november&email=r%40voorbeeld.nl&role=other&{}", fields.join("&"))
        };
        for text in ["Win%20op%20https%3A%2F%2Fx.nl", "WWW.x.nl", "a%40b.nl"] {
            check(&with("full_name", text), &[(Field::FullName, Link)]);
            check(&with("organisation", text), &[(Field::Organisation, Link)]);
            check(&with("role_other", text), &[(Field::RoleOther, Link)]);
        }
        check(&with("full_name", "A.B.+van+'t+Hof"), &[]);
    }

    #[test]
    fn unknown_fields_are_ignored_and_repeated_ones_refused() {
        check(&format!("{GOOD}&role=director&extra=1&extra=2"), &[]);
        assert_eq!(Submission::read(b"email=a&email=b").err(), Some(RepeatedField));
    }

    #[test]
    fn bytes_that_are_not_text_become_replacement_characters() {
        let submission = Submission::read(b"full_name=%FF%00").unwrap();
        assert_eq!(submission.values()[&Field::FullName], "\u{fffd}\0");
    }
}

//! The form as it was sent, and what it means.

use std::borrow::Cow;
use std::collections::BTreeMap;

use catalog::answer::Field;
use catalog::{Event, Session};

use crate::signup::{Details, Email, Line, Lines, Role, Signup, TextError};

/// What is wrong with a form: for each field at fault the words that stand at it.
pub type Errors = BTreeMap<Field, String>;

/// A form as it was sent: every field as it was typed.
#[derive(Clone, Default)]
pub struct Submission {
    values: BTreeMap<Field, String>,
    /// What is no field that one fills in: which button, and what a person never sees.
    controls: BTreeMap<&'static str, String>,
}

/// Names of what a form sends beside its fields.
const CONTROLS: [&str; 3] = [ACTION, WAIT, TRAP];
const ACTION: &str = "action";
const WAIT: &str = "wait";
/// Only a program fills this in: it does not show on the page, and says that it stays empty.
const TRAP: &str = "website";

/// The problem of a field stands among the [`Errors`].
struct Noted;

/// A field was sent twice, which no page of ours does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RepeatedField;

impl Submission {
    /// Reads `application/x-www-form-urlencoded` bytes. Unknown fields are
    /// passed over; what is no UTF-8 becomes U+FFFD.
    ///
    /// # Errors
    /// When a field occurs twice.
    pub fn read(body: &[u8]) -> Result<Self, RepeatedField> {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            let value = Cow::into_owned(value);
            let before = if let Some(field) = Field::ALL.into_iter().find(|field| field.name() == name) {
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

    /// Every field that was sent, as it was typed.
    pub fn values(&self) -> &BTreeMap<Field, String> {
        &self.values
    }

    /// What the button that was pressed does; empty where the form has only one.
    pub fn action(&self) -> &str {
        self.control(ACTION)
    }

    /// Whether one wants to wait where there is no seat.
    pub fn may_wait(&self) -> bool {
        self.control(WAIT) == "yes"
    }

    /// Whether a program filled it in that fills in everything.
    pub fn is_trapped(&self) -> bool {
        !self.control(TRAP).trim().is_empty()
    }

    /// The session that was chosen, if it is one of the event's.
    pub fn session<'a>(&self, event: &'a Event) -> Option<&'a Session> {
        event.session(&self.get(Field::Session).parse().ok()?)
    }

    /// The sign-up that the form asks for.
    ///
    /// # Errors
    /// With everything that is wrong with it.
    pub fn check(&self, event: &Event) -> Result<Signup, Errors> {
        let mut errors = Errors::new();
        let mut note = |field, message: &str| note(&mut errors, field, message);
        let session = self.session(event).map(|session| session.id().clone());
        let session = session.ok_or_else(|| note(Field::Session, choose_session(event)));
        let email = Email::new(self.get(Field::Email)).map_err(|error| match error {
            TextError::Empty => note(Field::Email, "Vul je e-mailadres in."),
            TextError::TooLong => {
                note(Field::Email, "Je e-mailadres is te lang: gebruik hooguit 254 tekens.")
            }
            TextError::Form => note(Field::Email, "Vul een e-mailadres in zoals naam@voorbeeld.nl."),
        });
        match (session, email, self.details()) {
            (Ok(session), Ok(email), Ok(details)) => Ok(Signup { session, email, details }),
            (.., details) => {
                errors.extend(details.err().unwrap_or_default());
                Err(errors)
            }
        }
    }

    /// What one can change about oneself later.
    ///
    /// # Errors
    /// With everything that is wrong with it.
    pub fn details(&self) -> Result<Details, Errors> {
        let mut errors = Errors::new();
        let mut note = |field, message: &str| note(&mut errors, field, message);
        let full_name = Line::new(self.get(Field::FullName)).map_err(|error| match error {
            TextError::TooLong => note(Field::FullName, "Je naam is te lang: gebruik hooguit 80 tekens."),
            _ => note(Field::FullName, "Vul je voor- en achternaam in."),
        });
        let organisation = Line::new(self.get(Field::Organisation)).map_err(|error| match error {
            TextError::TooLong => note(
                Field::Organisation,
                "De naam van je organisatie is te lang: gebruik hooguit 120 tekens.",
            ),
            _ => note(Field::Organisation, "Vul de naam van je organisatie in."),
        });
        let role = match self.get(Field::Role) {
            "director" => Ok(Role::Director),
            "board_member" => Ok(Role::BoardMember),
            "quality_officer" => Ok(Role::QualityOfficer),
            "other" => Line::new(self.get(Field::RoleOther)).map(Role::Other).map_err(|error| match error {
                TextError::TooLong => {
                    note(Field::RoleOther, "Je functie is te lang: gebruik hooguit 80 tekens.")
                }
                _ => note(Field::RoleOther, "Vul in wat je functie is."),
            }),
            _ => Err(note(Field::Role, "Kies je functie.")),
        };
        let question = match Lines::new(self.get(Field::Question)) {
            Ok(question) => Ok(Some(question)),
            Err(TextError::TooLong) => {
                Err(note(Field::Question, "Je vraag of inbreng is te lang: gebruik hooguit 1000 tekens."))
            }
            Err(_) => Ok(None),
        };
        match (full_name, organisation, role, question) {
            (Ok(full_name), Ok(organisation), Ok(role), Ok(question)) => {
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

fn note(errors: &mut Errors, field: Field, message: &str) -> Noted {
    errors.insert(field, message.to_owned());
    Noted
}

fn choose_session(event: &Event) -> &'static str {
    match event.sessions().len() {
        1 => "Kies de datum.",
        2 => "Kies één van de twee data.",
        _ => "Kies één van de data.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> Event {
        let session = |id: &str| {
            serde_json::json!({
                "id": id, "capacity": 1,
                "starts_at": "2028-11-28T15:00:00Z", "ends_at": "2028-11-28T16:30:00Z",
                "opens_at": "2026-11-01T08:00:00Z", "closes_at": "2028-11-28T15:00:00Z"
            })
        };
        serde_json::from_value(serde_json::json!({
            "id": "e", "title": "t", "page": "/p/", "time_zone": "Europe/Amsterdam", "retention_days": 30,
            "sessions": [session("28-november"), session("30-november")]
        }))
        .unwrap()
    }

    fn check(body: &str, expected: &[(Field, &str)]) {
        let submission = Submission::read(body.as_bytes()).unwrap();
        let errors = submission.check(&event()).err().unwrap_or_default();
        let errors: Vec<(Field, &str)> =
            errors.iter().map(|(&field, words)| (field, words.as_str())).collect();
        assert_eq!(errors, expected, "{body}");
    }

    const GOOD: &str =
        "session=28-november&full_name=Ren%C3%A9e+Vos&email=r%40voorbeeld.nl&organisation=SWV+Noord";

    #[test]
    fn a_whole_form_is_a_signup() {
        let submission =
            Submission::read(format!("{GOOD}&role=other&role_other=IB%27er&question=").as_bytes());
        let signup = submission.unwrap().check(&event()).unwrap();
        assert_eq!(signup.details.full_name.as_str(), "Renée Vos");
        assert!(matches!(signup.details.role, Role::Other(other) if other.as_str() == "IB'er"));
        assert!(signup.details.question.is_none());
    }

    #[test]
    fn every_problem_is_told_at_once_in_the_order_of_the_page() {
        check(
            "",
            &[
                (Field::Session, "Kies één van de twee data."),
                (Field::FullName, "Vul je voor- en achternaam in."),
                (Field::Email, "Vul je e-mailadres in."),
                (Field::Organisation, "Vul de naam van je organisatie in."),
                (Field::Role, "Kies je functie."),
            ],
        );
        check(&format!("{GOOD}&role=other"), &[(Field::RoleOther, "Vul in wat je functie is.")]);
        check(&format!("{GOOD}&role=boss"), &[(Field::Role, "Kies je functie.")]);
        let long = "a".repeat(1001);
        check(
            &format!("{GOOD}&role=director&question={long}"),
            &[(Field::Question, "Je vraag of inbreng is te lang: gebruik hooguit 1000 tekens.")],
        );
        check(
            &format!("session=29-november&full_name={long}&email=x&organisation={long}&role=director"),
            &[
                (Field::Session, "Kies één van de twee data."),
                (Field::FullName, "Je naam is te lang: gebruik hooguit 80 tekens."),
                (Field::Email, "Vul een e-mailadres in zoals naam@voorbeeld.nl."),
                (Field::Organisation, "De naam van je organisatie is te lang: gebruik hooguit 120 tekens."),
            ],
        );
    }

    #[test]
    fn unknown_fields_are_passed_over_and_repeated_ones_refused() {
        check(&format!("{GOOD}&role=director&extra=1&extra=2"), &[]);
        assert_eq!(Submission::read(b"email=a&email=b").err(), Some(RepeatedField));
    }

    #[test]
    fn bytes_that_are_no_text_are_kept_as_replacement_characters() {
        let submission = Submission::read(b"full_name=%FF%00").unwrap();
        assert_eq!(submission.values()[&Field::FullName], "\u{fffd}\0");
    }
}

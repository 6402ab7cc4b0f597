//! The form as it was sent, and what it means.

use std::borrow::Cow;
use std::collections::BTreeMap;

use catalog::answer::Field;
use catalog::{Event, Session};

use crate::signup::{Email, Line, Lines, Role, Signup, TextError};

/// What is wrong with a form: for each field at fault the words that stand at it.
pub type Errors = BTreeMap<Field, String>;

/// A form as it was sent: every field as it was typed.
#[derive(Clone)]
pub struct Submission(BTreeMap<Field, String>);

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
        let mut values = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(body) {
            let Some(field) = Field::ALL.into_iter().find(|field| field.name() == name) else { continue };
            if values.insert(field, Cow::into_owned(value)).is_some() {
                return Err(RepeatedField);
            }
        }
        Ok(Self(values))
    }

    /// Every field that was sent, as it was typed.
    pub fn values(&self) -> &BTreeMap<Field, String> {
        &self.0
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
        let mut note = |field, message: &str| {
            errors.insert(field, message.to_owned());
            Noted
        };
        let session = self.session(event).map(|session| session.id().clone());
        let session = session.ok_or_else(|| note(Field::Session, choose_session(event)));
        let full_name = Line::new(self.get(Field::FullName)).map_err(|error| match error {
            TextError::TooLong => note(Field::FullName, "Je naam is te lang: gebruik hooguit 80 tekens."),
            _ => note(Field::FullName, "Vul je voor- en achternaam in."),
        });
        let email = Email::new(self.get(Field::Email)).map_err(|error| match error {
            TextError::Empty => note(Field::Email, "Vul je e-mailadres in."),
            TextError::TooLong => {
                note(Field::Email, "Je e-mailadres is te lang: gebruik hooguit 254 tekens.")
            }
            TextError::Form => note(Field::Email, "Vul een e-mailadres in zoals naam@voorbeeld.nl."),
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
        match (session, full_name, email, organisation, role, question) {
            (Ok(session), Ok(full_name), Ok(email), Ok(organisation), Ok(role), Ok(question)) => {
                Ok(Signup { session, full_name, email, organisation, role, question })
            }
            _ => Err(errors),
        }
    }

    fn get(&self, field: Field) -> &str {
        self.0.get(&field).map_or("", String::as_str)
    }
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
        assert_eq!(signup.full_name.as_str(), "Renée Vos");
        assert!(matches!(signup.role, Role::Other(other) if other.as_str() == "IB'er"));
        assert!(signup.question.is_none());
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

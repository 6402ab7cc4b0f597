//! A sign-up, every field of which is right.

use std::collections::BTreeMap;
use std::fmt;

use catalog::SessionId;
use catalog::answer::Field;
use email_address::{EmailAddress, Options};

use crate::text;

/// What a participant asks for.
#[derive(Clone, PartialEq, Eq)]
pub struct Signup {
    /// The session chosen.
    pub session: SessionId,
    /// Where mail about it goes.
    pub email: Email,
    /// Who asks, and what for.
    pub details: Details,
}

/// What a participant may change later.
#[derive(Clone, PartialEq, Eq)]
pub struct Details {
    /// Given name and surname.
    pub full_name: Line<80>,
    /// The partnership, board or school that the participant works for.
    pub organisation: Line<120>,
    /// What the participant does there.
    pub role: Role,
    /// Something to bring to the session.
    pub question: Option<Lines<1000>>,
}

impl Signup {
    /// As the form shows it.
    pub fn values(&self) -> BTreeMap<Field, String> {
        let Self { session, email, details: Details { full_name, organisation, role, question } } = self;
        let other = match role {
            Role::Other(other) => other.as_str(),
            _ => "",
        };
        BTreeMap::from(
            [
                (Field::Session, session.as_str()),
                (Field::FullName, full_name.as_str()),
                (Field::Email, email.as_str()),
                (Field::Organisation, organisation.as_str()),
                (Field::Role, role.value()),
                (Field::RoleOther, other),
                (Field::Question, question.as_ref().map_or("", Lines::as_str)),
            ]
            .map(|(field, value)| (field, value.to_owned())),
        )
    }
}

/// Personal data stays out of logs, even by accident.
impl fmt::Debug for Details {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Details(…)")
    }
}

/// Personal data stays out of logs, even by accident.
impl fmt::Debug for Signup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signup").field("session", &self.session).finish_non_exhaustive()
    }
}

/// What is wrong with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextError {
    /// Nothing is left once blanks and invisible characters are gone.
    Empty,
    /// More than the limit, in characters.
    TooLong,
    /// Not of the form that it should have.
    Form,
}

/// One line of at least one and at most `MAX` characters, so at most four times as many bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Line<const MAX: usize>(String);

/// Text of at least one and at most `MAX` characters, so at most four times as many bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Lines<const MAX: usize>(String);

/// An e-mail address with a domain that has a dot, of at most 254 bytes (RFC 5321, section 4.5.3.1).
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

/// What a participant does.
#[derive(Clone, PartialEq, Eq)]
pub enum Role {
    /// directeur
    Director,
    /// bestuurder
    BoardMember,
    /// kwaliteitsmedewerker
    QualityOfficer,
    /// anders, namelijk …
    Other(Line<80>),
}

fn within(text: String, max: usize) -> Result<String, TextError> {
    match text.chars().count() {
        0 => Err(TextError::Empty),
        count if count > max => Err(TextError::TooLong),
        _ => Ok(text),
    }
}

impl<const MAX: usize> Line<MAX> {
    /// The line that a text holds.
    ///
    /// # Errors
    /// [`TextError::Empty`] or [`TextError::TooLong`].
    pub fn new(text: &str) -> Result<Self, TextError> {
        within(text::line(text), MAX).map(Self)
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> Lines<MAX> {
    /// The lines that a text holds.
    ///
    /// # Errors
    /// [`TextError::Empty`] or [`TextError::TooLong`].
    pub fn new(text: &str) -> Result<Self, TextError> {
        within(text::lines(text), MAX).map(Self)
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Characters that shape others, where names need them, and do not show by themselves.
const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];

impl Email {
    /// The longest address, in bytes.
    pub const MAX: usize = 254;

    /// The address that a text holds.
    ///
    /// # Errors
    /// [`TextError::Empty`], [`TextError::TooLong`] or [`TextError::Form`].
    pub fn new(text: &str) -> Result<Self, TextError> {
        let line = text::line(text);
        if line.is_empty() {
            return Err(TextError::Empty);
        }
        if line.len() > Self::MAX {
            return Err(TextError::TooLong);
        }
        let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
        match EmailAddress::parse_with_options(&line, options) {
            // A quoted local part may hold blanks and line breaks, a joiner hides; nobody has either.
            Ok(address) if !address.local_part().starts_with('"') && !line.contains(JOINERS) => {
                Ok(Self(line))
            }
            _ => Err(TextError::Form),
        }
    }

    /// As it was typed, for sending mail to.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// By which two spellings of one address are the same.
    pub fn normalised(&self) -> String {
        self.0.to_lowercase()
    }
}

impl Role {
    /// The value of a role in the form and in the store.
    pub fn value(&self) -> &'static str {
        match self {
            Self::Director => "director",
            Self::BoardMember => "board_member",
            Self::QualityOfficer => "quality_officer",
            Self::Other(_) => "other",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_the_form_of_one() {
        for good in
            ["naam@voorbeeld.nl", " A.B+c@sub.voorbeeld.nl ", "o'neil@voorbeeld.nl", "jörg@voorbeeld.nl"]
        {
            assert!(Email::new(good).is_ok(), "{good}");
        }
        for bad in [
            "naam",
            "naam@",
            "@voorbeeld.nl",
            "naam@voorbeeld",
            "a b@voorbeeld.nl",
            "a@b@c.nl",
            "a@[::1]",
            "\"a b\"@c.nl",
            "A <a@b.nl>",
            "a@b..nl",
            "a@-b.nl",
            "a\u{200d}b@voorbeeld.nl",
        ] {
            assert_eq!(Email::new(bad).err(), Some(TextError::Form), "{bad}");
        }
        assert_eq!(Email::new(" ").err(), Some(TextError::Empty));
        let long = format!("{}@voorbeeld.nl", "a".repeat(250));
        assert_eq!(Email::new(&long).err(), Some(TextError::TooLong));
    }

    #[test]
    fn spellings_of_one_address_are_the_same() {
        let composed = |text: &str| Email::new(text).map(|email| email.normalised()).ok();
        assert_eq!(composed("jo\u{308}rg@voorbeeld.nl"), composed("jörg@voorbeeld.nl"));
        let normalised = |text: &str| Email::new(text).map(|email| email.normalised()).ok();
        assert_eq!(normalised("Naam@Voorbeeld.NL "), normalised("naam@voorbeeld.nl"));
    }

    #[test]
    fn a_limit_counts_characters_that_show() {
        assert!(Line::<3>::new(" éé\u{200b}é ").is_ok());
        assert_eq!(Line::<3>::new("éééé").err(), Some(TextError::TooLong));
    }
}

//! A valid sign-up.

use std::collections::BTreeMap;
use std::fmt;

use super::field::{Email, Line, Lines, TextError};
use catalog::SessionId;
use catalog::answer::Field;

/// A valid sign-up, as a participant requested it.
#[derive(Clone, PartialEq, Eq)]
pub struct Signup {
    /// The chosen session.
    pub session: SessionId,
    /// The address for mails about the sign-up.
    pub email: Email,
    /// The participant's details.
    pub details: Details,
}

/// The details of a sign-up, which the participant may change later.
#[derive(Clone, PartialEq, Eq)]
pub struct Details {
    /// Given name and surname.
    pub full_name: Line<80>,
    /// The partnership, board or school that the participant works for.
    pub organisation: Line<120>,
    /// The participant's role there.
    pub role: Role,
    /// A question or contribution for the session.
    pub question: Option<Lines<1000>>,
}

impl Signup {
    /// Returns the value of each field, as the form shows it.
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

/// Prints no personal data, so that none can end up in a log.
impl fmt::Debug for Details {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Details(…)")
    }
}

/// Prints no personal data, so that none can end up in a log.
impl fmt::Debug for Signup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signup").field("session", &self.session).finish_non_exhaustive()
    }
}

/// A participant's role.
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

/// The reason why a role is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleError {
    /// The value is not on the list of roles.
    Unknown,
    /// The description of another role is invalid.
    Other(TextError),
}

impl Role {
    /// Parses a role from its value and, for the value `other`, from its description.
    ///
    /// # Errors
    /// Fails if the value is not on the list of roles, or if the description of another role is invalid.
    pub fn parse(value: &str, other: &str) -> Result<Self, RoleError> {
        match value {
            "director" => Ok(Self::Director),
            "board_member" => Ok(Self::BoardMember),
            "quality_officer" => Ok(Self::QualityOfficer),
            "other" => Line::new(other).map(Self::Other).map_err(RoleError::Other),
            _ => Err(RoleError::Unknown),
        }
    }

    /// Returns the value of the role in the form and in the store.
    pub fn value(&self) -> &'static str {
        match self {
            Self::Director => "director",
            Self::BoardMember => "board_member",
            Self::QualityOfficer => "quality_officer",
            Self::Other(_) => "other",
        }
    }
}

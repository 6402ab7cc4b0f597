//! Ids that are spelled the same in URLs, in the form and in the table's keys.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The id of an event, such as `lnpo-2028`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EventId(String);

/// The id of a session, unique within its event, such as `28-november`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SessionId(String);

/// The reference that a participant can quote: eight characters of Crockford's base 32.
///
/// It identifies a sign-up but gives no access to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference(String);

/// A reason why a text is not a valid id or reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The id is empty, or longer than [`MAX_ID_LENGTH`] characters.
    #[error("an id must be 1 to {MAX_ID_LENGTH} characters long")]
    Length,
    /// The id has a character other than `a`–`z`, `0`–`9` and `-`, or begins or ends with `-`.
    #[error("an id may only contain `a`–`z`, `0`–`9` and `-`, and may not begin or end with `-`")]
    Character,
    /// The reference is not [`Reference::LENGTH`] characters of [`Reference::ALPHABET`].
    #[error("a reference must be eight characters of Crockford's base 32")]
    Reference,
}

/// Maximum length of an id in characters: short enough to read out.
///
/// An id fits easily in a DynamoDB key. An event id is part of a partition key (at
/// most 2,048 bytes), and a session id is part of a sort key (at most 1,024 bytes).
pub const MAX_ID_LENGTH: usize = 40;

fn check(text: &str) -> Result<(), IdError> {
    if text.is_empty() || text.len() > MAX_ID_LENGTH {
        return Err(IdError::Length);
    }
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !text.bytes().all(allowed) || text.starts_with('-') || text.ends_with('-') {
        return Err(IdError::Character);
    }
    Ok(())
}

macro_rules! id {
    ($name:ident) => {
        impl $name {
            /// Returns the id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                check(text)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                check(&text)?;
                Ok(Self(text))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(EventId);
id!(SessionId);

impl Reference {
    /// Number of characters in a reference: 8 × 5 = 40 bits, or about a trillion different references.
    pub const LENGTH: usize = 8;

    /// Crockford's base 32: no `I`, `L`, `O` or `U`, so that a reference can be read out on the telephone.
    pub const ALPHABET: &'static str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// Encodes the lowest 40 bits of a number as a reference, five bits per character.
    pub fn from_bits(bits: u64) -> Self {
        let letter = |shift: u32| char::from(Self::ALPHABET.as_bytes()[(bits >> shift) as usize % 32]);
        Self([35, 30, 25, 20, 15, 10, 5, 0].map(letter).iter().collect())
    }

    /// Returns the reference as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Reference {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if text.len() == Self::LENGTH && text.chars().all(|c| Self::ALPHABET.contains(c)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdError::Reference)
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_lower_case_letters_digits_and_hyphens() {
        let check = |text: &str| text.parse::<EventId>().map(|id| id.to_string());
        assert_eq!(check("lnpo-2028"), Ok("lnpo-2028".into()));
        assert_eq!(check(""), Err(IdError::Length));
        assert_eq!(check(&"a".repeat(41)), Err(IdError::Length));
        for bad in ["LNPO", "a b", "a/b", "a#b", "é", "-a", "a-"] {
            assert_eq!(check(bad), Err(IdError::Character), "{bad}");
        }
    }

    #[test]
    fn a_reference_is_eight_crockford_characters() {
        assert!("K7QF2M9D".parse::<Reference>().is_ok());
        assert_eq!(Reference::from_bits(0x1f).as_str(), "0000000Z");
        assert_eq!(Reference::from_bits(1 << 35).as_str(), "10000000");
        for bad in ["", "K7QF2M9", "K7QF2M9DD", "k7qf2m9d", "K7QF2M9O", "K7QF2M9<"] {
            assert_eq!(bad.parse::<Reference>(), Err(IdError::Reference), "{bad}");
        }
    }
}

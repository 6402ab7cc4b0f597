//! Ids that are spelled the same in a URL, in the form and in the table's keys.

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

/// What a participant quotes about a sign-up: eight characters of Crockford's base 32.
///
/// It names a sign-up but gives no access to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference(String);

/// Why a text is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Ids are 1 to [`MAX_ID_LENGTH`] characters long.
    #[error("an id is 1 to {MAX_ID_LENGTH} characters long")]
    Length,
    /// Ids consist of `a`–`z`, `0`–`9` and `-`, and neither begin nor end with `-`.
    #[error("an id consists of `a`–`z`, `0`–`9` and `-`, with no `-` at either end")]
    Character,
    /// References are [`Reference::LENGTH`] characters of [`Reference::ALPHABET`].
    #[error("a reference is eight characters of Crockford's base 32")]
    Reference,
}

/// The longest id: short enough to read out, and 2 × 40 bytes leave a DynamoDB key (2,048) room.
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
            /// The id as text.
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
    /// Characters in a reference: 8 × 5 bits tell a trillion sign-ups apart.
    pub const LENGTH: usize = 8;

    /// Crockford's base 32: no `I`, `L`, `O` or `U`, so that it survives the telephone.
    pub const ALPHABET: &'static str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// The reference that stands for the lowest 40 bits of a number, five to a character.
    pub fn from_bits(bits: u64) -> Self {
        let letter = |shift: u32| char::from(Self::ALPHABET.as_bytes()[(bits >> shift) as usize % 32]);
        Self([35, 30, 25, 20, 15, 10, 5, 0].map(letter).iter().collect())
    }

    /// The reference as text.
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

//! The random value in a cookie, of which the table has only the hash.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

use super::bits;

/// 256 random bits in a cookie.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

/// The hash of a [`Secret`], which the table has. A plain hash is enough for a value that nobody can guess.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretHash(String);

/// The error for text that is not a secret.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("expected 43 base64url characters")]
pub struct BadSecret;

impl Secret {
    /// Draws 256 random bits.
    ///
    /// # Errors
    /// Fails if the operating system does not supply random bits.
    pub fn random() -> Result<Self, getrandom::Error> {
        bits::random().map(Self)
    }

    /// Returns the form in the cookie: 43 characters of base64url.
    pub fn value(&self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }

    /// Returns the hash that the table has.
    pub fn hash(&self) -> SecretHash {
        SecretHash(BASE64URL_NOPAD.encode(&Sha256::digest(self.0)))
    }
}

impl FromStr for Secret {
    type Err = BadSecret;

    fn from_str(text: &str) -> Result<Self, BadSecret> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| BadSecret)?;
        bytes.try_into().map(Self).map_err(|_| BadSecret)
    }
}

impl SecretHash {
    /// Returns the form used in the table's keys: 43 characters of base64url.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the hash with this key in the table.
    pub fn from_key(key: &str) -> Self {
        Self(key.to_owned())
    }
}

/// Prints nothing of the secret, so that it cannot end up in a log.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_survives_the_cookie_and_its_hash_is_another_value() {
        let secret = Secret::random().unwrap();
        assert_eq!(secret.value().len(), 43);
        assert_eq!(secret.value().parse::<Secret>().ok(), Some(secret.clone()));
        assert_ne!(secret.hash().as_str(), secret.value());
        assert!("x".parse::<Secret>().is_err());
        assert!(!format!("{secret:?}").contains(&secret.value()));
    }
}

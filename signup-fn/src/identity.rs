//! Who is who: a keyed hash of the address, so that keys and logs hold no address.

use std::fmt;

use catalog::{EventId, Reference};
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::signup::Email;

/// The key by which people are told apart; without it a hash says nothing.
#[derive(Clone)]
pub struct Identity([u8; 32]);

/// One person at one event: HMAC-SHA-256 (RFC 2104) of event and normalised address.
#[derive(Clone, PartialEq, Eq)]
pub struct Person([u8; 32]);

/// The text is no key.
#[derive(Debug, thiserror::Error)]
#[error("an identity key is 64 hexadecimal digits")]
pub struct BadKey;

impl Identity {
    /// A key of 32 bytes.
    pub fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// The person with this address at this event.
    pub fn person(&self, event: &EventId, email: &Email) -> Person {
        // An id holds no NUL, so the two parts can't run into each other.
        Person(self.hash(&[b"person\0", event.as_str().as_bytes(), b"\0", email.normalised().as_bytes()]))
    }

    fn hash(&self, parts: &[&[u8]]) -> [u8; 32] {
        // A key shorter than SHA-256's block is filled up with zeros (RFC 2104, section 2).
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.0);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

impl std::str::FromStr for Identity {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let bytes = HEXLOWER.decode(text.trim().to_ascii_lowercase().as_bytes()).map_err(|_| BadKey)?;
        bytes.try_into().map(Self).map_err(|_| BadKey)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(…)")
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Person(…)")
    }
}

impl Person {
    /// As it stands in a key: 64 hexadecimal digits.
    pub fn key(&self) -> String {
        HEXLOWER.encode(&self.0)
    }

    /// What this person may quote: the first 40 bits, five to a character.
    ///
    /// The same at each try, so that a repeat looks like a first time.
    pub fn reference(&self) -> Reference {
        let [a, b, c, d, e, ..] = self.0;
        let bits = u64::from_be_bytes([0, 0, 0, a, b, c, d, e]);
        Reference::from_bits(bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(key: u8, event: &str, email: &str) -> Person {
        Identity::new([key; 32]).person(&event.parse().unwrap(), &Email::new(email).unwrap())
    }

    #[test]
    fn a_person_is_event_address_and_key() {
        let one = person(1, "a", "naam@voorbeeld.nl");
        assert!(one == person(1, "a", " NAAM@voorbeeld.nl"));
        assert!(one != person(2, "a", "naam@voorbeeld.nl"));
        assert!(one != person(1, "b", "naam@voorbeeld.nl"));
        assert!(one != person(1, "a", "naam2@voorbeeld.nl"));
    }

    #[test]
    fn a_reference_reads_back() {
        let reference = person(1, "a", "naam@voorbeeld.nl").reference();
        assert_eq!(reference.as_str().parse(), Ok(reference));
    }

    #[test]
    fn a_key_is_64_hexadecimal_digits() {
        assert!(
            "0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789".parse::<Identity>().is_ok()
        );
        assert!("xyz".parse::<Identity>().is_err());
        assert!("00".parse::<Identity>().is_err());
    }
}

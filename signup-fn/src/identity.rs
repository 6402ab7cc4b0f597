//! Who is who: a keyed hash of the address, so that keys and logs hold no address.

use std::fmt;
use std::net::IpAddr;

use catalog::{EventId, Reference};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

use crate::signup::Email;

/// The key by which people are told apart; without it a hash says nothing.
#[derive(Clone)]
pub struct Identity([u8; 32]);

/// One person at one event: HMAC-SHA-256 (RFC 2104) of event and normalised address, cut to 128 bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Person([u8; 16]);

/// One sender in one hour: a hash of the network address and the hour, so that no address is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Source {
    hash: [u8; 16],
    hour: i64,
}

/// The text is the key of no person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a person's key is 22 characters of base 64")]
pub struct BadPerson;

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

    /// The sender with this network address in the hour of an instant.
    pub fn source(&self, address: IpAddr, now: Timestamp) -> Source {
        // Who has one address of version 6 has all with its first 64 bits.
        let network = match address {
            IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
            IpAddr::V6(address) => {
                let mut octets = address.octets();
                octets[8..].fill(0);
                octets
            }
        };
        let hour = now.as_second().div_euclid(3600);
        Source { hash: self.hash(&[b"source\0", &hour.to_be_bytes(), &network]), hour }
    }

    fn hash(&self, parts: &[&[u8]]) -> [u8; 16] {
        // A key shorter than SHA-256's block is filled up with zeros (RFC 2104, section 2).
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.0);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        for part in parts {
            mac.update(part);
        }
        let hash = mac.finalize().into_bytes();
        std::array::from_fn(|at| hash[at])
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
    /// As it stands in a key: 22 characters of base 64.
    pub fn key(&self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }

    /// As it stands in a token.
    pub fn bytes(&self) -> [u8; 16] {
        self.0
    }

    /// The person of a token.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
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

impl std::str::FromStr for Person {
    type Err = BadPerson;

    fn from_str(key: &str) -> Result<Self, BadPerson> {
        let bytes = BASE64URL_NOPAD.decode(key.as_bytes()).map_err(|_| BadPerson)?;
        bytes.try_into().map(Self).map_err(|_| BadPerson)
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Source(…)")
    }
}

impl Source {
    /// As it stands in a key: 22 characters of base 64.
    pub fn key(&self) -> String {
        BASE64URL_NOPAD.encode(&self.hash)
    }

    /// When it says nothing any more.
    pub fn forget_at(&self) -> Timestamp {
        Timestamp::from_second((self.hour + 1) * 3600).unwrap_or(Timestamp::MAX)
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
    fn a_key_reads_back() {
        let person = person(1, "a", "naam@voorbeeld.nl");
        assert_eq!(person.key().len(), 22);
        assert_eq!(person.key().parse(), Ok(person));
        assert_eq!("x".parse::<Person>(), Err(BadPerson));
    }

    #[test]
    fn a_sender_is_a_network_and_an_hour() {
        let source = |key: u8, address: &str, now: &str| {
            Identity::new([key; 32]).source(address.parse().unwrap(), now.parse().unwrap())
        };
        let one = source(1, "2001:db8:1:2::3", "2028-11-28T15:00:00Z");
        assert_eq!(one, source(1, "2001:db8:1:2:ffff::4", "2028-11-28T15:59:59Z"));
        assert_ne!(one, source(1, "2001:db8:1:3::3", "2028-11-28T15:00:00Z"));
        assert_ne!(one, source(1, "2001:db8:1:2::3", "2028-11-28T16:00:00Z"));
        assert_ne!(one, source(2, "2001:db8:1:2::3", "2028-11-28T15:00:00Z"));
        let four = source(1, "192.0.2.1", "2028-11-28T15:00:00Z");
        assert_ne!(four, source(1, "192.0.2.2", "2028-11-28T15:00:00Z"));
        assert_eq!(one.forget_at(), "2028-11-28T16:00:00Z".parse().unwrap());
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

//! Identities of people and senders: keyed hashes, so that no key in the table contains an address.

use std::fmt;
use std::net::IpAddr;

use catalog::{EventId, Reference};
use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

use super::bits;
use super::field::Email;
use super::secret::SecretHash;
use super::text::folded;

/// The secret key of the hashes that identify people. Without it, a hash reveals nothing.
#[derive(Clone)]
pub struct Identity([u8; 32]);

/// A person at one event: HMAC-SHA-256 (RFC 2104) of event, normalised address, folded name and a number,
/// truncated to 128 bits.
///
/// It identifies the person for good, even if the name or the address is changed later.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Person([u8; 16]);

/// An address at one event, which several people may share: a keyed hash of event and normalised address.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mailbox([u8; 16]);

/// A sender in one hour: a keyed hash of the network address and the hour, so that no address is stored.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Source {
    hash: [u8; 16],
    hour: i64,
}

/// An organiser: a keyed hash of the normalised address, so that the table has no address of an organiser.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct OrganiserId([u8; 16]);

/// The error for text that is not the key of a person, a mailbox or an organiser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a key of 22 base64url characters")]
pub struct BadPerson;

/// The error for text that is not an identity key.
#[derive(Debug, thiserror::Error)]
#[error("expected an identity key of 64 hexadecimal digits")]
pub struct BadKey;

impl Identity {
    /// Creates an identity from a key of 32 bytes.
    pub fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// Returns the mailbox with this address at this event.
    pub fn mailbox(&self, event: &EventId, email: &Email) -> Mailbox {
        // An id contains no NUL, so the encoding is injective.
        Mailbox(self.hash(&[b"mailbox\0", event.as_str().as_bytes(), b"\0", email.normalised().as_bytes()]))
    }

    /// Returns the person who signs up with this name and the address of this mailbox.
    ///
    /// Somebody who signed up with this name may have changed it since. Then the next person with the name
    /// has another `number`.
    pub fn person(&self, mailbox: &Mailbox, name: &str, number: u8) -> Person {
        Person(self.hash(&[b"person\0", &mailbox.0, &[number], folded(name).as_bytes()]))
    }

    /// Returns the sender with this network address in the hour of `now`.
    pub fn source(&self, address: IpAddr, now: Timestamp) -> Source {
        // An IPv6 subscriber usually controls a whole /64.
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

    /// Returns the organiser with this address. Any address has an id, also that of somebody who is none.
    pub fn organiser(&self, email: &Email) -> OrganiserId {
        OrganiserId(self.hash(&[b"organiser\0", email.normalised().as_bytes()]))
    }

    /// Returns the source of requests to log in with an address, in the hour of `now`.
    pub fn log_ins_of(&self, organiser: &OrganiserId, now: Timestamp) -> Source {
        let hour = now.as_second().div_euclid(3600);
        Source { hash: self.hash(&[b"log-ins\0", &hour.to_be_bytes(), &organiser.0]), hour }
    }

    /// Returns the source of requests for a fresh code in a running log-in, in the hour of `now`.
    pub fn codes_of(&self, log_in: &SecretHash, now: Timestamp) -> Source {
        let hour = now.as_second().div_euclid(3600);
        Source { hash: self.hash(&[b"codes\0", &hour.to_be_bytes(), log_in.as_str().as_bytes()]), hour }
    }

    /// Returns the source of requests to log in from a network address, in the hour of `now`.
    pub fn log_ins_from(&self, address: IpAddr, now: Timestamp) -> Source {
        let Source { hash, hour } = self.source(address, now);
        Source { hash: self.hash(&[b"log-ins from\0", &hash]), hour }
    }

    fn hash(&self, parts: &[&[u8]]) -> [u8; 16] {
        // HMAC pads a key shorter than a block with zeros (RFC 2104, section 2).
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
        bits::key(text).map(Self).ok_or(BadKey)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(…)")
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mailbox(…)")
    }
}

impl Mailbox {
    /// Returns the form used in the table's keys: 22 characters of base64url.
    pub fn key(&self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }

    /// Returns the hash.
    pub fn bytes(&self) -> [u8; 16] {
        self.0
    }
}

impl std::str::FromStr for Mailbox {
    type Err = BadPerson;

    fn from_str(key: &str) -> Result<Self, BadPerson> {
        key.parse().map(|Person(bytes)| Self(bytes))
    }
}

impl fmt::Debug for OrganiserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OrganiserId(…)")
    }
}

impl OrganiserId {
    /// Returns the form used in the table's keys: 22 characters of base64url.
    pub fn key(&self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }
}

impl std::str::FromStr for OrganiserId {
    type Err = BadPerson;

    fn from_str(key: &str) -> Result<Self, BadPerson> {
        key.parse().map(|Person(bytes)| Self(bytes))
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Person(…)")
    }
}

impl Person {
    /// Returns the form used in the table's keys: 22 characters of base64url.
    pub fn key(&self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }

    /// Returns the form used in tokens.
    pub fn bytes(&self) -> [u8; 16] {
        self.0
    }

    /// Creates a person from the form used in tokens.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Returns the reference that this person can quote: the first 40 bits, five per character.
    ///
    /// It is the same for every submission, so that the response to a repeated sign-up looks like the
    /// response to the first.
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
    /// Returns the form used in the table's keys: 22 characters of base64url.
    pub fn key(&self) -> String {
        BASE64URL_NOPAD.encode(&self.hash)
    }

    /// Returns when the count for this hour can be deleted.
    pub fn forget_at(&self) -> Timestamp {
        Timestamp::from_second((self.hour + 1) * 3600).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailbox(key: u8, event: &str, email: &str) -> Mailbox {
        Identity::new([key; 32]).mailbox(&event.parse().unwrap(), &Email::new(email).unwrap())
    }

    fn person(key: u8, event: &str, email: &str, name: &str) -> Person {
        Identity::new([key; 32]).person(&mailbox(key, event, email), name, 0)
    }

    #[test]
    fn a_person_depends_on_event_address_name_number_and_key() {
        let one = person(1, "a", "naam@voorbeeld.nl", "Zoë Vos");
        assert!(one == person(1, "a", " NAAM@voorbeeld.nl", "zoe  vos"));
        assert!(one != person(2, "a", "naam@voorbeeld.nl", "Zoë Vos"));
        assert!(one != person(1, "b", "naam@voorbeeld.nl", "Zoë Vos"));
        assert!(one != person(1, "a", "naam2@voorbeeld.nl", "Zoë Vos"));
        assert!(one != person(1, "a", "naam@voorbeeld.nl", "Zoë de Vos"));
        let mailbox = mailbox(1, "a", "naam@voorbeeld.nl");
        assert!(one != Identity::new([1; 32]).person(&mailbox, "Zoë Vos", 1));
        assert_eq!(mailbox.key().parse(), Ok(mailbox));
    }

    #[test]
    fn the_key_of_a_person_parses_back_to_the_person() {
        let person = person(1, "a", "naam@voorbeeld.nl", "Jan");
        assert_eq!(person.key().len(), 22);
        assert_eq!(person.key().parse(), Ok(person));
        assert_eq!("x".parse::<Person>(), Err(BadPerson));
    }

    #[test]
    fn a_source_depends_on_network_hour_and_key() {
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
    fn a_reference_parses_back_to_itself() {
        let reference = person(1, "a", "naam@voorbeeld.nl", "Jan").reference();
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

//! Signed tokens in the links of mails, each for one sign-up and one purpose, with an expiry.
//!
//! ```text
//! base64url( person 16 | sign-up 16 | expiry 4, seconds since 1970 | tag 16 )      52 bytes, 70 characters
//! tag = HMAC-SHA-256( key, purpose | event | person | sign-up | expiry ), cut to 128 bits (RFC 2104, section 5)
//! ```

use std::fmt;

use catalog::EventId;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

use super::bits;
use super::identity::Person;

/// The keys of tokens: the first signs, all of them verify.
#[derive(Clone)]
pub struct TokenKeys(Vec<[u8; 32]>);

/// The action that a token permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To see, change, cancel and erase the sign-up.
    Manage,
    /// To confirm the address.
    Confirm,
    /// To confirm a new address. The token contains the id of the request instead of that of the sign-up.
    NewAddress,
}

/// An id that distinguishes the sign-ups of one person: a sign-up after an erasure has a new id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignupId([u8; 16]);

/// The key of one sign-up within an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignupKey {
    /// The person.
    pub person: Person,
    /// The id of one of the person's sign-ups.
    pub signup: SignupId,
}

/// The reason why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not signed with one of our keys for this event and purpose.
    #[error("the token is invalid")]
    Unknown,
    /// Valid but expired, or for a sign-up that no longer exists.
    #[error("the token has expired or its sign-up no longer exists")]
    Expired,
}

/// The error for text that is not a list of keys.
#[derive(Debug, thiserror::Error)]
#[error("expected token keys of 64 hexadecimal digits each, separated by commas")]
pub struct BadKeys;

const SIGNED: usize = 16 + 16 + 4;
const TAG: usize = 16;

impl TokenKeys {
    /// Creates a list with one key of 32 bytes.
    pub fn new(key: [u8; 32]) -> Self {
        Self(vec![key])
    }

    /// Returns the HMAC-SHA-256 of a message with each key, that of the key which signs first.
    pub(super) fn hashes(&self, parts: &[&[u8]]) -> impl Iterator<Item = [u8; 32]> {
        self.0.iter().map(|key| {
            let mut mac = keyed(key);
            parts.iter().for_each(|part| mac.update(part));
            mac.finalize().into_bytes().into()
        })
    }

    /// Issues a token for a sign-up.
    pub fn issue(&self, purpose: Purpose, event: &EventId, key: &SignupKey, expires: Timestamp) -> String {
        let mut bytes = Vec::with_capacity(SIGNED + TAG);
        bytes.extend(key.person.bytes());
        bytes.extend(key.signup.0);
        // Four bytes reach the year 2106.
        bytes.extend(u32::try_from(expires.as_second()).unwrap_or(u32::MAX).to_be_bytes());
        let tag = mac(&self.0[0], purpose, event, &bytes).finalize().into_bytes();
        bytes.extend(&tag[..TAG]);
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// Verifies a token, and returns the sign-up that it is for.
    ///
    /// # Errors
    /// Returns [`TokenError::Unknown`] for a text that we did not sign for this event and purpose,
    /// and [`TokenError::Expired`] only for one that we did.
    pub fn read(
        &self,
        text: &str,
        purpose: Purpose,
        event: &EventId,
        now: Timestamp,
    ) -> Result<SignupKey, TokenError> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| TokenError::Unknown)?;
        let (signed, tag) = bytes.split_at_checked(SIGNED).ok_or(TokenError::Unknown)?;
        // Compares in constant time.
        let is_ours = |key: &[u8; 32]| mac(key, purpose, event, signed).verify_truncated_left(tag).is_ok();
        if tag.len() != TAG || !self.0.iter().any(is_ours) {
            return Err(TokenError::Unknown);
        }
        let (person, rest) = signed.split_first_chunk::<16>().ok_or(TokenError::Unknown)?;
        let (signup, expiry) = rest.split_first_chunk::<16>().ok_or(TokenError::Unknown)?;
        let expiry = expiry.first_chunk::<4>().map_or(0, |expiry| u32::from_be_bytes(*expiry));
        if now.as_second() >= i64::from(expiry) {
            return Err(TokenError::Expired);
        }
        Ok(SignupKey { person: Person::from_bytes(*person), signup: SignupId(*signup) })
    }
}

fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    // HMAC pads a key shorter than a block with zeros (RFC 2104, section 2).
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    Hmac::<Sha256>::new(&block.into())
}

fn mac(key: &[u8; 32], purpose: Purpose, event: &EventId, signed: &[u8]) -> Hmac<Sha256> {
    let mut mac = keyed(key);
    mac.update(match purpose {
        Purpose::Manage => &b"manage\0"[..],
        Purpose::Confirm => b"confirm\0",
        Purpose::NewAddress => b"address\0",
    });
    // An id contains no NUL and the rest has a fixed length, so the encoding is injective.
    mac.update(event.as_str().as_bytes());
    mac.update(b"\0");
    mac.update(signed);
    mac
}

impl std::str::FromStr for TokenKeys {
    type Err = BadKeys;

    fn from_str(text: &str) -> Result<Self, BadKeys> {
        let keys: Option<Vec<_>> = text.split(',').map(bits::key).collect();
        keys.map(Self).ok_or(BadKeys)
    }
}

impl fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenKeys({})", self.0.len())
    }
}

impl SignupId {
    /// Draws 128 random bits.
    ///
    /// # Errors
    /// Fails if the operating system does not supply random bits.
    pub fn random() -> Result<Self, getrandom::Error> {
        bits::random().map(Self)
    }
}

impl fmt::Display for SignupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl std::str::FromStr for SignupId {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        bits::from_hex(text).map(Self).ok_or(TokenError::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn key() -> SignupKey {
        SignupKey { person: Person::from_bytes([7; 16]), signup: SignupId([9; 16]) }
    }

    const EXPIRY: &str = "2028-12-30T16:30:00Z";

    fn issued(keys: &TokenKeys) -> String {
        keys.issue(Purpose::Manage, &"e".parse().unwrap(), &key(), at(EXPIRY))
    }

    fn read(keys: &TokenKeys, text: &str, event: &str, now: &str) -> Result<SignupKey, TokenError> {
        keys.read(text, Purpose::Manage, &event.parse().unwrap(), at(now))
    }

    const BEFORE: &str = "2028-12-30T16:29:59Z";

    #[test]
    fn a_token_opens_its_own_sign_up_until_it_expires() {
        let keys = TokenKeys::new([1; 32]);
        let text = issued(&keys);
        assert_eq!(text.len(), 70);
        assert_eq!(read(&keys, &text, "e", BEFORE), Ok(key()));
        assert_eq!(read(&keys, &text, "e", EXPIRY), Err(TokenError::Expired));
        assert_eq!(read(&keys, &text, "f", BEFORE), Err(TokenError::Unknown));
        let confirm = keys.read(&text, Purpose::Confirm, &"e".parse().unwrap(), at(BEFORE));
        assert_eq!(confirm, Err(TokenError::Unknown));
    }

    #[test]
    fn a_token_with_one_bit_flipped_opens_nothing() {
        let keys = TokenKeys::new([1; 32]);
        let bytes = BASE64URL_NOPAD.decode(issued(&keys).as_bytes()).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let text = BASE64URL_NOPAD.encode(&bytes);
            assert_eq!(read(&keys, &text, "e", BEFORE), Err(TokenError::Unknown), "bit {bit}");
        }
        for length in 0..bytes.len() {
            let text = BASE64URL_NOPAD.encode(&bytes[..length]);
            assert_eq!(read(&keys, &text, "e", BEFORE), Err(TokenError::Unknown), "{length} bytes");
        }
        let longer = BASE64URL_NOPAD.encode(&[bytes, vec![0]].concat());
        assert_eq!(read(&keys, &longer, "e", BEFORE), Err(TokenError::Unknown));
    }

    #[test]
    fn a_new_key_signs_while_the_old_one_still_verifies() {
        let (old, new) = ("11".repeat(32), "22".repeat(32));
        let before: TokenKeys = old.parse().unwrap();
        let during: TokenKeys = format!("{new}, {old}").parse().unwrap();
        let after: TokenKeys = new.parse().unwrap();
        assert!(read(&during, &issued(&before), "e", BEFORE).is_ok());
        assert!(read(&after, &issued(&during), "e", BEFORE).is_ok());
        assert_eq!(read(&after, &issued(&before), "e", BEFORE), Err(TokenError::Unknown));
        assert!("".parse::<TokenKeys>().is_err());
        assert!(format!("{old},").parse::<TokenKeys>().is_err());
    }
}

//! What an organiser does: the entry in the log, and the form that asks for it.

use std::fmt;

use catalog::organiser::act::ActKind;
use catalog::{EventId, Reference, SessionId};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::bits;
use super::identity::{OrganiserId, Person};
use super::secret::SecretHash;
use super::token::TokenKeys;

/// The id of an act: the moment at which its form was shown, and bits that differ for every form. So ids are in the
/// order of time, and a form that is sent twice has one id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActId([u8; 16]);

/// The error for text that is not the id of an act.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("expected 32 hexadecimal digits")]
pub struct BadActId;

/// An act of an organiser. It contains nothing about a participant but the reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// The id.
    pub id: ActId,
    /// Who did it.
    pub who: OrganiserId,
    /// What was done.
    pub what: ActKind,
    /// The event that it is about, if any.
    pub event: Option<EventId>,
    /// The session that it is about, if any.
    pub session: Option<SessionId>,
    /// The person that it is about, if any.
    pub reference: Option<Reference>,
    /// How many people it concerned; 0 if that does not apply.
    pub count: usize,
    /// When it was done.
    pub at: Timestamp,
}

/// How long the form of a page can be sent: as long as a log-in lasts.
const VALID: SignedDuration = SignedDuration::from_hours(12);

/// The length of the tag in bytes.
const TAG: usize = 16;

impl ActId {
    /// Draws an id for an act at this moment.
    ///
    /// # Errors
    /// Fails if the operating system does not supply random bits.
    pub fn random(now: Timestamp) -> Result<Self, getrandom::Error> {
        let mut bytes: [u8; 16] = bits::random()?;
        // Four bytes reach the year 2106.
        bytes[..4].copy_from_slice(&u32::try_from(now.as_second()).unwrap_or(u32::MAX).to_be_bytes());
        Ok(Self(bytes))
    }

    /// Returns the id of the act that a form asks for. The id of the page decides its time, and everything in the
    /// form the rest, so another form of the same page is another act.
    #[must_use]
    pub fn of_form(self, body: &[u8]) -> Self {
        let mut bytes = self.0;
        for (byte, hashed) in bytes[4..].iter_mut().zip(Sha256::digest(body)) {
            *byte = hashed;
        }
        Self(bytes)
    }

    /// Returns the id of the part of an act that is about one person.
    #[must_use]
    pub fn about(self, person: &Person) -> Self {
        self.of_form(&[&self.0[..], person.key().as_bytes()].concat())
    }

    fn shown_at(self) -> i64 {
        let [a, b, c, d, ..] = self.0;
        u32::from_be_bytes([a, b, c, d]).into()
    }
}

impl fmt::Display for ActId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl std::str::FromStr for ActId {
    type Err = BadActId;

    fn from_str(text: &str) -> Result<Self, BadActId> {
        bits::from_hex(text).map(Self).ok_or(BadActId)
    }
}

impl TokenKeys {
    /// Returns the key of the forms on a page, which only a page of this log-in has.
    pub fn form_key(&self, log_in: &SecretHash, id: &ActId) -> String {
        let tag = self.hashes(&form_of(log_in, id)).next().unwrap_or_default();
        BASE64URL_NOPAD.encode(&[&id.0[..], &tag[..TAG]].concat())
    }

    /// Verifies the key of a form. Returns the id of the act that the form asks for, or `None` if the form does
    /// not come from a page of this log-in.
    pub fn act_of(&self, form_key: &str, log_in: &SecretHash, now: Timestamp) -> Option<ActId> {
        let bytes = BASE64URL_NOPAD.decode(form_key.as_bytes()).ok()?;
        let (id, tag) = bytes.split_first_chunk::<16>()?;
        let id = ActId(*id);
        let is_ours = self.hashes(&form_of(log_in, &id)).any(|own| own[..TAG].ct_eq(tag).into());
        (is_ours && now.as_second() < id.shown_at() + VALID.as_secs()).then_some(id)
    }
}

fn form_of<'a>(log_in: &'a SecretHash, ActId(id): &'a ActId) -> [&'a [u8]; 3] {
    // Both have a fixed length, so the encoding is injective.
    [b"form\0", log_in.as_str().as_bytes(), id]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::secret::Secret;

    #[test]
    fn a_form_belongs_to_the_log_in_that_showed_it() {
        let keys = TokenKeys::new([1; 32]);
        let now: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
        let (own, other) = (Secret::random().unwrap().hash(), Secret::random().unwrap().hash());
        let id = ActId::random(now).unwrap();
        let key = keys.form_key(&own, &id);
        assert_eq!(keys.act_of(&key, &own, now), Some(id));
        assert_eq!(keys.act_of(&key, &other, now), None);
        assert_eq!(TokenKeys::new([2; 32]).act_of(&key, &own, now), None);
        assert_eq!(keys.act_of(&key, &own, now + VALID), None);
        for forged in ["", "x", &key[1..], &format!("{key}A"), &key[..22]] {
            assert_eq!(keys.act_of(forged, &own, now), None, "{forged}");
        }
    }

    #[test]
    fn each_form_of_a_page_asks_for_an_act_of_its_own() {
        let page = ActId::random("2026-11-24T12:00:00Z".parse().unwrap()).unwrap();
        assert_eq!(page.of_form(b"form_key=x&action=cancel"), page.of_form(b"form_key=x&action=cancel"));
        assert_ne!(page.of_form(b"form_key=x&action=cancel"), page.of_form(b"form_key=x&action=erase"));
        assert_eq!(page.of_form(b"").shown_at(), page.shown_at());
    }

    #[test]
    fn ids_are_in_the_order_of_time() {
        let now: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
        let ids = [0, 1, 300, 70_000]
            .map(|seconds| ActId::random(now + SignedDuration::from_secs(seconds)).unwrap().to_string());
        assert!(ids.is_sorted());
        assert_eq!(ids[0].parse::<ActId>().unwrap().to_string(), ids[0]);
    }
}

//! What something was made of, in a few bytes: equal only when all of that is equal.

use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

/// A BLAKE3 hash.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Fingerprint([u8; blake3::OUT_LEN]);

/// Characters in the name of a file: 40 bits.
const SHORT: usize = 10;

impl Fingerprint {
    /// The fingerprint of a value.
    ///
    /// The same on every machine of one kind only: numbers go in as they lie in memory.
    pub fn of(value: &(impl Hash + ?Sized)) -> Self {
        let mut hasher = Blake3 { hasher: blake3::Hasher::new(), waiting: Vec::with_capacity(ENOUGH) };
        value.hash(&mut hasher);
        hasher.flush();
        Self(hasher.hasher.finalize().into())
    }

    /// Enough of it for the name of a file: `0a1b2c3d4e`.
    pub fn short(&self) -> String {
        blake3::Hash::from_bytes(self.0).to_hex()[..SHORT].to_owned()
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        blake3::Hash::from_bytes(fingerprint.0).to_string()
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = blake3::HexError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Ok(Self(blake3::Hash::from_hex(text)?.into()))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.short())
    }
}

/// Values come in small pieces, which the hash takes in larger ones: that is several times as fast.
struct Blake3 {
    hasher: blake3::Hasher,
    waiting: Vec<u8>,
}

/// In bytes.
const ENOUGH: usize = 4096;

impl Blake3 {
    fn flush(&mut self) {
        self.hasher.update(&self.waiting);
        self.waiting.clear();
    }
}

impl Hasher for Blake3 {
    fn write(&mut self, bytes: &[u8]) {
        if self.waiting.len() + bytes.len() > ENOUGH {
            self.flush();
        }
        if bytes.len() < ENOUGH {
            self.waiting.extend_from_slice(bytes);
        } else {
            self.hasher.update(bytes);
        }
    }

    /// Of what was taken in so far in larger pieces; [`Fingerprint::of`] does not ask for it.
    fn finish(&self) -> u64 {
        let hash = self.hasher.finalize();
        hash.as_bytes().first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_changes_with_each_part() {
        let of = |title: &str, tags: &[&str]| Fingerprint::of(&(title, tags));
        assert_eq!(of("a", &["b"]), of("a", &["b"]));
        assert_ne!(of("a", &["b"]), of("ab", &[]));
        assert_ne!(of("a", &["b", "c"]), of("a", &["bc"]));
        assert_eq!(of("a", &[]).short().len(), SHORT);
    }
}

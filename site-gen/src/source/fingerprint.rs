//! Fingerprints: short hashes of the inputs of a result, equal only when all inputs are equal.

use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

/// A BLAKE3 hash.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Fingerprint([u8; blake3::OUT_LEN]);

/// Hexadecimal digits in a file name: 10 × 4 = 40 bits.
const SHORT: usize = 10;

impl Fingerprint {
    /// Returns the fingerprint of a value.
    ///
    /// It is comparable only between machines of the same architecture, because integers are hashed in
    /// their native byte order and width.
    pub fn of(value: &(impl Hash + ?Sized)) -> Self {
        let mut hasher = Blake3 { hasher: blake3::Hasher::new(), waiting: Vec::with_capacity(ENOUGH) };
        value.hash(&mut hasher);
        hasher.flush();
        Self(hasher.hasher.finalize().into())
    }

    /// Returns the first hexadecimal digits, for use in a file name: `0a1b2c3d4e`.
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

/// A BLAKE3 hasher with a buffer.
///
/// Values arrive in small pieces, and hashing them in larger ones is several times as fast.
struct Blake3 {
    hasher: blake3::Hasher,
    waiting: Vec<u8>,
}

/// Buffer size in bytes.
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

    /// Returns a hash of the bytes that have left the buffer so far. [`Fingerprint::of`] never calls it.
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

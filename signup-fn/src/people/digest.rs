//! What an organiser has chosen about the daily digest.

use jiff::Timestamp;

/// What an organiser has chosen about the daily digest, and what the last one told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest {
    /// Whether the organiser wants it.
    pub is_wanted: bool,
    /// The moment up to which the last one told what happened.
    pub until: Option<Timestamp>,
}

impl Default for Digest {
    fn default() -> Self {
        Self { is_wanted: true, until: None }
    }
}

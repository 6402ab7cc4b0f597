//! When a request happens, and how long it may take.

use jiff::Timestamp;
use tokio::time::Instant;

/// The moment of a request and its deadline.
///
/// Only the outermost caller reads a clock; everything below it receives a `Timing`.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// The moment of the request: decides what is open, over or forgotten.
    pub now: Timestamp,
    /// When the work must have ended, because Lambda stops waiting.
    pub deadline: Instant,
}

//! The time of a request, and its deadline.

use jiff::Timestamp;
use tokio::time::Instant;

/// The time of a request, and its deadline.
///
/// Only the outermost caller reads a clock; everything below it receives a `Timing`.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// The time of the request. It determines what is open, over or forgotten.
    pub now: Timestamp,
    /// The time by which the work must end, because Lambda stops waiting then.
    pub deadline: Instant,
}

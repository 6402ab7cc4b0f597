//! Standard output.

use std::io::Write as _;

/// Writes a line to standard output; a closed pipe is not a failure.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

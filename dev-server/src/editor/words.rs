//! Words for editors: sentences and moments.

use catalog::dutch;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Returns words with a capital at their beginning.
pub fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    first + letters.as_str()
}

/// Returns words as a sentence.
pub fn sentence(words: &str) -> String {
    let end = if words.ends_with(['.', '?', '!']) { "" } else { "." };
    capitalised(words) + end
}

/// Returns a moment in words, in Dutch time.
pub fn moment(at: Timestamp) -> String {
    let zone = TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC);
    dutch::moment(zone.to_datetime(at))
}

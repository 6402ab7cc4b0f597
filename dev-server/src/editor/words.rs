//! Words for editors: sentences and moments.

use catalog::dutch;
use jiff::Timestamp;
use jiff::civil::DateTime;
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

/// Returns what is wrong and what to do about it, as one or two sentences.
pub fn sentences(message: &str, help: Option<&str>) -> String {
    let parts: Vec<String> = std::iter::once(message).chain(help).map(sentence).collect();
    parts.join(" ")
}

/// Returns a moment in Dutch time.
pub fn in_dutch_time(at: Timestamp) -> DateTime {
    TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC).to_datetime(at)
}

/// Returns a moment in words, in Dutch time.
pub fn moment(at: Timestamp) -> String {
    dutch::moment(in_dutch_time(at))
}

//! Dutch apostrophes at the beginning of a word: ’s-Hertogenbosch, ’t Gooi, de jaren ’90.
//!
//! The parser takes a quote before a letter for an opening one if another quote follows in the paragraph.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event};

/// The words of which only the end is written.
const CLITICS: &[&str] = &["s", "t", "n", "k", "m", "r", "d", "ns", "ie", "er", "em", "es"];

/// The words after which two digits are a year.
const BEFORE_A_YEAR: &[&str] = &[
    "jaren", "in", "sinds", "uit", "van", "vanaf", "tot", "na", "voor", "begin", "eind", "en", "zomer",
    "winter",
];

/// Turns opening quotes that stand for left-out letters or digits into apostrophes.
pub(super) fn correct(events: &mut [(Event<'_>, Range<usize>)], source: &str) {
    for (event, range) in events {
        let is_quote = matches!(event, Event::Text(text) if &**text == "‘");
        if is_quote
            && source.get(range.clone()) == Some("'")
            && leaves_out(&source[..range.start], &source[range.end..])
        {
            *event = Event::Text(CowStr::Borrowed("’"));
        }
    }
}

/// Returns whether a quote between two texts stands for something that is left out.
fn leaves_out(before: &str, after: &str) -> bool {
    let word: String = after.chars().take_while(|c| c.is_alphanumeric()).collect();
    let next = after[word.len()..].chars().next();
    if CLITICS.contains(&word.to_lowercase().as_str()) {
        // Right before another quote, the letter itself is quoted.
        return next.is_some_and(|c| c.is_whitespace() || c == '-' || c == '\u{2011}');
    }
    let is_year = word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_digit());
    let last = before.trim_end().rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    is_year && next != Some('\'') && BEFORE_A_YEAR.contains(&last.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::leaves_out;

    #[test]
    fn a_quote_that_leaves_something_out_is_an_apostrophe() {
        for (before, after) in [
            ("", "s-Hertogenbosch, naast Bas' ouders"),
            ("", "s Ochtends 'vroeg' op"),
            ("in ", "t Gooi"),
            ("de jaren ", "90 waren 'anders'"),
            ("tussen ", "n en 'm"),
        ] {
            assert!(leaves_out(before, after), "{before}'{after}");
        }
        for (before, after) in [
            ("hij zei ", "hallo'"),
            ("de letter ", "s' en"),
            ("", "sommige leraren'"),
            ("", "90 procent van de leraren'"),
            ("", "tafel'"),
        ] {
            assert!(!leaves_out(before, after), "{before}'{after}");
        }
    }
}

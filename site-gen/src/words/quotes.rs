//! Curly quotes and Dutch apostrophes: ’s-Hertogenbosch, ’t Gooi, de jaren ’90.

use std::borrow::Cow;

/// The words of which only the end is written.
const CLITICS: &[&str] = &["s", "t", "n", "k", "m", "r", "d", "ns", "ie", "er", "em", "es"];

/// The words after which two digits are a year.
const BEFORE_A_YEAR: &[&str] = &[
    "jaren",
    "jaar",
    "in",
    "sinds",
    "uit",
    "van",
    "vanaf",
    "tot",
    "na",
    "voor",
    "begin",
    "eind",
    "en",
    "of",
    "lente",
    "voorjaar",
    "zomer",
    "herfst",
    "najaar",
    "winter",
    "schooljaar",
    "seizoen",
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
];

/// Returns a text of one paragraph with curly quotes and apostrophes.
pub fn curly(text: &str) -> Cow<'_, str> {
    if !text.contains(['\'', '"', '‘']) {
        return Cow::Borrowed(text);
    }
    let mut curly = String::with_capacity(text.len() + 8);
    for (at, c) in text.char_indices() {
        let (before, after) = (&text[..at], &text[at + c.len_utf8()..]);
        curly.push(match c {
            '"' if opens(before, after) => '“',
            '"' => '”',
            '\'' | '‘' if leaves_out(before, after) => '’',
            '\'' if opens(before, after) && closes_later(after) => '‘',
            '\'' => '’',
            c => c,
        });
    }
    Cow::Owned(curly)
}

/// Returns whether a quote between two texts is an opening one.
fn opens(before: &str, after: &str) -> bool {
    let follows =
        |c: char| c.is_whitespace() || matches!(c, '(' | '[' | '{' | '–' | '—' | '-' | '/' | '“' | '‘' | '"');
    before.chars().next_back().is_none_or(follows) && after.starts_with(|c: char| !c.is_whitespace())
}

/// Returns whether a text contains the quote that closes a quotation.
fn closes_later(after: &str) -> bool {
    after.match_indices('\'').any(|(at, _)| {
        let follows_a_word = after[..at].ends_with(|c: char| !c.is_whitespace());
        follows_a_word && !after[at + 1..].starts_with(char::is_alphanumeric)
    })
}

/// Returns whether a quote between two texts stands for something that is left out.
pub fn leaves_out(before: &str, after: &str) -> bool {
    let word: String = after.chars().take_while(|c| c.is_alphanumeric()).collect();
    let next = after[word.len()..].chars().next();
    let last = before.chars().next_back();
    if CLITICS.contains(&word.to_lowercase().as_str()) {
        // Right after a letter, or right before another quote, it is a quote.
        return !last.is_some_and(char::is_alphanumeric)
            && next.is_some_and(|c| c.is_whitespace() || matches!(c, '-' | '\u{2010}' | '\u{2011}'));
    }
    let is_year = word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_digit());
    if !is_year || next == Some('\'') {
        return false;
    }
    // The second half of a span of years: 2025-’26, ’26/’27.
    let is_span = last.is_some_and(|c| matches!(c, '-' | '–' | '/'))
        && before.trim_end_matches(['-', '–', '/']).ends_with(|c: char| c.is_ascii_digit());
    let word_before = before.trim_end().rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    is_span || BEFORE_A_YEAR.contains(&word_before.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_that_leaves_something_out_is_an_apostrophe() {
        for (before, after) in [
            ("", "s-Hertogenbosch, naast Bas' ouders"),
            ("", "s Ochtends 'vroeg' op"),
            ("in ", "t Gooi"),
            ("de jaren ", "90 waren 'anders'"),
            ("tussen ", "n en 'm"),
            ("in mei ", "68, een 'goed' jaar"),
            ("schooljaar 2025-", "26"),
            ("seizoen '26/", "27"),
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

    #[test]
    fn quotes_are_curly() {
        for (text, expected) in [
            ("'s-Hertogenbosch, naast Bas' ouders", "’s-Hertogenbosch, naast Bas’ ouders"),
            ("'s Ochtends riep hij 'hoi', in de jaren '90", "’s Ochtends riep hij ‘hoi’, in de jaren ’90"),
            ("Zo'n \"beeld\" (\"klein\")", "Zo’n “beeld” (“klein”)"),
            ("‘s Middags", "’s Middags"),
            ("De foto's van 't jaar", "De foto’s van ’t jaar"),
            ("Zonder", "Zonder"),
        ] {
            assert_eq!(curly(text), expected);
        }
    }
}

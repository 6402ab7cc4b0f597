//! Cleans text that people typed.

use unicode_normalization::UnicodeNormalization;

/// Cleans a line: collapses whitespace, removes control and invisible characters, trims, and composes
/// letters (NFC), so that equal text compares equal.
pub fn line(text: &str) -> String {
    if !text.chars().any(shows) {
        return String::new();
    }
    let visible: String =
        text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(is_visible).collect();
    let words: Vec<&str> = visible.split(' ').filter(|word| !word.is_empty()).collect();
    words.join(" ").nfc().collect()
}

/// Returns a name in the form by which people with the same address are told apart: letters and digits
/// only, in lower case and without accents (compatibility decomposition, UAX #15).
pub fn folded(name: &str) -> String {
    let letters =
        |name: &str| name.nfkd().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let folded: String = letters(name);
    // A name without any letter or digit is still a name.
    if folded.is_empty() { name.to_owned() } else { folded }
}

/// Returns whether a character is visible by itself; a joiner only shapes its neighbours.
fn shows(c: char) -> bool {
    is_visible(&c) && !c.is_whitespace() && !matches!(c, '\u{200c}' | '\u{200d}')
}

/// Cleans several lines like [`line()`], but keeps line breaks (as `\n`) and the whitespace within lines.
pub fn lines(text: &str) -> String {
    if !text.chars().any(shows) {
        return String::new();
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let visible: String = text.chars().filter(|c| *c == '\n' || *c == '\t' || is_visible(c)).collect();
    visible.trim().nfc().collect()
}

/// Returns whether a character is visible, or joins visible ones.
///
/// Control characters, bidirectional controls, byte-order marks and other invisible characters are
/// not: they could make one name look like another in a list.
fn is_visible(c: &char) -> bool {
    !c.is_control()
        && !matches!(c,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2800}' | '\u{3164}' | '\u{ffa0}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folded_name_has_neither_case_nor_accents_nor_punctuation() {
        for name in
            ["Zoë  de Vos-Jansen", "ZOE DE VOS JANSEN", "zoe\u{308} devosjansen", "Zoë de Vos—Jansen."]
        {
            assert_eq!(folded(name), "zoedevosjansen", "{name}");
        }
        assert_ne!(folded("Jan Vos"), folded("Jan de Vos"));
        assert_eq!(folded("Łukasz ﬁ"), "łukaszfi");
        assert_eq!(folded("★"), "★");
        assert_ne!(folded("李明"), folded("李红"));
    }

    #[test]
    fn a_line_keeps_what_a_name_needs() {
        for name in ["Renée van 't Hof-d'Arc", "Zoë Çelik", "Ng", "李雷", "می‌خواهم"] {
            assert_eq!(line(name), name);
        }
    }

    #[test]
    fn a_line_loses_invisible_characters() {
        assert_eq!(line("  Jan\u{a0}\t de \u{200b}Vries\u{feff}\r\n"), "Jan de Vries");
        assert_eq!(line("a\0b\r\nBcc: c\u{202e}d"), "ab Bcc: cd");
        for nothing in ["\u{200b} \u{2060}", "\u{200d}", "\u{3164}", "\u{2800}"] {
            assert_eq!((line(nothing), lines(nothing)), (String::new(), String::new()));
        }
    }

    #[test]
    fn equivalent_letters_become_the_same_text() {
        assert_eq!(line("Jo\u{308}rg"), "Jörg");
    }

    #[test]
    fn lines_keep_their_breaks() {
        assert_eq!(lines("\r\neen\r\n\r\ntwee\rdrie \0\n"), "een\n\ntwee\ndrie");
    }
}

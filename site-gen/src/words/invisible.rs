//! Characters that nobody sees.

/// Returns whether a character is a control character, which a page or a feed must not contain.
pub fn is_invisible(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r')
}

/// Returns whether a character only joins or separates letters: a soft hyphen, a zero-width space or joiner,
/// or a byte order mark.
pub fn is_joiner(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

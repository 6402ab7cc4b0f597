//! Characters that nobody sees.

/// Returns whether a character is a control character, which a page or a feed must not contain.
pub fn is_invisible(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r')
}

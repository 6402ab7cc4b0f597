//! Characters that nobody sees.

use crate::words::bytes;

/// Returns whether a character is a control character, which a page or a feed must not contain.
pub fn is_invisible(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r')
}

/// Returns the place of the first control character that a page or a feed must not contain, and that character.
///
/// ```
/// use site_gen::words::invisible::first_invisible;
///
/// assert_eq!(first_invisible("één\ttekst, « zichtbaar »"), None);
/// assert_eq!(first_invisible("één\u{7f}"), Some((5, '\u{7f}')));
/// assert_eq!(first_invisible("\u{85}"), Some((0, '\u{85}')));
/// ```
pub fn first_invisible(text: &str) -> Option<(usize, char)> {
    // The control characters beyond ASCII begin with this byte in UTF-8, and so do some others.
    let may_begin_one = |byte: u8| {
        let is_space = (byte == b'\t') | (byte == b'\n') | (byte == b'\r');
        ((byte < b' ') & !is_space) | (byte == b'\x7f') | (byte == b'\xc2')
    };
    bytes::has(text, may_begin_one).then(|| text.char_indices().find(|(_, c)| is_invisible(*c))).flatten()
}

/// Returns whether a character only joins or separates letters: a soft hyphen, a zero-width space or joiner,
/// or a byte order mark.
pub fn is_joiner(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

//! Fast looks at the bytes of a text, to skip what has nothing of interest.

/// The number of bytes that are looked at together.
const BLOCK: usize = 32;

/// Returns whether a text has a byte that is wanted.
///
/// Looks at whole blocks with vector instructions, as long as `is_wanted` does not branch: it has `|` and not `||`.
pub fn has(text: &str, is_wanted: impl Fn(u8) -> bool) -> bool {
    let in_block =
        |block: &[u8; BLOCK]| block.iter().fold(0, |found, byte| found | u8::from(is_wanted(*byte))) != 0;
    match text.as_bytes().last_chunk() {
        Some(last) => in_block(last) || text.as_bytes().as_chunks().0.iter().any(in_block),
        None => text.bytes().any(is_wanted),
    }
}

/// Returns where two bytes of whitespace stand next to each other for the first time.
pub fn double_whitespace(text: &[u8]) -> Option<usize> {
    let (is_white, may_be_white) = (|byte: u8| byte.is_ascii_whitespace(), |byte: u8| byte <= b' ');
    let mut at = 0;
    while let Some(block) = text.get(at..=at + BLOCK) {
        let pairs = block[..BLOCK].iter().zip(&block[1..]);
        let found =
            pairs.fold(0, |found, (one, next)| found | u8::from(may_be_white(*one) & may_be_white(*next)));
        if found != 0 {
            let pair = block.array_windows().position(|[one, next]| is_white(*one) && is_white(*next));
            if let Some(pair) = pair {
                return Some(at + pair);
            }
        }
        at += BLOCK;
    }
    let rest = &text[at..];
    rest.array_windows().position(|[one, next]| is_white(*one) && is_white(*next)).map(|pair| at + pair)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_is_found_wherever_it_is() {
        for length in 1..100 {
            let text = "a".repeat(length);
            assert!(!has(&text, |byte| byte == b'*'));
            assert_eq!(double_whitespace(text.as_bytes()), None);
            for at in 0..length {
                let mut text = text.clone().into_bytes();
                text[at] = b'\n';
                assert_eq!(double_whitespace(&text), None);
                assert!(has(str::from_utf8(&text).unwrap(), |byte| byte == b'\n'));
                if at > 0 {
                    text[at - 1] = 1;
                    assert_eq!(double_whitespace(&text), None, "a control character is not whitespace");
                    text[at - 1] = b' ';
                    assert_eq!(double_whitespace(&text), Some(at - 1));
                }
            }
        }
    }
}

//! The lines that differ between two texts.

use std::ops::Range;

/// Returns the range of the lines that differ from a new text, and what comes in their place, so that all other lines
/// keep their own ends.
pub fn changed_lines(text: &str, range: Range<usize>, new: &str, newline: &str) -> (Range<usize>, String) {
    let before: Vec<&str> = text[range.clone()].split_inclusive('\n').collect();
    let after: Vec<&str> = new.split_inclusive('\n').collect();
    // A line is the same with another end, but not without any.
    let is_same = |(one, other): &(&&str, &&str)| {
        one.trim_end_matches(['\r', '\n']) == other.trim_end_matches('\n')
            && one.ends_with('\n') == other.ends_with('\n')
    };
    let first = before.iter().zip(&after).take_while(is_same).count();
    let (rest, new_rest) = (&before[first..], &after[first..]);
    let last = rest.iter().rev().zip(new_rest.iter().rev()).take_while(is_same).count();
    let length = |lines: &[&str]| lines.iter().map(|line| line.len()).sum::<usize>();
    let start = range.start + length(&before[..first]);
    let end = range.end - length(&rest[rest.len() - last..]);
    let lines = new_rest[..new_rest.len() - last].concat();
    (start..end, lines.replace('\n', newline))
}

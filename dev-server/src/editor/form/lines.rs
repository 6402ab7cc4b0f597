//! Lines: their ends, those that differ between two texts, and the merge of two people's.

use std::ops::Range;

use super::field::Theirs;

/// Returns a text with the line ends that the editor uses; a browser sends others.
pub fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

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

/// Returns a text of the whole file with the changes of two people, or what each made of it.
pub fn merged(opened: &str, now: &str, typed: &str) -> (String, Option<Theirs>) {
    let newline = if now.contains("\r\n") { "\r\n" } else { "\n" };
    let current = lines(now);
    if typed == opened || typed == current {
        return (now.to_owned(), None);
    }
    let merged = if current == opened { Ok(typed.to_owned()) } else { diffy::merge(opened, typed, &current) };
    match merged {
        Ok(text) => {
            let (range, lines) = changed_lines(now, 0..now.len(), &text, newline);
            (format!("{}{lines}{}", &now[..range.start], &now[range.end..]), None)
        }
        Err(_) => (now.to_owned(), Some(Theirs { then: opened.to_owned(), now: current })),
    }
}

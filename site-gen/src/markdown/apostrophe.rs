//! Dutch apostrophes at the beginning of a word: ’s-Hertogenbosch, ’t Gooi, de jaren ’90.
//!
//! The parser takes a quote before a letter for an opening one if another quote follows in the paragraph, and
//! word processors put an opening quote there.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event};

use crate::words::quotes::leaves_out;

/// Turns opening quotes that stand for left-out letters or digits into apostrophes.
pub(super) fn correct(events: &mut [(Event<'_>, Range<usize>)], source: &str) {
    for (event, range) in events {
        let Event::Text(text) = event else { continue };
        if &**text == "‘" && source.get(range.clone()) == Some("'") {
            if leaves_out(&source[..range.start], &source[range.end..]) {
                *event = Event::Text(CowStr::Borrowed("’"));
            }
        } else if text.contains('‘') {
            *event = Event::Text(corrected(text).into());
        }
    }
}

/// Corrects the opening quotes in a text.
fn corrected(text: &str) -> String {
    let correct = |(at, c): (usize, char)| match c {
        '‘' if leaves_out(&text[..at], &text[at + c.len_utf8()..]) => '’',
        c => c,
    };
    text.char_indices().map(correct).collect()
}

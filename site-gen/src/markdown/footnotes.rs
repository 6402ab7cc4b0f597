//! Footnotes, numbered in the order in which the text refers to them.

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{Event, Tag};

/// The footnotes of a body.
#[derive(Default)]
pub(super) struct Footnotes {
    /// The number of each footnote, and how often it was referred to so far.
    by_name: HashMap<String, (usize, usize)>,
}

/// A mistake in the footnotes.
pub(super) enum Mistake {
    /// A footnote that is defined again.
    Twice,
    /// A footnote that nothing refers to.
    Unused,
}

impl Footnotes {
    /// Finds the footnotes of a body, and the mistakes in them.
    pub(super) fn new(events: &[(Event<'_>, Range<usize>)]) -> (Self, Vec<(Range<usize>, Mistake)>) {
        let mut by_name: HashMap<String, (usize, usize)> = HashMap::new();
        for (event, _) in events {
            if let Event::FootnoteReference(name) = event {
                let number = by_name.len() + 1;
                by_name.entry(name.to_string()).or_insert((number, 0));
            }
        }
        let mut mistakes = Vec::new();
        let mut defined: Vec<&str> = Vec::new();
        for (event, range) in events {
            let Event::Start(Tag::FootnoteDefinition(name)) = event else { continue };
            if defined.contains(&&**name) {
                mistakes.push((range.clone(), Mistake::Twice));
            } else if !by_name.contains_key(&**name) {
                mistakes.push((range.clone(), Mistake::Unused));
            }
            defined.push(name);
        }
        (Self { by_name }, mistakes)
    }

    /// Returns the ids that the footnotes give to elements.
    pub(super) fn ids(&self) -> impl Iterator<Item = String> + '_ {
        self.by_name.values().flat_map(|(number, _)| [format!("noot-{number}"), format!("bij-noot-{number}")])
    }

    /// Returns the HTML of the next reference to a footnote.
    pub(super) fn reference(&mut self, name: &str) -> String {
        let (number, times) = self.by_name.entry(name.to_owned()).or_default();
        *times += 1;
        // Only the first reference has an id, to which the footnote leads back.
        let id = if *times == 1 { format!(" id=\"bij-noot-{number}\"") } else { String::new() };
        format!("<sup class=\"footnote-reference\"><a href=\"#noot-{number}\"{id}>{number}</a></sup>")
    }

    /// Returns the opening tags of a footnote.
    pub(super) fn open(&self, name: &str) -> String {
        let number = self.by_name.get(name).map_or(0, |(number, _)| *number);
        format!(
            "<div class=\"footnote-definition\" id=\"noot-{number}\"><sup><a href=\"#bij-noot-{number}\" \
             aria-label=\"noot {number}, terug naar de tekst\">{number}</a></sup>"
        )
    }
}

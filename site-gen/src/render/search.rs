//! An index of every page, for the search page's script.
//!
//! Words are folded (lower case, no accents) and grouped by their Dutch stem,
//! so that *indicator* finds *indicatoren*. The script matches what one types
//! with the words themselves, from their beginning or, for compounds, within
//! them, so it needs no stemmer of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_stemmers::{Algorithm, Stemmer};
use serde::Serialize;

use crate::markdown::facts::Facts;
use crate::site::{Page, Site};
use crate::source::place::Kind;
use crate::words::terms::{Terms, terms, visible_text};

/// The index, as the script reads it.
#[derive(Debug, Serialize)]
pub struct Index<'a> {
    pages: Vec<Entry<'a>>,
    /// Every word, and the position of its stem.
    words: BTreeMap<String, usize>,
    /// For each stem the pages that have it, each with its weight.
    stems: Vec<BTreeMap<usize, usize>>,
}

/// A page that can be found.
#[derive(Debug, Serialize)]
pub struct Entry<'a> {
    /// Its heading.
    pub title: &'a str,
    /// Path of its address.
    pub url: &'a str,
    /// One or two sentences; may be empty.
    pub description: &'a str,
}

/// A word in the title counts as often as this many in the text.
const TITLE_WEIGHT: usize = 8;
/// A word in the description counts as often as this many in the text.
const DESCRIPTION_WEIGHT: usize = 3;

/// The pages that can be found, by their title.
pub fn entries(site: &Site) -> Vec<Entry<'_>> {
    let mut entries: Vec<Entry<'_>> = site.pages.iter().filter(|page| is_findable(page)).map(entry).collect();
    entries.sort_by_key(|entry| (entry.title.to_lowercase(), entry.url));
    entries
}

/// Returns the terms by which search finds a page, from its front matter and the HTML of its body.
pub fn terms_of_page(page: &Page, html: &str) -> Terms {
    let content = &page.content;
    let body = visible_text(html);
    let tags = content.tags.iter().map(|tag| (tag.get_ref(), TITLE_WEIGHT));
    let texts = [(&content.title, TITLE_WEIGHT), (&content.description, DESCRIPTION_WEIGHT), (&body, 1)];
    let mut found = Terms::new();
    for (text, weight) in texts.into_iter().chain(tags) {
        for term in terms(text) {
            *found.entry(term).or_default() += weight;
        }
    }
    found
}

/// Makes the index of a site, of what was found in each of its pages.
pub fn index<'a>(site: &'a Site, facts: &[Option<Arc<Facts>>]) -> Index<'a> {
    let stemmer = Stemmer::create(Algorithm::Dutch);
    let mut index = Index { pages: Vec::new(), words: BTreeMap::new(), stems: Vec::new() };
    let mut stems: BTreeMap<String, usize> = BTreeMap::new();
    let pages = site.pages.iter().zip(facts).filter(|(page, _)| is_findable(page));
    for (at, (page, facts)) in pages.enumerate() {
        index.pages.push(entry(page));
        for (word, weight) in facts.iter().flat_map(|facts| &facts.terms) {
            let stem = *index.words.entry(word.clone()).or_insert_with_key(|word| {
                *stems.entry(stemmer.stem(word).into_owned()).or_insert_with(|| {
                    index.stems.push(BTreeMap::new());
                    index.stems.len() - 1
                })
            });
            *index.stems[stem].entry(at).or_default() += weight;
        }
    }
    index
}

fn is_findable(page: &Page) -> bool {
    page.badge.is_none() && page.place.kind != Kind::NotFound
}

fn entry(page: &Page) -> Entry<'_> {
    Entry { title: &page.content.title, url: &page.place.url, description: &page.content.description }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_word_share_a_stem() {
        let stemmer = Stemmer::create(Algorithm::Dutch);
        assert_eq!(stemmer.stem("indicatoren"), stemmer.stem("indicator"));
        assert_eq!(stemmer.stem("scholen"), stemmer.stem("school"));
    }
}

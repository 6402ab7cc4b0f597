//! An index of every page, for the script of the search page.
//!
//! Words are folded (lower case, no accents) and grouped by their Dutch stem, so that *indicator*
//! finds *indicatoren*. The script compares a query with the words themselves: with their
//! beginning or, for compounds, with any part. It therefore needs no stemmer of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_stemmers::{Algorithm, Stemmer};
use serde::Serialize;

use crate::markdown::facts::Facts;
use crate::site::{Page, Site};
use crate::words::terms::{Terms, terms, visible_text};

/// The index, as the script reads it.
#[derive(Debug, Serialize)]
pub struct Index<'a> {
    pages: Vec<Entry<'a>>,
    /// Every word, with the position of its stem.
    words: BTreeMap<String, usize>,
    /// For each stem, the pages that contain it, each with its weight.
    stems: Vec<BTreeMap<usize, usize>>,
}

/// A page that search can find.
#[derive(Debug, Serialize)]
pub struct Entry<'a> {
    /// The heading.
    pub title: &'a str,
    /// The path of the address.
    pub url: &'a str,
    /// One or two sentences; may be empty.
    pub description: &'a str,
}

/// The weight of a word in the title; a word in the text weighs 1.
const TITLE_WEIGHT: usize = 8;
/// The weight of a word in the description; a word in the text weighs 1.
const DESCRIPTION_WEIGHT: usize = 3;

/// Returns the pages that search can find, sorted by title.
pub fn entries(site: &Site) -> Vec<Entry<'_>> {
    let mut entries: Vec<Entry<'_>> = site.pages.iter().filter(|page| is_findable(page)).map(entry).collect();
    entries.sort_by_key(|entry| (entry.title.to_lowercase(), entry.url));
    entries
}

/// Returns the terms by which search finds a page, taken from its front matter and its body.
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

/// Builds the index of a site from the facts about its pages.
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
    page.badge.is_none() && !page.place.kind.is_error()
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

//! The index in memory: stems, the words that share each, and the pages on which they stand.

use std::sync::Arc;

use hashbrown::HashMap;
use rayon::prelude::*;
use serde::Serialize;

use super::compound;
use super::postings::{Postings, encoded};
use crate::markdown::facts::Facts;
use crate::site::{Page, Site};
use crate::source::place::Kind;
use crate::words::vocabulary::Vocabulary;

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

impl<'a> Entry<'a> {
    /// Describes a page.
    pub fn new(page: &'a Page) -> Self {
        Self { title: &page.content.title, url: &page.place.url, description: &page.content.description }
    }
}

/// The index of a site.
#[derive(Debug)]
pub struct Index<'a> {
    /// The pages, by number.
    pub pages: Vec<Entry<'a>>,
    /// The stems, by their words in alphabetical order.
    pub stems: Vec<Stem>,
}

/// The forms of a word, and the pages that contain any of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Stem {
    /// The forms, separated by spaces.
    pub forms: String,
    /// The pages, in the form of `postings.rs`.
    pub pages: String,
}

/// A part of a compound weighs at most this class, as much as a word in the body.
const PART: u8 = 4;

#[derive(Default, Clone)]
struct Found<'a> {
    forms: Vec<&'a str>,
    pages: Postings,
}

impl<'a> Index<'a> {
    /// Builds the index of a site from the facts about its pages, with the vocabulary of their terms.
    pub fn new(site: &'a Site, facts: &[Option<Arc<Facts>>], vocabulary: &Vocabulary) -> Self {
        let all = vocabulary.words();
        // By number: the number of the stem, and whether any page has the word.
        let mut known: Vec<(usize, bool)> = all.iter().map(|(_, stem)| (stem, false)).collect();
        let mut stems = vec![Found::default(); all.stems()];
        let mut pages = Vec::new();
        for number in in_order(site) {
            let (page, facts) = (&site.pages[number], &facts[number]);
            let at = u32::try_from(pages.len()).unwrap_or(u32::MAX);
            pages.push(Entry::new(page));
            for (word, class) in facts.iter().flat_map(|facts| facts.terms.iter()) {
                let (stem, is_used) = &mut known[word];
                *is_used = true;
                add(&mut stems[*stem].pages, (at, class));
            }
        }
        let used = all.iter().zip(known).filter(|(_, (_, is_used))| *is_used);
        let words: HashMap<&str, usize> = used.map(|(word, _)| word).collect();
        for (word, stem) in &words {
            stems[*stem].forms.push(*word);
        }
        add_parts(&words, &mut stems);
        let mut stems: Vec<Stem> = stems
            .into_par_iter()
            .filter(|stem| !stem.forms.is_empty())
            .map(|mut stem| {
                stem.forms.sort_unstable();
                Stem { forms: stem.forms.join(" "), pages: encoded(&stem.pages) }
            })
            .collect();
        stems.par_sort_unstable();
        Self { pages, stems }
    }
}

/// Returns the positions of the pages that search can find: the articles last, the newest of them at the end. So a new
/// article changes no number of another page, and of pages that match equally well, the script shows the newest first.
fn in_order(site: &Site) -> impl Iterator<Item = usize> {
    let is_other = |at: &usize| site.pages[*at].place.kind != Kind::Article;
    let others = (0..site.pages.len()).filter(is_other);
    others.chain(site.articles.iter().rev().copied()).filter(|at| site.pages[*at].is_listed())
}

/// Adds a page to those of a stem, unless it is there with another form of the word.
fn add(pages: &mut Postings, (at, class): (u32, u8)) {
    match pages.last_mut() {
        Some((last, before)) if *last == at => *before = class.max(*before),
        _ => pages.push((at, class)),
    }
}

/// Adds the pages of each compound to those of its parts.
fn add_parts(words: &HashMap<&str, usize>, stems: &mut [Found<'_>]) {
    let mut more: HashMap<usize, Postings> = HashMap::new();
    for (word, stem) in words {
        let Some((first, second)) = compound::parts(word, words) else { continue };
        for part in [first, second].into_iter().filter(|part| *part != stem) {
            let pages = stems[*stem].pages.iter().map(|(at, class)| (*at, (*class).min(PART)));
            more.entry(*part).or_default().extend(pages);
        }
    }
    for (part, pages) in more {
        let all = &mut stems[part].pages;
        all.extend(pages);
        // The highest class of a page comes first.
        all.sort_unstable_by_key(|(at, class)| (*at, std::cmp::Reverse(*class)));
        all.dedup_by_key(|(at, _)| *at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_compound_are_found_by_it_with_less_weight() {
        let words = HashMap::from([("school", 0), ("plan", 1), ("schoolplan", 2)]);
        let found = |pages: &[(u32, u8)]| Found { forms: Vec::new(), pages: pages.to_vec() };
        let mut stems = [found(&[(0, 2), (4, 8)]), found(&[]), found(&[(3, 7), (4, 7)])];
        add_parts(&words, &mut stems);
        assert_eq!(stems[0].pages, [(0, 2), (3, PART), (4, 8)]);
        assert_eq!(stems[1].pages, [(3, PART), (4, PART)]);
    }
}

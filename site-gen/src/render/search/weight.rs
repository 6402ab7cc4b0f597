//! How much a word says about a page.
//!
//! A word in the title counts more than one in the body, and the tenth time counts less than the first, as in BM25F
//! (Robertson, Zaragoza and Taylor, *Simple BM25 Extension to Multiple Weighted Fields*, 2004). How rare a word is
//! on the site, the script works out itself.

use hashbrown::HashMap;

use crate::page::event::Announcement;
use crate::page::parse::Content;
use crate::words::terms::{Terms, terms, visible_text};
use crate::words::vocabulary::Vocabulary;

/// The weight of a word in a title of [`USUAL_TITLE`] words, or in a tag.
const TITLE: f32 = 9.0;
/// Which share of that a longer title loses, and a shorter one gains.
const BY_TITLE: f32 = 0.5;
/// The number of words of a usual title.
const USUAL_TITLE: f32 = 6.0;
/// Below this number of words, a title counts as no shorter: a number or not makes no difference.
const SHORT_TITLE: f32 = 3.0;
/// The weight of a word in the description, or about the sessions of an event.
const DESCRIPTION: f32 = 3.0;
/// The most that a word in the body can weigh, however often it stands there.
const BODY: f32 = 2.2;
/// After how many times in a body of [`USUAL`] words a word has half that weight.
const HALF: f32 = 1.2;
/// Which share of [`HALF`] grows with the length of the body.
const BY_LENGTH: f32 = 0.75;
/// The number of words of a usual body.
const USUAL: f32 = 400.0;
/// The classes of weight, which take three bits.
const CLASSES: u8 = 8;

/// What the page of an event is about, besides its own words.
const SIGNING_UP: &str = "aanmelden aanmelding formulier";

/// Returns the words by which search finds a page, each with its class of weight, from 1.
pub fn of(content: &Content, html: &str, vocabulary: &Vocabulary) -> Terms {
    let body = visible_text(html);
    let mut counts: HashMap<String, f32> = HashMap::new();
    let mut length = 0.0;
    terms(&body, |word| {
        length += 1.0;
        add(&mut counts, word, 1.0);
    });
    let half = HALF * (1.0 - BY_LENGTH + BY_LENGTH * length / USUAL);
    for count in counts.values_mut() {
        *count *= BODY / (*count + half);
    }
    let mut length = 0.0;
    terms(&content.title, |_| length += 1.0);
    let title = title(length);
    terms(&content.title, |word| add(&mut counts, word, title));
    terms(&content.description, |word| add(&mut counts, word, DESCRIPTION));
    for tag in &content.tags {
        terms(tag.name.get_ref(), |word| add(&mut counts, word, TITLE));
    }
    for text in content.announcement.iter().flat_map(about) {
        terms(text, |word| add(&mut counts, word, DESCRIPTION));
    }
    Terms::new(vocabulary, counts.iter().map(|(word, weight)| (word.as_str(), class(*weight))))
}

/// Returns the weight of a word in a title of so many words.
fn title(length: f32) -> f32 {
    TITLE / (1.0 - BY_TITLE + BY_TITLE * length.max(SHORT_TITLE) / USUAL_TITLE)
}

fn add(counts: &mut HashMap<String, f32>, word: &str, weight: f32) {
    *counts.entry_ref(word).or_default() += weight;
}

/// Returns what visitors read about the sessions of an event.
fn about(announcement: &Announcement) -> impl Iterator<Item = &str> {
    let sessions = announcement.sessions.iter();
    let sessions = sessions.flat_map(|session| [&*session.date, &*session.place, &*session.address]);
    sessions.chain([announcement.event.costs(), SIGNING_UP])
}

fn class(weight: f32) -> u8 {
    // This multiple of the logarithm spreads a single mention in a long body (1) to a short title and the body (8).
    let class = 1.8 * (1.0 + weight).log2();
    (1..CLASSES).find(|limit| class <= f32::from(*limit)).unwrap_or(CLASSES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_weighs_more_than_any_number_of_times_in_the_body() {
        assert!(class(TITLE) > class(BODY) && class(BODY) > class(0.5) && class(0.2) == 1);
        assert_eq!(class(title(1.0) + BODY), CLASSES);
        assert!(class(title(USUAL_TITLE) + BODY) < CLASSES && class(title(20.0)) > class(BODY));
    }
}

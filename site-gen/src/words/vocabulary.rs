//! All words of a site, each with a number.

use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use hashbrown::HashMap;
use rust_stemmers::{Algorithm, Stemmer};

/// The words of a site. A site has thousands of words, which are on its pages millions of times, so pages keep numbers.
///
/// A word that no page has any more keeps its number.
#[derive(Debug, Default)]
pub struct Vocabulary(RwLock<Words>);

/// The words so far.
#[derive(Debug, Default)]
pub struct Words {
    numbers: HashMap<Box<str>, u32>,
    /// By number: the word, and the number of its stem.
    words: Vec<(Box<str>, u32)>,
    stems: HashMap<String, u32>,
}

impl Vocabulary {
    /// Returns the number of each word, in the order of the words. New words get a number.
    pub fn numbers<'w>(&self, words: impl Iterator<Item = &'w str> + Clone) -> Box<[u32]> {
        let known = {
            let all = self.words();
            words.clone().map(|word| all.numbers.get(word).copied()).collect::<Option<Box<[u32]>>>()
        };
        known.unwrap_or_else(|| {
            let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
            let stemmer = Stemmer::create(Algorithm::Dutch);
            words.map(|word| all.number(word, &stemmer)).collect()
        })
    }

    /// Returns all words. Until the result is dropped, no other thread can add one.
    pub fn words(&self) -> RwLockReadGuard<'_, Words> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Words {
    fn number(&mut self, word: &str, stemmer: &Stemmer) -> u32 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let count = |all: usize| u32::try_from(all).unwrap_or(u32::MAX);
        let (number, next) = (count(self.words.len()), count(self.stems.len()));
        let stem = *self.stems.entry(stemmer.stem(word).into_owned()).or_insert(next);
        self.words.push((word.into(), stem));
        self.numbers.insert(word.into(), number);
        number
    }

    /// Returns the words in the order of their numbers, each with the number of its stem: *scholen* and *school* share one.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, usize)> {
        self.words.iter().map(|(word, stem)| (&**word, *stem as usize))
    }

    /// Returns the number of stems, which are numbered from 0.
    pub fn stems(&self) -> usize {
        self.stems.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_keeps_its_number_and_the_forms_of_a_word_share_a_stem() {
        let vocabulary = Vocabulary::default();
        assert_eq!(*vocabulary.numbers(["school", "plan"].into_iter()), [0, 1]);
        assert_eq!(
            *vocabulary.numbers(["scholen", "plan", "indicatoren", "indicator"].into_iter()),
            [2, 1, 3, 4]
        );
        let words = vocabulary.words();
        assert_eq!(words.stems(), 3);
        assert_eq!(
            words.iter().collect::<Vec<_>>(),
            [("school", 0), ("plan", 1), ("scholen", 0), ("indicatoren", 2), ("indicator", 2)]
        );
    }
}

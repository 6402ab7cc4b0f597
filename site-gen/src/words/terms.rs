//! Search terms: the words of a text, folded so that spelling variants match.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::words::invisible::is_joiner;
use crate::words::vocabulary::Vocabulary;

/// The words of a page, as numbers of a vocabulary, each with a value. They have no order.
#[derive(Debug, Default)]
pub struct Terms {
    words: Box<[u32]>,
    values: Box<[u8]>,
}

impl Terms {
    /// Keeps words, each with a value.
    pub fn new<'w>(vocabulary: &Vocabulary, terms: impl Iterator<Item = (&'w str, u8)> + Clone) -> Self {
        let words = vocabulary.numbers(terms.clone().map(|(word, _)| word));
        Self { words, values: terms.map(|(_, value)| value).collect() }
    }

    /// Returns the words, each with its value.
    pub fn iter(&self) -> impl Iterator<Item = (usize, u8)> {
        self.words.iter().map(|word| *word as usize).zip(self.values.iter().copied())
    }
}

/// Minimum length of a search term, in bytes.
const MIN_LENGTH: usize = 2;

/// Passes the words of a text to `take`, folded as `fold` in `templates/static/zoeken.js` folds what visitors type. A
/// word with hyphens counts in one piece too, so that *e-mail* is found by *email*.
pub fn terms(text: &str, mut take: impl FnMut(&str)) {
    let mut folded = String::new();
    for run in text.split(|c: char| !is_hyphen(c) && !is_letter(c)) {
        let mut words = 0;
        for word in run.split(is_hyphen).filter(|word| !word.is_empty()) {
            words += 1;
            fold(word, &mut folded);
            if folded.len() >= MIN_LENGTH {
                take(&folded);
            }
        }
        if words > 1 {
            let joined: String = run.split(is_hyphen).collect();
            fold(&joined, &mut folded);
            if folded.len() >= MIN_LENGTH {
                take(&folded);
            }
        }
    }
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}')
}

fn is_letter(c: char) -> bool {
    // Most letters are ASCII, for which no table is needed.
    match c.is_ascii() {
        true => c.is_ascii_alphanumeric(),
        false => c.is_alphanumeric() || is_combining_mark(c) || is_joiner(c),
    }
}

/// Letters that Unicode does not decompose, with what people type for them.
const PLAIN: [(char, &str); 9] = [
    ('ø', "o"),
    ('ß', "ss"),
    ('æ', "ae"),
    ('œ', "oe"),
    ('ł', "l"),
    ('đ', "d"),
    ('ð', "d"),
    ('þ', "th"),
    ('ı', "i"),
];

/// Writes the folded word into `folded`.
fn fold(word: &str, folded: &mut String) {
    folded.clear();
    if word.is_ascii() {
        folded.push_str(word);
        folded.make_ascii_lowercase();
        return;
    }
    let letters =
        word.nfkd().filter(|&c| !is_combining_mark(c) && !is_joiner(c)).flat_map(char::to_lowercase);
    for c in letters {
        match PLAIN.iter().find(|(letter, _)| *letter == c) {
            Some((_, plain)) => folded.push_str(plain),
            None => folded.push(c),
        }
    }
}

/// The escapes that a renderer of HTML writes.
const ESCAPES: [(&str, &str); 4] = [("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\"")];

/// Returns the text of a piece of HTML. Every tag separates words.
pub fn visible_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    for part in html.split('<') {
        // The first part precedes any `<`, so it contains no tag.
        let mut rest = part.split_once('>').map_or(part, |(_, after)| after);
        while let Some(at) = rest.find('&') {
            text.push_str(&rest[..at]);
            rest = &rest[at..];
            let (escape, letter) =
                ESCAPES.into_iter().find(|(escape, _)| rest.starts_with(escape)).unwrap_or(("&", "&"));
            text.push_str(letter);
            rest = &rest[escape.len()..];
        }
        text.push_str(rest);
        text.push(' ');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        terms(text, |word| found.push(word.to_owned()));
        found
    }

    #[test]
    fn words_are_folded_and_tags_separate_them() {
        let text = visible_text("<h2>Één beeld</h2><p>co<em>ö</em>rdinatie &amp; zó’n &lt;A &euro;</p>");
        assert_eq!(found(&text), ["een", "beeld", "co", "rdinatie", "zo", "euro"]);
        let text = "samen\u{ad}werking Søren Ĳsselstein STRASSE Straße";
        assert_eq!(found(text), ["samenwerking", "soren", "ijsselstein", "strasse", "strasse"]);
    }

    #[test]
    fn a_word_with_hyphens_counts_in_one_piece_too() {
        assert_eq!(
            found("E-mail, back\u{2011}ups - en -x-"),
            ["mail", "email", "back", "ups", "backups", "en"]
        );
    }
}

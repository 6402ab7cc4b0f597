//! Search terms: the words of a text, folded so that spelling variants match.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::words::invisible::is_joiner;

/// Folded words with their weights.
pub type Terms = BTreeMap<String, usize>;

/// Minimum length of a search term, in bytes.
const MIN_LENGTH: usize = 2;

/// Returns the words of a text, folded as `fold` in `templates/static/zoeken.js` folds what visitors type.
pub fn terms(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c) && !is_joiner(c))
        .map(fold)
        .filter(|word| word.len() >= MIN_LENGTH)
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

fn fold(word: &str) -> String {
    let letters =
        word.nfkd().filter(|&c| !is_combining_mark(c) && !is_joiner(c)).flat_map(char::to_lowercase);
    let mut folded = String::with_capacity(word.len());
    for c in letters {
        match PLAIN.iter().find(|(letter, _)| *letter == c) {
            Some((_, plain)) => folded.push_str(plain),
            None => folded.push(c),
        }
    }
    folded
}

/// Returns the text of a piece of HTML. Every tag separates words.
pub fn visible_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    for part in html.split('<') {
        // The first part precedes any `<`, so it contains no tag.
        text.push_str(part.split_once('>').map_or(part, |(_, after)| after));
        text.push(' ');
    }
    text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_tags_separate_them() {
        let found: Vec<String> =
            terms(&visible_text("<h2>Één beeld</h2><p>co<em>ö</em>rdinatie &amp; zó’n A</p>")).collect();
        assert_eq!(found, ["een", "beeld", "co", "rdinatie", "zo"]);
        let found: Vec<String> = terms("samen\u{ad}werking Søren Ĳsselstein STRASSE Straße").collect();
        assert_eq!(found, ["samenwerking", "soren", "ijsselstein", "strasse", "strasse"]);
    }
}

//! Compounds, which Dutch writes as one word: *kwaliteitsindicator* is found by *indicator* and by *kwaliteit*.

use hashbrown::HashMap;

/// The shortest part of a compound, in letters. Shorter ones are more often endings than words.
const SHORTEST: usize = 4;
/// What may stand between the parts of a compound.
const LINKS: [&str; 3] = ["s", "en", "e"];

/// Returns the two parts of a compound, if both are words that are known. Of several ways to take it apart, that with the
/// longest second part wins, because the second part says what the thing is.
pub(super) fn parts<'a, V>(word: &str, known: &'a HashMap<&str, V>) -> Option<(&'a V, &'a V)> {
    if !word.is_ascii() {
        return None;
    }
    (SHORTEST..=word.len().checked_sub(SHORTEST)?).find_map(|at| {
        let (first, second) = word.split_at(at);
        let second = known.get(second)?;
        let bare =
            LINKS.iter().filter_map(|link| first.strip_suffix(link)).filter(|bare| bare.len() >= SHORTEST);
        let first = [first].into_iter().chain(bare).find_map(|first| known.get(first))?;
        Some((first, second))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parts_must_be_known_words() {
        let known = ["kwaliteit", "indicator", "school", "plan", "schoolplan", "bestuur"];
        let known: HashMap<&str, &str> = known.into_iter().map(|word| (word, word)).collect();
        let check = |word: &str, expected: Option<(&str, &str)>| {
            assert_eq!(parts(word, &known).map(|(a, b)| (*a, *b)), expected, "{word}");
        };
        check("kwaliteitsindicator", Some(("kwaliteit", "indicator")));
        check("schoolbestuur", Some(("school", "bestuur")));
        check("bestuursschoolplan", Some(("bestuur", "schoolplan")));
        check("bestuurder", None);
        check("plan", None);
        check("coördinator", None);
    }
}

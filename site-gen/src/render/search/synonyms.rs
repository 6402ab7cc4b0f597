//! Words that visitors type for others, as editors list them in `content/site.toml`.

use crate::words::terms::terms;

/// Returns each list of synonyms, folded: `"gratis, kosteloos"` becomes `["gratis", "kosteloos"]`.
pub fn folded(lists: &[String]) -> Vec<Vec<String>> {
    let words = |list: &String| {
        let mut words = Vec::new();
        terms(list, |word| words.push(word.to_owned()));
        words
    };
    lists.iter().map(words).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_folded_like_a_text() {
        assert_eq!(folded(&["Gratis, kosteloos,  één".to_owned()]), [["gratis", "kosteloos", "een"]]);
    }
}

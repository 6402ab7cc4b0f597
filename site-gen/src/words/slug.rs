//! Slugs: words in the form that addresses use.

use deunicode::deunicode_char;
use unicode_normalization::char::is_combining_mark;

use crate::words::invisible::is_joiner;

/// Returns the words of a text in lower case, in letters from a to z and digits, joined by hyphens.
///
/// Other letters are transliterated. `&` reads as `en`.
///
/// ```
/// use site_gen::words::slug::slug;
///
/// assert_eq!(slug("Kwaliteit & financiën: één beeld"), "kwaliteit-en-financien-een-beeld");
/// assert_eq!(slug("Ĳsselstein, Søren & straße"), "ijsselstein-soren-en-strasse");
/// assert_eq!(slug("日本"), "ri-ben");
/// ```
pub fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    let mut add = |c: char| {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    };
    for c in text.chars() {
        match c {
            '&' => " en ".chars().for_each(&mut add),
            '\'' | '’' => {}
            c if c.is_ascii() => add(c),
            c if is_combining_mark(c) || is_joiner(c) => {}
            c if c.is_alphanumeric() => deunicode_char(c).unwrap_or("-").chars().for_each(&mut add),
            c => add(c),
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

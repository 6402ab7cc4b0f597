//! Slugs: words in the form that addresses use.

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// Returns the words of a text in lower case, without accents and joined by hyphens.
///
/// `&` reads as `en`.
///
/// ```
/// assert_eq!(site_gen::words::slug::slug("Kwaliteit & financiën: één beeld"), "kwaliteit-en-financien-een-beeld");
/// ```
pub fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    let mut add = |c: char| {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !matches!(c, '\'' | '’')
            && !is_combining_mark(c)
            && !slug.is_empty()
            && !slug.ends_with('-')
        {
            slug.push('-');
        }
    };
    for c in text.chars() {
        match c {
            '&' => " en ".chars().for_each(&mut add),
            // Only non-ASCII characters need the decomposition tables.
            c if c.is_ascii() => add(c),
            c => decompose_canonical(c, &mut add),
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

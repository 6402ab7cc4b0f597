//! The pages that were public, so that an editor can be told which of them has gone.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::output::placement::missing;

/// How long a page must have been public before its address is remembered: a page that an editor renames
/// right away has no visitors yet.
const SETTLED: SignedDuration = SignedDuration::from_hours(24);
/// How long the address of a page that has gone is remembered.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The pages that are or were public, by their addresses.
pub type PublicPages = BTreeMap<String, PublicPage>;

/// A page that is or was public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicPage {
    /// Path of the page's source file.
    pub source: String,
    /// Since when the page is public, as far as builds on this machine know.
    pub since: Timestamp,
    /// The first build without the page, or `None` while it is public.
    pub gone_at: Option<Timestamp>,
}

/// Returns the pages that are or were public, given those of the last build and those of this one.
pub fn updated<'a>(
    before: &PublicPages,
    now_public: impl Iterator<Item = (&'a str, &'a str)>,
    now: Timestamp,
) -> PublicPages {
    let page = |(url, source): (&str, &str)| {
        let since = before.get(url).filter(|page| page.gone_at.is_none()).map_or(now, |page| page.since);
        (url.to_owned(), PublicPage { source: source.to_owned(), since, gone_at: None })
    };
    let mut pages: PublicPages = now_public.map(page).collect();
    let gone = missing(before.keys().map(String::as_str), pages.keys().map(String::as_str));
    for (url, page) in gone.into_iter().filter_map(|url| before.get_key_value(url)) {
        let gone_at = page.gone_at.unwrap_or(now);
        let is_settled = gone_at.duration_since(page.since) >= SETTLED;
        if is_settled && now.duration_since(gone_at) < REMEMBERED {
            pages.insert(url.clone(), PublicPage { gone_at: Some(gone_at), ..page.clone() });
        }
    }
    pages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_page_that_was_public_for_a_day_is_remembered() {
        let at = |hour: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour);
        let both = [("/a/", "content/a.md"), ("/b/", "content/b.md")];
        let first = updated(&PublicPages::new(), both[..1].iter().copied(), at(0));
        let second = updated(&first, both.into_iter(), at(20));
        let third = updated(&second, std::iter::empty(), at(30));
        assert_eq!(third.keys().collect::<Vec<_>>(), ["/a/"], "`/b/` was public for ten hours");
        assert_eq!(updated(&third, std::iter::empty(), at(31))["/a/"].gone_at, Some(at(30)));
        assert!(updated(&third, std::iter::empty(), at(30 + 90 * 24)).is_empty());
        let back = updated(&third, both[..1].iter().copied(), at(40));
        assert_eq!((back["/a/"].since, back["/a/"].gone_at), (at(40), None));
    }
}

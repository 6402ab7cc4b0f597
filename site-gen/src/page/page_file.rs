//! A page's file in a list of all of them.

/// A page's file in a list of all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageFile {
    /// The path of the file from the root: `content/contact.md`.
    pub path: String,
    /// The address of the page.
    pub url: String,
    /// The title, or `None` if the front matter has a problem.
    pub title: Option<String>,
    /// The topics of an article.
    pub tags: Vec<String>,
    /// The earlier addresses, which lead to the page.
    pub aliases: Vec<String>,
    /// Whether people sign up on the page.
    pub has_event: bool,
    /// What an editor still has to fill in: `[vul in: de zaal]`.
    pub placeholders: Vec<String>,
    /// Why the page is not public, if it is not: `concept`, `gepland voor …`.
    pub held_back: Option<String>,
}

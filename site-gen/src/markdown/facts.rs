//! Facts about a body that the rest of the site needs.

use super::body::Body;
use crate::source::link::Link;
use crate::words::terms::Terms;

/// Facts about a body for the link check and for search, kept after its HTML has been written.
#[derive(Debug, Default)]
pub struct Facts {
    /// Every link and image.
    pub links: Vec<Link>,
    /// The ids of the headings.
    pub anchors: Vec<String>,
    /// The terms by which search finds the page; empty on a site without a search page.
    pub terms: Terms,
}

impl Facts {
    /// Keeps the links and heading ids of a body, together with its search terms.
    pub fn new(body: Body, terms: Terms) -> Self {
        let Body { links, headings, .. } = body;
        Self { links, anchors: headings.into_iter().map(|heading| heading.id).collect(), terms }
    }
}

//! The whole site, every part of it known to be right.

use std::sync::Arc;

use catalog::Catalog;

use crate::config::Config;
use crate::parse::Content;
use crate::place::Place;
use crate::source::Source;

/// The whole site.
#[derive(Debug)]
pub struct Site {
    /// What holds for all of it.
    pub config: Config,
    /// Every page; sections and articles in the order of their address.
    pub pages: Vec<Page>,
    /// Positions in `pages` of the articles, newest first.
    pub articles: Vec<usize>,
    /// Every event.
    pub catalog: Catalog,
}

/// A page of the site.
#[derive(Debug)]
pub struct Page {
    /// The file that it is made of.
    pub source: Arc<Source>,
    /// Where it stands.
    pub place: Place,
    /// What it says.
    pub content: Content,
}

impl Site {
    /// The articles of a section, newest first; of the whole site for `/`.
    pub fn articles_below<'a>(&'a self, url: &'a str) -> impl Iterator<Item = &'a Page> {
        self.articles.iter().map(|&at| &self.pages[at]).filter(move |page| page.place.url.starts_with(url))
    }
}

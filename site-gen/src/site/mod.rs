//! All pages together: lists, tags, addresses, and what is wrong only in combination.
//!
//! Belongs here: what can be known only with every page at hand. Does not belong here: what a
//! page looks like (see `render`).

pub mod addresses;
pub mod assemble;
pub mod placeholder;
pub mod public;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use catalog::Catalog;
use jiff::Timestamp;

use crate::page::config::Config;
use crate::page::event::Announcement;
use crate::page::parse::{Content, Parsed};
use crate::page::publication::HeldBack;
use crate::source::file::Source;
use crate::source::place::{self, Place};
use crate::words::slug::slug;

/// The whole site.
#[derive(Debug)]
pub struct Site {
    /// What holds for all of it.
    pub config: Config,
    /// Every page; sections and articles in the order of their address.
    pub pages: Vec<Page>,
    /// Positions in `pages` of the sections, by their address.
    pub sections: HashMap<String, usize>,
    /// Positions in `pages` of the articles, newest first.
    pub articles: Vec<usize>,
    /// The next newer and the next older article of the same section, for each page.
    pub neighbours: Vec<Neighbours>,
    /// What articles are about, by name.
    pub tags: Vec<Tag>,
    /// Every event.
    pub catalog: Catalog,
    /// Pages that the public does not see.
    pub held_back: Vec<HeldBack>,
    /// When the same sources next make another site: a page appears, a session opens.
    pub until: Option<Timestamp>,
}

/// Positions in `pages` of the articles beside one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Neighbours {
    /// The next newer one.
    pub newer: Option<usize>,
    /// The next older one.
    pub older: Option<usize>,
}

/// What some articles are about.
#[derive(Debug)]
pub struct Tag {
    /// As editors write it.
    pub name: String,
    /// Path of its page: `/onderwerpen/indicatoren/`.
    pub url: String,
    /// Positions in `pages` of its articles, newest first.
    pub articles: Vec<usize>,
}

/// Files that every site has and no editor writes.
pub const GENERATED: [&str; 6] =
    ["feed.xml", "sitemap.xml", "robots.txt", "site.webmanifest", "agenda.ics", "zoeken.json"];

/// Path of the search page.
pub const SEARCH_URL: &str = "/zoeken/";

/// The template of the search page; without it there is none.
pub const SEARCH_TEMPLATE: &str = "search.html";

/// Path of the page that lists all tags.
pub const TAGS_URL: &str = "/onderwerpen/";

/// Path of a tag's page.
pub fn tag_url(name: &str) -> String {
    format!("{TAGS_URL}{}/", slug(name))
}

/// A page of the site.
#[derive(Debug)]
pub struct Page {
    /// Its file.
    pub source: Arc<Source>,
    /// Where the body lies in it, in bytes.
    pub body: Range<usize>,
    /// Where it stands.
    pub place: Arc<Place>,
    /// What it says of itself.
    pub content: Arc<Content>,
    /// Why the public does not see it, where it is built nevertheless.
    pub badge: Option<String>,
}

impl Page {
    /// A page that was parsed, as it stands at an instant; `None` when it has a problem.
    pub fn new(parsed: &Parsed, now: Timestamp) -> Option<Self> {
        let content = Arc::clone(parsed.content.as_ref()?);
        let badge = content.publication.held_back(now);
        let Parsed { source, body, place, .. } = parsed;
        Some(Self {
            source: Arc::clone(source),
            body: body.clone(),
            place: Arc::clone(place),
            content,
            badge,
        })
    }
}

impl Site {
    /// The pages that announce an event, newest first.
    pub fn announcements(&self) -> impl Iterator<Item = (&Page, &Announcement)> {
        let articles = self.articles.iter().map(|&at| &self.pages[at]);
        articles.filter_map(|page| Some((page, page.content.announcement.as_ref()?)))
    }

    /// The section that a page is in.
    pub fn section_of(&self, page: &Page) -> Option<&Page> {
        let at = *self.sections.get(place::parent(&page.place.url))?;
        Some(&self.pages[at])
    }

    /// The articles of a section, newest first; of the whole site for `/`.
    pub fn articles_below<'a>(&'a self, url: &'a str) -> impl Iterator<Item = &'a Page> {
        self.articles.iter().map(|&at| &self.pages[at]).filter(move |page| page.place.url.starts_with(url))
    }
}

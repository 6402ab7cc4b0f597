//! All pages together: lists, tags, addresses, and problems that only show in combination.
//!
//! Belongs here: what can be known only with every page at hand. Does not belong here: what a
//! page looks like (see `render`).

pub mod addresses;
pub mod assemble;
mod claims;
pub mod foreseen;
pub mod last_build;
pub mod placeholder;
pub mod public;
pub mod taken_away;

use std::ops::Range;
use std::sync::Arc;

use catalog::Catalog;
use catalog::address::SIGNUP_PREFIX;
use catalog::organiser::address::ORGANISER_PREFIX;
use hashbrown::HashMap;
use jiff::Timestamp;

use crate::page::config::Config;
use crate::page::event::Announcement;
use crate::page::parse::{Content, Parsed};
use crate::page::publication::HeldBack;
use crate::page::topic::TAGS_URL;
use crate::source::file::Source;
use crate::source::place::{self, Place};

/// The whole site.
#[derive(Debug)]
pub struct Site {
    /// The configuration of the whole site.
    pub config: Arc<Config>,
    /// Every page, in the order of the source files.
    pub pages: Vec<Page>,
    /// The positions in `pages` of the sections, by address.
    pub sections: HashMap<String, usize>,
    /// The positions in `pages` of the articles, newest first.
    pub articles: Vec<usize>,
    /// For each page, the next newer and next older article of the same section.
    pub neighbours: Vec<Neighbours>,
    /// The tags of the articles, by name.
    pub tags: Vec<Tag>,
    /// Every event.
    pub catalog: Catalog,
    /// The pages that are held back, each with the reason.
    pub held_back: Vec<HeldBack>,
    /// When the same sources next produce a different site: a page is published, a session opens.
    pub until: Option<Timestamp>,
}

/// The positions in `pages` of the articles next to a given one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Neighbours {
    /// The next newer one.
    pub newer: Option<usize>,
    /// The next older one.
    pub older: Option<usize>,
}

/// A tag with its articles.
#[derive(Debug)]
pub struct Tag {
    /// The name as editors write it.
    pub name: String,
    /// The path of its tag page: `/onderwerpen/indicatoren/`.
    pub url: String,
    /// The positions in `pages` of its articles, newest first.
    pub articles: Vec<usize>,
}

/// The names of generated files, which no source may use.
pub const GENERATED: [&str; 6] =
    ["feed.xml", "sitemap.xml", "robots.txt", "site.webmanifest", "agenda.ics", "zoeken.json"];

/// The path of the search page.
pub const SEARCH_URL: &str = "/zoeken/";

/// The template of the search page. A site without it has no search page.
pub const SEARCH_TEMPLATE: &str = "search.html";

/// The path of the page with the coming sessions.
pub const AGENDA_URL: &str = "/agenda/";

/// The template of the page with the coming sessions. A site without it has no such page.
pub const AGENDA_TEMPLATE: &str = "agenda.html";

/// Returns whether the site itself uses an address, so that no page or file can have it.
pub fn is_reserved(url: &str) -> bool {
    [SIGNUP_PREFIX, ORGANISER_PREFIX, TAGS_URL, SEARCH_URL, AGENDA_URL]
        .iter()
        .any(|prefix| url.starts_with(prefix))
        || url.contains("/pagina/")
}

/// A page of the site.
#[derive(Debug)]
pub struct Page {
    /// The source file.
    pub source: Arc<Source>,
    /// The byte range of the body in the source.
    pub body: Range<usize>,
    /// The address and the kind of the page.
    pub place: Arc<Place>,
    /// The content of the front matter.
    pub content: Arc<Content>,
    /// Why the page is not public, if it is built nevertheless.
    pub badge: Option<String>,
}

impl Page {
    /// Creates a page as it stands at an instant; returns `None` if its front matter has a problem.
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

    /// Returns whether visitors and search engines may find the page in a list.
    pub fn is_listed(&self) -> bool {
        self.badge.is_none() && !self.place.kind.is_error()
    }
}

impl Site {
    /// Returns the pages that announce an event, newest first.
    pub fn announcements(&self) -> impl Iterator<Item = (&Page, &Announcement)> {
        let articles = self.articles.iter().map(|&at| &self.pages[at]);
        articles.filter_map(|page| Some((page, page.content.announcement.as_ref()?)))
    }

    /// Returns the section that a page is in.
    pub fn section_of(&self, page: &Page) -> Option<&Page> {
        let at = *self.sections.get(place::parent(&page.place.url))?;
        Some(&self.pages[at])
    }

    /// Returns the articles of a section, newest first; for `/`, those of the whole site.
    pub fn articles_below<'a>(&'a self, url: &'a str) -> impl Iterator<Item = &'a Page> {
        self.articles.iter().map(|&at| &self.pages[at]).filter(move |page| page.place.url.starts_with(url))
    }
}

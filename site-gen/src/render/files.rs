//! Renders files for machines: search index, feed, sitemap, calendars, redirects, the catalogue.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::answer::{Answer, ErrorView};
use catalog::headers::SECURITY_HEADERS;
use catalog::media_types::MEDIA_TYPES;
use tera::Context;

use super::output::{self, NO_VALUES, Output, Outputs, function_file, server_file, site_file};
use super::search::index::{Entry, Index};
use super::search::{files, synonyms};
use super::views::{FeedEntry, PageView, SitemapEntry};
use super::{Common, Renderer, ics, page_context};
use crate::markdown::body::Body;
use crate::markdown::facts::Facts;
use crate::site::{AGENDA_TEMPLATE, AGENDA_URL, Page, SEARCH_TEMPLATE, SEARCH_URL, Site};
use crate::source::fingerprint::Fingerprint;
use crate::source::link::encoded;
use crate::source::place::Kind;
use crate::source::problem::{Problem, Problems};

/// The maximum number of articles in the feed.
const NEWS_IN_FEED: usize = 20;

/// Templates of files that use only site-wide values.
const PLAIN: [&str; 2] = ["robots.txt", "site.webmanifest"];

/// The number of pages up to which the search page lists all of them, for visitors without JavaScript.
const LISTED: usize = 300;
/// The number of the newest articles that it lists on a larger site, where sections list the rest.
const NEWEST: usize = 100;

/// Returns the pages that the search page lists, sorted by title, and whether there are more.
fn listed(site: &Site) -> (Vec<Entry<'_>>, bool) {
    let mut listed: Vec<&Page> = site.pages.iter().filter(|page| page.is_listed()).collect();
    let is_shortened = listed.len() > LISTED;
    if is_shortened {
        listed.retain(|page| page.place.kind != Kind::Article);
        listed.extend(site.articles_below("/").filter(|page| page.is_listed()).take(NEWEST));
    }
    let mut entries: Vec<Entry<'_>> = listed.into_iter().map(Entry::new).collect();
    entries.sort_by_key(|entry| (entry.title.to_lowercase(), entry.url));
    (entries, is_shortened)
}

impl Renderer<'_> {
    /// Renders the search page and its index, if the site has a template for it.
    pub(super) fn search(&self, facts: &[Option<Arc<Facts>>]) -> Outputs {
        let Common { site, templates, vocabulary, .. } = self.common;
        if !self.has_search() {
            return Ok(Vec::new());
        }
        let mut view = PageView::generated("Zoeken", SEARCH_URL);
        view.description = "Zoek in alle pagina’s en berichten van de site.";
        let mut context = page_context(&view);
        let (entries, is_shortened) = listed(site);
        context.insert("entries", &entries);
        context.insert("is_shortened", &is_shortened);
        let synonyms = synonyms::folded(&site.config.table.synonyms);
        let files = files::of(&Index::new(site, facts, vocabulary), &synonyms)
            .map_err(|error| Problem::in_file("zoeken.json", error.to_string()))?;
        let page = output::page(SEARCH_URL, templates.render(SEARCH_TEMPLATE, &context)?);
        let files = files.into_iter().map(|(path, text)| site_file(&path, text));
        Ok([page].into_iter().chain(files).collect())
    }

    /// Renders the Atom feed, if there is an article.
    ///
    /// A feed must say when it was last updated, and that date comes from its articles.
    pub(super) fn feed(&self) -> Outputs {
        let Common { site, templates, .. } = self.common;
        let public = site.articles_below("/").filter(|page| page.badge.is_none());
        let shown: Vec<&Page> = public.take(NEWS_IN_FEED).collect();
        if shown.is_empty() {
            return Ok(Vec::new());
        }
        let inputs: Vec<Fingerprint> = shown.iter().map(|page| page.source.fingerprint).collect();
        let output = self.file("/feed.xml", &inputs, || {
            // The problems of these bodies were reported with their own pages.
            let body = |page: &&Page| self.body(page, &mut Problems::default());
            let bodies: Vec<Body> = shown.iter().map(body).collect();
            let entries: Vec<FeedEntry<'_>> =
                shown.iter().zip(&bodies).map(|(page, body)| FeedEntry::new(page, body)).collect();
            let mut context = Context::new();
            context.insert("updated", &entries.iter().filter_map(FeedEntry::updated).max());
            context.insert("entries", &entries);
            templates.render("feed.xml", &context)
        })?;
        Ok(vec![output])
    }

    /// Renders the sitemap and the files in [`PLAIN`].
    pub(super) fn sitemap(&self) -> Outputs {
        let Common { site, templates, .. } = self.common;
        let listed = site.pages.iter().filter(|page| page.is_listed());
        let mut entries: Vec<SitemapEntry<'_>> = listed.map(SitemapEntry::new).collect();
        entries.extend(site.tags.iter().map(|tag| SitemapEntry::generated(&tag.url)));
        entries.extend(templates.has(AGENDA_TEMPLATE).then(|| SitemapEntry::generated(AGENDA_URL)));
        let sitemap = self.file("/sitemap.xml", &entries, || {
            let mut context = Context::new();
            context.insert("entries", &entries);
            templates.render("sitemap.xml", &context)
        })?;
        let mut outputs = vec![sitemap];
        for name in PLAIN.into_iter().filter(|name| templates.has(name)) {
            outputs.push(site_file(name, templates.render(name, &Context::new())?));
        }
        Ok(outputs)
    }

    /// Writes a calendar for each session, and one with all sessions if there are any.
    pub(super) fn calendars(&self) -> Outputs {
        let site = self.common.site;
        let sessions: Vec<_> = site
            .announcements()
            .flat_map(|(page, announcement)| {
                let sessions = announcement.event.sessions().iter().zip(&announcement.sessions);
                sessions.map(move |(session, words)| ics::Entry { page, announcement, session, words })
            })
            .collect();
        let mut outputs: Vec<Output> = sessions
            .iter()
            .map(|&entry| site_file(entry.words.ics.trim_start_matches('/'), ics::calendar(site, &[entry])))
            .collect();
        if !sessions.is_empty() {
            outputs.push(site_file("agenda.ics", ics::calendar(site, &sessions)));
        }
        Ok(outputs)
    }

    /// Renders a redirect page for each alias, and the list of redirects for the CDN.
    pub(super) fn aliases(&self) -> Outputs {
        let Common { site, templates, .. } = self.common;
        let mut redirects: BTreeMap<String, &str> = BTreeMap::new();
        let mut outputs = Vec::new();
        for page in &site.pages {
            for alias in &page.content.aliases {
                let context = page_context(&PageView::generated(&page.content.title, &page.place.url));
                outputs.push(output::page(alias.get_ref(), templates.render("alias.html", &context)?));
                // The CDN looks up the path as a browser requests it.
                redirects.insert(encoded(alias.get_ref()), &page.place.url);
            }
        }
        outputs.push(server_file("redirects.json", &redirects)?);
        Ok(outputs)
    }

    /// Writes the settings for the server or the CDN.
    pub(super) fn server_files(&self) -> Outputs {
        let media_types: BTreeMap<_, _> = MEDIA_TYPES.iter().copied().collect();
        Ok(vec![
            server_file("headers.json", &BTreeMap::from(SECURITY_HEADERS))?,
            server_file("media-types.json", &media_types)?,
            server_file("next-change.json", &BTreeMap::from([("at", self.common.site.until)]))?,
        ])
    }

    /// Writes the catalogue of events that the function reads at startup.
    pub(super) fn catalog(&self) -> Outputs {
        let json = self.common.site.catalog.to_json();
        let json = json.map_err(|error| Problem::in_file("catalog.json", error.to_string()))?;
        Ok(vec![function_file("catalog.json", json)])
    }

    /// Renders the answers that do not belong to one event.
    pub(super) fn common_answers(&self) -> Outputs {
        let context = page_context(&PageView::default());
        let (error, expired) = (Answer::Error.file(), Answer::LinkExpired.file());
        Ok(vec![
            self.answer(&error, ("answers/error.html", &context), &ErrorView::examples())?,
            self.answer(&expired, ("answers/link-expired.html", &context), &NO_VALUES)?,
        ])
    }
}

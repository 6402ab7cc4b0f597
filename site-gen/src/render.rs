//! A site to its files.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use catalog::answer::{Answer, ErrorView, FailedView, Field, FormView, ReceivedView};
use jiff::Timestamp;
use rayon::prelude::*;
use serde::Serialize;
use tera::Context;

use crate::event::Announcement;
use crate::ics;
use crate::place::{self, Kind};
use crate::problem::{Problem, Problems};
use crate::publication::Moment;
use crate::search;
use crate::site::{Page, SEARCH_TEMPLATE, SEARCH_URL, Site, TAGS_URL, Tag};
use crate::source::Asset;
use crate::templates::{Templates, Unfilled};
use crate::views::{EventView, FeedEntry, PageView, PagerView, SitemapEntry, Summary, TagCount};

/// A file to be written.
#[derive(Debug)]
pub struct Output {
    /// Path within the output folder: `site/nieuws/index.html`.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Folder of what the public sees.
pub const SITE: &str = "site";
/// Folder of what travels with the function.
pub const FUNCTION: &str = "function";

/// How many articles the home page shows.
const NEWS_ON_HOME: usize = 3;
/// How many articles the feed holds.
const NEWS_IN_FEED: usize = 20;

type Rendered = Result<Vec<Output>, Problem>;

/// Renders every page, every answer of the function, and the catalogue, and
/// hands each file on as soon as it is there.
///
/// The moment tells which sessions are open on the pages that are built.
///
/// # Errors
/// When a file can't be put.
pub fn render(
    site: &Site,
    assets: &[Asset],
    templates: &Templates,
    moment: Moment,
    problems: &mut Problems,
    put: impl Fn(Output) -> anyhow::Result<()> + Sync,
) -> anyhow::Result<()> {
    let render = Renderer { site, templates, moment };
    let found = Mutex::new(Problems::default());
    let hand_on = |rendered: Rendered| match rendered {
        Ok(outputs) => outputs.into_iter().try_for_each(&put),
        Err(problem) => {
            found.lock().unwrap_or_else(PoisonError::into_inner).push(problem);
            Ok(())
        }
    };
    (0..site.pages.len()).into_par_iter().try_for_each(|at| hand_on(render.page(at)))?;
    let sections = site.pages.iter().filter(|page| page.place.kind == Kind::Section);
    for section in sections {
        let articles: Vec<&Page> = site.articles_below(&section.place.url).collect();
        let pages: Vec<&[&Page]> = articles.chunks(site.config.table.paginate_by).collect();
        let count = pages.len();
        let further = pages.into_par_iter().enumerate().skip(1);
        further
            .try_for_each(|(at, articles)| hand_on(render.section_page(section, articles, at + 1, count)))?;
    }
    site.tags.par_iter().try_for_each(|tag| hand_on(render.tag(tag)))?;
    hand_on(render.all_tags())?;
    hand_on(render.search())?;
    hand_on(render.feed())?;
    hand_on(render.sitemap())?;
    hand_on(render.calendars())?;
    hand_on(render.aliases())?;
    hand_on(render.error_answer())?;
    hand_on(render.catalog())?;
    assets.iter().try_for_each(|asset| put(output(SITE, &asset.path, asset.bytes.clone())))?;
    problems.append(found.into_inner().unwrap_or_else(PoisonError::into_inner));
    Ok(())
}

fn output(folder: &str, path: &str, bytes: impl Into<Vec<u8>>) -> Output {
    Output { path: format!("{folder}/{path}"), bytes: bytes.into() }
}

fn page_output(url: &str, html: String) -> Output {
    output(SITE, &place::file(url), html)
}

struct Renderer<'a> {
    site: &'a Site,
    templates: &'a Templates,
    moment: Moment,
}

impl Renderer<'_> {
    fn page(&self, at: usize) -> Rendered {
        let page = &self.site.pages[at];
        let url = &page.place.url;
        let mut context = context(&PageView::new(self.site, at));
        match page.place.kind {
            Kind::Home => {
                context.insert("articles", &self.summaries(self.site.articles_below("/").take(NEWS_ON_HOME)));
                context.insert("events", &self.events_to_come());
            }
            Kind::Section => {
                let articles: Vec<&Page> = self.site.articles_below(url).collect();
                let first = articles.chunks(self.site.config.table.paginate_by).next().unwrap_or_default();
                let count = articles.len().div_ceil(self.site.config.table.paginate_by).max(1);
                context.insert("articles", &self.summaries(first.iter().copied()));
                context.insert("pager", &PagerView::new(url, 1, count));
            }
            Kind::Article | Kind::Page | Kind::NotFound => {}
        }
        match &page.content.announcement {
            Some(announcement) => self.announcement(page, announcement, context),
            None => Ok(vec![page_output(url, self.templates.render(page.place.kind.template(), &context)?)]),
        }
    }

    /// A page with a form, and the answers that belong to it.
    fn announcement(&self, page: &Page, announcement: &Announcement, mut context: Context) -> Rendered {
        let event = &announcement.event;
        context.insert("event", &EventView::new(announcement, &page.place.url));
        let form = self.templates.render(page.place.kind.template(), &context)?;
        let empty = FormView::empty(event, self.moment.now);
        let filled = Unfilled::new(&Answer::Form(event.id()).file(), &form)?.fill(&empty)?;
        let mut outputs = vec![page_output(&page.place.url, filled)];
        let refused = self.refused(announcement);
        outputs.push(answer(Answer::Form(event.id()), form, &refused)?);
        let failed = self.templates.render("answers/failed.html", &context)?;
        let failed_view = |form: &FormView| FailedView { form: form.clone(), incident: "0".into() };
        let failed_views: Vec<FailedView> = refused.iter().map(failed_view).collect();
        outputs.push(answer(Answer::Failed(event.id()), failed, &failed_views)?);
        for (session, words) in event.sessions().iter().zip(&announcement.sessions) {
            context.insert("session", words);
            let received = self.templates.render("answers/received.html", &context)?;
            let received_view = ReceivedView { reference: "0".into() };
            outputs.push(answer(Answer::Received(event.id(), session.id()), received, &[received_view])?);
            let full = self.templates.render("answers/full.html", &context)?;
            outputs.push(answer(Answer::Full(event.id(), session.id()), full, &refused)?);
            let not_open = self.templates.render("answers/not-open.html", &context)?;
            outputs.push(answer(Answer::NotOpen(event.id(), session.id()), not_open, &refused)?);
        }
        Ok(outputs)
    }

    /// Forms in which everything is wrong, before, in and after the window of
    /// each session: what a template may ask for at request time, it asks for here.
    fn refused(&self, announcement: &Announcement) -> Vec<FormView> {
        let event = &announcement.event;
        let all: BTreeMap<Field, String> = Field::ALL.map(|field| (field, field.name().to_owned())).into();
        let open = event.sessions().iter().map(|session| session.opens_at());
        let moments = open.chain([Timestamp::MIN, Timestamp::MAX]);
        moments.map(|now| FormView::new(event, now, all.clone(), &all)).collect()
    }

    fn section_page(&self, section: &Page, articles: &[&Page], number: usize, count: usize) -> Rendered {
        let url = PagerView::url(&section.place.url, number);
        let title = format!("{} (bladzijde {number} van {count})", section.content.title);
        let mut context = context(&PageView::generated(&title, &url));
        context.insert("articles", &self.summaries(articles.iter().copied()));
        context.insert("pager", &PagerView::new(&section.place.url, number, count));
        Ok(vec![page_output(&url, self.templates.render(Kind::Section.template(), &context)?)])
    }

    fn tag(&self, tag: &Tag) -> Rendered {
        let mut context = context(&PageView::generated(&tag.name, &tag.url));
        context.insert("articles", &self.summaries(tag.articles.iter().map(|&at| &self.site.pages[at])));
        Ok(vec![page_output(&tag.url, self.templates.render("tag.html", &context)?)])
    }

    fn all_tags(&self) -> Rendered {
        if self.site.tags.is_empty() {
            return Ok(Vec::new());
        }
        let mut context = context(&PageView::generated("Onderwerpen", TAGS_URL));
        context.insert("tags", &self.site.tags.iter().map(TagCount::new).collect::<Vec<_>>());
        Ok(vec![page_output(TAGS_URL, self.templates.render("tags.html", &context)?)])
    }

    /// The search page, where the site has a template for it, and its index.
    fn search(&self) -> Rendered {
        if !self.templates.has(SEARCH_TEMPLATE) {
            return Ok(Vec::new());
        }
        let mut context = context(&PageView::generated("Zoeken", SEARCH_URL));
        context.insert("entries", &search::entries(self.site));
        let index = serde_json::to_string(&search::index(self.site))
            .map_err(|error| Problem::in_file("zoeken.json", error.to_string()))?;
        Ok(vec![
            page_output(SEARCH_URL, self.templates.render(SEARCH_TEMPLATE, &context)?),
            output(SITE, "zoeken.json", index),
        ])
    }

    fn feed(&self) -> Rendered {
        let shown = self.site.articles_below("/").filter(|page| page.badge.is_none()).take(NEWS_IN_FEED);
        let entries: Vec<FeedEntry<'_>> = shown.map(|page| FeedEntry::new(page, &self.site.config)).collect();
        // A feed says when it was last changed: with nothing in it there is none.
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let mut context = Context::new();
        context.insert("updated", &entries.iter().filter_map(FeedEntry::updated).max());
        context.insert("entries", &entries);
        Ok(vec![output(SITE, "feed.xml", self.templates.render("feed.xml", &context)?)])
    }

    fn sitemap(&self) -> Rendered {
        let public = |page: &&Page| page.badge.is_none() && page.place.kind != Kind::NotFound;
        let mut entries: Vec<SitemapEntry<'_>> =
            self.site.pages.iter().filter(public).map(SitemapEntry::new).collect();
        entries.extend(self.site.tags.iter().map(|tag| SitemapEntry::generated(&tag.url)));
        let mut context = Context::new();
        context.insert("entries", &entries);
        Ok(vec![
            output(SITE, "sitemap.xml", self.templates.render("sitemap.xml", &context)?),
            output(SITE, "robots.txt", self.templates.render("robots.txt", &Context::new())?),
        ])
    }

    /// One calendar of all sessions, and one of each.
    fn calendars(&self) -> Rendered {
        let sessions: Vec<_> = self
            .site
            .announcements()
            .flat_map(|(page, announcement)| {
                let sessions = announcement.event.sessions().iter().zip(&announcement.sessions);
                sessions.map(move |(session, words)| (page, announcement, session, words))
            })
            .collect();
        let mut outputs: Vec<Output> = sessions
            .iter()
            .map(|&entry| {
                output(SITE, entry.3.ics.trim_start_matches('/'), ics::calendar(self.site, [entry]))
            })
            .collect();
        // A calendar holds something, or is none.
        if !sessions.is_empty() {
            outputs.push(output(SITE, "agenda.ics", ics::calendar(self.site, sessions)));
        }
        Ok(outputs)
    }

    /// A page at each address that once was, and the list of them for the CDN.
    fn aliases(&self) -> Rendered {
        let mut redirects: BTreeMap<&str, &str> = BTreeMap::new();
        let mut outputs = Vec::new();
        for page in &self.site.pages {
            for alias in &page.content.aliases {
                let context = context(&PageView::generated(&page.content.title, &page.place.url));
                outputs.push(page_output(alias.get_ref(), self.templates.render("alias.html", &context)?));
                redirects.insert(alias.get_ref(), &page.place.url);
            }
        }
        let json = serde_json::to_string_pretty(&redirects)
            .map_err(|error| Problem::in_file("redirects.json", error.to_string()))?;
        outputs.push(Output { path: "redirects.json".to_owned(), bytes: (json + "\n").into() });
        Ok(outputs)
    }

    fn catalog(&self) -> Rendered {
        let json = self.site.catalog.to_json();
        let json = json.map_err(|error| Problem::in_file("catalog.json", error.to_string()))?;
        Ok(vec![output(FUNCTION, "catalog.json", json)])
    }

    fn error_answer(&self) -> Rendered {
        let html = self.templates.render("answers/error.html", &context(&PageView::default()))?;
        let views = ErrorView::STATUSES.map(|status| ErrorView { status, incident: "0".into() });
        Ok(vec![answer(Answer::Error, html, &views)?])
    }

    fn summaries<'s>(&'s self, pages: impl Iterator<Item = &'s Page>) -> Vec<Summary<'s>> {
        pages.map(|page| Summary::new(page, &self.site.config)).collect()
    }

    /// The events that still have a session to come.
    fn events_to_come(&self) -> Vec<EventView<'_>> {
        let is_to_come = |announcement: &Announcement| {
            announcement.event.sessions().iter().any(|session| self.moment.now < session.ends_at())
        };
        let to_come = self.site.announcements().filter(|(_, announcement)| is_to_come(announcement));
        to_come.map(|(page, announcement)| EventView::new(announcement, &page.place.url)).collect()
    }
}

fn context(page: &PageView<'_>) -> Context {
    let mut context = Context::new();
    context.insert("page", page);
    context
}

/// An answer, tried with each kind of view that it will meet: no visitor is the first to fill it.
fn answer(answer: Answer<'_>, html: String, views: &[impl Serialize]) -> Result<Output, Problem> {
    let file = answer.file();
    let page = Unfilled::new(&file, &html)?;
    for view in views {
        page.fill(view)?;
    }
    Ok(output(FUNCTION, &file, html))
}

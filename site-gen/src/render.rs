//! A site to its files.

mod announcement;

use std::collections::BTreeMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use catalog::answer::{Answer, ErrorView};
use catalog::headers::SECURITY_HEADERS;
use rayon::prelude::*;
use serde::Serialize;
use tera::Context;

use crate::addresses::LinkCheck;
use crate::event::Announcement;
use crate::fingerprint::Fingerprint;
use crate::ics;
use crate::images::Images;
use crate::json_ld;
use crate::markdown::{self, Body, Scope};
use crate::memory::{Before, Facts, Rendered};
use crate::pictures::Picture;
use crate::place::{self, Kind};
use crate::problem::{Problem, Problems};
use crate::publication::Moment;
use crate::search::{self, Words};
use crate::site::{Page, SEARCH_TEMPLATE, SEARCH_URL, Site, TAGS_URL, Tag};
use crate::source::Asset;
use crate::templates::{Templates, Unfilled};
use crate::views::{EventView, FeedEntry, PageView, PagerView, SitemapEntry, Summary, TagCount};

/// A file to be written.
#[derive(Debug)]
pub struct Output {
    /// Path within the output folder: `site/nieuws/index.html`.
    pub path: String,
    /// Its bytes; `None` for a file that is there already as it would be made.
    pub bytes: Option<Vec<u8>>,
    /// What spares the next build from making it again.
    pub rendered: Option<Rendered>,
}

/// Folder of what the public sees.
pub const SITE: &str = "site";
/// Folder of what travels with the function.
pub const FUNCTION: &str = "function";

/// Templates of files that hold nothing but what holds for the whole site.
const PLAIN: [&str; 2] = ["robots.txt", "site.webmanifest"];

/// How many articles the home page shows.
const NEWS_ON_HOME: usize = 3;
/// How many articles the feed holds.
const NEWS_IN_FEED: usize = 20;

type Made = Result<Vec<Output>, Problem>;

/// Everything that files are made of.
#[derive(Debug)]
pub struct Renderer<'a> {
    /// The pages, and what follows from them.
    pub site: &'a Site,
    /// How they look.
    pub templates: &'a Templates,
    /// What pages show.
    pub images: &'a Images,
    /// Tells which sessions are open on the pages that are built.
    pub moment: Moment,
    /// Takes in the links of each page.
    pub links: &'a LinkCheck,
    /// What need not be made again, in a process that builds more than once.
    pub before: Option<Before<'a>>,
    /// What goes into every page.
    pub common: Fingerprint,
    /// What is wrong.
    pub problems: Mutex<Problems>,
}

/// Hands on the files that are no pages: images in several sizes, pictures of drawings.
///
/// # Errors
/// When a file can't be put.
pub fn assets(
    assets: &[Arc<Asset>],
    images: &Images,
    pictures: &[Picture],
    before: Before<'_>,
    put: impl Fn(Output) -> anyhow::Result<()> + Sync,
) -> anyhow::Result<Problems> {
    let found = Mutex::new(Problems::default());
    let hand_on = |made: Made| match made {
        Ok(outputs) => outputs.into_iter().try_for_each(&put),
        Err(problem) => {
            found.lock().unwrap_or_else(PoisonError::into_inner).push(problem);
            Ok(())
        }
    };
    let stands = |path: &str| before.stands(&format!("{SITE}/{path}"));
    assets.par_iter().try_for_each(|asset| {
        let file = |(path, bytes)| Output { path: format!("{SITE}/{path}"), bytes, rendered: None };
        hand_on(images.files(asset, stands).map(|files| files.into_iter().map(file).collect()))
    })?;
    let stands = |path: &str| before.stands(path);
    pictures.par_iter().try_for_each(|picture| hand_on(picture.file(stands).map(|file| vec![file])))?;
    Ok(found.into_inner().unwrap_or_else(PoisonError::into_inner))
}

impl Renderer<'_> {
    /// Renders every page, every answer of the function, and the catalogue, and
    /// hands each file on as soon as it is there.
    ///
    /// # Errors
    /// When a file can't be put.
    pub fn render(&self, put: impl Fn(Output) -> anyhow::Result<()> + Sync) -> anyhow::Result<()> {
        let site = self.site;
        let hand_on = |made: Made| match made {
            Ok(outputs) => outputs.into_iter().try_for_each(&put),
            Err(problem) => {
                self.problems().push(problem);
                Ok(())
            }
        };
        let facts: Vec<Option<Arc<Facts>>> = (0..site.pages.len())
            .into_par_iter()
            .map(|at| {
                let (made, facts) = self.page(at);
                hand_on(made)?;
                Ok(facts.filter(|_| self.has_search()))
            })
            .collect::<anyhow::Result<_>>()?;
        for section in site.pages.iter().filter(|page| page.place.kind == Kind::Section) {
            let articles: Vec<&Page> = site.articles_below(&section.place.url).collect();
            let pages: Vec<&[&Page]> = articles.chunks(site.config.table.paginate_by).collect();
            let count = pages.len();
            let further = pages.into_par_iter().enumerate().skip(1);
            further.try_for_each(|(at, articles)| {
                hand_on(self.section_page(section, articles, at + 1, count))
            })?;
        }
        site.tags.par_iter().try_for_each(|tag| hand_on(self.tag(tag)))?;
        hand_on(self.all_tags())?;
        hand_on(self.search(&facts))?;
        hand_on(self.feed())?;
        hand_on(self.sitemap())?;
        hand_on(self.calendars())?;
        hand_on(self.aliases())?;
        hand_on(for_cdn("headers.json", &BTreeMap::from(SECURITY_HEADERS)).map(|headers| vec![headers]))?;
        hand_on(self.common_answers())?;
        hand_on(self.catalog())
    }

    fn problems(&self) -> MutexGuard<'_, Problems> {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_search(&self) -> bool {
        self.templates.has(SEARCH_TEMPLATE)
    }

    /// What a file is made of: everything that its template sees. `None` where no later build would ask.
    fn made_of(&self, inputs: &impl Hash) -> Option<Fingerprint> {
        self.before?.rendered?;
        Some(Fingerprint::of(&(self.common, inputs)))
    }

    /// The file at an address, where it is there already as it would be made.
    fn stands(&self, url: &str, made_of: Option<Fingerprint>) -> Option<Output> {
        let path = site_path(url);
        let rendered = self.before?.get(&path, made_of?)?.clone();
        Some(Output { path, bytes: None, rendered: Some(rendered) })
    }

    /// A file of the site that is made again only when its inputs have changed.
    fn file(
        &self,
        url: &str,
        inputs: &impl Hash,
        make: impl FnOnce() -> Result<String, Problem>,
    ) -> Result<Output, Problem> {
        let made_of = self.made_of(inputs);
        match self.stands(url, made_of) {
            Some(output) => Ok(output),
            None => Ok(new_output(url, make()?, made_of, None)),
        }
    }

    /// A page with what was found in its body.
    fn page(&self, at: usize) -> (Made, Option<Arc<Facts>>) {
        let page = &self.site.pages[at];
        let url = page.place.url.as_str();
        let view = PageView::new(self.site, at);
        let lists = self.lists(page);
        let made_of = match page.content.announcement {
            // It changes with the time too.
            Some(_) => None,
            None => self.made_of(&(page.source.fingerprint, &view, &lists)),
        };
        if let Some(output) = self.stands(url, made_of) {
            let facts = output.rendered.as_ref().and_then(|rendered| rendered.facts.clone());
            if let Some(facts) = &facts {
                self.links.page(&page.source, url, facts);
            }
            return (Ok(vec![output]), facts);
        }
        let mut problems = Problems::default();
        let body = self.body(page, &mut problems);
        self.problems().append(problems);
        let mut context = lists.context();
        let json_ld = if self.templates.wants_json_ld { json_ld::of(self.site, page) } else { String::new() };
        context.insert("page", &view.with_body(&body, json_ld));
        let words = if self.has_search() { search::words_of(page, &body.html) } else { Words::default() };
        let facts = Arc::new(Facts::new(body, words));
        self.links.page(&page.source, url, &facts);
        let made = match &page.content.announcement {
            Some(announcement) => self.announcement(page, announcement, context),
            None => self
                .templates
                .render(page.place.kind.template(), &context)
                .map(|html| vec![new_output(url, html, made_of, Some(Arc::clone(&facts)))]),
        };
        (made, Some(facts))
    }

    fn body(&self, page: &Page, problems: &mut Problems) -> Body {
        let scope = Scope { images: self.images, has_form: page.content.announcement.is_some() };
        markdown::render(&page.source, page.body.clone(), scope, problems)
    }

    /// What a page shows of others.
    fn lists<'p>(&'p self, page: &'p Page) -> Lists<'p> {
        let url = page.place.url.as_str();
        match page.place.kind {
            Kind::Home => Lists {
                articles: Some(self.summaries(self.site.articles_below("/").take(NEWS_ON_HOME))),
                events: Some(self.events_to_come()),
                pager: None,
            },
            Kind::Section => {
                let by = self.site.config.table.paginate_by;
                let count = self.site.articles_below(url).count().div_ceil(by).max(1);
                Lists {
                    articles: Some(self.summaries(self.site.articles_below(url).take(by))),
                    events: None,
                    pager: Some(PagerView::new(url, 1, count)),
                }
            }
            Kind::Article | Kind::Page | Kind::NotFound => Lists::default(),
        }
    }

    fn section_page(&self, section: &Page, articles: &[&Page], number: usize, count: usize) -> Made {
        let url = PagerView::url(&section.place.url, number);
        let title = format!("{} (bladzijde {number} van {count})", section.content.title);
        let articles = self.summaries(articles.iter().copied());
        let pager = PagerView::new(&section.place.url, number, count);
        let output = self.file(&url, &(&title, &articles, &pager), || {
            let mut context = context(&PageView::generated(&title, &url));
            context.insert("articles", &articles);
            context.insert("pager", &pager);
            self.templates.render(Kind::Section.template(), &context)
        })?;
        Ok(vec![output])
    }

    fn tag(&self, tag: &Tag) -> Made {
        let articles = self.summaries(tag.articles.iter().map(|&at| &self.site.pages[at]));
        let output = self.file(&tag.url, &(&tag.name, &articles), || {
            let mut context = context(&PageView::generated(&tag.name, &tag.url));
            context.insert("articles", &articles);
            self.templates.render("tag.html", &context)
        })?;
        Ok(vec![output])
    }

    fn all_tags(&self) -> Made {
        if self.site.tags.is_empty() {
            return Ok(Vec::new());
        }
        let mut context = context(&PageView::generated("Onderwerpen", TAGS_URL));
        context.insert("tags", &self.site.tags.iter().map(TagCount::new).collect::<Vec<_>>());
        Ok(vec![page_output(TAGS_URL, self.templates.render("tags.html", &context)?)])
    }

    /// The search page, where the site has a template for it, and its index.
    fn search(&self, facts: &[Option<Arc<Facts>>]) -> Made {
        if !self.has_search() {
            return Ok(Vec::new());
        }
        let mut context = context(&PageView::generated("Zoeken", SEARCH_URL));
        context.insert("entries", &search::entries(self.site));
        let index = serde_json::to_string(&search::index(self.site, facts))
            .map_err(|error| Problem::in_file("zoeken.json", error.to_string()))?;
        Ok(vec![
            page_output(SEARCH_URL, self.templates.render(SEARCH_TEMPLATE, &context)?),
            output(SITE, "zoeken.json", index),
        ])
    }

    fn feed(&self) -> Made {
        let public = self.site.articles_below("/").filter(|page| page.badge.is_none());
        let shown: Vec<&Page> = public.take(NEWS_IN_FEED).collect();
        // A feed says when it was last changed: with nothing in it there is none.
        if shown.is_empty() {
            return Ok(Vec::new());
        }
        let inputs: Vec<Fingerprint> = shown.iter().map(|page| page.source.fingerprint).collect();
        let output = self.file("/feed.xml", &inputs, || {
            // What is wrong in them was told with their own pages.
            let body = |page: &&Page| self.body(page, &mut Problems::default());
            let bodies: Vec<Body> = shown.iter().map(body).collect();
            let entries: Vec<FeedEntry<'_>> =
                shown.iter().zip(&bodies).map(|(page, body)| FeedEntry::new(page, body)).collect();
            let mut context = Context::new();
            context.insert("updated", &entries.iter().filter_map(FeedEntry::updated).max());
            context.insert("entries", &entries);
            self.templates.render("feed.xml", &context)
        })?;
        Ok(vec![output])
    }

    fn sitemap(&self) -> Made {
        let public = |page: &&Page| page.badge.is_none() && page.place.kind != Kind::NotFound;
        let mut entries: Vec<SitemapEntry<'_>> =
            self.site.pages.iter().filter(public).map(SitemapEntry::new).collect();
        entries.extend(self.site.tags.iter().map(|tag| SitemapEntry::generated(&tag.url)));
        let sitemap = self.file("/sitemap.xml", &entries, || {
            let mut context = Context::new();
            context.insert("entries", &entries);
            self.templates.render("sitemap.xml", &context)
        })?;
        let mut outputs = vec![sitemap];
        for name in PLAIN.into_iter().filter(|name| self.templates.has(name)) {
            outputs.push(output(SITE, name, self.templates.render(name, &Context::new())?));
        }
        Ok(outputs)
    }

    /// One calendar of all sessions, and one of each.
    fn calendars(&self) -> Made {
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
    fn aliases(&self) -> Made {
        let mut redirects: BTreeMap<&str, &str> = BTreeMap::new();
        let mut outputs = Vec::new();
        for page in &self.site.pages {
            for alias in &page.content.aliases {
                let context = context(&PageView::generated(&page.content.title, &page.place.url));
                outputs.push(page_output(alias.get_ref(), self.templates.render("alias.html", &context)?));
                redirects.insert(alias.get_ref(), &page.place.url);
            }
        }
        outputs.push(for_cdn("redirects.json", &redirects)?);
        Ok(outputs)
    }

    fn catalog(&self) -> Made {
        let json = self.site.catalog.to_json();
        let json = json.map_err(|error| Problem::in_file("catalog.json", error.to_string()))?;
        Ok(vec![output(FUNCTION, "catalog.json", json)])
    }

    /// The answers that belong to no event.
    fn common_answers(&self) -> Made {
        let render = |template| self.templates.render(template, &context(&PageView::default()));
        let errors = ErrorView::STATUSES.map(|status| ErrorView { status, incident: "0".into() });
        Ok(vec![
            tried(&Answer::Error.file(), render("answers/error.html")?, &errors)?,
            tried(&Answer::LinkExpired.file(), render("answers/link-expired.html")?, &NOTHING)?,
        ])
    }

    fn summaries<'s>(&'s self, pages: impl Iterator<Item = &'s Page>) -> Vec<Summary<'s>> {
        pages.map(Summary::new).collect()
    }

    /// The events that still have a session to come.
    fn events_to_come(&self) -> Vec<EventView<'_>> {
        let is_to_come = |announcement: &Announcement| {
            announcement.event.sessions().iter().any(|session| self.moment.now < session.ends_at())
        };
        let to_come = self.site.announcements().filter(|(_, announcement)| is_to_come(announcement));
        to_come.map(|(page, announcement)| EventView::new(announcement, page, self.moment.now)).collect()
    }
}

/// What a page shows of others.
#[derive(Default, Hash)]
struct Lists<'a> {
    articles: Option<Vec<Summary<'a>>>,
    events: Option<Vec<EventView<'a>>>,
    pager: Option<PagerView>,
}

impl Lists<'_> {
    fn context(&self) -> Context {
        let mut context = Context::new();
        if let Some(articles) = &self.articles {
            context.insert("articles", articles);
        }
        if let Some(events) = &self.events {
            context.insert("events", events);
        }
        if let Some(pager) = &self.pager {
            context.insert("pager", pager);
        }
        context
    }
}

fn site_path(url: &str) -> String {
    format!("{SITE}/{}", place::file(url))
}

fn new_output(url: &str, text: String, made_of: Option<Fingerprint>, facts: Option<Arc<Facts>>) -> Output {
    let rendered = made_of.map(|made_of| Rendered { made_of, facts });
    Output { path: site_path(url), bytes: Some(text.into()), rendered }
}

fn output(folder: &str, path: &str, bytes: impl Into<Vec<u8>>) -> Output {
    Output { path: format!("{folder}/{path}"), bytes: Some(bytes.into()), rendered: None }
}

/// What whoever serves the files has to know, beside those that the public sees.
fn for_cdn(name: &str, value: &impl Serialize) -> Result<Output, Problem> {
    let json = serde_json::to_string_pretty(value);
    let json = json.map_err(|error| Problem::in_file(name, error.to_string()))? + "\n";
    Ok(Output { path: name.to_owned(), bytes: Some(json.into()), rendered: None })
}

fn page_output(url: &str, html: String) -> Output {
    new_output(url, html, None, None)
}

fn context(page: &PageView<'_>) -> Context {
    let mut context = Context::new();
    context.insert("page", page);
    context
}

/// A page of the function, tried with each kind of view that it will meet: no visitor is the first to fill it.
fn tried(file: &str, text: String, views: &[impl Serialize]) -> Result<Output, Problem> {
    let page = Unfilled::new(file, &text)?;
    for view in views {
        page.fill(view)?;
    }
    Ok(output(FUNCTION, file, text))
}

/// The view of a page with nothing to fill in.
const NOTHING: [BTreeMap<&str, &str>; 1] = [BTreeMap::new()];

//! Renders the site as files: pages, lists, answers, mails, feeds, calendars and the search index.
//!
//! Belongs here: templates, the values they see, and every file made from more than one source, except style sheet bundles (see `assets`).
//! Does not belong here: writing to disk (see `output`) and what pages mean (see `page`, `site`).

pub mod announcement;
pub mod files;
pub mod ics;
pub mod json_ld;
pub mod lists;
pub mod organisers;
pub mod output;
pub mod participants;
pub mod search;
mod share;
mod template_words;
pub mod templates;
pub mod views;

use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;
use serde::Serialize;
use tera::Context;

use self::output::{Output, Outputs, reusable_page, site_path};
use self::search::weight;
use self::templates::Templates;
use self::views::PageView;
use crate::assets::OutFile;
use crate::assets::images::Images;
use crate::assets::pictures::Picture;
use crate::assets::share::Share;
use crate::incremental::{Previous, Rendered};
use crate::markdown;
use crate::markdown::body::{Body, Scope};
use crate::markdown::facts::Facts;
use crate::markdown::reserved::ReservedIds;
use crate::output::{FUNCTION, SITE};
use crate::page::publication::Moment;
use crate::profile::{Part, timed};
use crate::progress::Task;
use crate::site::addresses::LinkCheck;
use crate::site::{Page, SEARCH_TEMPLATE, Site};
use crate::source::file::Asset;
use crate::source::fingerprint::Fingerprint;
use crate::source::place::Kind;
use crate::source::problem::{Problem, Problems};
use crate::words::terms::Terms;
use crate::words::vocabulary::Vocabulary;

/// The inputs that all pages share.
#[derive(Debug, Clone, Copy)]
pub struct Common<'a> {
    /// The assembled site.
    pub site: &'a Site,
    /// The templates.
    pub templates: &'a Templates,
    /// The images that pages show.
    pub images: &'a Images,
    /// The ids that headings must not have.
    pub reserved: &'a ReservedIds,
    /// The words that search finds, on any page.
    pub vocabulary: &'a Vocabulary,
    /// Draws the pictures for links to pages, if the site has any.
    pub share: Option<&'a Share>,
    /// The fingerprint of everything that all pages depend on.
    pub fingerprint: Fingerprint,
}

/// Renders a site.
#[derive(Debug)]
pub struct Renderer<'a> {
    /// The inputs that all pages share.
    pub common: Common<'a>,
    /// The moment of the build, which decides which sessions are open on the pages.
    pub moment: Moment,
    /// The link check, which collects the links of each page.
    pub links: &'a LinkCheck,
    /// The previous build, from which unchanged files are kept.
    pub previous: Option<Previous<'a>>,
    /// The problems found so far.
    pub problems: Mutex<Problems>,
}

/// Passes every asset to `put`, and returns the problems of those that cannot be made.
///
/// # Errors
/// Fails if `put` fails.
pub fn assets(
    assets: &[Arc<Asset>],
    images: &Images,
    pictures: &[Picture],
    previous: Previous<'_>,
    put: impl Fn(Output) -> anyhow::Result<()> + Sync,
) -> anyhow::Result<Problems> {
    let found = Mutex::new(Problems::default());
    let hand_on = |files: Result<Vec<OutFile>, Problem>| match files {
        Ok(files) => files.into_iter().try_for_each(|(path, bytes)| {
            put(Output { path: format!("{SITE}/{path}"), bytes, rendered: None })
        }),
        Err(problem) => {
            found.lock().unwrap_or_else(PoisonError::into_inner).push(problem);
            Ok(())
        }
    };
    let is_unchanged = |path: &str| previous.is_unchanged(&format!("{SITE}/{path}"));
    let task = Task::begin("afbeeldingen en bestanden", assets.len());
    assets.par_iter().try_for_each(|asset| {
        let handed_on = hand_on(images.files(asset, is_unchanged));
        task.step();
        handed_on
    })?;
    pictures.par_iter().try_for_each(|picture| hand_on(picture.file(is_unchanged).map(|file| vec![file])))?;
    Ok(found.into_inner().unwrap_or_else(PoisonError::into_inner))
}

impl Renderer<'_> {
    /// Renders all pages, answers and other files, and passes each to `put` as soon as it is ready.
    ///
    /// # Errors
    /// Fails if `put` fails. Problems of the sources are collected in `problems`.
    pub fn render(&self, put: impl Fn(Output) -> anyhow::Result<()> + Sync) -> anyhow::Result<()> {
        let site = self.common.site;
        let hand_on = |outputs: Outputs| match outputs {
            Ok(outputs) => outputs.into_par_iter().try_for_each(&put),
            Err(problem) => {
                self.problems().push(problem);
                Ok(())
            }
        };
        let facts: Vec<Option<Arc<Facts>>> = timed(Part::Stage, "pagina's", || {
            let pages = (0..site.pages.len()).into_par_iter().map(|at| {
                let path = &site.pages[at].source.path;
                let (outputs, facts) = timed(Part::Page, path, || self.page(at));
                hand_on(outputs)?;
                Ok(facts.filter(|_| self.has_search()))
            });
            pages.collect::<anyhow::Result<_>>()
        })?;
        // The index is made on one core while the others go on.
        let search = || timed(Part::Stage, "zoeken", || hand_on(self.search(&facts)));
        let rest = || timed(Part::Stage, "overzichten en de rest", || self.lists_and_files(&hand_on));
        let (index, rest) = rayon::join(search, rest);
        index.and(rest)
    }

    /// Renders one page, and returns its HTML if nothing is wrong with it.
    pub fn render_page(&self, at: usize) -> Option<String> {
        let path = site_path(&self.common.site.pages[at].place.url);
        match self.page(at).0 {
            Ok(outputs) => {
                let bytes = outputs.into_iter().find(|output| output.path == path)?.bytes?;
                Some(String::from_utf8_lossy(&bytes).into_owned())
            }
            Err(problem) => {
                self.problems().push(problem);
                None
            }
        }
    }

    /// Renders everything besides the pages and the search index.
    fn lists_and_files(
        &self,
        hand_on: &(impl Fn(Outputs) -> anyhow::Result<()> + Sync),
    ) -> anyhow::Result<()> {
        let site = self.common.site;
        let sections = || {
            let sections = site.pages.par_iter().filter(|page| page.place.kind == Kind::Section);
            sections.try_for_each(|section| {
                let articles: Vec<&Page> = site.articles_below(&section.place.url).collect();
                let pages: Vec<&[&Page]> = articles.chunks(site.config.table.paginate_by).collect();
                let count = pages.len();
                let further = pages.into_par_iter().enumerate().skip(1);
                further.try_for_each(|(at, articles)| {
                    hand_on(self.section_page(section, articles, at + 1, count))
                })
            })
        };
        let steps: [&(dyn Fn() -> anyhow::Result<()> + Sync); 15] = [
            &sections,
            &|| site.tags.par_iter().try_for_each(|tag| hand_on(self.tag(tag))),
            &|| self.share_titles().par_iter().try_for_each(|title| hand_on(self.share_picture(title))),
            &|| hand_on(self.all_tags()),
            &|| hand_on(self.agenda()),
            &|| hand_on(self.feed()),
            &|| hand_on(self.sitemap()),
            &|| hand_on(self.calendars()),
            &|| hand_on(self.aliases()),
            &|| hand_on(self.common_answers()),
            &|| hand_on(self.own_pages()),
            &|| hand_on(self.organiser_pages()),
            &|| hand_on(self.mails()),
            &|| hand_on(self.catalog()),
            &|| hand_on(self.server_files()),
        ];
        steps.par_iter().try_for_each(|step| step())
    }

    fn problems(&self) -> MutexGuard<'_, Problems> {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_search(&self) -> bool {
        self.common.templates.has(SEARCH_TEMPLATE)
    }

    /// Returns the fingerprint of everything that a file's template sees.
    ///
    /// Returns `None` in a process that builds only once.
    fn fingerprint(&self, inputs: &impl Hash) -> Option<Fingerprint> {
        self.previous?.rendered?;
        Some(Fingerprint::of(&(self.common.fingerprint, inputs)))
    }

    /// Returns the file at a path of the output folder if it is up to date.
    fn up_to_date(&self, path: String, fingerprint: Option<Fingerprint>) -> Option<Output> {
        let rendered = self.previous?.up_to_date(&path, fingerprint?)?.clone();
        Some(Output { path, bytes: None, rendered: Some(rendered) })
    }

    /// Returns the file at an address, and renders it only if its inputs have changed.
    fn file(
        &self,
        url: &str,
        inputs: &impl Hash,
        render: impl FnOnce() -> Result<String, Problem>,
    ) -> Result<Output, Problem> {
        let fingerprint = self.fingerprint(inputs);
        match self.up_to_date(site_path(url), fingerprint) {
            Some(output) => Ok(output),
            None => Ok(reusable_page(url, render()?, fingerprint, None)),
        }
    }

    /// Renders a page that a function fills in at request time, and that depends on nothing but the templates. Fills it
    /// with every given view first, so that an error in a template fails the build.
    fn answer(
        &self,
        file: &str,
        (template, context): (&str, &Context),
        views: &[impl Serialize],
    ) -> Result<Output, Problem> {
        let fingerprint = self.fingerprint(&());
        if let Some(output) = self.up_to_date(format!("{FUNCTION}/{file}"), fingerprint) {
            return Ok(output);
        }
        let text = self.common.templates.render(template, context)?;
        let rendered = fingerprint.map(|fingerprint| Rendered { fingerprint, facts: None });
        Ok(Output { rendered, ..output::answer(file, text, views)? })
    }

    /// Renders a page, and returns the facts about its body.
    fn page(&self, at: usize) -> (Outputs, Option<Arc<Facts>>) {
        let Common { site, templates, vocabulary, .. } = self.common;
        let page = &site.pages[at];
        let url = page.place.url.as_str();
        let view = PageView::new(site, at, self.common.share);
        let lists = self.lists(page);
        let fingerprint = match page.content.announcement {
            // The phases of an announcement's sessions also depend on the time of the build.
            Some(_) => None,
            None => self.fingerprint(&(page.source.fingerprint, &view, &lists)),
        };
        if let Some(output) = self.up_to_date(site_path(url), fingerprint) {
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
        let json_ld = if templates.wants_json_ld { json_ld::of(site, page) } else { String::new() };
        context.insert("page", &view.with_body(&body, json_ld));
        let terms = match self.has_search() {
            true => weight::of(&page.content, &body.html, vocabulary),
            false => Terms::default(),
        };
        let facts = Arc::new(Facts::new(body, terms));
        self.links.page(&page.source, url, &facts);
        let outputs = match &page.content.announcement {
            Some(announcement) => self.announcement(page, announcement, context),
            None => templates
                .render(page.place.kind.template(), &context)
                .map(|html| vec![reusable_page(url, html, fingerprint, Some(Arc::clone(&facts)))]),
        };
        (outputs, Some(facts))
    }

    fn body(&self, page: &Page, problems: &mut Problems) -> Body {
        let Common { images, reserved, .. } = self.common;
        let scope = Scope { images, reserved, has_form: page.content.announcement.is_some() };
        markdown::render(&page.source, page.body.clone(), scope, problems)
    }
}

fn page_context(page: &PageView<'_>) -> Context {
    let mut context = Context::new();
    context.insert("page", page);
    context
}

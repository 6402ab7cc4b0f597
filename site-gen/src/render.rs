//! A site to its files.

use std::sync::{Mutex, PoisonError};

use catalog::answer::{Answer, FormView};
use jiff::Timestamp;
use rayon::prelude::*;
use serde::Serialize;
use tera::Context;

use crate::dutch;
use crate::event::{Announcement, SessionWords};
use crate::parse::Content;
use crate::place::{self, Kind};
use crate::problem::{Problem, Problems};
use crate::site::{Page, Site};
use crate::source::Asset;
use crate::templates::{self, Templates};

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

/// Renders every page, every answer of the function, and the catalogue, and
/// hands each file on as soon as it is there.
///
/// `now` tells which sessions are open on the pages that are built. `put` tells
/// whether a file's path is new.
///
/// # Errors
/// When a file can't be put.
pub fn render(
    site: &Site,
    assets: Vec<Asset>,
    templates: &Templates,
    now: Timestamp,
    problems: &mut Problems,
    put: impl Fn(Output) -> anyhow::Result<bool> + Sync,
) -> anyhow::Result<()> {
    let render = Renderer { site, templates, now };
    let found = Mutex::new(Problems::default());
    let tell = |problem| found.lock().unwrap_or_else(PoisonError::into_inner).push(problem);
    let hand_on = |output: Output| -> anyhow::Result<()> {
        let path = output.path.clone();
        if !put(output)? {
            let path = path.trim_start_matches("site/");
            let message = format!("een pagina en een bestand, of twee bestanden, worden allebei `/{path}`");
            tell(Problem::in_file(path, message).help("geef een van beide een andere naam"));
        }
        Ok(())
    };
    let hand_on_all = |rendered: Result<Vec<Output>, Problem>| match rendered {
        Ok(outputs) => outputs.into_iter().try_for_each(&hand_on),
        Err(problem) => {
            tell(problem);
            Ok(())
        }
    };
    site.pages.par_iter().try_for_each(|page| hand_on_all(render.page(page)))?;
    hand_on_all(render.error_answer())?;
    hand_on_all(render.catalog())?;
    assets.into_iter().try_for_each(|asset| hand_on(output(SITE, &asset.path, asset.bytes)))?;
    problems.append(found.into_inner().unwrap_or_else(PoisonError::into_inner));
    Ok(())
}

fn output(folder: &str, path: &str, bytes: impl Into<Vec<u8>>) -> Output {
    Output { path: format!("{folder}/{path}"), bytes: bytes.into() }
}

struct Renderer<'a> {
    site: &'a Site,
    templates: &'a Templates,
    now: Timestamp,
}

impl Renderer<'_> {
    fn page(&self, page: &Page) -> Result<Vec<Output>, Problem> {
        let Page { place, content, .. } = page;
        let mut context = self.context(&PageView::new(page));
        match place.kind {
            Kind::Home => {
                context.insert("articles", &self.summaries("/", NEWS_ON_HOME));
                context.insert("events", &self.events());
            }
            Kind::Section => context.insert("articles", &self.summaries(&place.url, usize::MAX)),
            Kind::Article | Kind::Page | Kind::NotFound => {}
        }
        let Some(announcement) = &content.announcement else {
            let html = self.templates.render(place.kind.template(), &context)?;
            return Ok(vec![output(SITE, &place::file(&place.url), html)]);
        };
        context.insert("event", &EventView::new(announcement, &page.place.url));
        let form = self.templates.render(place.kind.template(), &context)?;
        let empty = FormView::empty(&announcement.event, self.now);
        let filled = templates::fill(&page.source.path, &form, &view(&empty)?)?;
        let mut outputs = self.session_answers(announcement, &mut context)?;
        outputs.push(output(SITE, &place::file(&place.url), filled));
        outputs.push(output(FUNCTION, &Answer::Form(announcement.event.id()).file(), form));
        Ok(outputs)
    }

    /// The answers about one session: received, full, not open.
    fn session_answers(
        &self,
        announcement: &Announcement,
        context: &mut Context,
    ) -> Result<Vec<Output>, Problem> {
        let event = announcement.event.id();
        let mut outputs = Vec::new();
        for (session, words) in announcement.event.sessions().iter().zip(&announcement.sessions) {
            context.insert("session", words);
            for (answer, template) in [
                (Answer::Received(event, session.id()), "answers/received.html"),
                (Answer::Full(event, session.id()), "answers/full.html"),
                (Answer::NotOpen(event, session.id()), "answers/not-open.html"),
            ] {
                let html = self.templates.render(template, context)?;
                outputs.push(output(FUNCTION, &answer.file(), html));
            }
        }
        Ok(outputs)
    }

    fn catalog(&self) -> Result<Vec<Output>, Problem> {
        let json = self.site.catalog.to_json();
        let json = json.map_err(|error| Problem::in_file("catalog.json", error.to_string()))?;
        Ok(vec![output(FUNCTION, "catalog.json", json)])
    }

    fn error_answer(&self) -> Result<Vec<Output>, Problem> {
        let page = PageView { title: "", description: "", url: "", date: None, html: "" };
        let html = self.templates.render("answers/error.html", &self.context(&page))?;
        Ok(vec![output(FUNCTION, &Answer::Error.file(), html)])
    }

    fn context(&self, page: &PageView<'_>) -> Context {
        let config = &self.site.config;
        let mut context = Context::new();
        context.insert(
            "site",
            &SiteView {
                title: &config.title,
                short_title: &config.short_title,
                origin: config.origin.get_ref(),
                menu: &config.menu,
                login: &config.login,
                footer: &config.footer,
            },
        );
        context.insert("page", page);
        context
    }

    fn summaries<'s>(&'s self, below: &'s str, most: usize) -> Vec<Summary<'s>> {
        self.site
            .articles_below(below)
            .take(most)
            .map(|page| Summary {
                title: &page.content.title,
                description: &page.content.description,
                url: &page.place.url,
                date: page.content.date.map(DateView::new),
            })
            .collect()
    }

    /// The events that still have a session to come.
    fn events(&self) -> Vec<EventView<'_>> {
        self.site
            .articles_below("/")
            .filter_map(|page| {
                let announcement = page.content.announcement.as_ref()?;
                let to_come =
                    announcement.event.sessions().iter().any(|session| self.now < session.ends_at());
                to_come.then(|| EventView::new(announcement, &page.place.url))
            })
            .collect()
    }
}

fn view(value: &impl Serialize) -> Result<Context, Problem> {
    Context::from_serialize(value).map_err(|error| Problem::in_file("templates", error.to_string()))
}

#[derive(Serialize)]
struct SiteView<'a> {
    title: &'a str,
    short_title: &'a str,
    origin: &'a str,
    menu: &'a [crate::config::LinkTable],
    login: &'a crate::config::LinkTable,
    footer: &'a [crate::config::LinkTable],
}

#[derive(Serialize)]
struct PageView<'a> {
    title: &'a str,
    description: &'a str,
    url: &'a str,
    date: Option<DateView>,
    html: &'a str,
}

impl<'a> PageView<'a> {
    fn new(page: &'a Page) -> Self {
        let Content { title, description, date, html, .. } = &page.content;
        Self { title, description, url: &page.place.url, date: date.map(DateView::new), html }
    }
}

#[derive(Serialize)]
struct Summary<'a> {
    title: &'a str,
    description: &'a str,
    url: &'a str,
    date: Option<DateView>,
}

#[derive(Serialize)]
struct DateView {
    /// `2028-11-28`
    iso: String,
    /// `28 november 2028`
    words: String,
}

impl DateView {
    fn new(date: jiff::civil::Date) -> Self {
        Self { iso: date.to_string(), words: dutch::date(date) }
    }
}

#[derive(Serialize)]
struct EventView<'a> {
    id: &'a str,
    title: &'a str,
    url: &'a str,
    /// Where the form is sent to.
    action: String,
    /// The id of the element that holds the form.
    anchor: &'static str,
    sessions: &'a [SessionWords],
}

impl<'a> EventView<'a> {
    fn new(announcement: &'a Announcement, url: &'a str) -> Self {
        let event = &announcement.event;
        let action = catalog::address::SignupAddress::Form { event: event.id().clone() };
        Self {
            id: event.id().as_str(),
            title: event.title(),
            url,
            action: action.to_string(),
            anchor: catalog::address::FORM_ANCHOR,
            sessions: &announcement.sessions,
        }
    }
}

//! Parsing of sources into pages, each independently, from the path and the front matter.
//!
//! Bodies are parsed only at rendering, so that the HTML of all pages is never in memory at once.

use std::ops::Range;
use std::sync::Arc;

use hashbrown::HashMap;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rayon::prelude::*;
use toml::Spanned;
use toml::value::Datetime;

use crate::page::clock;
use crate::page::day::Day;
use crate::page::event::{self, Announcement};
use crate::page::front_matter::{self, FrontMatter};
use crate::page::prose::Prose;
use crate::page::publication::Publication;
use crate::page::topic::Topic;
use crate::source::file::Source;
use crate::source::link::decoded;
use crate::source::place::{self, BadName, Kind, Place};
use crate::source::problem::{Problem, Problems};

/// A page, as its own file describes it.
#[derive(Debug)]
pub struct Parsed {
    /// The source file.
    pub source: Arc<Source>,
    /// Byte range of the body in the source.
    pub body: Range<usize>,
    /// Address and kind of the page.
    pub place: Arc<Place>,
    /// Content of the front matter; `None` if it has a problem.
    pub content: Option<Arc<Content>>,
}

impl Parsed {
    /// Returns the announced event, if there is one and the front matter has no problem.
    pub fn announcement(&self) -> Option<&Announcement> {
        self.content.as_ref()?.announcement.as_ref()
    }
}

/// The content of a page's front matter.
#[derive(Debug)]
pub struct Content {
    /// Heading of the page.
    pub title: String,
    /// One or two sentences about the page; may be empty.
    pub description: String,
    /// Date of an article.
    pub date: Option<Day>,
    /// Where some of the values are.
    pub spans: Spans,
    /// Date of the last significant change.
    pub updated: Option<Day>,
    /// Topics of an article.
    pub tags: Vec<Topic>,
    /// Former paths of the page, which redirect to it.
    pub aliases: Vec<Spanned<String>>,
    /// Publication window of the page.
    pub publication: Publication,
    /// The event that the page announces.
    pub announcement: Option<Announcement>,
}

/// Byte ranges of values in the source, each empty if there is no such value.
#[derive(Debug)]
pub struct Spans {
    /// Place of the title.
    pub title: Range<usize>,
    /// Place of the description.
    pub description: Range<usize>,
    /// Place of the date.
    pub date: Range<usize>,
}

impl Content {
    /// Returns the date of the last change, which defaults to the date of the article.
    pub fn changed(&self) -> Option<&Day> {
        self.updated.as_ref().or(self.date.as_ref())
    }
}

/// The pages that the previous build parsed, by the place of their sources in memory. No other source has that place as
/// long as the page keeps it.
#[derive(Debug, Default)]
pub struct ParsedPages(HashMap<usize, Arc<Parsed>>);

impl ParsedPages {
    /// Keeps parsed pages for the next build.
    pub fn new(pages: &[Arc<Parsed>]) -> Self {
        // A page with a problem is parsed again, so that the problem is reported again.
        let whole = pages.iter().filter(|page| page.content.is_some());
        Self(whole.map(|page| (place_in_memory(&page.source), Arc::clone(page))).collect())
    }

    fn get(&self, source: &Arc<Source>) -> Option<&Arc<Parsed>> {
        self.0.get(&place_in_memory(source))
    }
}

fn place_in_memory(source: &Arc<Source>) -> usize {
    Arc::as_ptr(source).addr()
}

/// Parses every source, and reuses a page from `before` if its source is unchanged.
///
/// Dates and times without a time zone of their own are in `zone`.
pub fn parse(
    sources: &[Arc<Source>],
    before: Option<&ParsedPages>,
    zone: &TimeZone,
    problems: &mut Problems,
) -> Vec<Arc<Parsed>> {
    let known = |source| before?.get(source).map(Arc::clone);
    let parsed: Vec<(Option<Arc<Parsed>>, Problems)> = sources
        .par_iter()
        .map(|source| {
            let mut problems = Problems::default();
            (known(source).or_else(|| page(source, zone, &mut problems).map(Arc::new)), problems)
        })
        .collect();
    let mut pages = Vec::with_capacity(parsed.len());
    for (page, found) in parsed {
        problems.append(found);
        pages.extend(page);
    }
    pages
}

fn page(source: &Arc<Source>, zone: &TimeZone, problems: &mut Problems) -> Option<Parsed> {
    let place = match place::of(&source.path) {
        Ok(place) => place,
        Err(BadName { name, better }) => {
            let message = format!("`{name}` kan niet in een adres staan");
            problems.push(Problem::in_file(&source.path, message).help(format!("noem het `{better}`")));
            return None;
        }
    };
    let also_required: &[&str] = if place.kind == Kind::Article { &["date"] } else { &[] };
    let (front, body) = front_matter::read(source, also_required, problems);
    let content = front.and_then(|front| Reader { source, zone, place: &place, problems }.content(front));
    Some(Parsed { source: Arc::clone(source), body, place: Arc::new(place), content: content.map(Arc::new) })
}

struct Reader<'a> {
    source: &'a Arc<Source>,
    zone: &'a TimeZone,
    place: &'a Place,
    problems: &'a mut Problems,
}

impl Reader<'_> {
    /// Converts the front matter, or returns `None` if it has a problem.
    fn content(&mut self, front: FrontMatter) -> Option<Content> {
        let before = self.problems.len();
        let date = self.day(front.date.as_ref());
        let updated = self.day(front.updated.as_ref());
        let publication = Publication {
            draft: front.draft,
            publish_at: self.instant(front.publish_at.as_ref()),
            expires_at: self.instant(front.expires_at.as_ref()),
        };
        if let (Some((_, from)), Some((_, until)), Some(written)) =
            (publication.publish_at, publication.expires_at, &front.expires_at)
            && until <= from
        {
            self.tell(
                written.span(),
                "de pagina verdwijnt voordat zij verschijnt",
                "zet `expires_at` na `publish_at`",
            );
        }
        self.check_article(&front);
        for alias in front.aliases.iter().filter(|alias| !is_path(&decoded(alias.get_ref()))) {
            self.tell(
                alias.span(),
                "een oud adres is een pad",
                "schrijf het zo: `aliases = [\"/oud-adres/\"]`",
            );
        }
        let tags = Topic::read(front.tags, self.source, self.problems);
        let description = front.description.as_ref().map_or("", |description| description.get_ref());
        let announcement = front.event.as_ref().and_then(|event| {
            event::announce(event, &self.place.url, description, self.source, self.problems)
        });
        let is_whole = self.problems.len() == before && (self.place.kind != Kind::Article || date.is_some());
        let title = front.title?;
        let span = |text: &Spanned<Prose>| text.span();
        let spans = Spans {
            title: span(&title),
            description: front.description.as_ref().map_or(0..0, span),
            date: front.date.as_ref().map_or(0..0, Spanned::span),
        };
        is_whole.then(|| Content {
            title: title.into_inner().into(),
            description: front.description.map(|text| text.into_inner().into()).unwrap_or_default(),
            date,
            spans,
            updated,
            tags,
            aliases: front.aliases.into_iter().map(as_requested).collect(),
            publication,
            announcement,
        })
    }

    /// Reports article keys on any other page.
    fn check_article(&mut self, front: &FrontMatter) {
        if self.place.kind == Kind::Article {
            return;
        }
        if let Some(event) = &front.event {
            self.tell(
                event.span(),
                "alleen een artikel kondigt een bijeenkomst aan",
                "zet `[event]` in een artikel",
            );
        }
        if let Some(tag) = front.tags.first() {
            self.tell(tag.span(), "alleen een artikel heeft onderwerpen", "haal `tags` weg");
        }
    }

    fn day(&mut self, written: Option<&Spanned<Datetime>>) -> Option<Day> {
        Day::read(written?, self.zone, self.source, self.problems)
    }

    fn instant(&mut self, written: Option<&Spanned<Datetime>>) -> Option<(DateTime, Timestamp)> {
        clock::instant(written?, self.zone, self.source, self.problems)
    }

    fn tell(&mut self, span: Range<usize>, message: &str, help: &str) {
        self.problems.push(Problem::at(self.source, span, message).help(help));
    }
}

/// Returns an alias as the characters that it stands for: `/oud%20adres/` is a request for `/oud adres/`.
fn as_requested(alias: Spanned<String>) -> Spanned<String> {
    Spanned::new(alias.span(), decoded(alias.get_ref()))
}

/// Returns whether a text is the path of a URL: `/oud/` or `/oud.html`.
fn is_path(text: &str) -> bool {
    let is_plain = |part: &str| {
        !part.is_empty()
            && !matches!(part, "." | "..")
            && !part.contains(['?', '#', '\\', '\u{fffd}'])
            && !part.contains(char::is_control)
    };
    text.strip_prefix('/').is_some_and(|path| {
        path.strip_suffix('/').unwrap_or(path).split('/').all(is_plain)
            && (text.ends_with('/') || text.contains('.'))
    })
}

//! Sources to pages, each on its own, as their front matter tells them.
//!
//! Their bodies wait until they are rendered, so that never all of them lie in memory as HTML.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

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
use crate::page::publication::Publication;
use crate::source::file::Source;
use crate::source::place::{self, BadName, Kind, Place};
use crate::source::problem::{Problem, Problems};
use crate::words::slug::slug;

/// A page, as its own file tells it.
#[derive(Debug)]
pub struct Parsed {
    /// The file.
    pub source: Arc<Source>,
    /// Where the body lies in it, in bytes.
    pub body: Range<usize>,
    /// Where it stands in the site.
    pub place: Arc<Place>,
    /// What the front matter says; `None` when it has a problem.
    pub content: Option<Arc<Content>>,
}

impl Parsed {
    /// The event that it announces, as far as is known.
    pub fn announcement(&self) -> Option<&Announcement> {
        self.content.as_ref()?.announcement.as_ref()
    }
}

/// What a page says of itself.
#[derive(Debug)]
pub struct Content {
    /// Its heading.
    pub title: String,
    /// One or two sentences about it; may be empty.
    pub description: String,
    /// The day of an article.
    pub date: Option<Day>,
    /// The day of its last change worth telling.
    pub updated: Option<Day>,
    /// What an article is about.
    pub tags: Vec<Spanned<String>>,
    /// Addresses that once led here.
    pub aliases: Vec<Spanned<String>>,
    /// When the public may see it.
    pub publication: Publication,
    /// The event that it announces.
    pub announcement: Option<Announcement>,
}

impl Content {
    /// When it was last changed, as far as it says so.
    pub fn changed(&self) -> Option<&Day> {
        self.updated.as_ref().or(self.date.as_ref())
    }
}

/// Pages that were parsed before, by the path of their file.
pub type ParsedPages = HashMap<String, Arc<Parsed>>;

/// Parses every source that is not among those before as it is now; days and
/// times that name no zone are in this one.
pub fn parse(
    sources: &[Arc<Source>],
    before: Option<&ParsedPages>,
    zone: &TimeZone,
    problems: &mut Problems,
) -> Vec<Arc<Parsed>> {
    let known = |source: &Arc<Source>| {
        let parsed = before?.get(&source.path)?;
        // One with a problem is parsed again, so that the problem is told again.
        let is_known = parsed.content.is_some() && Arc::ptr_eq(&parsed.source, source);
        is_known.then(|| Arc::clone(parsed))
    };
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
    let (front, body) = front_matter::read(source, problems);
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
    /// What the page says; `None` when there is a problem.
    fn content(&mut self, front: FrontMatter) -> Option<Content> {
        let before = self.problems.len();
        let date = self.day(front.date.as_ref());
        let updated = self.day(front.updated.as_ref());
        let publication = Publication {
            draft: front.draft,
            publish_at: self.instant(front.publish_at.as_ref()),
            expires_at: self.instant(front.expires_at.as_ref()),
        };
        self.check_article(&front);
        for alias in front.aliases.iter().filter(|alias| !is_path(alias.get_ref())) {
            self.tell(
                alias.span(),
                "een oud adres is een pad",
                "schrijf het zo: `aliases = [\"/oud-adres/\"]`",
            );
        }
        for tag in front.tags.iter().filter(|tag| slug(tag.get_ref()).is_empty()) {
            self.tell(tag.span(), "dit onderwerp heeft geen letters of cijfers", "geef het een naam");
        }
        let announcement = front
            .event
            .as_ref()
            .and_then(|event| event::announce(event, &self.place.url, self.source, self.problems));
        let is_whole = self.problems.len() == before && (self.place.kind != Kind::Article || date.is_some());
        is_whole.then(|| Content {
            title: front.title,
            description: front.description.unwrap_or_default(),
            date,
            updated,
            tags: front.tags,
            aliases: front.aliases,
            publication,
            announcement,
        })
    }

    /// What only an article has, and has to have.
    fn check_article(&mut self, front: &FrontMatter) {
        if self.place.kind == Kind::Article {
            // A date that was no date has been told already.
            let toml =
                front_matter::split(&self.source.text).map_or("", |split| &self.source.text[split.toml]);
            let is_written =
                toml.lines().any(|line| line.split('=').next().is_some_and(|key| key.trim() == "date"));
            if front.date.is_none() && !is_written {
                self.tell(0..0, "een artikel moet een datum hebben", "schrijf het zo: `date = 2028-11-01`");
            }
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

/// Whether a text is the path of an address: `/oud/` or `/oud.html`.
fn is_path(text: &str) -> bool {
    let is_plain =
        |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['?', '#', '\\']);
    text.strip_prefix('/').is_some_and(|path| {
        path.strip_suffix('/').unwrap_or(path).split('/').all(is_plain)
            && (text.ends_with('/') || text.contains('.'))
    })
}

//! Sources to pages, each on its own.

use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::event::{self, Announcement};
use crate::front_matter::{self, FrontMatter};
use crate::link::Link;
use crate::markdown;
use crate::place::{self, BadName, Kind, Place};
use crate::problem::{Problem, Problems};
use crate::source::Source;

/// A page, as its own file tells it.
#[derive(Debug)]
pub struct Parsed {
    /// The file.
    pub source: Arc<Source>,
    /// Where it stands in the site.
    pub place: Place,
    /// Every link and image in its body.
    pub links: Vec<Link>,
    /// The ids of its headings.
    pub anchors: Vec<String>,
    /// Its content; `None` when the front matter has a problem.
    pub content: Option<Content>,
}

/// What a page says.
#[derive(Debug)]
pub struct Content {
    /// Its heading.
    pub title: String,
    /// One or two sentences about it; may be empty.
    pub description: String,
    /// The day of an article.
    pub date: Option<Date>,
    /// Its body.
    pub html: String,
    /// The event that it announces.
    pub announcement: Option<Announcement>,
}

/// Parses every source.
pub fn parse(sources: &[Arc<Source>], problems: &mut Problems) -> Vec<Parsed> {
    let parsed: Vec<(Option<Parsed>, Problems)> = sources
        .par_iter()
        .map(|source| {
            let mut problems = Problems::default();
            (page(source, &mut problems), problems)
        })
        .collect();
    let mut pages = Vec::with_capacity(parsed.len());
    for (page, found) in parsed {
        problems.append(found);
        pages.extend(page);
    }
    pages
}

fn page(source: &Arc<Source>, problems: &mut Problems) -> Option<Parsed> {
    let place = match place::of(&source.path) {
        Ok(place) => place,
        Err(BadName { name, better }) => {
            let message = format!("`{name}` kan niet in een adres staan");
            problems.push(Problem::in_file(&source.path, message).help(format!("noem het `{better}`")));
            return None;
        }
    };
    let (front, body) = front_matter::read(source, problems);
    let body = markdown::render(source, body, problems);
    let content = front.and_then(|front| content(front, body.html, source, &place, problems));
    Some(Parsed { source: Arc::clone(source), place, links: body.links, anchors: body.anchors, content })
}

fn content(
    front: FrontMatter,
    html: String,
    source: &Arc<Source>,
    place: &Place,
    problems: &mut Problems,
) -> Option<Content> {
    let before = problems.len();
    let mut tell = |span: Range<usize>, message: &str, help: &str| {
        problems.push(Problem::at(source, span, message).help(help));
    };
    let date = front.date.as_ref().and_then(|date| {
        let day = event::civil(date.get_ref());
        if day.is_none() {
            tell(date.span(), "deze dag bestaat niet", "kijk de datum na");
        }
        day.map(|day| day.date())
    });
    if place.kind == Kind::Article && front.date.is_none() {
        tell(0..0, "een artikel heeft een datum", "schrijf het zo: `date = 2028-11-01`");
    }
    if let Some(event) = front.event.as_ref().filter(|_| place.kind != Kind::Article) {
        tell(event.span(), "alleen een artikel kondigt een bijeenkomst aan", "zet `[event]` in een artikel");
    }
    let announcement =
        front.event.as_ref().and_then(|event| event::announce(event, &place.url, source, problems));
    (problems.len() == before).then(|| Content {
        title: front.title,
        description: front.description.unwrap_or_default(),
        date,
        html,
        announcement,
    })
}

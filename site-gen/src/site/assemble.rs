//! Assembles the site from its pages: everything that needs all pages at once.

use std::cmp::Reverse;
use std::sync::Arc;

use catalog::{Catalog, CatalogRecord, EventId};
use hashbrown::HashMap;
use jiff::Timestamp;

use crate::page::config::Config;
use crate::page::parse::Parsed;
use crate::page::publication::HeldBack;
use crate::page::topic::Topic;
use crate::site::public::Public;
use crate::site::{Neighbours, Page, Site, Tag, claims};
use crate::source::file::Asset;
use crate::source::place::{self, Kind};
use crate::source::problem::{Problem, Problems};

/// Assembles the site as it stands at a moment.
///
/// Returns `None` if the configuration or the front matter of any page has a problem, or if two
/// events share an id.
pub fn assemble(
    config: Option<&Arc<Config>>,
    pages: &Public,
    assets: &[Arc<Asset>],
    now: Timestamp,
    problems: &mut Problems,
) -> Option<Site> {
    let check = || {
        claims::check(&pages.shown, assets, problems);
        check_unique_event_ids(&pages.shown, problems);
        check_tag_spelling(&pages.shown, problems);
        check_required_pages(pages, problems);
    };
    rayon::join(check, || site(Arc::clone(config?), pages, now)).1
}

fn site(config: Arc<Config>, public: &Public, now: Timestamp) -> Option<Site> {
    let pages: Option<Vec<Page>> = public.shown.iter().map(|page| Page::new(page, now)).collect();
    let pages = pages?;
    let mut articles: Vec<usize> =
        (0..pages.len()).filter(|&at| pages[at].place.kind == Kind::Article).collect();
    articles.sort_by_key(|&at| {
        let Page { content, place, .. } = &pages[at];
        (Reverse(content.date.as_ref().map(|day| day.at)), &place.url)
    });
    let events = articles
        .iter()
        .filter_map(|&at| pages[at].content.announcement.as_ref())
        .map(|announcement| announcement.event.clone())
        .collect();
    let record = CatalogRecord {
        origin: config.table.origin.get_ref().clone(),
        name: config.table.title.to_string(),
        privacy_notice_version: config.table.privacy_notice_version.clone(),
        events,
    };
    // This fails only if two events share an id, which has been reported already.
    let catalog = Catalog::try_from(record).ok()?;
    let neighbours = neighbours(&pages, &articles);
    let tags = tags(&pages, &articles);
    let is_section = |at: &usize| pages[*at].place.kind == Kind::Section;
    let sections = (0..pages.len()).filter(is_section).map(|at| (pages[at].place.url.clone(), at)).collect();
    let held_back = public.held.iter();
    let held_back =
        held_back.map(|(page, reason)| HeldBack { path: page.source.path.clone(), reason: reason.clone() });
    let held_back = held_back.collect();
    let until = until(public, now);
    Some(Site { config, pages, sections, articles, neighbours, tags, catalog, held_back, until })
}

/// Returns when the same pages next produce a different site.
fn until(public: &Public, now: Timestamp) -> Option<Timestamp> {
    let held = public.held.iter().map(|(page, _)| page);
    let pages = public.shown.iter().chain(held).filter_map(|page| page.content.as_ref());
    let changes = pages.flat_map(|content| {
        let sessions = content.announcement.iter().flat_map(|announcement| announcement.event.sessions());
        let sessions = sessions.flat_map(|session| {
            [session.opens_at(), session.closes_at(), session.starts_at(), session.ends_at()]
        });
        content.publication.changes().chain(sessions)
    });
    changes.filter(|&at| at > now).min()
}

fn neighbours(pages: &[Page], articles: &[usize]) -> Vec<Neighbours> {
    let mut neighbours = vec![Neighbours::default(); pages.len()];
    let mut last_of: HashMap<&str, usize> = HashMap::new();
    for &at in articles {
        if let Some(newer) = last_of.insert(place::parent(&pages[at].place.url), at) {
            neighbours[newer].older = Some(at);
            neighbours[at].newer = Some(newer);
        }
    }
    neighbours
}

fn tags(pages: &[Page], articles: &[usize]) -> Vec<Tag> {
    let mut by_url: HashMap<&str, (&Topic, Vec<usize>)> = HashMap::new();
    for &at in articles {
        for tag in &pages[at].content.tags {
            by_url.entry(&tag.url).or_insert_with(|| (tag, Vec::new())).1.push(at);
        }
    }
    let tag = |(tag, articles): (&Topic, Vec<usize>)| Tag {
        name: tag.name.get_ref().clone(),
        url: tag.url.clone(),
        articles,
    };
    let mut tags: Vec<Tag> = by_url.into_values().map(tag).collect();
    // The address has no capitals or accents, so this is the order of a dictionary.
    tags.sort_by(|one, other| one.url.cmp(&other.url));
    tags
}

/// Reports tags that differ in spelling but not in address: they would share a tag page.
fn check_tag_spelling(parsed: &[Arc<Parsed>], problems: &mut Problems) {
    let mut first: HashMap<&str, &str> = HashMap::new();
    for page in parsed {
        for Topic { name, url } in page.content.iter().flat_map(|content| &content.tags) {
            let known = *first.entry(url).or_insert(name.get_ref());
            if known != name.get_ref() {
                let message = format!("dit onderwerp heet elders `{known}`");
                problems
                    .push(Problem::at(&page.source, name.span(), message).help("schrijf het overal gelijk"));
            }
        }
    }
}

fn check_unique_event_ids(parsed: &[Arc<Parsed>], problems: &mut Problems) {
    let mut first: HashMap<&EventId, &Arc<Parsed>> = HashMap::new();
    for page in parsed {
        let Some(announcement) = page.announcement() else { continue };
        let id = announcement.event.id();
        if let Some(other) = first.insert(id, page) {
            let message = format!("de id `{id}` is al van de bijeenkomst in `{}`", other.source.path);
            problems.push(
                Problem::at(&page.source, announcement.id_span.clone(), message)
                    .help("geef elke bijeenkomst een eigen id, en verander die nooit"),
            );
        }
    }
}

fn check_required_pages(pages: &Public, problems: &mut Problems) {
    for (kind, path) in [(Kind::Home, "content/_index.md"), (Kind::NotFound, "content/404.md")] {
        if pages.shown.iter().any(|page| page.place.kind == kind) {
            continue;
        }
        problems.push(match pages.held.iter().find(|(page, _)| page.place.kind == kind) {
            Some((page, reason)) => {
                let message =
                    format!("deze pagina is niet openbaar ({reason}), maar elke site heeft die nodig");
                let line = page.source.first_line();
                Problem::at(&page.source, line, message).help("maak die openbaar")
            }
            None => Problem::in_file(path, "deze pagina ontbreekt")
                .help("maak het bestand; elke site heeft deze pagina nodig"),
        });
    }
}

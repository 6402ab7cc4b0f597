//! Pages to a site: what can be known only with all of them at hand.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use catalog::address::{FORM_ANCHOR, SIGNUP_PREFIX};
use catalog::{Catalog, CatalogRecord, EventId};

use crate::config::{Config, LinkTable};
use crate::event::Announcement;
use crate::link::{self, Link, Target};
use crate::load::Sources;
use crate::parse::Parsed;
use crate::place::{self, Kind};
use crate::problem::{Problem, Problems};
use crate::publication::{HeldBack, Moment};
use crate::site::{GENERATED, Neighbours, Page, SEARCH_TEMPLATE, SEARCH_URL, Site, TAGS_URL, Tag, tag_url};
use crate::slug::slug;
use crate::source::{Asset, Source};

/// Assembles the site as it stands at a moment; `None` when any page or the configuration has a problem.
pub fn assemble(
    config: Option<Config>,
    parsed: Vec<Parsed>,
    sources: &Sources,
    moment: Moment,
    problems: &mut Problems,
) -> Option<Site> {
    let (parsed, held) = hold_back(parsed, moment);
    one_source_per_file(&parsed, &sources.assets, problems);
    one_event_per_id(&parsed, problems);
    one_slug_per_tag(&parsed, problems);
    home_and_not_found(&parsed, problems);
    let addresses = Addresses::new(&parsed, &held, sources);
    for page in &parsed {
        for Link { target, span } in &page.links {
            addresses.check_link(&page.source, target, span.clone(), &page.place.url, problems);
        }
    }
    for template in &sources.templates {
        for Link { target, span } in link::in_template(&template.text) {
            addresses.check_link(template, &target, span, "/", problems);
        }
    }
    let config = config?;
    if let Some(source) = &sources.config {
        for LinkTable { url, .. } in config.links() {
            addresses.check_link(source, &link::target(url.get_ref(), "/"), url.span(), "/", problems);
        }
    }
    site(config, parsed, held, moment)
}

/// Parts what is built from what is not.
fn hold_back(parsed: Vec<Parsed>, moment: Moment) -> (Vec<Parsed>, Vec<(Parsed, String)>) {
    let mut shown = Vec::with_capacity(parsed.len());
    let mut held = Vec::new();
    for page in parsed {
        let reason = page.content.as_ref().and_then(|content| content.publication.held_back(moment.now));
        match reason {
            Some(reason) if !moment.with_unpublished => held.push((page, reason)),
            _ => shown.push(page),
        }
    }
    (shown, held)
}

fn site(config: Config, parsed: Vec<Parsed>, held: Vec<(Parsed, String)>, moment: Moment) -> Option<Site> {
    let page = |page: Parsed| {
        let content = page.content?;
        let badge = content.publication.held_back(moment.now);
        Some(Page { place: page.place, content, badge })
    };
    let pages: Option<Vec<Page>> = parsed.into_iter().map(page).collect();
    let pages = pages?;
    let mut articles: Vec<usize> =
        (0..pages.len()).filter(|&at| pages[at].place.kind == Kind::Article).collect();
    articles.sort_by_key(|&at| (Reverse(pages[at].content.date), &pages[at].place.url));
    let events = articles
        .iter()
        .filter_map(|&at| pages[at].content.announcement.as_ref())
        .map(|announcement| announcement.event.clone())
        .collect();
    let record = CatalogRecord {
        origin: config.table.origin.get_ref().clone(),
        privacy_notice_version: config.table.privacy_notice_version.clone(),
        events,
    };
    // Only two events of one id are refused, and those have been told already.
    let catalog = Catalog::try_from(record).ok()?;
    let neighbours = neighbours(&pages, &articles);
    let tags = tags(&pages, &articles);
    let is_section = |at: &usize| pages[*at].place.kind == Kind::Section;
    let sections = (0..pages.len()).filter(is_section).map(|at| (pages[at].place.url.clone(), at)).collect();
    let held_back =
        held.into_iter().map(|(page, reason)| HeldBack { path: page.source.path.clone(), reason }).collect();
    Some(Site { config, pages, sections, articles, neighbours, tags, catalog, held_back })
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
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for &at in articles {
        for tag in &pages[at].content.tags {
            let articles = by_name.entry(tag.get_ref()).or_default();
            // Once, however often the page says it.
            if articles.last() != Some(&at) {
                articles.push(at);
            }
        }
    }
    let tag =
        |(name, articles): (&str, Vec<usize>)| Tag { name: name.to_owned(), url: tag_url(name), articles };
    by_name.into_iter().map(tag).collect()
}

/// Two spellings of one tag would share a page.
fn one_slug_per_tag(parsed: &[Parsed], problems: &mut Problems) {
    let mut first: HashMap<String, &str> = HashMap::new();
    for page in parsed {
        for tag in page.content.iter().flat_map(|content| &content.tags) {
            let name = tag.get_ref().as_str();
            let known = *first.entry(slug(name)).or_insert(name);
            if known != name {
                let message = format!("dit onderwerp heet elders `{known}`");
                problems
                    .push(Problem::at(&page.source, tag.span(), message).help("schrijf het overal gelijk"));
            }
        }
    }
}

/// Each file of the site is made of one source.
fn one_source_per_file(parsed: &[Parsed], assets: &[Asset], problems: &mut Problems) {
    let mut claimed =
        Claimed { by: GENERATED.map(|file| (file.to_owned(), "de site zelf".to_owned())).into(), problems };
    for page in parsed {
        for ics in page.announcement().into_iter().flat_map(calendars) {
            claimed.by.insert(ics, page.source.path.clone());
        }
    }
    for page in parsed {
        let path = &page.source.path;
        let at_top = |message| Problem::at(&page.source, first_line(&page.source.text), message);
        claimed.claim(&page.place.url, path, at_top);
        for alias in page.content.iter().flat_map(|content| &content.aliases) {
            let at_alias = |message| Problem::at(&page.source, alias.span(), message);
            claimed.claim(alias.get_ref(), path, at_alias);
        }
    }
    for asset in assets {
        let in_file = |message| Problem::in_file(&asset.source, message);
        claimed.claim(&format!("/{}", asset.path), &asset.source, in_file);
    }
}

/// Files of the site by the source that they are made of.
struct Claimed<'a> {
    by: HashMap<String, String>,
    problems: &'a mut Problems,
}

impl Claimed<'_> {
    fn claim(&mut self, url: &str, source: &str, problem: impl Fn(String) -> Problem) {
        let is_reserved = |prefix: &&str| url.starts_with(*prefix);
        if [SIGNUP_PREFIX, TAGS_URL, SEARCH_URL].iter().any(is_reserved) || url.contains("/pagina/") {
            let message = format!("het adres `{url}` is voor de site zelf gereserveerd");
            self.problems.push(problem(message).help("kies een andere naam"));
        }
        if let Some(other) = self.by.insert(place::file(url), source.to_owned()) {
            let message = format!("het adres `{url}` is al van `{other}`");
            self.problems.push(problem(message).help("geef een van beide een andere naam"));
        }
    }
}

/// The files of an event's sessions for calendars.
fn calendars(announcement: &Announcement) -> impl Iterator<Item = String> + '_ {
    announcement.sessions.iter().map(|session| place::file(&session.ics))
}

fn first_line(text: &str) -> Range<usize> {
    0..text.lines().next().map_or(0, str::len)
}

fn one_event_per_id(parsed: &[Parsed], problems: &mut Problems) {
    let mut first: HashMap<&EventId, &Parsed> = HashMap::new();
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

fn home_and_not_found(parsed: &[Parsed], problems: &mut Problems) {
    for (kind, path) in [(Kind::Home, "content/_index.md"), (Kind::NotFound, "content/404.md")] {
        if !parsed.iter().any(|page| page.place.kind == kind) {
            problems.push(
                Problem::in_file(path, "deze pagina ontbreekt")
                    .help("maak het bestand; elke site heeft deze pagina nodig"),
            );
        }
    }
}

/// Every address that a link can lead to.
struct Addresses<'a> {
    pages: HashMap<&'a str, HashSet<&'a str>>,
    files: HashSet<String>,
    held: HashMap<&'a str, &'a str>,
}

/// Why a link leads nowhere.
enum Missing<'a> {
    Held { path: &'a str, reason: &'a str },
    Page { path: &'a str, candidates: Vec<&'a str> },
    Slash { path: &'a str },
    Anchor { anchor: &'a str, candidates: Vec<&'a str> },
}

impl<'a> Addresses<'a> {
    fn new(parsed: &'a [Parsed], held: &'a [(Parsed, String)], sources: &Sources) -> Self {
        let mut pages: HashMap<&str, HashSet<&str>> = HashMap::new();
        for page in parsed {
            let anchors = pages.entry(&page.place.url).or_default();
            anchors.extend(page.anchors.iter().map(String::as_str));
            // Where the front matter has a problem, there may be an event in it.
            if page.content.as_ref().is_none_or(|content| content.announcement.is_some()) {
                anchors.insert(FORM_ANCHOR);
            }
        }
        let tags = parsed.iter().flat_map(|page| page.content.iter().flat_map(|content| &content.tags));
        let mut files: HashSet<String> = tags.map(|tag| tag_url(tag.get_ref())).collect();
        if !files.is_empty() {
            files.insert(TAGS_URL.to_owned());
        }
        let is_search =
            |source: &Arc<Source>| source.path.strip_prefix("templates/") == Some(SEARCH_TEMPLATE);
        if sources.templates.iter().any(is_search) {
            files.insert(SEARCH_URL.to_owned());
        }
        files.extend(sources.assets.iter().map(|asset| format!("/{}", asset.path)));
        let announcements = parsed.iter().filter_map(Parsed::announcement);
        files.extend(announcements.flat_map(calendars).map(|file| format!("/{file}")));
        files.extend(GENERATED.map(|file| format!("/{file}")));
        let held = held.iter().map(|(page, reason)| (page.place.url.as_str(), reason.as_str())).collect();
        Self { pages, files, held }
    }

    /// Tells a problem where a link on the page at `own_url` leads nowhere.
    fn check_link(
        &self,
        source: &Arc<Source>,
        target: &Target,
        span: Range<usize>,
        own_url: &str,
        problems: &mut Problems,
    ) {
        if let Target::Inside { path, anchor } = target
            && let Err(missing) = self.check(path, anchor.as_deref(), own_url)
        {
            problems.push(missing.at(Problem::at(source, span, missing.message())));
        }
    }

    /// Whether a path, empty for the page at `own_url`, is there, and the anchor in it.
    fn check<'b>(
        &'b self,
        path: &'b str,
        anchor: Option<&'b str>,
        own_url: &'b str,
    ) -> Result<(), Missing<'b>> {
        let path = if path.is_empty() { own_url } else { path };
        if self.files.contains(path) {
            return Ok(());
        }
        if let Some(reason) = self.held.get(path) {
            return Err(Missing::Held { path, reason });
        }
        let Some(anchors) = self.pages.get(path) else {
            return Err(if self.pages.contains_key(format!("{path}/").as_str()) {
                Missing::Slash { path }
            } else {
                Missing::Page { path, candidates: self.pages.keys().copied().collect() }
            });
        };
        match anchor.filter(|anchor| !anchor.is_empty() && !anchors.contains(anchor)) {
            Some(anchor) => Err(Missing::Anchor { anchor, candidates: anchors.iter().copied().collect() }),
            None => Ok(()),
        }
    }
}

impl Missing<'_> {
    fn message(&self) -> String {
        match self {
            Self::Held { path, reason } => format!("de pagina `{path}` is niet openbaar: {reason}"),
            Self::Page { path, .. } => format!("er is geen pagina of bestand `{path}`"),
            Self::Slash { path } => format!("het adres `{path}` eindigt niet op een schuine streep"),
            Self::Anchor { anchor, .. } => format!("er is geen kop `#{anchor}` op die pagina"),
        }
    }

    fn at(&self, problem: Problem) -> Problem {
        match self {
            Self::Held { .. } => problem.help("haal de link weg, of maak de pagina openbaar"),
            Self::Page { path, candidates } => problem.suggest(path, candidates.iter().copied()),
            Self::Slash { path } => problem.help(format!("bedoel je `{path}/`?")),
            Self::Anchor { anchor, candidates } => {
                let candidates: Vec<String> = candidates.iter().map(|name| format!("#{name}")).collect();
                problem.suggest(&format!("#{anchor}"), candidates.iter().map(String::as_str))
            }
        }
    }
}

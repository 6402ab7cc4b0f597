//! Pages to a site: what can be known only with all of them at hand.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use catalog::address::{FORM_ANCHOR, SIGNUP_PREFIX};
use catalog::{Catalog, CatalogRecord, EventId};

use crate::config::{Config, LinkTable};
use crate::link::{self, Target};
use crate::parse::Parsed;
use crate::place::Kind;
use crate::problem::{Problem, Problems};
use crate::site::{Page, Site};
use crate::source::{Asset, Source};

/// Assembles the site; `None` when any page or the configuration has a problem.
pub fn assemble(
    config: Option<Config>,
    config_source: &std::sync::Arc<Source>,
    parsed: Vec<Parsed>,
    assets: &[Asset],
    problems: &mut Problems,
) -> Option<Site> {
    one_page_per_address(&parsed, problems);
    one_event_per_id(&parsed, problems);
    home_and_not_found(&parsed, problems);
    let addresses = Addresses::new(&parsed, assets);
    for page in &parsed {
        for link in &page.links {
            if let Target::Inside { path, anchor } = &link.target
                && let Err(missing) = addresses.check(path, anchor.as_deref(), &page.place.url)
            {
                problems.push(missing.at(Problem::at(&page.source, link.span.clone(), missing.message())));
            }
        }
    }
    let config = config?;
    for LinkTable { url, .. } in config.links() {
        if let Target::Inside { path, anchor } = link::target(url.get_ref(), "/")
            && let Err(missing) = addresses.check(&path, anchor.as_deref(), "/")
        {
            problems.push(missing.at(Problem::at(config_source, url.span(), missing.message())));
        }
    }
    site(config, parsed)
}

fn site(config: Config, parsed: Vec<Parsed>) -> Option<Site> {
    let pages: Option<Vec<Page>> = parsed
        .into_iter()
        .map(|page| Some(Page { source: page.source, place: page.place, content: page.content? }))
        .collect();
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
        origin: config.origin.get_ref().clone(),
        privacy_notice_version: config.privacy_notice_version.clone(),
        events,
    };
    // Only two events of one id are refused, and those have been told already.
    let catalog = Catalog::try_from(record).ok()?;
    Some(Site { config, pages, articles, catalog })
}

fn one_page_per_address(parsed: &[Parsed], problems: &mut Problems) {
    let mut first: HashMap<&str, &Parsed> = HashMap::new();
    for page in parsed {
        let url = page.place.url.as_str();
        if url.starts_with(SIGNUP_PREFIX) {
            let message = format!("adressen onder `{SIGNUP_PREFIX}` zijn van de aanmelding");
            problems
                .push(Problem::in_file(&page.source.path, message).help("geef het bestand een andere naam"));
        }
        if let Some(other) = first.insert(url, page) {
            let message = format!("het adres `{url}` is al van `{}`", other.source.path);
            problems.push(
                Problem::in_file(&page.source.path, message).help("geef een van beide een andere naam"),
            );
        }
    }
}

fn one_event_per_id(parsed: &[Parsed], problems: &mut Problems) {
    let mut first: HashMap<&EventId, &Parsed> = HashMap::new();
    for page in parsed {
        let Some(announcement) = page.content.as_ref().and_then(|content| content.announcement.as_ref())
        else {
            continue;
        };
        let id = announcement.event.id();
        if let Some(other) = first.insert(id, page) {
            let message = format!("de id `{id}` is al van de bijeenkomst in `{}`", other.source.path);
            problems.push(
                Problem::at(&page.source, announcement.id_span.clone(), message)
                    .help("geef elke bijeenkomst een eigen id, voorgoed"),
            );
        }
    }
}

fn home_and_not_found(parsed: &[Parsed], problems: &mut Problems) {
    for (kind, path) in [(Kind::Home, "content/_index.md"), (Kind::NotFound, "content/404.md")] {
        if !parsed.iter().any(|page| page.place.kind == kind) {
            problems.push(Problem::in_file(path, "deze pagina ontbreekt").help("elke site heeft haar nodig"));
        }
    }
}

/// Every address that a link can lead to.
struct Addresses<'a> {
    pages: HashMap<&'a str, HashSet<&'a str>>,
    files: HashSet<String>,
}

/// Why a link leads nowhere.
enum Missing<'a> {
    Page { path: &'a str, candidates: Vec<&'a str> },
    Slash { path: &'a str },
    Anchor { anchor: &'a str, candidates: Vec<&'a str> },
}

impl<'a> Addresses<'a> {
    fn new(parsed: &'a [Parsed], assets: &[Asset]) -> Self {
        let mut pages: HashMap<&str, HashSet<&str>> = HashMap::new();
        for page in parsed {
            let anchors = pages.entry(&page.place.url).or_default();
            anchors.extend(page.anchors.iter().map(String::as_str));
            if page.content.as_ref().is_some_and(|content| content.announcement.is_some()) {
                anchors.insert(FORM_ANCHOR);
            }
        }
        Self { pages, files: assets.iter().map(|asset| format!("/{}", asset.path)).collect() }
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
            Self::Page { path, .. } => format!("er is geen pagina of bestand `{path}`"),
            Self::Slash { path } => format!("het adres `{path}` eindigt niet op een schuine streep"),
            Self::Anchor { anchor, .. } => format!("er is geen kop `#{anchor}` op die pagina"),
        }
    }

    fn at(&self, problem: Problem) -> Problem {
        match self {
            Self::Page { path, candidates } => problem.suggest(path, candidates.iter().copied()),
            Self::Slash { path } => problem.help(format!("bedoel je `{path}/`?")),
            Self::Anchor { anchor, candidates } => {
                let candidates: Vec<String> = candidates.iter().map(|name| format!("#{name}")).collect();
                problem.suggest(&format!("#{anchor}"), candidates.iter().map(String::as_str))
            }
        }
    }
}

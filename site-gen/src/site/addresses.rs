//! The addresses that links can lead to, and the check that finds broken links.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use catalog::address::FORM_ANCHOR;
use catalog::organiser::address::OrganiserAddress;
use hashbrown::{HashMap, HashSet};

use crate::markdown::facts::Facts;
use crate::page::config::{Config, LinkTable};
use crate::page::parse::Parsed;
use crate::page::topic::TAGS_URL;
use crate::site::public::Public;
use crate::site::{AGENDA_TEMPLATE, AGENDA_URL, GENERATED, SEARCH_TEMPLATE, SEARCH_URL};
use crate::source::file::Source;
use crate::source::link::{self, Link, Target};
use crate::source::load::Sources;
use crate::source::problem::{Problem, Problems};

/// Every address that a link can lead to.
#[derive(Debug)]
pub struct Addresses {
    /// The paths of pages, each with whether the page has a form.
    pages: HashMap<String, bool>,
    files: HashSet<String>,
    /// The paths of pages and files that are held back, each with the reason.
    held: HashMap<String, String>,
}

impl Addresses {
    /// Collects the addresses of pages, of other source files and of generated files.
    pub fn new(pages: &Public, sources: &Sources) -> Self {
        let shown = &pages.shown;
        // A page whose front matter has a problem may announce an event.
        let has_form = |page: &Parsed| page.content.is_none() || page.announcement().is_some();
        let tags = shown.iter().flat_map(|page| page.content.iter().flat_map(|content| &content.tags));
        let tags: HashSet<&str> = tags.map(|tag| tag.url.as_str()).collect();
        let mut files: HashSet<String> = tags.into_iter().map(str::to_owned).collect();
        if !files.is_empty() {
            files.insert(TAGS_URL.to_owned());
        }
        for (template, url) in [(SEARCH_TEMPLATE, SEARCH_URL), (AGENDA_TEMPLATE, AGENDA_URL)] {
            let is_it = |source: &Arc<Source>| source.path.strip_prefix("templates/") == Some(template);
            if sources.templates.iter().any(is_it) {
                files.insert(url.to_owned());
            }
        }
        let is_public = |file: &String| !pages.held_files.contains_key(file);
        files.extend(sources.assets.iter().map(|asset| format!("/{}", asset.path)).filter(is_public));
        let announcements = shown.iter().filter_map(|page| page.announcement());
        files
            .extend(announcements.flat_map(|event| event.sessions.iter().map(|session| session.ics.clone())));
        files.extend(GENERATED.map(|file| format!("/{file}")));
        Self {
            pages: shown.iter().map(|page| (page.place.url.clone(), has_form(page))).collect(),
            files,
            held: pages
                .held
                .iter()
                .map(|(page, reason)| (page.place.url.clone(), reason.clone()))
                .chain(pages.held_files.clone())
                .collect(),
        }
    }

    /// Checks that there is something at a path; the error says why there is nothing.
    fn find(&self, path: &str) -> Result<(), Missing<'_>> {
        if self.pages.contains_key(path) || self.files.contains(path) || is_of_organisers(path) {
            Ok(())
        } else if let Some(reason) = self.held.get(path) {
            Err(Missing::Held { reason })
        } else if self.pages.contains_key(&format!("{path}/")) {
            Err(Missing::Slash)
        } else {
            let candidates = self.pages.keys().chain(&self.files).map(String::as_str).collect();
            Err(Missing::Page { candidates })
        }
    }
}

/// The reason why a link is broken.
enum Missing<'a> {
    Held {
        reason: &'a str,
    },
    Page {
        candidates: Vec<&'a str>,
    },
    /// There is a file whose name contains what the browser takes for the fragment.
    Hash,
    Slash,
}

impl Missing<'_> {
    fn problem(self, path: &str, source: &Arc<Source>, span: Range<usize>) -> Problem {
        let at = |message| Problem::at(source, span, message);
        match self {
            Self::Held { reason } if path.ends_with('/') => {
                at(format!("de pagina `{path}` is niet openbaar: {reason}"))
                    .help("haal de link weg, of maak de pagina openbaar")
            }
            Self::Held { reason } => {
                at(format!("het bestand `{path}` hoort bij een pagina die niet openbaar is: {reason}"))
                    .help("zet het bestand in de map van een openbare pagina, of haal de link weg")
            }
            Self::Page { candidates } => {
                let problem = at(format!("er is geen pagina of bestand `{path}`"));
                let other_case =
                    candidates.iter().find(|candidate| candidate.to_lowercase() == path.to_lowercase());
                match other_case {
                    Some(other) => problem.help(format!("hoofdletters tellen mee: bedoel je `{other}`?")),
                    None if is_file(path) => {
                        let help = format!("zet het bestand neer als `content{path}`, of verander de link");
                        problem.help(help).suggest(path, candidates)
                    }
                    None => problem.suggest(path, candidates),
                }
            }
            Self::Hash => at(format!("er is geen pagina of bestand `{path}`"))
                .help("een browser leest `#` als het begin van een kop: schrijf in het adres `%23`"),
            Self::Slash => at(format!("het adres `{path}` eindigt niet op een schuine streep"))
                .help(format!("bedoel je `{path}/`?")),
        }
    }
}

/// Returns whether a path is an address of the organisers' area, which the function answers.
fn is_of_organisers(path: &str) -> bool {
    path.parse::<OrganiserAddress>().is_ok_and(|address| address.to_string() == path)
}

/// Returns whether a path is that of a file, not of a page.
fn is_file(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.contains('.'))
}

/// A check of all links of a site.
///
/// Links are checked as they arrive, but links to a heading only once all headings are known.
#[derive(Debug)]
pub struct LinkCheck {
    addresses: Addresses,
    found: Mutex<Found>,
}

#[derive(Debug, Default)]
struct Found {
    problems: Problems,
    /// The facts of each page with headings, by the page's path.
    facts: HashMap<String, Arc<Facts>>,
    to_anchors: Vec<ToAnchor>,
}

/// A link to a heading of an existing page.
#[derive(Debug)]
struct ToAnchor {
    source: Arc<Source>,
    span: Range<usize>,
    path: String,
    anchor: String,
}

impl LinkCheck {
    /// Creates a check that has not seen any links yet.
    pub fn new(addresses: Addresses) -> Self {
        Self { addresses, found: Mutex::default() }
    }

    /// Checks the links of a page, and records the ids of its headings.
    pub fn page(&self, source: &Arc<Source>, url: &str, facts: &Arc<Facts>) {
        for link in &facts.links {
            self.link(source, link, url);
        }
        if !facts.anchors.is_empty() {
            self.found().facts.insert(url.to_owned(), Arc::clone(facts));
        }
    }

    /// Checks the literal links in templates, and the links of menu, login and footer.
    pub fn around_pages(&self, sources: &Sources, config: Option<&Config>) {
        for template in &sources.templates {
            for link in link::in_template(&template.text) {
                self.link(template, &link, "/");
            }
        }
        if let (Some(config), Some(source)) = (config, &sources.config) {
            for LinkTable { url, .. } in config.links() {
                let target = link::target(url.get_ref(), "/");
                self.link(source, &Link { target, span: url.span() }, "/");
            }
        }
    }

    fn link(&self, source: &Arc<Source>, link: &Link, own_url: &str) {
        let Target::Inside { path, anchor } = &link.target else { return };
        let path = if path.is_empty() { own_url } else { path };
        match (self.addresses.find(path), anchor) {
            (Err(missing), anchor) => {
                let whole = anchor.as_ref().map(|anchor| format!("{path}#{anchor}"));
                let missing = match whole.is_some_and(|whole| self.addresses.files.contains(&whole)) {
                    true => Missing::Hash,
                    false => missing,
                };
                let problem = missing.problem(path, source, link.span.clone());
                self.found().problems.push(problem);
            }
            (Ok(()), Some(anchor))
                if !anchor.is_empty() && anchor != "top" && self.addresses.pages.contains_key(path) =>
            {
                let (source, span) = (Arc::clone(source), link.span.clone());
                let (path, anchor) = (path.to_owned(), anchor.clone());
                self.found().to_anchors.push(ToAnchor { source, span, path, anchor });
            }
            (Ok(()), _) => {}
        }
    }

    /// Reports all broken links, now that the headings of all pages are known.
    pub fn finish(&self, problems: &mut Problems) {
        let Found { problems: found, facts, to_anchors } = &mut *self.found();
        problems.append(std::mem::take(found));
        for ToAnchor { source, span, path, anchor } in std::mem::take(to_anchors) {
            let headings = facts.get(&path).map(|facts| facts.anchors.as_slice()).unwrap_or_default();
            let has_form = self.addresses.pages.get(&path) == Some(&true);
            let form = has_form.then_some(FORM_ANCHOR);
            let mut ids = headings.iter().map(String::as_str).chain(form);
            if !ids.clone().any(|id| id == anchor) {
                let candidates: Vec<String> = ids.by_ref().map(|id| format!("#{id}")).collect();
                let message = format!("er is geen kop `#{anchor}` op die pagina");
                let problem = Problem::at(&source, span, message);
                problems.push(problem.suggest(&format!("#{anchor}"), candidates.iter().map(String::as_str)));
            }
        }
    }

    fn found(&self) -> std::sync::MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! What will surprise an editor or a visitor later: warnings of `check`.

use catalog::dutch;
use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;

use super::last_build::LastBuild;
use super::public::Public;
use super::{Page, Site, taken_away};
use crate::output::pages::PublicPage;
use crate::page::parse::Parsed;
use crate::source::link::{Link, Target};
use crate::source::problem::{Problem, Problems, Severity, nearest};

/// Warns about everything that is right now but will not stay so, or that was there in the last build.
///
/// `links` returns the links of a page.
pub fn warn(
    site: &Site,
    public: &Public,
    before: &LastBuild,
    now: Timestamp,
    links: impl Fn(&Parsed) -> Vec<Link>,
    problems: &mut Problems,
) {
    if let Some(catalog) = &before.catalog {
        taken_away::warn(site, catalog, now, problems);
    }
    moved_away(site, public, before, problems);
    for page in public.shown.iter().map(|page| &**page) {
        dated_ahead(page, now, problems);
        cut_off(page, problems);
    }
    expiring_links(public, links, problems);
}

/// Warns about pages of the last build whose addresses lead nowhere any more.
fn moved_away(site: &Site, public: &Public, before: &LastBuild, problems: &mut Problems) {
    let mut addresses: HashSet<&str> = site.pages.iter().map(|page| page.place.url.as_str()).collect();
    addresses.extend(
        site.pages.iter().flat_map(|page| &page.content.aliases).map(|alias| alias.get_ref().as_str()),
    );
    addresses.extend(public.held.iter().map(|(page, _)| page.place.url.as_str()));
    for (url, PublicPage { source, gone_at, .. }) in &before.pages {
        if addresses.contains(url.as_str()) {
            continue;
        }
        let message = format!("de pagina `{url}` is er niet meer; wie een link ernaar heeft, vindt niets");
        // It may have come into the same build in which this one went.
        let is_new = |page: &&Page| {
            let known = before.pages.get(&page.place.url);
            known.is_none_or(|known| gone_at.is_some_and(|gone_at| known.since >= gone_at))
        };
        let candidates: Vec<&str> =
            site.pages.iter().filter(is_new).map(|page| page.source.path.as_str()).collect();
        let help = match nearest(source, candidates.iter().copied()) {
            Some(now) => format!("heet zij nu `{now}`? Zet daar dan `aliases = [\"{url}\"]`"),
            None => format!("zet bij de pagina die ervoor in de plaats komt: `aliases = [\"{url}\"]`"),
        };
        problems.push(Problem::in_file(source, message).severity(Severity::Warning).help(help));
    }
}

/// Warns about an article with a date in the future that is public already.
fn dated_ahead(page: &Parsed, now: Timestamp, problems: &mut Problems) {
    let Some(content) = &page.content else { return };
    let Some(date) = content.date.as_ref().filter(|date| date.at > now) else { return };
    if content.publication.publish_at.is_none() {
        let message = format!("de datum {} moet nog komen, maar dit artikel is al openbaar", date.words);
        let help = format!("moet het wachten, zet er dan bij: `publish_at = {}T09:00:00`", date.iso);
        let problem = Problem::at(&page.source, content.spans.date.clone(), message);
        problems.push(problem.severity(Severity::Warning).help(help));
    }
}

/// The number of letters of a title that search engines usually show.
const TITLE_SHOWN: usize = 65;
/// The number of letters of a description that search engines usually show.
const DESCRIPTION_SHOWN: usize = 155;

/// Warns about a title or a description that search engines cut off.
fn cut_off(page: &Parsed, problems: &mut Problems) {
    let Some(content) = &page.content else { return };
    let spans = &content.spans;
    for (key, text, most, span) in [
        ("title", &content.title, TITLE_SHOWN, &spans.title),
        ("description", &content.description, DESCRIPTION_SHOWN, &spans.description),
    ] {
        let length = text.chars().count();
        if length > most {
            let message = format!("`{key}` heeft {length} tekens: zoekmachines laten er meestal {most} zien");
            let problem = Problem::at(&page.source, span.clone(), message).severity(Severity::Warning);
            problems.push(problem.help("zet het belangrijkste vooraan, of maak de tekst korter"));
        }
    }
}

/// Warns about links to pages that will expire while the page with the link stays.
fn expiring_links(public: &Public, links: impl Fn(&Parsed) -> Vec<Link>, problems: &mut Problems) {
    let expiry = |page: &Parsed| page.content.as_ref().and_then(|content| content.publication.expires_at);
    let expiring: BTreeMap<&str, _> =
        public.shown.iter().filter_map(|page| Some((page.place.url.as_str(), expiry(page)?))).collect();
    if expiring.is_empty() {
        return;
    }
    for page in &public.shown {
        for link in links(page) {
            let Target::Inside { path, .. } = &link.target else { continue };
            let Some((civil, at)) = expiring.get(path.as_str()) else { continue };
            let is_longer = path != &page.place.url && expiry(page).is_none_or(|(_, own)| own > *at);
            if is_longer {
                let message = format!("de pagina `{path}` verdwijnt op {}", dutch::moment(*civil));
                let problem = Problem::at(&page.source, link.span, message).severity(Severity::Warning);
                problems.push(
                    problem
                        .help("haal de link vóór dat moment weg: daarna kan de site zo niet gebouwd worden"),
                );
            }
        }
    }
}

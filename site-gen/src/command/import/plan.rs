//! Where each file of another generator goes, and at which address it was.

use catalog::typed_date::TypedDate;
use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::front::{self, Front};
use super::generator::Generator;
use crate::source::link::join;
use crate::source::place;
use crate::words::slug::slug;

/// The section for articles that stand at the top.
pub(super) const NEWS: &str = "nieuws";

/// A page of another generator.
#[derive(Debug)]
pub(super) struct SourcePage<'a> {
    /// Path below the content folder.
    pub(super) path: &'a str,
    pub(super) front: Front,
    pub(super) body: &'a str,
    /// Path below the new content folder.
    pub(super) target: String,
}

impl<'a> SourcePage<'a> {
    /// Reads a page.
    ///
    /// # Errors
    /// Returns an error if the front matter can't be read.
    pub(super) fn new(path: &'a str, text: &'a str) -> Result<Self> {
        let (table, body) = front::split(text)?;
        let mut front = Front::new(table);
        let stem = stem(path);
        // `2024-01-02-titel.md`, or an address such as `/2024/01/02/titel/`.
        let dated = |text: &str| text.get(..10).and_then(TypedDate::read).and_then(TypedDate::date);
        if front.date.is_none() {
            let url = front.url.as_deref().unwrap_or_default();
            let in_url = || url.match_indices('/').find_map(|(at, _)| dated(&url[at + 1..]));
            front.date = dated(stem).or_else(in_url).and_then(|date| date.parse().ok());
        }
        if front.title.is_none() {
            front.title = Some(undated(stem).replace(['-', '_'], " ")).filter(|title| !title.is_empty());
        }
        Ok(Self { path, front, body, target: String::new() })
    }

    /// Returns whether the page is an article, judged by where it goes.
    pub(super) fn is_article(&self) -> bool {
        self.target.contains('/')
            && !self.target.ends_with("_index.md")
            && self.target.matches('/').count() > usize::from(self.target.ends_with("/index.md"))
    }

    /// Returns the address that the page had.
    fn former_url(&self, generator: Generator) -> String {
        if let Some(url) = &self.front.url {
            return url.clone();
        }
        let folder = self.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let name = match stem(self.path) {
            // The folder is part of the address already.
            _ if self.path.ends_with("index.md") => "",
            stem if generator == Generator::Zola => undated(stem),
            stem => stem,
        };
        let name = self.front.slug.as_deref().unwrap_or(name);
        let parts = folder.split('/').chain([name]).filter(|part| !part.is_empty());
        let url = match generator {
            Generator::Zola => parts.map(slug).collect::<Vec<_>>().join("/"),
            Generator::Hugo => {
                parts.map(|part| part.to_lowercase().replace(' ', "-")).collect::<Vec<_>>().join("/")
            }
        };
        if url.is_empty() { "/".to_owned() } else { format!("/{url}/") }
    }
}

fn stem(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or(path);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    match (stem, path.rsplit('/').nth(1)) {
        // The name of a page in a folder of its own is that of the folder.
        ("index", Some(folder)) => folder,
        _ => stem,
    }
}

/// Returns a name without a date at the beginning.
fn undated(name: &str) -> &str {
    let is_dated = name.get(..10).is_some_and(|date| TypedDate::read(date).is_some());
    if is_dated { name[10..].trim_start_matches(['-', '_']) } else { name }
}

/// Where everything goes.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// The new path of each page, by its former path.
    targets: BTreeMap<String, String>,
    /// The new address of each page, by its former address.
    pub(super) urls: BTreeMap<String, String>,
    /// Sections that have no page of their own yet.
    pub(super) sections: BTreeSet<String>,
}

impl Plan {
    /// Plans the move of all pages, and adds to each the address that it had, if it changes.
    pub(super) fn new(pages: &mut [SourcePage<'_>], generator: Generator) -> Self {
        let mut plan = Self::default();
        let mut taken = BTreeSet::new();
        for page in pages.iter_mut() {
            let wanted = target(page);
            let mut target = wanted.clone();
            for number in 2.. {
                if taken.insert(target.clone()) {
                    break;
                }
                let stem = wanted.trim_end_matches("/index.md").trim_end_matches(".md");
                target = format!("{stem}-{number}{}", &wanted[stem.len()..]);
            }
            plan.targets.insert(page.path.to_owned(), target.clone());
            page.target = target;
        }
        spell_alike(pages);
        for page in pages.iter_mut() {
            let former = page.former_url(generator);
            let Ok(place) = place::of(&format!("content/{}", page.target)) else { continue };
            if former != place.url && former != "/" && !page.front.aliases.contains(&former) {
                page.front.aliases.push(former.clone());
            }
            page.front.aliases.retain(|alias| *alias != place.url);
            plan.urls.insert(former, place.url.clone());
            plan.urls.extend(page.front.aliases.iter().map(|alias| (alias.clone(), place.url.clone())));
        }
        // Two pages can claim the same former address.
        let mut claimed = BTreeSet::new();
        for page in pages.iter_mut() {
            page.front.aliases.retain(|alias| claimed.insert(alias.clone()));
        }
        plan.add_sections(&taken);
        plan
    }

    fn add_sections(&mut self, taken: &BTreeSet<String>) {
        for target in taken {
            let folders =
                target.trim_end_matches("/index.md").match_indices('/').map(|(at, _)| &target[..at]);
            for folder in folders {
                let is_page =
                    [format!("{folder}/index.md"), format!("{folder}/_index.md"), format!("{folder}.md")];
                if !is_page.iter().any(|page| taken.contains(page)) {
                    self.sections.insert(folder.to_owned());
                }
            }
        }
    }

    /// Returns the link to a page that a shortcode or an `@/` address names, seen from a file.
    pub(super) fn refer(&self, address: &str, file: &str) -> Option<String> {
        let (name, anchor) = match address.split_once('#') {
            Some((name, anchor)) => (name, format!("#{anchor}")),
            None => (address, String::new()),
        };
        if name.is_empty() {
            return Some(anchor);
        }
        let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
        let relative = join(folder, name);
        let candidates = [name, relative.as_str()]
            .map(|name| name.trim_start_matches('/').trim_end_matches('/').to_owned());
        let exact = candidates.iter().find_map(|name| {
            ["", ".md", "/index.md", "/_index.md"]
                .iter()
                .find_map(|end| self.targets.get(&format!("{name}{end}")))
        });
        let by_name = || {
            let last = name.rsplit('/').next()?.trim_end_matches(".md");
            self.targets.iter().find(|(path, _)| stem(path) == last).map(|(_, target)| target)
        };
        Some(format!("@/{}{anchor}", exact.or_else(by_name)?))
    }

    /// Returns the new path of a file that is not a page.
    pub(super) fn asset(&self, path: &str) -> String {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        // It goes along with the page of its folder.
        let page =
            ["index.md", "_index.md"].iter().find_map(|page| self.targets.get(&format!("{folder}/{page}")));
        let folder = match page.and_then(|page| page.rsplit_once('/')) {
            Some((folder, _)) => folder.to_owned(),
            None => folder.split('/').map(slug).collect::<Vec<_>>().join("/"),
        };
        format!("{folder}/{name}").trim_start_matches('/').to_owned()
    }
}

/// Gives topics that differ in spelling only one spelling: that of the first page.
fn spell_alike(pages: &mut [SourcePage<'_>]) {
    let mut spelling: BTreeMap<String, String> = BTreeMap::new();
    for tag in pages.iter_mut().flat_map(|page| &mut page.front.tags) {
        let first = spelling.entry(slug(tag)).or_insert_with(|| tag.clone());
        first.clone_into(tag);
    }
    for page in pages {
        page.front.tags.retain(|tag| !slug(tag).is_empty());
        page.front.tags.dedup();
    }
}

/// Returns the path that a page should get.
fn target(page: &SourcePage<'_>) -> String {
    let (folder, file) = page.path.rsplit_once('/').unwrap_or(("", page.path));
    let folders: Vec<String> =
        folder.split('/').filter(|part| !part.is_empty()).map(|part| slug(undated(part))).collect();
    let name = file.rsplit_once('.').map_or(file, |(name, _)| name);
    if name.starts_with("_index") {
        return folders.iter().map(|part| format!("{part}/")).collect::<String>() + "_index.md";
    }
    let mut parts = folders;
    let is_bundle = name == "index";
    if !is_bundle {
        let name = slug(page.front.slug.as_deref().unwrap_or(undated(name)));
        parts.push(match name.as_str() {
            "" | "index" | "pagina" => format!("pagina-{name}").trim_end_matches('-').to_owned() + "-1",
            _ => name,
        });
    }
    // A dated page at the top is an article.
    if parts.len() == 1 && page.front.date.is_some() {
        parts.insert(0, NEWS.to_owned());
    }
    let path = parts.join("/");
    if is_bundle { format!("{path}/index.md") } else { format!("{path}.md") }
}

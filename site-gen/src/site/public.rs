//! The split between what is built and what is held back.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::page::parse::Parsed;
use crate::page::publication::Moment;
use crate::source::file::Asset;
use crate::source::link::{Link, Target};
use crate::source::place::{self, Kind};

/// The pages that are built, and those that are held back.
#[derive(Debug)]
pub struct Public {
    /// The pages that are built, in the order of their files.
    pub shown: Vec<Arc<Parsed>>,
    /// The pages that are held back, each with the reason.
    pub held: Vec<(Arc<Parsed>, String)>,
    /// The addresses of the files that are held back with their pages, each with the reason.
    pub held_files: BTreeMap<String, String>,
}

impl Public {
    /// Separates the pages that are built at a moment from those that are held back. A section that is held
    /// back holds back everything below it.
    pub fn new(parsed: Vec<Arc<Parsed>>, moment: Moment) -> Self {
        let own_reason = |page: &Parsed| {
            let publication = page.content.as_ref().map(|content| &content.publication);
            publication.filter(|_| !moment.with_unpublished)?.held_back(moment.now)
        };
        let sections: BTreeMap<String, String> = parsed
            .iter()
            .filter(|page| page.place.kind == Kind::Section)
            .filter_map(|page| Some((page.place.url.clone(), own_reason(page)?)))
            .collect();
        let section_reason = |page: &Parsed| {
            let above =
                std::iter::successors(Some(place::parent(&page.place.url)), |url| Some(place::parent(url)));
            let mut above = above.take_while(|url| !url.is_empty());
            let (url, reason) = above.find_map(|url| sections.get_key_value(url))?;
            Some(format!("het onderdeel `{url}` is niet openbaar ({reason})"))
        };
        let mut public =
            Self { shown: Vec::with_capacity(parsed.len()), held: Vec::new(), held_files: BTreeMap::new() };
        let reasons: Vec<Option<String>> =
            parsed.par_iter().map(|page| own_reason(page).or_else(|| section_reason(page))).collect();
        for (page, reason) in parsed.into_iter().zip(reasons) {
            match reason {
                Some(reason) => public.held.push((page, reason)),
                None => public.shown.push(page),
            }
        }
        public
    }

    /// Holds back the files of pages that are held back: those in a page's own folder, and those that only
    /// such pages refer to. `links` returns the links of a page.
    pub fn hold_files_back(&mut self, assets: &[Arc<Asset>], links: impl Fn(&Parsed) -> Vec<Link>) {
        if self.held.is_empty() {
            return;
        }
        let paths = |page: &Parsed| {
            let inside = |link: Link| match link.target {
                Target::Inside { path, .. } => Some(path),
                _ => None,
            };
            links(page).into_iter().filter_map(inside).collect::<HashSet<String>>()
        };
        let files = || assets.iter().filter(|asset| asset.source.starts_with("content/"));
        let mut wanted: BTreeMap<String, String> = BTreeMap::new();
        for (page, reason) in &self.held {
            let theirs = paths(page);
            for file in files().map(|asset| format!("/{}", asset.path)) {
                if self.is_in_folder_of(&file, &page.place.url) {
                    self.held_files.insert(file, reason.clone());
                } else if theirs.contains(&file) {
                    wanted.insert(file, reason.clone());
                }
            }
        }
        if !wanted.is_empty() {
            for page in &self.shown {
                let theirs = paths(page);
                wanted.retain(|file, _| !theirs.contains(file));
            }
            self.held_files.extend(wanted);
        }
    }

    /// Returns whether a file lies in the folder of a page, and not in that of a public page below it.
    fn is_in_folder_of(&self, file: &str, url: &str) -> bool {
        let is_nearer =
            |page: &Arc<Parsed>| page.place.url.len() > url.len() && file.starts_with(&page.place.url);
        url != "/" && file.starts_with(url) && !self.shown.iter().any(is_nearer)
    }
}

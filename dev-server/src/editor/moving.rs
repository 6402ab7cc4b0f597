//! Pages that get another address, or go.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use site_gen::page::page_file::PageFile;
use site_gen::references::{Reference, references};
use site_gen::site::is_reserved;
use site_gen::source::place::{self, Kind};
use site_gen::words::slug::slug;

use super::desk::Desk;
use super::files::folder::{FolderError, whole};
use super::form::changes::change;
use super::form::document::Document;
use super::form::values::Values;
use super::page::{Gone, Leaving, Mention};
use super::words::in_dutch_time;

/// What an editor reads who would lose what was typed.
const UNSAVED: &str = "Er is op deze pagina iets getypt dat niet is bewaard. Bewaar het of gooi het weg.";
/// The key of the earlier addresses of a page.
const ALIASES: &str = "aliases";

impl Desk {
    /// Returns what another address, or none, would mean for a page.
    ///
    /// # Errors
    /// Fails if there is no such page, or if the sources cannot be read.
    pub fn leaving(&self, path: &str) -> Result<Leaving, FolderError> {
        Ok(self.survey(path)?.0)
    }

    /// Returns what another address, or none, would mean for a page, with all pages and the links to it.
    fn survey(&self, path: &str) -> Result<(Leaving, Vec<PageFile>, Vec<Reference>), FolderError> {
        self.folder.open(path)?;
        let files = self.files().map_err(unreadable)?;
        let file = files.iter().find(|file| file.path == path).ok_or(FolderError::NoPage)?;
        let title_of = |of: &str| {
            let file = files.iter().find(|file| file.path == of);
            file.map(|file| file.title.clone().unwrap_or_else(|| of.to_owned()))
        };
        let mention = |one: &Reference| Mention {
            title: title_of(&one.path),
            is_own: one.path == path,
            is_page: one.path.ends_with(".md"),
            path: one.path.clone(),
        };
        let links = references(&self.root, &file.url, &mut self.memory()).map_err(unreadable)?;
        let mut mentions: Vec<Mention> = links.iter().map(mention).collect();
        mentions.dedup();
        let name = file.url.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let has_folder = whole(path) == path && self.root.join(path.trim_end_matches(".md")).exists();
        let leaving = Leaving {
            may_leave: may_leave(path, &files) && !has_folder,
            has_unsaved: self.unsaved.of(path).is_some(),
            title: file.title.clone().unwrap_or_else(|| path.to_owned()),
            name: name.to_owned(),
            folder: place::parent(&file.url).to_owned(),
            url: file.url.clone(),
            has_event: file.has_event,
            typed: name.to_owned(),
            is_built_in: mentions.iter().any(|mention| !mention.is_page),
            is_needed: mentions.iter().any(|mention| !mention.is_own),
            mentions,
            path: path.to_owned(),
            fault: None,
        };
        Ok((leaving, files, links))
    }

    /// Gives a page another name at the end of its address. The address before leads to it from now on, and links to the
    /// page are changed. Returns the new path, or the page with what is wrong; then nothing has changed.
    ///
    /// # Errors
    /// Fails if there is no such page, or if a file cannot be read or written.
    pub fn rename(&self, path: &str, name: &str) -> Result<Result<String, Box<Leaving>>, FolderError> {
        let (leaving, files, links) = self.survey(path)?;
        let name = name.trim();
        let refused = |fault: String| {
            Ok(Err(Box::new(Leaving { fault: Some(fault), typed: name.to_owned(), ..leaving.clone() })))
        };
        if name == leaving.name {
            return Ok(Ok(path.to_owned()));
        }
        let (to, url) = match new_place(&leaving, name, &files) {
            Ok(place) => place,
            Err(fault) => return refused(fault),
        };
        if with_alias(&self.folder.open(path)?, &leaving.url, &url).is_err() {
            return refused("Het formulier kan dit bestand niet lezen; los dat eerst op.".to_owned());
        }
        if let Some(other) = leaving.mentions.iter().find(|mention| !mention.is_page) {
            return refused(format!("In {} staat een link hierheen; verander die eerst.", other.path));
        }
        if let Some(other) = links.iter().find(|one| !one.is_plain) {
            let path = &other.path;
            return refused(format!("Op {path} staat het adres van de link apart; verander die link eerst."));
        }
        let links_on = |path: &str| links.iter().filter(|one| one.path == path).collect::<Vec<_>>();
        let mut others: Vec<&str> = links.iter().map(|one| one.path.as_str()).collect();
        others.dedup();
        // What cannot be changed stops this before anything has.
        for other in &others {
            with_links(&self.folder.open(other)?, &links_on(other), &url)?;
        }
        match self.folder.rename(path, &to) {
            Err(FolderError::Taken) => return refused(FolderError::Taken.to_string()),
            moved => moved?,
        }
        // Its own links come before the alias, because they stand where they stood in the text before.
        let own = links_on(path);
        self.folder.update(&to, |text| with_alias(&with_links(text, &own, &url)?, &leaving.url, &url))??;
        for other in others.into_iter().filter(|other| *other != path) {
            self.folder.update(other, |text| with_links(text, &links_on(other), &url))??;
        }
        tracing::info!("{path} heet nu {to}");
        Ok(Ok(to))
    }

    /// Takes a page away, unless others have links to it or something was typed that was not saved. Returns the page with
    /// what is wrong if it is still there.
    ///
    /// # Errors
    /// Fails if there is no such page, or if it cannot be moved.
    pub fn take_away(&self, path: &str) -> Result<Result<(), Box<Leaving>>, FolderError> {
        let leaving = self.leaving(path)?;
        if !leaving.may_leave || leaving.is_needed || leaving.has_unsaved {
            let fault = if leaving.has_unsaved { UNSAVED } else { "Deze pagina kan nog niet weg." };
            return Ok(Err(Box::new(Leaving { fault: Some(fault.to_owned()), ..leaving })));
        }
        let now = in_dutch_time(Timestamp::now()).strftime("%Y-%m-%d-%H%M%S-%6f").to_string();
        let kept = self.unsaved.taken_away().join(now);
        self.folder.take_away(path, &kept)?;
        self.unsaved.forget(path)?;
        tracing::info!("{path} is weggehaald; een kopie staat in {}", kept.display());
        Ok(Ok(()))
    }

    /// Returns the pages that were taken away and can be brought back, the last one first.
    pub fn gone(&self) -> Vec<Gone> {
        let names = |folder: &Path| -> Vec<String> {
            let entries = fs::read_dir(folder).into_iter().flatten().flatten();
            entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
        };
        let kept = self.unsaved.taken_away();
        let mut moments = names(&kept);
        moments.sort_by(|one, other| other.cmp(one));
        let page = |moment: String| {
            // Folders lead to one page: its file, or the folder that it has of its own.
            let mut path = "content".to_owned();
            loop {
                let here = names(&kept.join(&moment).join(&path));
                let own = here.iter().find(|name| *name == "index.md");
                let next = own.or_else(|| here.first())?;
                path = format!("{path}/{next}");
                if path.ends_with(".md") {
                    return Some(Gone { moment, path });
                }
            }
        };
        moments.into_iter().filter_map(page).collect()
    }

    /// Brings back a page that was taken away. Returns its path.
    ///
    /// # Errors
    /// Fails if there is no such page, if something is at its path by now, or if it cannot be moved.
    pub fn bring_back(&self, moment: &str) -> Result<String, FolderError> {
        let gone = self.gone().into_iter().find(|gone| gone.moment == moment).ok_or(FolderError::NoPage)?;
        self.folder.bring_back(&gone.path, &self.unsaved.taken_away().join(moment))?;
        tracing::info!("{} is terug", gone.path);
        Ok(gone.path)
    }
}

/// Returns the new path and address of a page, or why it cannot have this name.
fn new_place(leaving: &Leaving, name: &str, files: &[PageFile]) -> Result<(String, String), String> {
    if !leaving.may_leave {
        return Err("Het adres van deze pagina ligt vast.".to_owned());
    }
    if leaving.has_unsaved {
        return Err(UNSAVED.to_owned());
    }
    let better = slug(name);
    if better.is_empty() {
        return Err("Vul een naam in van letters en cijfers.".to_owned());
    }
    if better != name {
        return Err(format!("Een adres heeft kleine letters, cijfers en streepjes: bedoel je {better}?"));
    }
    let before = whole(&leaving.path);
    let folder = before.rsplit_once('/').map_or("content", |(folder, _)| folder);
    let path = match before == leaving.path {
        true => format!("{folder}/{name}.md"),
        false => format!("{folder}/{name}/index.md"),
    };
    let url = format!("{}{name}/", leaving.folder);
    let others = || files.iter().filter(|file| file.path != leaving.path);
    if is_reserved(&url) || others().any(|file| file.url == url || file.aliases.contains(&url)) {
        return Err(format!("Het adres {url} is al van een andere pagina."));
    }
    Ok((path, url))
}

/// Returns whether a page can have another address or none: not the home page, a section, or a page that others are below.
fn may_leave(path: &str, files: &[PageFile]) -> bool {
    let is_plain = place::of(path).is_ok_and(|place| matches!(place.kind, Kind::Article | Kind::Page));
    let folder = format!("{}/", whole(path));
    is_plain && files.iter().all(|file| file.path == path || !file.path.starts_with(&folder))
}

/// Returns a text in which links lead to the page's new address, unless it has changed since they were found.
fn with_links(text: &str, links: &[&Reference], url: &str) -> Result<String, FolderError> {
    let mut new = text.to_owned();
    for link in links.iter().rev() {
        if text.get(link.span.clone()) != Some(&link.address) {
            return Err(FolderError::Changed);
        }
        new.replace_range(link.span.clone(), &format!("{url}{}", link.rest));
    }
    Ok(new)
}

/// Returns a page's text with its address before among those that lead to it.
pub(super) fn with_alias(text: &str, before: &str, now: &str) -> Result<String, FolderError> {
    let document = Document::read(text).map_err(|_| FolderError::Changed)?;
    let mut values = Values::of(&document);
    let aliases = values.get(ALIASES).to_owned();
    let mut aliases: Vec<&str> = aliases.lines().filter(|alias| !alias.is_empty() && *alias != now).collect();
    if !aliases.contains(&before) {
        aliases.push(before);
    }
    values.set(ALIASES, aliases.join("\n"));
    Ok(change(&document, &document, &values).text)
}

fn unreadable(error: anyhow::Error) -> FolderError {
    FolderError::Failed(std::io::Error::other(error))
}

//! Converts a site of another generator, as far as a program can, and lists what is left for a person.
//!
//! The source is only read. Most of what is left is found by `check`, on the result.

mod body;
mod front;
mod generator;
mod html;
mod plan;
mod shortcodes;
mod site;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use jiff::tz::TimeZone;
use toml::value::Datetime;
use walkdir::WalkDir;

pub use self::generator::Generator;
use self::plan::{Plan, SourcePage};
use crate::progress::Task;
use crate::site::{GENERATED, is_reserved};
use crate::source::file_kind::FileKind;
use crate::source::link::{Link, Target, in_template};
use crate::source::problem::{Problem, Problems, Severity};

/// What an import did.
#[derive(Debug)]
pub struct Imported {
    /// The keys that have no meaning here, each with the number of pages that had it.
    pub dropped: BTreeMap<String, usize>,
    /// The number of articles that had no date, and got that of their files.
    pub dated: usize,
    /// The number of pages.
    pub pages: usize,
    /// The number of other files.
    pub files: usize,
    /// What was not converted. `check` on the result finds what else is left for a person.
    pub left: Problems,
}

/// Writes a converted copy of the site in `from` to the folder `to`, with the templates of the site in `root`.
///
/// # Errors
/// Returns an error if `from` is not a site, if `to` has files or lies within `from`, or if reading or writing
/// fails.
pub fn import(generator: Generator, from: &Path, to: &Path, root: &Path) -> Result<Imported> {
    ensure!(
        from.join("content").is_dir(),
        "`{}` is geen map van een site: `content` ontbreekt",
        from.display()
    );
    let target = std::path::absolute(to)?;
    if target.starts_with(from.canonicalize()?) {
        bail!("`{}` ligt in de map van de site die overkomt; kies een andere map", to.display());
    }
    if to.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("`{}` is niet leeg; kies een andere map", to.display());
    }
    let mut left = Problems::default();
    let config = site::config(from);
    let texts = texts(&from.join("content"), generator)?;
    let mut pages = Vec::new();
    for (path, text) in &texts {
        match SourcePage::new(path, text) {
            Ok(page) => pages.push(page),
            Err(error) => left
                .push(Problem::in_file(&format!("content/{path}"), format!("niet overgenomen: {error:#}"))),
        }
    }
    let plan = Plan::new(&mut pages, generator);
    let mut dropped: BTreeMap<String, usize> = BTreeMap::new();
    let mut dated = 0;
    for page in &mut pages {
        for key in &page.front.dropped {
            *dropped.entry(key.clone()).or_default() += 1;
        }
        if page.is_article() && page.front.date.is_none() {
            page.front.date = day_of(&from.join("content").join(page.path));
            dated += 1;
        }
    }
    let content = to.join("content");
    let task = Task::begin("pagina's", pages.len());
    for page in &pages {
        let title = page.front.title.as_deref().unwrap_or_default();
        let body = body::translate(page.body, title, page.path, &plan);
        write(
            &content.join(&page.target),
            &(page.front.write(page.is_article())? + "\n" + body.trim_start_matches('\n')),
        )?;
        if let Some(target) = &page.front.redirect_to {
            let message = format!("deze pagina leidde naar `{target}`");
            let problem = Problem::in_file(&format!("content/{}", page.target), message);
            left.push(problem.help("zet haar adres daar bij `aliases`, en haal deze pagina weg"));
        }
        task.step();
    }
    drop(task);
    let has = |path: &str| content.join(path).is_file();
    let linked = linked(&root.join("templates"))?;
    for (path, text) in site::missing_pages(&config, has, &plan.sections, &linked) {
        write(&content.join(path), &text)?;
    }
    write(&content.join("site.toml"), &site::toml(&config))?;
    let files = copy_files(from, &content, &plan, &mut left)?;
    copy_folder(&root.join("templates"), &to.join("templates"))?;
    Ok(Imported { dropped, dated, pages: pages.len(), files, left })
}

/// Returns the pages to which templates link.
fn linked(templates: &Path) -> Result<BTreeSet<String>> {
    let mut pages = BTreeSet::new();
    for path in below(templates)?.iter().filter(|path| path.ends_with(".html")) {
        let text = fs::read_to_string(templates.join(path))?;
        for Link { target, .. } in in_template(&text) {
            if let Target::Inside { path, .. } = target
                && path.ends_with('/')
                && !is_reserved(&path)
            {
                pages.insert(path);
            }
        }
    }
    Ok(pages)
}

/// Returns the day on which a file was changed last.
fn day_of(file: &Path) -> Option<Datetime> {
    let modified = fs::metadata(file).ok()?.modified().ok()?;
    let at = jiff::Timestamp::try_from(modified).ok()?;
    at.to_zoned_datetime(TimeZone::UTC).date().to_string().parse().ok()
}

/// Returns the pages below a folder with their paths, in order.
fn texts(content: &Path, generator: Generator) -> Result<Vec<(String, String)>> {
    let mut texts = Vec::new();
    for path in below(content)? {
        let is_page = path.ends_with(".md") || (generator == Generator::Hugo && path.ends_with(".markdown"));
        if is_page {
            let file = content.join(&path);
            let bytes = fs::read(&file).with_context(|| format!("`{}` is niet te lezen", file.display()))?;
            texts.push((path, String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    Ok(texts)
}

/// Returns the paths of the files below a folder, in order, without hidden ones.
fn below(folder: &Path) -> Result<Vec<String>> {
    let is_hidden =
        |entry: &walkdir::DirEntry| entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.');
    let mut paths = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(|entry| !is_hidden(entry))
    {
        let entry = entry.with_context(|| format!("`{}` is niet te lezen", folder.display()))?;
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
            paths.push(path);
        }
    }
    Ok(paths)
}

/// Copies the files that are not pages, and returns their number.
fn copy_files(from: &Path, content: &Path, plan: &Plan, left: &mut Problems) -> Result<usize> {
    let mut copied = 0;
    for folder in ["content", "static"] {
        let folder = from.join(folder);
        for path in if folder.is_dir() { below(&folder)? } else { Vec::new() } {
            let name = path.rsplit('/').next().unwrap_or(&path);
            let target = if folder.ends_with("content") { plan.asset(&path) } else { path.clone() };
            match FileKind::of(name) {
                // The site makes these itself.
                _ if GENERATED.contains(&target.as_str()) => {}
                FileKind::Public if !name.ends_with(".html") => {
                    let to = content.join(&target);
                    fs::create_dir_all(to.parent().unwrap_or(content))?;
                    fs::copy(folder.join(&path), &to)
                        .with_context(|| format!("`{}` is niet te schrijven", to.display()))?;
                    copied += 1;
                }
                FileKind::Rubbish | FileKind::LikeAPage => {}
                FileKind::Public | FileKind::Unknown => {
                    let problem = Problem::in_file(&path, "dit bestand is niet overgenomen");
                    left.push(problem.severity(Severity::Warning));
                }
            }
        }
    }
    Ok(copied)
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    for path in below(from)? {
        let target = to.join(&path);
        fs::create_dir_all(target.parent().unwrap_or(to))?;
        fs::copy(from.join(&path), &target)
            .with_context(|| format!("`{}` is niet te schrijven", target.display()))?;
    }
    Ok(())
}

fn write(file: &Path, text: &str) -> Result<()> {
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(file, text))
        .with_context(|| format!("`{}` is niet te schrijven", file.display()))
}

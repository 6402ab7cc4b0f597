//! Reads the project's content and templates. The only stage that reads.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use rayon::prelude::*;
use walkdir::WalkDir;

use crate::problem::{Problem, Problems};
use crate::source::{Asset, Source};

/// Everything that a site is built from.
#[derive(Debug)]
pub struct Sources {
    /// `content/site.toml`; `None` when it is no text.
    pub config: Option<Arc<Source>>,
    /// Every `.md` file below `content/`.
    pub pages: Vec<Arc<Source>>,
    /// Every other file below `content/`, and every file below `templates/static/`.
    pub assets: Vec<Asset>,
    /// Every file below `templates/` but outside `templates/static/`.
    pub templates: Vec<Arc<Source>>,
}

/// Reads `content/` and `templates/` below the root, sorted by path.
///
/// A file that can't be used (no UTF-8, a symbolic link) becomes a problem.
///
/// # Errors
/// When the root has no `content/site.toml`, or reading fails.
pub fn load(root: &Path, problems: &mut Problems) -> Result<Sources> {
    let config_file = config_file(root)?;
    let config = read_all(root, std::slice::from_ref(&config_file), problems)?.pop();
    let (pages, others): (Vec<_>, Vec<_>) = files(root, "content", problems)?
        .into_iter()
        .partition(|file| file.extension().is_some_and(|end| end == "md"));
    let (fixed, templates): (Vec<_>, Vec<_>) =
        files(root, "templates", problems)?.into_iter().partition(|file| file.starts_with(root.join(STATIC)));
    let pages = read_all(root, &pages, problems)?;
    let templates = read_all(root, &templates, problems)?;
    let mut assets = Vec::new();
    for file in others.iter().filter(|file| **file != config_file) {
        assets.push(asset(root, file, "content")?);
    }
    for file in &fixed {
        assets.push(asset(root, file, STATIC)?);
    }
    Ok(Sources { config, pages, assets, templates })
}

/// The file that makes a folder the root of a site.
///
/// # Errors
/// When it is not there.
pub fn config_file(root: &Path) -> Result<PathBuf> {
    let file = root.join("content/site.toml");
    ensure!(file.is_file(), "`{}` is geen map van een site: `content/site.toml` ontbreekt", root.display());
    Ok(file)
}

const STATIC: &str = "templates/static";

/// The regular files below a folder; names that begin with a dot are passed over.
fn files(root: &Path, folder: &str, problems: &mut Problems) -> Result<Vec<PathBuf>> {
    let hidden = |entry: &walkdir::DirEntry| entry.file_name().to_string_lossy().starts_with('.');
    let entries = WalkDir::new(root.join(folder)).sort_by_file_name().into_iter();
    let mut files = Vec::new();
    for entry in entries.filter_entry(|entry| !hidden(entry)) {
        let entry = entry.with_context(|| format!("`{folder}` is niet te lezen"))?;
        if entry.path_is_symlink() {
            let problem = Problem::in_file(&name(root, entry.path()), "dit is een symbolische link");
            problems.push(problem.help("zet het bestand zelf in deze map"));
        } else if entry.file_type().is_file() {
            files.push(entry.into_path());
        }
    }
    Ok(files)
}

/// The texts among some files, several at a time; what is no text becomes a problem.
fn read_all(root: &Path, files: &[PathBuf], problems: &mut Problems) -> Result<Vec<Arc<Source>>> {
    let read: Vec<Result<Source, Problem>> =
        files.par_iter().map(|file| text(root, file)).collect::<Result<_>>()?;
    let mut sources = Vec::with_capacity(read.len());
    for source in read {
        match source {
            Ok(source) => sources.push(Arc::new(source)),
            Err(problem) => problems.push(problem),
        }
    }
    Ok(sources)
}

fn text(root: &Path, file: &Path) -> Result<Result<Source, Problem>> {
    let path = name(root, file);
    Ok(match String::from_utf8(read(file)?) {
        Ok(text) => {
            let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
            // They show nowhere, and a feed may not hold them.
            match text.find(|c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
                None => Ok(Source { path, text }),
                Some(at) => {
                    let source = Arc::new(Source { path, text });
                    let problem = Problem::at(&source, at..at + 1, "hier staat een onzichtbaar stuurteken");
                    Err(problem.help("verwijder het, en typ de tekst eromheen zo nodig opnieuw"))
                }
            }
        }
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let line = 1 + error.as_bytes()[..valid].iter().filter(|&&byte| byte == b'\n').count();
            let problem = Problem::in_file(&path, format!("regel {line} is geen UTF-8"));
            Err(problem.help("sla het bestand op met de codering UTF-8"))
        }
    })
}

fn asset(root: &Path, file: &Path, base: &str) -> Result<Asset> {
    let source = name(root, file);
    let path = source[base.len() + 1..].to_owned();
    Ok(Asset { source, path, bytes: read(file)? })
}

/// The path from the root, with `/` on every system.
fn name(root: &Path, file: &Path) -> String {
    let relative = file.strip_prefix(root).unwrap_or(file);
    relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("`{}` is niet te lezen", file.display()))
}

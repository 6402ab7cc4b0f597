//! Reads the project's content and templates. The only stage that reads sources.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use hashbrown::HashMap;
use rayon::prelude::*;
use unicode_normalization::UnicodeNormalization;
use walkdir::{DirEntry, WalkDir};

use crate::background::free;
use crate::source::file::{Asset, Source};
use crate::source::file_kind::FileKind;
use crate::source::fingerprint::Fingerprint;
use crate::source::problem::{Problem, Problems};
use crate::source::stamp::Stamp;
use crate::words::invisible::first_invisible;

/// Everything that a site is built from.
#[derive(Debug)]
pub struct Sources {
    /// `content/site.toml`, or `None` if it is not valid text.
    pub config: Option<Arc<Source>>,
    /// Every `.md` file below `content/`.
    pub pages: Vec<Arc<Source>>,
    /// Every other file below `content/` that goes online, and every file below `templates/static/`.
    pub assets: Vec<Arc<Asset>>,
    /// Every file below `templates/` but outside `templates/static/`.
    pub templates: Vec<Arc<Source>>,
}

impl Sources {
    /// Returns a fingerprint that covers every file.
    pub fn fingerprint(&self) -> Fingerprint {
        let texts = self.config.iter().chain(&self.pages).chain(&self.templates).map(|text| text.fingerprint);
        let files = self.assets.iter().map(|asset| asset.fingerprint);
        Fingerprint::of(&texts.chain(files).collect::<Vec<_>>())
    }

    /// Replaces the page with the same path by a text that is not saved yet, or adds it.
    pub fn lay_over(&mut self, unsaved: Source) {
        match self.pages.iter_mut().find(|page| page.path == unsaved.path) {
            Some(page) => *page = Arc::new(unsaved),
            None => self.pages.push(Arc::new(unsaved)),
        }
    }
}

/// A cache of the files that an earlier build read.
///
/// An entry is valid as long as the file is unchanged.
#[derive(Debug, Default)]
pub struct ReadFiles {
    texts: HashMap<PathBuf, (Stamp, Arc<Source>)>,
    assets: HashMap<PathBuf, (Stamp, Arc<Asset>)>,
}

/// The files below `content/` and `templates/`, found but not read.
#[derive(Debug)]
pub struct Listing {
    content: Vec<Found>,
    templates: Vec<Found>,
}

impl Listing {
    /// Finds the files below the root, sorted by path. Reports a problem for each symbolic link.
    ///
    /// # Errors
    /// Returns an error if the root has no `content/site.toml`, or if a folder can't be read.
    pub fn new(root: &Path, problems: &mut Problems) -> Result<Self> {
        config_file(root)?;
        Ok(Self {
            content: files(root, "content", problems)?,
            templates: files(root, "templates", problems)?,
        })
    }

    /// Returns a fingerprint of the stamps of all files, or `None` if a file has only just changed.
    pub fn stamps(&self) -> Option<Fingerprint> {
        let files = self.content.iter().chain(&self.templates);
        let stamps: Option<Vec<_>> = files.map(|file| Some((&file.path, file.stamp?))).collect();
        stamps.map(|stamps| Fingerprint::of(&stamps))
    }
}

/// Reads `content/` and `templates/` below the root, sorted by path.
///
/// # Errors
/// Fails like [`Listing::new`] and [`read_listed`].
pub fn load(root: &Path, before: Option<&mut ReadFiles>, problems: &mut Problems) -> Result<Sources> {
    read_listed(root, Listing::new(root, problems)?, before, problems)
}

/// Reads the files of a listing.
///
/// Takes unchanged files from `before` and updates it with the files of this build.
/// Reports a problem for a file that can't be used, such as one that is not UTF-8.
///
/// # Errors
/// Returns an error if a file can't be read.
pub fn read_listed(
    root: &Path,
    listing: Listing,
    before: Option<&mut ReadFiles>,
    problems: &mut Problems,
) -> Result<Sources> {
    let config_file = config_file(root)?;
    let Listing { content, templates } = listing;
    let (config, content): (Vec<_>, Vec<_>) = content.into_iter().partition(|file| file.path == config_file);
    let (pages, assets): (Vec<_>, Vec<_>) =
        content.into_iter().partition(|file| file.path.extension().is_some_and(|end| end == "md"));
    let assets = public(root, assets, problems);
    let fixed_folder = root.join(STATIC);
    let (fixed, templates): (Vec<_>, Vec<_>) =
        templates.into_iter().partition(|file| file.path.starts_with(&fixed_folder));

    let mut nothing = ReadFiles::default();
    let before = before.unwrap_or(&mut nothing);
    let text = |file: &Path| text(root, file);
    let mut texts = Reading { before: &before.texts, now: HashMap::new(), problems };
    let config = texts.all(config, text)?.pop();
    let pages = texts.all(pages, text)?;
    let templates = texts.all(templates, text)?;
    let texts = texts.now;
    let mut files = Reading { before: &before.assets, now: HashMap::new(), problems };
    let mut assets = files.all(assets, |file| Ok(Ok(asset(root, file, "content")?)))?;
    assets.extend(files.all(fixed, |file| Ok(Ok(asset(root, file, STATIC)?)))?);
    free(std::mem::replace(before, ReadFiles { texts, assets: files.now }));
    Ok(Sources { config, pages, assets, templates })
}

/// Returns the file that marks a folder as the root of a site.
///
/// # Errors
/// Returns an error if the file does not exist.
pub fn config_file(root: &Path) -> Result<PathBuf> {
    let file = root.join("content/site.toml");
    ensure!(file.is_file(), "`{}` is geen map van een site: `content/site.toml` ontbreekt", root.display());
    Ok(file)
}

const STATIC: &str = "templates/static";

/// A file, with its stamp if the stamp is reliable.
#[derive(Debug)]
struct Found {
    path: PathBuf,
    stamp: Option<Stamp>,
}

/// The folder with files at fixed addresses, such as `security.txt` (RFC 8615).
const WELL_KNOWN: &str = ".well-known";

/// Lists the regular files below a folder, without names that start with a dot, except [`WELL_KNOWN`].
///
/// Reports a problem for each symbolic link.
fn files(root: &Path, folder: &str, problems: &mut Problems) -> Result<Vec<Found>> {
    let hidden = |entry: &DirEntry| {
        let name = entry.file_name().to_string_lossy();
        name.starts_with('.') && !(entry.depth() == 1 && name == WELL_KNOWN)
    };
    // Within a folder, the order of the paths is that of the names, and takes less time.
    let by_path = |one: &DirEntry, other: &DirEntry| one.path().as_os_str().cmp(other.path().as_os_str());
    let entries = WalkDir::new(root.join(folder)).sort_by(by_path).into_iter();
    let mut files = Vec::new();
    for entry in entries.filter_entry(|entry| !hidden(entry)) {
        let entry = entry.with_context(|| format!("`{folder}` is niet te lezen"))?;
        if entry.path_is_symlink() {
            let problem = Problem::in_file(&name(root, entry.path()), "dit is een symbolische link");
            problems.push(problem.help("zet het bestand zelf in deze map"));
        } else if entry.file_type().is_file() {
            files.push(Found { path: entry.into_path(), stamp: None });
        }
    }
    files.par_iter_mut().for_each(|file| {
        file.stamp = fs::metadata(&file.path).ok().and_then(|metadata| Stamp::settled(&metadata));
    });
    Ok(files)
}

/// Returns the files that go online, and reports those that nobody expects there.
fn public(root: &Path, files: Vec<Found>, problems: &mut Problems) -> Vec<Found> {
    files.into_iter().filter(|file| goes_online(root, &file.path, problems)).collect()
}

fn goes_online(root: &Path, path: &Path, problems: &mut Problems) -> bool {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let kind = FileKind::of(&file);
    let problem = |message: &str| Problem::in_file(&name(root, path), message);
    match kind {
        FileKind::Public | FileKind::Rubbish => {}
        FileKind::LikeAPage => problems.push(
            problem("dit lijkt een pagina, maar de naam eindigt niet op `.md`")
                .help("geef het bestand een naam die op `.md` eindigt, of zet het buiten `content/`"),
        ),
        FileKind::Unknown => problems.push(
            problem("dit soort bestand gaat niet online")
                .help("zet het buiten `content/`, of bewaar het als bijvoorbeeld `.pdf` of `.jpg`"),
        ),
    }
    kind == FileKind::Public
}

/// A reader for files of one kind, with the cache of an earlier build.
struct Reading<'a, T> {
    before: &'a HashMap<PathBuf, (Stamp, Arc<T>)>,
    now: HashMap<PathBuf, (Stamp, Arc<T>)>,
    problems: &'a mut Problems,
}

impl<T: Send + Sync> Reading<'_, T> {
    /// Reads files in parallel. Reports a problem for each file that can't be used.
    fn all(
        &mut self,
        files: Vec<Found>,
        read: impl Fn(&Path) -> Result<Result<T, Problem>> + Sync,
    ) -> Result<Vec<Arc<T>>> {
        let known = |file: &Found| {
            let (stamp, value) = self.before.get(&file.path)?;
            (file.stamp == Some(*stamp)).then(|| Arc::clone(value))
        };
        let all: Vec<Result<Arc<T>, Problem>> = files
            .par_iter()
            .map(|file| match known(file) {
                Some(value) => Ok(Ok(value)),
                None => Ok(read(&file.path)?.map(Arc::new)),
            })
            .collect::<Result<_>>()?;
        let mut values = Vec::with_capacity(all.len());
        self.now.reserve(all.len());
        for (file, value) in files.into_iter().zip(all) {
            match value {
                Ok(value) => {
                    if let Some(stamp) = file.stamp {
                        self.now.insert(file.path, (stamp, Arc::clone(&value)));
                    }
                    values.push(value);
                }
                Err(problem) => self.problems.push(problem),
            }
        }
        Ok(values)
    }
}

fn text(root: &Path, file: &Path) -> Result<Result<Source, Problem>> {
    let path = name(root, file);
    Ok(match String::from_utf8(read(file)?) {
        Ok(text) => {
            let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
            // Control characters are invisible, and a feed must not contain them.
            match first_invisible(&text) {
                None => Ok(Source::new(path, text)),
                Some((at, c)) => {
                    let source = Arc::new(Source::new(path, text));
                    let problem =
                        Problem::at(&source, at..at + c.len_utf8(), "hier staat een onzichtbaar stuurteken");
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
    Ok(Asset::new(source, path, read(file)?))
}

/// Returns the path from the root, in Unicode normalisation form C and with `/` on every system.
///
/// A Mac may store `é` as `e` followed by a combining accent.
fn name(root: &Path, file: &Path) -> String {
    let relative = file.strip_prefix(root).unwrap_or(file);
    let name =
        relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
    if name.is_ascii() { name } else { name.nfc().collect() }
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("`{}` is niet te lezen", file.display()))
}

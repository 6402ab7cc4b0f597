//! Reads the project's content and templates. The only stage that reads.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
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
    let config_file = root.join("content/site.toml");
    if !config_file.is_file() {
        bail!("`{}` is geen map van een site: `content/site.toml` ontbreekt", root.display());
    }
    let mut reader = Reader { root, problems };
    let config = reader.text(&config_file)?;
    let mut pages = Vec::new();
    let mut assets = Vec::new();
    for file in reader.files("content")? {
        match file.extension() {
            Some(extension) if extension == "md" => pages.extend(reader.text(&file)?),
            _ if file == config_file => {}
            _ => assets.push(reader.asset(&file, "content")?),
        }
    }
    let mut templates = Vec::new();
    for file in reader.files("templates")? {
        if file.starts_with(root.join("templates/static")) {
            assets.push(reader.asset(&file, "templates/static")?);
        } else {
            templates.extend(reader.text(&file)?);
        }
    }
    Ok(Sources { config, pages, assets, templates })
}

struct Reader<'a> {
    root: &'a Path,
    problems: &'a mut Problems,
}

impl Reader<'_> {
    /// The regular files below a folder; names that begin with a dot are passed over.
    fn files(&mut self, folder: &str) -> Result<Vec<PathBuf>> {
        let hidden = |entry: &walkdir::DirEntry| entry.file_name().to_string_lossy().starts_with('.');
        let mut files = Vec::new();
        for entry in
            WalkDir::new(self.root.join(folder)).sort_by_file_name().into_iter().filter_entry(|e| !hidden(e))
        {
            let entry = entry.with_context(|| format!("`{folder}` is niet te lezen"))?;
            if entry.path_is_symlink() {
                let problem = Problem::in_file(&self.name(entry.path()), "dit is een symbolische link")
                    .help("zet het bestand zelf in deze map");
                self.problems.push(problem);
            } else if entry.file_type().is_file() {
                files.push(entry.into_path());
            }
        }
        Ok(files)
    }

    fn text(&mut self, file: &Path) -> Result<Option<Arc<Source>>> {
        let path = self.name(file);
        let bytes = read(file)?;
        match String::from_utf8(bytes) {
            Ok(text) => {
                let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
                Ok(Some(Arc::new(Source { path, text })))
            }
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let line = 1 + error.as_bytes()[..valid].iter().filter(|&&byte| byte == b'\n').count();
                let problem = Problem::in_file(&path, format!("regel {line} is geen UTF-8"))
                    .help("sla het bestand op met de codering UTF-8");
                self.problems.push(problem);
                Ok(None)
            }
        }
    }

    fn asset(&self, file: &Path, base: &str) -> Result<Asset> {
        let source = self.name(file);
        let path = source[base.len() + 1..].to_owned();
        Ok(Asset { source, path, bytes: read(file)? })
    }

    /// The path from the root, with `/` on every system.
    fn name(&self, file: &Path) -> String {
        let relative = file.strip_prefix(self.root).unwrap_or(file);
        relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
    }
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("`{}` is niet te lezen", file.display()))
}

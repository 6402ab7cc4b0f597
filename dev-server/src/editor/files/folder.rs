//! The folder with the pages' files.

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::{NamedTempFile, PersistError};

/// The folder with the pages' files.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    /// Held from reading a file until it is written, so that nobody writes in between.
    changing: Mutex<()>,
}

/// Why a file cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The path does not lead to a page's file.
    #[error("deze pagina is er niet of niet meer")]
    NoPage,
    /// There is something else at the new path.
    #[error("daar staat al iets; kies een andere naam")]
    Taken,
    /// Another program has changed a file meanwhile, so that what was found in it is not there any more.
    #[error("een ander programma heeft de bestanden intussen gewijzigd; kijk ze na en probeer het opnieuw")]
    Changed,
    /// The file is not UTF-8.
    #[error("dit bestand is geen tekst in UTF-8; sla het in een tekstprogramma op met de codering UTF-8")]
    NoText,
    /// Reading or writing failed.
    #[error("het bestand is niet te lezen of te schrijven: {0}")]
    Failed(#[from] io::Error),
}

const BOM: char = '\u{feff}';

impl Folder {
    /// Returns the folder of a site.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), changing: Mutex::default() }
    }

    /// Returns the text of a page's file, without a byte-order mark. The path is from the root: `content/contact.md`.
    ///
    /// # Errors
    /// Fails if there is no such page or if its file cannot be read.
    pub fn open(&self, path: &str) -> Result<String, FolderError> {
        let text = read(&self.file(path)?)?;
        Ok(text.strip_prefix(BOM).map_or_else(|| text.clone(), str::to_owned))
    }

    /// Changes a page's file: `change` gets its text and returns the new one, or why it must stay as it is.
    ///
    /// The file is replaced in one step, so that whatever happens it holds the old or the new text.
    ///
    /// # Errors
    /// Fails if there is no such page, or if its file cannot be read or written. Then nothing has changed.
    pub fn update<E>(
        &self,
        path: &str,
        change: impl Fn(&str) -> Result<String, E>,
    ) -> Result<Result<(), E>, FolderError> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let file = self.file(path)?;
        let mut before = read(&file)?;
        loop {
            let text = before.strip_prefix(BOM).unwrap_or(&before);
            let new = match change(text) {
                Ok(new) if new == text => return Ok(Ok(())),
                Ok(new) => new,
                Err(error) => return Ok(Err(error)),
            };
            let mark = if text.len() < before.len() { "\u{feff}" } else { "" };
            // Another program may have written the file meanwhile.
            let now = read(&file)?;
            if now == before {
                replace(&file, &format!("{mark}{new}"))?;
                return Ok(Ok(()));
            }
            before = now;
        }
    }

    /// Puts a file beside a page, under the first name that is free: `foto.jpg`, `foto-2.jpg`. Returns that name.
    ///
    /// # Errors
    /// Fails if there is no such page, or if the file cannot be written.
    pub fn put_beside(
        &self,
        page: &str,
        (stem, ending): (&str, &str),
        bytes: &[u8],
    ) -> Result<String, FolderError> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let page = self.file(page)?;
        let folder = page.parent().unwrap_or_else(|| Path::new("."));
        let mut new = like(&page, bytes)?;
        for number in 1.. {
            let name = match number {
                1 => format!("{stem}.{ending}"),
                _ => format!("{stem}-{number}.{ending}"),
            };
            match new.persist_noclobber(folder.join(&name)) {
                Ok(_) => return Ok(name),
                Err(PersistError { error, file }) if error.kind() == ErrorKind::AlreadyExists => new = file,
                Err(PersistError { error, .. }) => return Err(error.into()),
            }
        }
        Err(FolderError::Taken)
    }

    /// Moves a page to another path. A page with a folder of its own takes all that is in there with it.
    ///
    /// # Errors
    /// Fails if there is no such page, if there is anything at the other path, or if it cannot be moved.
    pub fn rename(&self, from: &str, to: &str) -> Result<(), FolderError> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        self.file(from)?;
        let (from, to) = (whole(from), whole(to));
        let to = self.below_content(to)?;
        if fs::symlink_metadata(&to).is_ok() {
            return Err(FolderError::Taken);
        }
        Ok(fs::rename(self.below_content(from)?, to)?)
    }

    /// Takes a page away, with its folder if it has one of its own, and keeps it in another folder, below the same path.
    ///
    /// # Errors
    /// Fails if there is no such page, or if it cannot be moved. Then it is still there.
    pub fn take_away(&self, path: &str, to: &Path) -> Result<(), FolderError> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        self.file(path)?;
        let from = self.below_content(whole(path))?;
        let kept = to.join(whole(path));
        fs::create_dir_all(kept.parent().unwrap_or(to))?;
        copy(&from, &kept)?;
        let removed = if from.is_dir() { fs::remove_dir_all(from) } else { fs::remove_file(from) };
        Ok(removed?)
    }

    /// Brings back a page that was taken away, from the folder in which it is kept.
    ///
    /// # Errors
    /// Fails if there is something at its path by now, or if it cannot be moved.
    pub fn bring_back(&self, path: &str, from: &Path) -> Result<(), FolderError> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let to = self.below_content(whole(path))?;
        if fs::symlink_metadata(&to).is_ok() {
            return Err(FolderError::Taken);
        }
        copy(&from.join(whole(path)), &to)?;
        Ok(fs::remove_dir_all(from)?)
    }

    /// Returns the file of a page, unless the path leads elsewhere.
    fn file(&self, path: &str) -> Result<PathBuf, FolderError> {
        if !path.ends_with(".md") {
            return Err(FolderError::NoPage);
        }
        let file = self.below_content(path)?;
        if file.is_file() { Ok(file) } else { Err(FolderError::NoPage) }
    }

    /// Returns the place of a path below `content/`, unless a symbolic link leads elsewhere. There may be nothing yet.
    fn below_content(&self, path: &str) -> Result<PathBuf, FolderError> {
        let below = path.strip_prefix("content/").ok_or(FolderError::NoPage)?;
        // Another spelling of the path would be another page for the generator.
        if below
            .split('/')
            .any(|part| part.is_empty() || part.starts_with('.') || part.contains(['\\', '\0']))
        {
            return Err(FolderError::NoPage);
        }
        let mut file = self.root.join("content");
        for part in Path::new(below).components() {
            let Component::Normal(part) = part else { return Err(FolderError::NoPage) };
            file.push(part);
            match fs::symlink_metadata(&file).map_err(missing) {
                Ok(metadata) if metadata.is_symlink() => return Err(FolderError::NoPage),
                Ok(_) | Err(FolderError::NoPage) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(file)
    }
}

/// Returns the path of a page's own folder if it has one, or that of its file.
pub fn whole(path: &str) -> &str {
    path.strip_suffix("/index.md").unwrap_or(path)
}

/// Copies a file, or a folder with all that is in it. Symbolic links are left out.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if !from.is_dir() {
        return fs::copy(from, to).map(drop);
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if !entry.file_type()?.is_symlink() {
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

fn missing(error: io::Error) -> FolderError {
    match error.kind() {
        ErrorKind::NotFound
        | ErrorKind::NotADirectory
        | ErrorKind::InvalidInput
        | ErrorKind::InvalidFilename => FolderError::NoPage,
        _ => error.into(),
    }
}

fn read(file: &Path) -> Result<String, FolderError> {
    String::from_utf8(fs::read(file).map_err(missing)?).map_err(|_| FolderError::NoText)
}

/// Replaces a file in one step, and keeps its permissions.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    like(file, text.as_bytes())?.persist(file)?;
    Ok(())
}

/// Writes a file beside another one, with its permissions and without a name of its own yet.
fn like(file: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let folder = file.parent().unwrap_or_else(|| Path::new("."));
    // The generator skips names that start with a dot.
    let mut new = tempfile::Builder::new().prefix(".").tempfile_in(folder)?;
    new.write_all(bytes)?;
    new.as_file().set_permissions(fs::metadata(file)?.permissions())?;
    new.as_file().sync_all()?;
    Ok(new)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn site() -> (tempfile::TempDir, Folder) {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("content/nieuws")).unwrap();
        fs::write(root.path().join("content/nieuws/a.md"), "\u{feff}een").unwrap();
        fs::write(root.path().join("elders.md"), "geheim").unwrap();
        let folder = Folder::new(root.path());
        (root, folder)
    }

    #[test]
    fn only_pages_below_content_can_be_opened() {
        let (root, folder) = site();
        assert_eq!(folder.open("content/nieuws/a.md").unwrap(), "een");
        fs::write(root.path().join("content/.verborgen.md"), "x").unwrap();
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("../elders.md", root.path().join("content/link.md")).unwrap();
            std::os::unix::fs::symlink("nieuws", root.path().join("content/map")).unwrap();
        }
        for path in [
            "elders.md",
            "content/../elders.md",
            "content/nieuws/../../elders.md",
            "content//elders.md",
            "content/nieuws",
            "content/nieuws/b.md",
            "content/nieuws/a.md/b.md",
            "content/.verborgen.md",
            "content/link.md",
            "content/map/a.md",
            "/etc/passwd",
            "content//etc/hostname.md",
            "content/a\0.md",
            "content/nieuws/./a.md",
            "content/nieuws//a.md",
            &format!("content/{}.md", "a".repeat(300)),
        ] {
            assert!(folder.open(path).is_err(), "{path}");
        }
    }

    #[test]
    fn a_change_keeps_the_mark_and_the_permissions_and_leaves_nothing_behind() {
        let (root, folder) = site();
        let file = root.path().join("content/nieuws/a.md");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        }
        let permissions = fs::metadata(&file).unwrap().permissions();
        let double = |text: &str| Ok::<_, Infallible>(text.repeat(2));
        folder.update("content/nieuws/a.md", double).unwrap().unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "\u{feff}eeneen");
        assert_eq!(fs::metadata(&file).unwrap().permissions(), permissions);
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
        let refused = folder.update("content/nieuws/a.md", |_| Err::<String, _>("nee")).unwrap();
        assert_eq!(refused, Err("nee"));
        assert_eq!(fs::read_to_string(&file).unwrap(), "\u{feff}eeneen");
    }
}

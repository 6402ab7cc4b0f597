//! What stands in the output folder when a build begins.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use hashbrown::HashSet;

/// The files in an output folder.
#[derive(Debug)]
pub(super) struct InPlace {
    folder: PathBuf,
    /// The names at the top of the folder.
    top: HashSet<OsString>,
}

impl InPlace {
    /// Returns what stands in a folder; nothing if it does not exist.
    ///
    /// # Errors
    /// Returns an error if the folder can't be read.
    pub(super) fn of(folder: &Path) -> Result<Self> {
        let top = match fs::read_dir(folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(HashSet::new()),
            entries => entries.and_then(|entries| entries.map(|entry| Ok(entry?.file_name())).collect()),
        };
        let top = top.with_context(|| format!("`{}` is niet te lezen", folder.display()))?;
        Ok(Self { folder: folder.to_owned(), top })
    }

    /// Reads a file.
    ///
    /// # Errors
    /// Returns an error of the kind `NotFound` if there is none, or another if it can't be read.
    pub(super) fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let (top, _) = path.split_once('/').unwrap_or((path, ""));
        // In a clean build, this spares a look for each file.
        if !self.top.contains(OsStr::new(top)) {
            return Err(ErrorKind::NotFound.into());
        }
        fs::read(self.folder.join(path))
    }
}

//! What stands in the output folder when a build begins.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use anyhow::{Context, Result};

/// The beginning of the names of the files that a build keeps for itself.
const OWN: &str = ".site-gen";

/// The files in an output folder.
#[derive(Debug)]
pub(super) struct InPlace {
    is_empty: bool,
}

impl InPlace {
    /// Returns what stands in a folder; nothing if it does not exist.
    ///
    /// # Errors
    /// Returns an error if the folder can't be read.
    pub(super) fn of(folder: &Path) -> Result<Self> {
        let is_empty =
            is_empty(folder).with_context(|| format!("`{}` is niet te lezen", folder.display()))?;
        Ok(Self { is_empty })
    }

    /// Reads a file in the folder.
    ///
    /// # Errors
    /// Returns an error of the kind `NotFound` if there is none, or another if it can't be read.
    pub(super) fn read(&self, file: &Path) -> io::Result<Vec<u8>> {
        // This spares a clean build a look for each file.
        if self.is_empty { Err(ErrorKind::NotFound.into()) } else { fs::read(file) }
    }
}

/// Returns whether there is nothing in a folder but what a build keeps for itself.
fn is_empty(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        entries => {
            for entry in entries? {
                if !entry?.file_name().to_string_lossy().starts_with(OWN) {
                    return Ok(false);
                }
            }
            Ok(true)
        }
    }
}

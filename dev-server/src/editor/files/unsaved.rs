//! What was typed into forms but not saved, so that a closed tab loses at most a few seconds.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The folder with what was typed but not saved.
#[derive(Debug)]
pub struct UnsavedForms {
    folder: PathBuf,
}

/// A form that was not saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnsavedForm {
    /// When the last letter came in.
    pub typed_at: Timestamp,
    /// The names and values of the form.
    pub sent: Vec<(String, String)>,
}

impl UnsavedForms {
    /// Returns the folder below that with the sign-ups.
    pub fn new(data: &Path) -> Self {
        Self { folder: data.join("redactie") }
    }

    /// Keeps what was typed about a page, in place of what was typed about it before.
    ///
    /// # Errors
    /// Fails if it cannot be written.
    pub fn keep(&self, path: &str, form: &UnsavedForm) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let mut new = tempfile::Builder::new().prefix(".").tempfile_in(&self.folder)?;
        serde_json::to_writer(&mut new, form)?;
        new.persist(self.file(path))?;
        Ok(())
    }

    /// Returns what was typed about a page, if anything. What cannot be read counts as nothing.
    pub fn of(&self, path: &str) -> Option<UnsavedForm> {
        serde_json::from_slice(&fs::read(self.file(path)).ok()?).ok()
    }

    /// Returns the folder for pages that were taken away.
    pub fn taken_away(&self) -> PathBuf {
        self.folder.join("weggehaald")
    }

    /// Forgets what was typed about a page.
    ///
    /// # Errors
    /// Fails if it cannot be removed.
    pub fn forget(&self, path: &str) -> io::Result<()> {
        match fs::remove_file(self.file(path)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn file(&self, path: &str) -> PathBuf {
        let name: String = path.bytes().map(|byte| format!("{byte:02x}")).collect();
        // The longest name that every file system takes, with the end of the path.
        self.folder.join(&name[name.len().saturating_sub(240)..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_kept_until_it_is_forgotten() {
        let data = tempfile::tempdir().unwrap();
        let unsaved = UnsavedForms::new(data.path());
        let form =
            UnsavedForm { typed_at: Timestamp::UNIX_EPOCH, sent: vec![("title".into(), "Een".into())] };
        assert_eq!(unsaved.of("content/a.md"), None);
        unsaved.keep("content/a.md", &form).unwrap();
        assert_eq!(unsaved.of("content/a.md"), Some(form));
        assert_eq!(unsaved.of("content/b.md"), None);
        unsaved.forget("content/a.md").unwrap();
        unsaved.forget("content/a.md").unwrap();
        assert_eq!(unsaved.of("content/a.md"), None);
    }
}

//! Staged files: complete, but not in place yet.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use hashbrown::HashSet;

/// The folder of staged files within the output folder.
pub(super) const ASIDE: &str = ".site-gen.new";
/// The folder within it of those for which there is no file in place. They have their paths there, and the others numbers.
const NEW: &str = "new";

/// The staged files of one output folder.
#[derive(Debug)]
pub(super) struct Aside {
    folder: PathBuf,
    new: PathBuf,
}

impl Aside {
    /// Returns the staged files of an output folder.
    pub(super) fn of(output: &Path) -> Self {
        let folder = output.join(ASIDE);
        Self { new: folder.join(NEW), folder }
    }

    /// Returns where the file with a number is staged, which replaces one in place.
    pub(super) fn changed(&self, number: usize) -> PathBuf {
        self.folder.join(number.to_string())
    }

    /// Returns where a new file is staged, by its path in the output folder.
    pub(super) fn new_file(&self, path: &str) -> PathBuf {
        self.new.join(path)
    }

    /// Stages a file that replaces one in place.
    ///
    /// # Errors
    /// Returns an error if it can't be written.
    pub(super) fn write_changed(&self, number: usize, bytes: &[u8]) -> Result<()> {
        let file = self.changed(number);
        with_folder(&file, || fs::write(&file, bytes)).with_context(|| unwritable(&file))
    }

    /// Stages a new file, and returns what the file system keeps about it.
    ///
    /// # Errors
    /// Returns an error if it can't be written.
    pub(super) fn write_new(&self, path: &str, bytes: &[u8]) -> Result<Metadata> {
        let file = self.new_file(path);
        let write = || {
            // Most new files are pages in folders of their own. To look for such a folder first would wait for the other
            // threads, which make theirs.
            match file.parent().map(fs::create_dir) {
                Some(Err(error)) if error.kind() == ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut created = File::create(&file)?;
            created.write_all(bytes)?;
            created.metadata()
        };
        with_folder(&file, write).with_context(|| unwritable(&file))
    }

    /// Moves each folder of new files for which there is none in place yet, with all that is in it. Returns these folders.
    ///
    /// `new` has the paths of the new files, sorted. What could not be moved is still staged.
    pub(super) fn move_new_folders<'a>(&self, output: &Path, new: impl Iterator<Item = &'a str>) -> Folders {
        let mut moved = Folders::default();
        let mut standing: HashSet<&str> = HashSet::new();
        for path in new {
            if moved.have(path) {
                continue;
            }
            for (slash, _) in path.match_indices('/') {
                let parent = &path[..=slash];
                let (from, to) = (self.new.join(parent), output.join(parent));
                if !standing.contains(parent) && is_free(&to) && fs::rename(from, to).is_ok() {
                    moved.0.push(parent.to_owned());
                    break;
                }
                standing.insert(parent);
            }
        }
        moved
    }

    /// Removes all staged files.
    ///
    /// # Errors
    /// Returns an error if they can't be removed.
    pub(super) fn clear(&self) -> Result<()> {
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(error).with_context(|| format!("`{ASIDE}` is niet te verwijderen"))
            }
            _ => Ok(()),
        }
    }
}

/// Folders, sorted, each with a `/` at the end.
#[derive(Debug, Default)]
pub(super) struct Folders(Vec<String>);

impl Folders {
    /// Returns whether a file is in one of the folders.
    pub(super) fn have(&self, path: &str) -> bool {
        let next = self.0.partition_point(|folder| folder.as_str() <= path);
        next.checked_sub(1).is_some_and(|last| path.starts_with(&self.0[last]))
    }
}

/// Returns whether there is nothing at a path.
fn is_free(path: &Path) -> bool {
    fs::symlink_metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound)
}

/// Moves a complete file to where there is none, and makes its folder if necessary.
///
/// # Errors
/// Returns an error if it can't be moved, or if somebody has put a file there since the build began.
pub(super) fn move_new(staged: &Path, target: &Path) -> io::Result<()> {
    match is_free(target) {
        true => move_to(staged, target),
        false => Err(io::Error::other("hier staat intussen een bestand dat site-gen niet heeft geschreven")),
    }
}

/// Moves a complete file into place atomically, and makes its folder if necessary.
///
/// # Errors
/// Returns an error if it can't be moved.
pub(super) fn move_to(staged: &Path, target: &Path) -> io::Result<()> {
    with_folder(target, || fs::rename(staged, target))
}

/// Makes a file, and first its folder if that does not exist.
fn with_folder<T>(file: &Path, make: impl Fn() -> io::Result<T>) -> io::Result<T> {
    match (make(), file.parent()) {
        (Err(error), Some(folder)) if error.kind() == ErrorKind::NotFound => {
            fs::create_dir_all(folder)?;
            make()
        }
        (made, _) => made,
    }
}

fn unwritable(file: &Path) -> String {
    format!("`{}` is niet te schrijven", file.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_folder_moves_whole_and_one_in_place_stays() {
        let output = tempfile::tempdir().unwrap();
        fs::create_dir(output.path().join("a")).unwrap();
        fs::write(output.path().join("a/theirs"), "x").unwrap();
        let aside = Aside::of(output.path());
        let new = ["a-b/1", "a/1", "a/b/c/1", "a/b/c/2", "a/b/d", "e"];
        for path in new {
            aside.write_new(path, path.as_bytes()).unwrap();
        }
        let moved = aside.move_new_folders(output.path(), new.into_iter());
        assert_eq!(moved.0, ["a-b/", "a/b/"]);
        let (whole, single): (Vec<&str>, Vec<&str>) = new.into_iter().partition(|path| moved.have(path));
        assert_eq!(single, ["a/1", "e"]);
        for path in single {
            assert!(!output.path().join(path).exists());
            move_new(&aside.new_file(path), &output.path().join(path)).unwrap();
        }
        for path in whole.into_iter().chain(["a/1", "e"]) {
            assert_eq!(fs::read_to_string(output.path().join(path)).unwrap(), path);
        }
        aside.write_new("a/theirs", b"ours").unwrap();
        move_new(&aside.new_file("a/theirs"), &output.path().join("a/theirs")).unwrap_err();
        assert_eq!(fs::read_to_string(output.path().join("a/theirs")).unwrap(), "x");
        aside.clear().unwrap();
        assert!(!output.path().join(ASIDE).exists());
    }
}

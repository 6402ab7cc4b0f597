//! Files to disk. The only stage that writes.
//!
//! A file that is there already with the same bytes stays untouched; each other
//! is put aside first and moved into its place once all of them are there, so
//! that a build with a problem changes nothing. What an earlier build wrote but
//! this one does not is removed. `.site-gen` in the output folder lists what
//! site-gen wrote; nothing else is ever replaced or removed.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use rayon::prelude::*;

use crate::render::Output;

/// What a build did to the output folder, in files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// New or changed.
    pub written: usize,
    /// There already with the same bytes.
    pub unchanged: usize,
    /// No longer made of any source.
    pub removed: usize,
}

const LIST: &str = ".site-gen";
const ASIDE: &str = ".site-gen.new";

/// The files of one build on their way to the output folder.
#[derive(Debug)]
pub struct Staging {
    folder: PathBuf,
    before: BTreeSet<String>,
    put: Mutex<Put>,
}

#[derive(Debug, Default)]
struct Put {
    /// Every path of this build that site-gen wrote, now or before.
    ours: BTreeSet<String>,
    unchanged: usize,
    /// Those whose new bytes lie aside, under their number.
    changed: Vec<String>,
}

impl Staging {
    /// Begins a build into a folder, which may be there already.
    ///
    /// # Errors
    /// When the folder can't be made or read.
    pub fn begin(folder: &Path) -> Result<Self> {
        let staging = Self { folder: folder.to_owned(), before: read_list(folder)?, put: Mutex::default() };
        staging.clear()?;
        Ok(staging)
    }

    /// Takes a file in; may be called from several threads at once.
    ///
    /// # Errors
    /// When a file that site-gen did not write is in its place, or the disk refuses.
    pub fn put(&self, output: &Output) -> Result<()> {
        let target = self.folder.join(&output.path);
        let is_changed = match fs::read(&target) {
            Ok(bytes) if bytes == output.bytes => false,
            Ok(_) if !self.before.contains(&output.path) => bail!(in_the_way(&target)),
            Ok(_) => true,
            Err(error) => match error.kind() {
                ErrorKind::NotFound => true,
                // A folder is in the file's place: ours and stale, or the disk will refuse.
                ErrorKind::IsADirectory => true,
                ErrorKind::NotADirectory => {
                    self.check_parents(&output.path)?;
                    true
                }
                _ => return Err(error).with_context(|| format!("`{}` is niet te lezen", target.display())),
            },
        };
        let number = {
            let mut put = self.put.lock().unwrap_or_else(PoisonError::into_inner);
            if !is_changed {
                put.unchanged += 1;
                // The same bytes, but of somebody else: theirs they stay.
                if self.before.contains(&output.path) {
                    put.ours.insert(output.path.clone());
                }
                return Ok(());
            }
            if !put.ours.insert(output.path.clone()) {
                bail!("`{}` wordt twee keer gemaakt", output.path);
            }
            put.changed.push(output.path.clone());
            put.changed.len() - 1
        };
        let aside = self.aside(number);
        let written = match fs::write(&aside, &output.bytes) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                fs::create_dir_all(self.folder.join(ASIDE)).and_then(|()| fs::write(&aside, &output.bytes))
            }
            written => written,
        };
        written.with_context(|| format!("`{}` is niet te schrijven", aside.display()))
    }

    /// Refuses a path through a file that is not ours.
    fn check_parents(&self, path: &str) -> Result<()> {
        for (slash, _) in path.match_indices('/') {
            let parent = self.folder.join(&path[..slash]);
            if parent.is_file() && !self.before.contains(&path[..slash]) {
                bail!(in_the_way(&parent));
            }
        }
        Ok(())
    }

    /// Moves every file to its place, and removes what no source makes any more.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn commit(self) -> Result<Written> {
        let put = std::mem::take(&mut *self.put.lock().unwrap_or_else(PoisonError::into_inner));
        let folder = &self.folder;
        fs::create_dir_all(folder).with_context(|| format!("`{}` is niet te maken", folder.display()))?;
        let stale: Vec<&String> = self.before.difference(&put.ours).collect();
        if self.before != put.ours {
            // Before anything is moved, so that a build that is cut off knows what it wrote.
            write_list(folder, self.before.union(&put.ours))?;
        }
        for path in &stale {
            remove(folder, path)?;
        }
        put.changed.par_iter().enumerate().try_for_each(|(number, path)| {
            let target = folder.join(path);
            move_to(&self.aside(number), &target)
                .with_context(|| format!("`{}` is niet te schrijven", target.display()))
        })?;
        if !stale.is_empty() {
            write_list(folder, put.ours.iter())?;
        }
        self.clear()?;
        Ok(Written { written: put.changed.len(), unchanged: put.unchanged, removed: stale.len() })
    }

    /// Drops what lies aside: the build had a problem.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn abandon(self) -> Result<()> {
        self.clear()
    }

    fn aside(&self, number: usize) -> PathBuf {
        self.folder.join(ASIDE).join(number.to_string())
    }

    fn clear(&self) -> Result<()> {
        match fs::remove_dir_all(self.folder.join(ASIDE)) {
            Err(error) if !matches!(error.kind(), ErrorKind::NotFound) => {
                Err(error).with_context(|| format!("`{ASIDE}` is niet te verwijderen"))
            }
            _ => Ok(()),
        }
    }
}

fn in_the_way(file: &Path) -> String {
    let file = file.display();
    format!(
        "`{file}` staat in de weg: site-gen heeft het niet geschreven. Verplaats het of kies een andere map"
    )
}

fn read_list(folder: &Path) -> Result<BTreeSet<String>> {
    match fs::read_to_string(folder.join(LIST)) {
        Ok(list) => Ok(list.lines().filter(|line| is_below(line)).map(str::to_owned).collect()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(BTreeSet::new()),
        Err(error) => Err(error).with_context(|| format!("`{LIST}` is niet te lezen")),
    }
}

/// Whether a path stays within the folder, whatever somebody has done to the list.
fn is_below(path: &str) -> bool {
    !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

fn write_list<'a>(folder: &Path, paths: impl Iterator<Item = &'a String>) -> Result<()> {
    let mut list = String::new();
    for path in paths {
        list.push_str(path);
        list.push('\n');
    }
    let partial = folder.join(".site-gen.partial");
    fs::write(&partial, list)
        .and_then(|()| fs::rename(&partial, folder.join(LIST)))
        .with_context(|| format!("`{LIST}` is niet te schrijven"))
}

/// Puts a whole file in place in one step.
fn move_to(aside: &Path, target: &Path) -> std::io::Result<()> {
    match (fs::rename(aside, target), target.parent()) {
        (Err(error), Some(parent)) if error.kind() == ErrorKind::NotFound => {
            fs::create_dir_all(parent)?;
            fs::rename(aside, target)
        }
        (moved, _) => moved,
    }
}

/// Removes a file, and the folders that it leaves empty.
fn remove(folder: &Path, path: &str) -> Result<()> {
    match fs::remove_file(folder.join(path)) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("`{path}` is niet te verwijderen"));
        }
        _ => {}
    }
    let parents = Path::new(path).ancestors().skip(1).filter(|parent| !parent.as_os_str().is_empty());
    for parent in parents {
        // A folder with anything else in it stays, and so do those above it.
        if fs::remove_dir(folder.join(parent)).is_err() {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(path: &str, text: &str) -> Output {
        Output { path: path.into(), bytes: text.into() }
    }

    fn written(written: usize, unchanged: usize, removed: usize) -> Written {
        Written { written, unchanged, removed }
    }

    fn write(outputs: &[Output], folder: &Path) -> Result<Written> {
        let staging = Staging::begin(folder)?;
        for output in outputs {
            staging.put(output)?;
        }
        staging.commit()
    }

    #[test]
    fn only_what_differs_is_written_and_only_what_is_ours_removed() {
        let folder = tempfile::tempdir().unwrap();
        let write = |outputs: &[Output]| write(outputs, folder.path()).unwrap();
        assert_eq!(write(&[output("site/a/index.html", "1"), output("site/b.html", "2")]), written(2, 0, 0));
        assert_eq!(write(&[output("site/a/index.html", "1"), output("site/b.html", "2")]), written(0, 2, 0));
        fs::write(folder.path().join("site/theirs.txt"), "x").unwrap();
        assert_eq!(write(&[output("site/b.html", "3")]), written(1, 0, 1));
        assert!(!folder.path().join("site/a").exists(), "the emptied folder is gone");
        assert!(folder.path().join("site/theirs.txt").exists());
        assert_eq!(write(&[]), written(0, 0, 1));
        assert!(folder.path().join("site/theirs.txt").exists());
        assert!(!folder.path().join(ASIDE).exists());
    }

    #[test]
    fn a_file_of_somebody_else_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("theirs.html"), "x").unwrap();
        let error = write(&[output("a.html", "1"), output("theirs.html", "2")], folder.path()).unwrap_err();
        assert!(error.to_string().contains("staat in de weg"), "{error}");
        assert!(!folder.path().join("a.html").exists(), "nothing is written");
        let error = write(&[output("a.html", "1"), output("theirs.html/x", "2")], folder.path()).unwrap_err();
        assert!(error.to_string().contains("staat in de weg"), "{error}");
        // Nor adopted, and so removed, where it happens to be the same.
        write(&[output("theirs.html", "x")], folder.path()).unwrap();
        write(&[], folder.path()).unwrap();
        assert!(folder.path().join("theirs.html").exists());
    }

    #[test]
    fn an_abandoned_build_leaves_everything_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        write(&[output("a.html", "1")], folder.path()).unwrap();
        let staging = Staging::begin(folder.path()).unwrap();
        staging.put(&output("a.html", "2")).unwrap();
        staging.put(&output("b.html", "2")).unwrap();
        staging.abandon().unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("a.html")).unwrap(), "1");
        assert!(!folder.path().join("b.html").exists());
        assert!(!folder.path().join(ASIDE).exists());
    }

    #[test]
    fn a_page_may_become_a_folder_and_a_folder_a_page() {
        let folder = tempfile::tempdir().unwrap();
        let write = |outputs: &[Output]| write(outputs, folder.path()).unwrap();
        write(&[output("a", "1"), output("b/c", "2")]);
        assert_eq!(write(&[output("a/d", "1"), output("b", "2")]), written(2, 0, 2));
    }

    #[test]
    fn a_list_that_points_outside_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        fs::create_dir(&out).unwrap();
        fs::write(folder.path().join("precious"), "x").unwrap();
        fs::write(out.join(LIST), "../precious\n/etc/hostname\n").unwrap();
        write(&[], &out).unwrap();
        assert!(folder.path().join("precious").exists());
    }
}

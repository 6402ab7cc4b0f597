//! Files to disk. The only stage that writes.
//!
//! A file that is there already with the same bytes stays untouched; each other
//! is put aside first and moved into its place once all of them are there, so
//! that a build with a problem changes nothing. What an earlier build wrote but
//! this one does not is removed. The manifest in the output folder lists what
//! site-gen wrote; nothing else is ever replaced or removed.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result, bail};
use rayon::prelude::*;

use crate::output::manifest::{BuildRecord, Manifest};
use crate::source::stamp::Stamp;

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

const ASIDE: &str = ".site-gen.new";

/// The files of one build on their way to the output folder.
#[derive(Debug)]
pub struct Staging<'a> {
    folder: PathBuf,
    before: &'a Manifest,
    put: Mutex<Put>,
}

#[derive(Debug, Default)]
struct Put {
    /// Every path of this build that site-gen wrote, now or before.
    ours: Vec<(String, Bytes)>,
    /// How many lie aside.
    changed: usize,
    /// How many of somebody else have the same bytes.
    theirs: usize,
}

/// Where the bytes of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Bytes {
    /// In place, with the stamp that the manifest tells.
    Standing,
    /// In place.
    Same,
    /// Aside, under this number.
    Aside(usize),
}

impl<'a> Staging<'a> {
    /// Begins a build into a folder with the manifest of the build before.
    ///
    /// # Errors
    /// When the folder can't be cleared of what an earlier build put aside.
    pub fn begin(folder: &Path, before: &'a Manifest) -> Result<Self> {
        let staging = Self { folder: folder.to_owned(), before, put: Mutex::default() };
        staging.clear()?;
        Ok(staging)
    }

    /// Takes in a file that stands as it would be made.
    pub fn keep(&self, path: String) {
        self.lock().ours.push((path, Bytes::Standing));
    }

    /// Takes a file in; may be called from several threads at once.
    ///
    /// # Errors
    /// When a file that site-gen did not write is in its place, or the disk refuses.
    pub fn put(&self, path: String, bytes: &[u8]) -> Result<()> {
        let target = self.folder.join(&path);
        let is_ours = self.before.files.contains_key(&path);
        let is_changed = match fs::read(&target) {
            Ok(there) if there == bytes => false,
            Ok(_) if !is_ours => bail!(in_the_way(&target)),
            Ok(_) => true,
            Err(error) => match error.kind() {
                ErrorKind::NotFound => true,
                // A folder is in the file's place: ours and stale, or the disk will refuse.
                ErrorKind::IsADirectory => true,
                ErrorKind::NotADirectory => {
                    self.check_parents(&path)?;
                    true
                }
                _ => return Err(error).with_context(|| format!("`{}` is niet te lezen", target.display())),
            },
        };
        let number = {
            let mut put = self.lock();
            match (is_changed, is_ours) {
                // The same bytes, but of somebody else: theirs they stay.
                (false, false) => {
                    put.theirs += 1;
                    return Ok(());
                }
                (false, true) => {
                    put.ours.push((path, Bytes::Same));
                    return Ok(());
                }
                (true, _) => {
                    let number = put.changed;
                    put.changed += 1;
                    put.ours.push((path, Bytes::Aside(number)));
                    number
                }
            }
        };
        let aside = self.aside(number);
        let written = match fs::write(&aside, bytes) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                fs::create_dir_all(self.folder.join(ASIDE)).and_then(|()| fs::write(&aside, bytes))
            }
            written => written,
        };
        written.with_context(|| format!("`{}` is niet te schrijven", aside.display()))
    }

    /// Refuses a path through a file that is not ours.
    fn check_parents(&self, path: &str) -> Result<()> {
        for (slash, _) in path.match_indices('/') {
            let parent = self.folder.join(&path[..slash]);
            if parent.is_file() && !self.before.files.contains_key(&path[..slash]) {
                bail!(in_the_way(&parent));
            }
        }
        Ok(())
    }

    /// Moves every file to its place, removes what no source makes any more, and records the build.
    ///
    /// # Errors
    /// When a file was put twice, or the disk refuses.
    pub fn commit(self, build: BuildRecord) -> Result<Written> {
        let Put { mut ours, changed, theirs } = std::mem::take(&mut *self.lock());
        let (folder, before) = (&self.folder, &self.before.files);
        ours.sort_unstable();
        if let Some([(path, _), _]) = ours.array_windows().find(|[one, other]| one.0 == other.0) {
            bail!("`{path}` wordt twee keer gemaakt");
        }
        fs::create_dir_all(folder).with_context(|| format!("`{}` is niet te maken", folder.display()))?;
        let is_ours = |path: &String| ours.binary_search_by(|(ours, _)| ours.cmp(path)).is_ok();
        let stale: Vec<&String> = before.keys().filter(|path| !is_ours(path)).collect();
        if ours.iter().any(|(path, _)| !before.contains_key(path)) {
            // Before anything is moved, so that a build that is cut off knows what it wrote.
            let mut files = before.clone();
            for (path, _) in &ours {
                files.entry(path.clone()).or_default();
            }
            Manifest { build: None, files }.write(folder)?;
        }
        for path in &stale {
            remove(folder, path)?;
        }
        let place = |(path, bytes): &(String, Bytes)| {
            let target = folder.join(path);
            match bytes {
                Bytes::Standing => return Ok((path.clone(), before.get(path).copied().flatten())),
                Bytes::Same => {}
                Bytes::Aside(number) => move_to(&self.aside(*number), &target)
                    .with_context(|| format!("`{}` is niet te schrijven", target.display()))?,
            }
            let metadata =
                fs::metadata(&target).with_context(|| format!("`{}` is niet te lezen", target.display()))?;
            Ok((path.clone(), Stamp::new(&metadata)))
        };
        let files: Vec<_> = ours.par_iter().map(place).collect::<Result<_>>()?;
        let files: BTreeMap<String, Option<Stamp>> = files.into_iter().collect();
        let written =
            Written { written: changed, unchanged: ours.len() - changed + theirs, removed: stale.len() };
        let now = Manifest { build: Some(build), files };
        if now != *self.before {
            now.write(folder)?;
        }
        self.clear()?;
        Ok(written)
    }

    /// Drops what lies aside: the build had a problem.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn abandon(self) -> Result<()> {
        self.clear()
    }

    fn lock(&self) -> MutexGuard<'_, Put> {
        self.put.lock().unwrap_or_else(PoisonError::into_inner)
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
    use crate::source::fingerprint::Fingerprint;

    fn build() -> BuildRecord {
        let from = "2026-11-24T12:00:00Z".parse().unwrap();
        BuildRecord { fingerprint: Fingerprint::of("sources"), from, until: None, held_back: Vec::new() }
    }

    fn written(written: usize, unchanged: usize, removed: usize) -> Written {
        Written { written, unchanged, removed }
    }

    fn write(outputs: &[(&str, &str)], folder: &Path) -> Result<Written> {
        let before = Manifest::read(folder).unwrap();
        let staging = Staging::begin(folder, &before)?;
        for (path, text) in outputs {
            staging.put((*path).to_owned(), text.as_bytes())?;
        }
        staging.commit(build())
    }

    #[test]
    fn only_what_differs_is_written_and_only_what_is_ours_removed() {
        let folder = tempfile::tempdir().unwrap();
        let write = |outputs: &[(&str, &str)]| write(outputs, folder.path()).unwrap();
        assert_eq!(write(&[("site/a/index.html", "1"), ("site/b.html", "2")]), written(2, 0, 0));
        assert_eq!(write(&[("site/a/index.html", "1"), ("site/b.html", "2")]), written(0, 2, 0));
        fs::write(folder.path().join("site/theirs.txt"), "x").unwrap();
        assert_eq!(write(&[("site/b.html", "3")]), written(1, 0, 1));
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
        let error = write(&[("a.html", "1"), ("theirs.html", "2")], folder.path()).unwrap_err();
        assert!(error.to_string().contains("staat in de weg"), "{error}");
        assert!(!folder.path().join("a.html").exists(), "nothing is written");
        let error = write(&[("a.html", "1"), ("theirs.html/x", "2")], folder.path()).unwrap_err();
        assert!(error.to_string().contains("staat in de weg"), "{error}");
        // Nor adopted, and so removed, where it happens to be the same.
        write(&[("theirs.html", "x")], folder.path()).unwrap();
        write(&[], folder.path()).unwrap();
        assert!(folder.path().join("theirs.html").exists());
    }

    #[test]
    fn an_abandoned_build_leaves_everything_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        write(&[("a.html", "1")], folder.path()).unwrap();
        let before = Manifest::read(folder.path()).unwrap();
        let staging = Staging::begin(folder.path(), &before).unwrap();
        staging.put("a.html".into(), b"2").unwrap();
        staging.put("b.html".into(), b"2").unwrap();
        staging.abandon().unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("a.html")).unwrap(), "1");
        assert!(!folder.path().join("b.html").exists());
        assert!(!folder.path().join(ASIDE).exists());
    }

    #[test]
    fn a_build_stands_until_a_file_or_the_time_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        let record = BuildRecord { until: Some("2026-12-01T00:00:00Z".parse().unwrap()), ..build() };
        let before = Manifest::read(folder.path()).unwrap();
        let staging = Staging::begin(folder.path(), &before).unwrap();
        staging.put("a.html".into(), b"1").unwrap();
        staging.commit(record.clone()).unwrap();
        let stands = |fingerprint: &str, now: &str| {
            let manifest = Manifest::read(folder.path()).unwrap();
            manifest
                .current_build(folder.path(), Fingerprint::of(fingerprint), now.parse().unwrap())
                .is_some()
        };
        assert!(stands("sources", "2026-11-30T23:59:59Z"));
        assert!(!stands("others", "2026-11-30T23:59:59Z"));
        assert!(!stands("sources", "2026-12-01T00:00:00Z"));
        assert!(!stands("sources", "2026-11-24T11:00:00Z"));
        fs::write(folder.path().join("a.html"), "12").unwrap();
        assert!(!stands("sources", "2026-11-30T23:59:59Z"));
    }

    #[test]
    fn a_page_may_become_a_folder_and_a_folder_a_page() {
        let folder = tempfile::tempdir().unwrap();
        let write = |outputs: &[(&str, &str)]| write(outputs, folder.path()).unwrap();
        write(&[("a", "1"), ("b/c", "2")]);
        assert_eq!(write(&[("a/d", "1"), ("b", "2")]), written(2, 0, 2));
    }

    #[test]
    fn a_list_that_points_outside_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        fs::create_dir(&out).unwrap();
        fs::write(folder.path().join("precious"), "x").unwrap();
        fs::write(out.join(".site-gen"), r#"{"files":{"../precious":null,"/etc/hostname":null}}"#).unwrap();
        write(&[], &out).unwrap();
        assert!(folder.path().join("precious").exists());
    }
}

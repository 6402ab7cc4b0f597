//! Writes the output files. The only stage that writes to disk.
//!
//! A file that already exists with the same bytes is left untouched. Every other file is staged first, and moved into
//! place once all files are staged; a folder that is new moves whole. A build with a problem therefore changes nothing.
//! If moving a file fails, the rest goes on, and the error lists what is still old; the next build mends it. Files that an
//! earlier build wrote and this one does not produce are removed. The manifest in the output folder lists the files that
//! site-gen wrote. No other file is ever replaced or removed.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result, bail};
use rayon::iter::Either;
use rayon::prelude::*;

use crate::output::aside::{self, Aside};
use crate::output::in_place::InPlace;
use crate::output::manifest::{BuildRecord, Manifest};
use crate::output::pages::PublicPages;
use crate::output::placement::{first_of_others, half_written, in_the_way, is_in_the_way, missing, remove};
use crate::source::stamp::Stamp;

/// The number of files that a build wrote, kept and removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Number of files that are new or changed.
    pub written: usize,
    /// Number of files that were already there with the same bytes.
    pub unchanged: usize,
    /// Number of files that no source produces any more.
    pub removed: usize,
}

/// The staged files of one build.
#[derive(Debug)]
pub struct Staging<'a> {
    folder: PathBuf,
    aside: Aside,
    before: &'a Manifest,
    in_place: InPlace,
    put: Mutex<Put>,
}

#[derive(Debug, Default)]
struct Put {
    /// The files of this build, except those that somebody else wrote.
    ours: Vec<(String, Bytes)>,
    /// Number of staged files that replace others.
    changed: usize,
    /// Number of files that site-gen did not write but that have the same bytes.
    theirs: usize,
}

/// The location of a file's bytes.
#[derive(Debug, Clone, Copy)]
enum Bytes {
    /// In place, with the stamp that the manifest records.
    Standing,
    /// In place, with a stamp that has yet to be read.
    Same,
    /// Staged under this number, to replace the file in place.
    Changed(usize),
    /// Staged under its path, with this stamp: there is no such file in place.
    New(Option<Stamp>),
}

impl<'a> Staging<'a> {
    /// Begins a build into a folder, given the manifest of the previous build.
    ///
    /// # Errors
    /// Returns an error if the staged files of an earlier build can't be removed.
    pub fn begin(folder: &Path, before: &'a Manifest) -> Result<Self> {
        let aside = Aside::of(folder);
        aside.clear()?;
        let in_place = InPlace::of(folder)?;
        Ok(Self { folder: folder.to_owned(), aside, before, in_place, put: Mutex::default() })
    }

    /// Keeps an existing output file that is already up to date.
    pub fn keep(&self, path: String) {
        self.lock().ours.push((path, Bytes::Standing));
    }

    /// Stages a file, unless the file in place has the same bytes. Returns whether the file is ours: one with these bytes
    /// that site-gen did not write is not.
    ///
    /// May be called from several threads at once.
    ///
    /// # Errors
    /// Returns an error if a file that site-gen did not write is in the way, or if reading or writing fails.
    pub fn put(&self, path: String, bytes: &[u8]) -> Result<bool> {
        let target = self.folder.join(&path);
        let is_ours = self.before.files.contains_key(&path);
        match self.in_place.read(&target) {
            Ok(there) if there == bytes && !is_ours => {
                self.lock().theirs += 1;
                return Ok(false);
            }
            Ok(there) if there == bytes => self.lock().ours.push((path, Bytes::Same)),
            Ok(_) if !is_ours => bail!(in_the_way(&target)),
            Ok(_) => self.stage_changed(path, bytes)?,
            Err(error) => {
                match error.kind() {
                    ErrorKind::NotFound => {}
                    // `commit` empties and removes the folder, if all its files are ours.
                    ErrorKind::IsADirectory => {
                        let is_ours = |file: &Path| self.is_ours(file);
                        if let Some(theirs) = first_of_others(&target, is_ours) {
                            bail!(in_the_way(&theirs));
                        }
                    }
                    ErrorKind::NotADirectory => self.check_parents(&path)?,
                    _ => {
                        return Err(error)
                            .with_context(|| format!("`{}` is niet te lezen", target.display()));
                    }
                }
                self.stage_new(path, bytes)?;
            }
        }
        Ok(true)
    }

    /// Stages a file that replaces the one in place.
    fn stage_changed(&self, path: String, bytes: &[u8]) -> Result<()> {
        let number = {
            let mut put = self.lock();
            let number = put.changed;
            put.changed += 1;
            put.ours.push((path, Bytes::Changed(number)));
            number
        };
        self.aside.write_changed(number, bytes)
    }

    /// Stages a file of which there is none in place.
    fn stage_new(&self, path: String, bytes: &[u8]) -> Result<()> {
        let written = self.aside.write_new(&path, bytes)?;
        self.lock().ours.push((path, Bytes::New(Stamp::new(&written))));
        Ok(())
    }

    /// Fails if a parent of the path is a file that site-gen did not write.
    fn check_parents(&self, path: &str) -> Result<()> {
        for (slash, _) in path.match_indices('/') {
            let parent = self.folder.join(&path[..slash]);
            if parent.is_file() && !self.before.files.contains_key(&path[..slash]) {
                bail!(in_the_way(&parent));
            }
        }
        Ok(())
    }

    /// Moves every staged file into place, removes stale files, and records the build. Returns that record too.
    ///
    /// # Errors
    /// Returns an error if a path was put twice, or if a file can't be read, written or removed.
    pub fn commit(self, build: BuildRecord, pages: PublicPages) -> Result<(Written, Manifest)> {
        let Put { mut ours, theirs, .. } = std::mem::take(&mut *self.lock());
        let (folder, before) = (&self.folder, &self.before.files);
        ours.par_sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        if let Some([(path, _), _]) = ours.array_windows().find(|[one, other]| one.0 == other.0) {
            bail!("`{path}` wordt twee keer gemaakt");
        }
        fs::create_dir_all(folder).with_context(|| format!("`{}` is niet te maken", folder.display()))?;
        let now: Vec<&str> = ours.iter().map(|(path, _)| path.as_str()).collect();
        let known = || before.keys().map(String::as_str);
        let stale = missing(known(), now.iter().copied());
        let new = missing(now.iter().copied(), known());
        // An interrupted build may have left files that no manifest has yet.
        let unplaced = before.iter().filter(|(_, stamp)| stamp.is_none()).map(|(path, _)| path.as_str());
        let begun: Vec<&str> = new.into_iter().chain(unplaced).collect();
        if !begun.is_empty() {
            Manifest::begin(folder, &begun)?;
        }
        let is_staged = |(_, bytes): &&(String, Bytes)| matches!(bytes, Bytes::Changed(_) | Bytes::New(_));
        let written = ours.iter().filter(is_staged).count();
        let (removed, unchanged) = (stale.len(), ours.len() - written + theirs);
        // The others go last: until every new file is in place, an old page may still refer to them.
        let (first, last): (Vec<&str>, Vec<&str>) =
            stale.into_iter().partition(|path| is_in_the_way(path, &now));
        first.into_iter().try_for_each(|path| remove(folder, path))?;
        let new =
            ours.iter().filter(|(_, bytes)| matches!(bytes, Bytes::New(_))).map(|(path, _)| path.as_str());
        let moved = self.aside.move_new_folders(folder, new);
        let place = |(path, bytes): (String, Bytes)| {
            let target = || folder.join(&path);
            let placed = match bytes {
                Bytes::Standing => return Either::Left((before.get(&path).copied().flatten(), path)),
                // Moving a folder changes no stamp of the files in it.
                Bytes::New(stamp) if moved.have(&path) => return Either::Left((stamp, path)),
                Bytes::Same => Ok(()),
                Bytes::New(_) => aside::move_new(&self.aside.new_file(&path), &target()),
                Bytes::Changed(number) => aside::move_to(&self.aside.changed(number), &target()),
            };
            match placed.and_then(|()| fs::metadata(target())) {
                Ok(metadata) => Either::Left((Stamp::new(&metadata), path)),
                Err(error) => Either::Right((path, error)),
            }
        };
        let (placed, failures): (Vec<_>, Vec<_>) = ours.into_par_iter().partition_map(place);
        if !failures.is_empty() {
            self.aside.clear()?;
            return Err(half_written(folder, &failures));
        }
        last.into_iter().try_for_each(|path| remove(folder, path))?;
        let written = Written { written, unchanged, removed };
        let files = placed.into_iter().map(|(stamp, path)| (path, stamp)).collect();
        let now = Manifest { build: Some(build), files, pages };
        if now != *self.before {
            now.write(folder)?;
        }
        self.aside.clear()?;
        Ok((written, now))
    }

    /// Discards the staged files, because the build had a problem.
    ///
    /// # Errors
    /// Returns an error if the staged files can't be removed.
    pub fn abandon(self) -> Result<()> {
        self.aside.clear()
    }

    /// Returns whether a file in the folder is one that an earlier build wrote.
    fn is_ours(&self, file: &Path) -> bool {
        let path = file.strip_prefix(&self.folder).ok().and_then(Path::to_str);
        path.is_some_and(|path| self.before.files.contains_key(path))
    }

    fn lock(&self) -> MutexGuard<'_, Put> {
        self.put.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::aside::ASIDE;
    use crate::source::fingerprint::Fingerprint;

    fn build() -> BuildRecord {
        let from = "2026-11-24T12:00:00Z".parse().unwrap();
        let fingerprint = Fingerprint::of("sources");
        BuildRecord { fingerprint, stamps: None, from, until: None, held_back: Vec::new() }
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
        Ok(staging.commit(build(), PublicPages::new())?.0)
    }

    #[test]
    fn only_changed_files_are_written_and_only_our_own_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let write = |outputs: &[(&str, &str)]| write(outputs, folder.path()).unwrap();
        let both = [("site/a/index.html", "1"), ("site/b.html", "2")];
        assert_eq!((write(&both), write(&both)), (written(2, 0, 0), written(0, 2, 0)));
        fs::write(folder.path().join("site/theirs.txt"), "x").unwrap();
        assert_eq!(write(&[("site/b.html", "3")]), written(1, 0, 1));
        assert!(!folder.path().join("site/a").exists(), "the emptied folder is gone");
        assert!(folder.path().join("site/theirs.txt").exists());
        assert_eq!(write(&[]), written(0, 0, 1));
        assert!(folder.path().join("site/theirs.txt").exists());
        assert!(!folder.path().join(ASIDE).exists());
    }

    #[test]
    fn a_file_that_site_gen_did_not_write_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("theirs.html"), "x").unwrap();
        let error = write(&[("a.html", "1"), ("theirs.html", "2")], folder.path()).unwrap_err();
        assert!(error.to_string().contains("staat in de weg"), "{error}");
        assert!(!folder.path().join("a.html").exists(), "nothing is written");
        let error = write(&[("a.html", "1"), ("theirs.html/x", "2")], folder.path()).unwrap_err();
        assert!(error.to_string().contains("staat in de weg"), "{error}");
        // A file with the same bytes is not adopted either, so the next build does not remove it.
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
    fn the_files_of_interrupted_builds_stay_known() {
        let folder = tempfile::tempdir().unwrap();
        for (path, known) in [("a.html", &["a.html"][..]), ("b.html", &["a.html", "b.html"])] {
            let before = Manifest::read(folder.path()).unwrap();
            let staging = Staging::begin(folder.path(), &before).unwrap();
            staging.put(path.into(), b"1").unwrap();
            fs::remove_dir_all(folder.path().join(ASIDE)).unwrap();
            assert!(staging.commit(build(), PublicPages::new()).is_err());
            let after = Manifest::read(folder.path()).unwrap();
            assert_eq!(after.files.keys().collect::<Vec<_>>(), known);
        }
    }

    #[test]
    fn a_build_is_current_until_an_input_a_file_or_the_time_changes() {
        let folder = tempfile::tempdir().unwrap();
        let record = BuildRecord { until: Some("2026-12-01T00:00:00Z".parse().unwrap()), ..build() };
        let before = Manifest::read(folder.path()).unwrap();
        let staging = Staging::begin(folder.path(), &before).unwrap();
        staging.put("a.html".into(), b"1").unwrap();
        staging.commit(record.clone(), PublicPages::new()).unwrap();
        let stands = |fingerprint: &str, now: &str| {
            let manifest = Manifest::read(folder.path()).unwrap();
            let is_same = |build: &BuildRecord| build.fingerprint == Fingerprint::of(fingerprint);
            manifest.current_build(folder.path(), now.parse().unwrap(), is_same).is_some()
        };
        assert!(stands("sources", "2026-11-30T23:59:59Z"));
        assert!(!stands("others", "2026-11-30T23:59:59Z"));
        assert!(!stands("sources", "2026-12-01T00:00:00Z"));
        assert!(!stands("sources", "2026-11-24T11:00:00Z"));
        fs::write(folder.path().join("a.html"), "12").unwrap();
        assert!(!stands("sources", "2026-11-30T23:59:59Z"));
    }

    #[test]
    fn a_folder_of_somebody_else_is_in_the_way_before_anything_changes() {
        let folder = tempfile::tempdir().unwrap();
        write(&[("a", "1")], folder.path()).unwrap();
        fs::create_dir(folder.path().join("b")).unwrap();
        fs::write(folder.path().join("b/theirs.txt"), "x").unwrap();
        let error = write(&[("a", "2"), ("b", "2")], folder.path()).unwrap_err();
        assert!(error.to_string().contains("b/theirs.txt` staat in de weg"), "{error}");
        assert_eq!(fs::read_to_string(folder.path().join("a")).unwrap(), "1");
    }

    #[test]
    fn a_failure_halfway_is_told_and_mended_by_the_next_build() {
        let folder = tempfile::tempdir().unwrap();
        write(&[("a", "1"), ("b", "1"), ("c", "1")], folder.path()).unwrap();
        let before = Manifest::read(folder.path()).unwrap();
        let staging = Staging::begin(folder.path(), &before).unwrap();
        for path in ["a", "b"] {
            staging.put(path.to_owned(), b"2").unwrap();
        }
        // The disk loses what was staged for `a`.
        let lost = staging.aside.changed(0);
        fs::remove_file(lost).unwrap();
        let error = staging.commit(build(), PublicPages::new()).unwrap_err().to_string();
        assert!(
            error.contains("niet alles") && error.contains("- `a`:") && !error.contains("- `b`:"),
            "{error}"
        );
        let text = |path: &str| fs::read_to_string(folder.path().join(path)).unwrap();
        assert_eq!((text("a"), text("b"), text("c")), ("1".into(), "2".into(), "1".into()));
        let manifest = Manifest::read(folder.path()).unwrap();
        let now = "2026-11-24T12:00:00Z".parse().unwrap();
        assert!(manifest.current_build(folder.path(), now, |_| true).is_none());
        assert_eq!(write(&[("a", "2"), ("b", "2")], folder.path()).unwrap(), written(1, 1, 1));
    }

    #[test]
    fn a_page_may_become_a_folder_and_a_folder_a_page() {
        let folder = tempfile::tempdir().unwrap();
        let write = |outputs: &[(&str, &str)]| write(outputs, folder.path()).unwrap();
        write(&[("a", "1"), ("b/c", "2")]);
        assert_eq!(write(&[("a/d", "1"), ("b", "2")]), written(2, 0, 2));
    }

    #[test]
    fn a_manifest_path_outside_the_folder_is_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        fs::create_dir(&out).unwrap();
        fs::write(folder.path().join("precious"), "x").unwrap();
        fs::write(out.join(".site-gen"), r#"{"files":{"../precious":null,"/etc/hostname":null}}"#).unwrap();
        write(&[], &out).unwrap();
        assert!(folder.path().join("precious").exists());
    }
}

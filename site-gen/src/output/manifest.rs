//! The manifest of an output folder: what site-gen wrote there, and from which inputs.
//!
//! It is stored in the folder as the file `.site-gen`.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path};

use anyhow::{Context, Result};
use jiff::Timestamp;
use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::output::pages::PublicPages;
use crate::page::publication::HeldBack;
use crate::source::fingerprint::Fingerprint;
use crate::source::stamp::Stamp;

/// A record of the files that site-gen wrote into a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Build that wrote the files, or `None` if it was interrupted.
    pub build: Option<BuildRecord>,
    /// Every file by its path, with its stamp once the file is in place.
    pub files: BTreeMap<String, Option<Stamp>>,
    /// The pages that are or were public.
    #[serde(default)]
    pub pages: PublicPages,
}

/// A build and the period in which it is current.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildRecord {
    /// Fingerprint of the sources, the program and the caller's options.
    pub fingerprint: Fingerprint,
    /// Fingerprint of the stamps of the sources instead of their contents, if they were reliable.
    #[serde(default)]
    pub stamps: Option<Fingerprint>,
    /// Moment for which the site was built.
    pub from: Timestamp,
    /// Moment at which the same sources next produce a different site.
    pub until: Option<Timestamp>,
    /// Pages that are not public.
    pub held_back: Vec<HeldBack>,
}

const FILE: &str = ".site-gen";
/// The new files of a build that has begun to move its files into place, as JSON. It is removed at the end of the build.
const BEGUN: &str = ".site-gen.begun";

impl Manifest {
    /// Reads the manifest of a folder, or returns an empty one if the folder has none. After an interrupted build, it also
    /// has the files of that build.
    ///
    /// # Errors
    /// Returns an error if the manifest exists but can't be read or parsed.
    pub fn read(folder: &Path) -> Result<Self> {
        let mut manifest: Self = read(&folder.join(FILE))?.unwrap_or_default();
        if let Some(begun) = read::<Vec<String>>(&folder.join(BEGUN))? {
            manifest.build = None;
            for path in begun {
                manifest.files.entry(path).or_default();
            }
        }
        manifest.files.retain(|path, _| is_below(path));
        Ok(manifest)
    }

    /// Returns the stamp of a folder's manifest, if there is one.
    pub fn stamp(folder: &Path) -> Option<Stamp> {
        stamp(folder, FILE)
    }

    /// Returns the stamp of a folder's manifest, unless that has only just changed or a build was interrupted since.
    pub fn settled_stamp(folder: &Path) -> Option<Stamp> {
        metadata(folder, FILE).and_then(|now| Stamp::settled(&now)).filter(|_| !folder.join(BEGUN).exists())
    }

    /// Notes the files of a build that the manifest in the folder does not have, so that the build after an interrupted one
    /// knows them.
    ///
    /// # Errors
    /// Returns an error if the note can't be written.
    pub fn begin(folder: &Path, begun: &[&str]) -> Result<()> {
        write(folder, BEGUN, &begun)
    }

    /// Writes the manifest to a folder atomically, at the end of a build.
    ///
    /// # Errors
    /// Returns an error if the file can't be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        write(folder, FILE, self)?;
        match fs::remove_file(folder.join(BEGUN)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(error).with_context(|| format!("`{BEGUN}` is niet te verwijderen"))
            }
            _ => Ok(()),
        }
    }

    /// Returns whether the file at a path is still as site-gen left it.
    pub fn is_unchanged(&self, folder: &Path, path: &str) -> bool {
        stands(folder, path, self.files.get(path).copied().flatten())
    }

    /// Returns the files that are not as site-gen left them.
    pub fn changed(&self, folder: &Path) -> Vec<&String> {
        let is_changed = |(path, left): &(&String, &Option<Stamp>)| !stands(folder, path, **left);
        self.files.par_iter().filter(is_changed).map(|(path, _)| path).collect()
    }

    /// Returns the recorded build if it was made from the same inputs, is current at `now`, and no file has changed.
    pub fn current_build(
        &self,
        folder: &Path,
        now: Timestamp,
        is_same: impl FnOnce(&BuildRecord) -> bool,
    ) -> Option<&BuildRecord> {
        let build = self.build.as_ref().filter(|build| is_same(build))?;
        let holds = build.from <= now && build.until.is_none_or(|until| now < until);
        (holds && self.changed(folder).is_empty()).then_some(build)
    }
}

/// Reads a value from a file, or returns `None` if there is no such file.
fn read<T: DeserializeOwned>(file: &Path) -> Result<Option<T>> {
    let bytes = match fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("`{}` is niet te lezen", file.display())),
    };
    let value = serde_json::from_slice(&bytes);
    value
        .with_context(|| format!("`{}` is beschadigd; verwijder de map en bouw opnieuw", file.display()))
        .map(Some)
}

/// Writes a value to a file atomically.
fn write(folder: &Path, name: &str, value: &impl Serialize) -> Result<()> {
    let partial = folder.join(".site-gen.partial");
    let json = serde_json::to_vec(value)?;
    fs::write(&partial, json)
        .and_then(|()| fs::rename(&partial, folder.join(name)))
        .with_context(|| format!("`{name}` is niet te schrijven"))
}

/// Returns whether the file at a path still has the stamp with which it was left.
fn stands(folder: &Path, path: &str, left: Option<Stamp>) -> bool {
    left.is_some() && stamp(folder, path) == left
}

/// Returns the stamp that a file has now.
fn stamp(folder: &Path, path: &str) -> Option<Stamp> {
    metadata(folder, path).and_then(|metadata| Stamp::new(&metadata))
}

fn metadata(folder: &Path, path: &str) -> Option<fs::Metadata> {
    fs::metadata(folder.join(path)).ok()
}

/// Returns whether a path stays within the folder.
///
/// Somebody may have edited the manifest, so its paths are not trusted.
fn is_below(path: &str) -> bool {
    !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_of_an_earlier_version_is_read_and_its_files_count_as_changed() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.html"), "a").unwrap();
        // A stamp had no time of change, and a manifest had no pages.
        let earlier = r#"{"build":null,"files":{"a.html":{"length":1,"modified":0},"../b":null}}"#;
        fs::write(folder.path().join(FILE), earlier).unwrap();
        let manifest = Manifest::read(folder.path()).unwrap();
        assert_eq!(manifest.files.keys().collect::<Vec<_>>(), ["a.html"]);
        assert!(!manifest.is_unchanged(folder.path(), "a.html"));
        // An interrupted build has begun to add files.
        std::thread::sleep(std::time::Duration::from_millis(60));
        assert_eq!(Manifest::settled_stamp(folder.path()), Manifest::stamp(folder.path()));
        Manifest::begin(folder.path(), &["b.html", "a.html"]).unwrap();
        assert_eq!(Manifest::settled_stamp(folder.path()), None);
        let both = Manifest::read(folder.path()).unwrap();
        assert_eq!(both.files.keys().collect::<Vec<_>>(), ["a.html", "b.html"]);
        assert_eq!(both.build, None);
        both.write(folder.path()).unwrap();
        assert!(!folder.path().join(BEGUN).exists());
        fs::write(folder.path().join(FILE), "{").unwrap();
        assert!(Manifest::read(folder.path()).unwrap_err().to_string().contains("beschadigd"));
    }
}

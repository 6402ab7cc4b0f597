//! What site-gen wrote into an output folder, and of what: the file `.site-gen` in it.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path};

use anyhow::{Context, Result};
use jiff::Timestamp;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::page::publication::HeldBack;
use crate::source::fingerprint::Fingerprint;
use crate::source::stamp::Stamp;

/// What site-gen wrote into a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The build that wrote it; `None` for one that was cut off.
    pub build: Option<BuildRecord>,
    /// Every file, with its stamp once it is in place.
    pub files: BTreeMap<String, Option<Stamp>>,
}

/// A build, and how long it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildRecord {
    /// Of the sources, of the program, and of what was asked of it.
    pub fingerprint: Fingerprint,
    /// The moment at which the site stands.
    pub from: Timestamp,
    /// When the same sources make another site.
    pub until: Option<Timestamp>,
    /// Pages that the public does not see.
    pub held_back: Vec<HeldBack>,
}

const FILE: &str = ".site-gen";

impl Manifest {
    /// Reads the manifest of a folder; an empty one where there is none.
    ///
    /// # Errors
    /// When it is there and can't be read.
    pub fn read(folder: &Path) -> Result<Self> {
        let file = folder.join(FILE);
        let bytes = match fs::read(&file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => {
                return Err(error).with_context(|| format!("`{}` is niet te lezen", file.display()));
            }
        };
        let mut manifest: Self = serde_json::from_slice(&bytes).with_context(|| {
            format!("`{}` is beschadigd; verwijder de map en bouw opnieuw", file.display())
        })?;
        manifest.files.retain(|path, _| is_below(path));
        Ok(manifest)
    }

    /// Writes it in one step.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let partial = folder.join(".site-gen.partial");
        let json = serde_json::to_vec(self)?;
        fs::write(&partial, json)
            .and_then(|()| fs::rename(&partial, folder.join(FILE)))
            .with_context(|| format!("`{FILE}` is niet te schrijven"))
    }

    /// Whether the file at a path is still as it was left.
    pub fn is_unchanged(&self, folder: &Path, path: &str) -> bool {
        let stamp = self.files.get(path).copied().flatten();
        let now = || fs::metadata(folder.join(path)).ok().and_then(|metadata| Stamp::new(&metadata));
        stamp.is_some() && now() == stamp
    }

    /// The build of these same inputs, if it still holds at a moment and every file is as it was left.
    pub fn current_build(
        &self,
        folder: &Path,
        fingerprint: Fingerprint,
        now: Timestamp,
    ) -> Option<&BuildRecord> {
        let build = self.build.as_ref().filter(|build| build.fingerprint == fingerprint)?;
        let holds = build.from <= now && build.until.is_none_or(|until| now < until);
        let files: Vec<&String> = self.files.keys().collect();
        (holds && files.par_iter().all(|path| self.is_unchanged(folder, path))).then_some(build)
    }
}

/// Whether a path stays within the folder, whatever somebody has done to the manifest.
fn is_below(path: &str) -> bool {
    !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

//! What one build leaves for the next, so that only what changed is done again.
//!
//! Belongs here: results that a later build may reuse, and the comparison that allows it. Does
//! not belong here: the work itself. Dropping all of it costs time, never correctness; the vocabulary goes with the facts.

use std::path::Path;
use std::sync::Arc;

use hashbrown::HashMap;

use crate::markdown::facts::Facts;
use crate::output::manifest::Manifest;
use crate::page::parse::ParsedPages;
use crate::source::file::Source;
use crate::source::fingerprint::Fingerprint;
use crate::source::load::ReadFiles;
use crate::source::stamp::Stamp;
use crate::words::vocabulary::Vocabulary;

/// What one build leaves for the next build in the same process.
#[derive(Debug, Default)]
pub struct Memory {
    pub(crate) read: ReadFiles,
    /// The configuration with which the pages were parsed.
    config: Option<Arc<Source>>,
    pub(crate) parsed: ParsedPages,
    /// The vocabulary of the facts that are kept.
    pub(crate) vocabulary: Arc<Vocabulary>,
    pub(crate) left: Left,
}

/// What one build has left in the output folder.
#[derive(Debug, Default)]
pub(crate) struct Left {
    pub(crate) rendered: RenderedFiles,
    pub(crate) manifest: Manifest,
    /// The stamp of the manifest's file, if there is one.
    pub(crate) stamp: Option<Stamp>,
}

impl Left {
    /// Returns what there is in the folder now: this, or another manifest if something else has built into it since.
    ///
    /// # Errors
    /// Returns an error if the manifest can't be read.
    pub(crate) fn found_in(self, folder: &Path) -> anyhow::Result<Self> {
        if self.stamp.is_some() && Manifest::settled_stamp(folder) == self.stamp {
            return Ok(self);
        }
        // The stamp first: a manifest that is replaced in between is only read once more.
        let stamp = Manifest::stamp(folder);
        let manifest = Manifest::read(folder)?;
        let rendered = if manifest == self.manifest { self.rendered } else { RenderedFiles::default() };
        Ok(Self { rendered, manifest, stamp })
    }
}

impl Memory {
    /// Returns whether all files in the output folder are as the last build left them. The next build writes the others
    /// again.
    pub fn stands(&mut self, folder: &Path) -> bool {
        let Left { rendered, manifest, .. } = &mut self.left;
        let changed = manifest.changed(folder);
        for path in &changed {
            rendered.remove(*path);
        }
        changed.is_empty()
    }

    /// Drops the parsed pages when the configuration differs: their dates depend on its time zone.
    pub(crate) fn forget_pages_of_another_config(&mut self, config: Option<&Arc<Source>>) {
        if self.config.as_ref().map(Arc::as_ptr) != config.map(Arc::as_ptr) {
            self.parsed = ParsedPages::default();
            self.config = config.cloned();
        }
    }
}

/// Rendered files by their path in the output folder.
pub type RenderedFiles = HashMap<String, Rendered>;

/// A file that was rendered.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// The hash of everything that the file was made from.
    pub fingerprint: Fingerprint,
    /// What was found in the body, when the file is a page.
    pub facts: Option<Arc<Facts>>,
}

/// What the previous build left in the output folder.
#[derive(Debug, Clone, Copy)]
pub struct Previous<'a> {
    /// The rendered files; `None` in a process that builds only once.
    pub rendered: Option<&'a RenderedFiles>,
    /// The files on disk as that build left them.
    pub manifest: &'a Manifest,
    /// The output folder.
    pub folder: &'a Path,
}

impl<'a> Previous<'a> {
    /// Returns the file at a path if it was made from the same inputs. [`Memory::stands`] checks whether it is still in
    /// place, so that nobody waits for that after an edit.
    pub fn up_to_date(&self, path: &str, fingerprint: Fingerprint) -> Option<&'a Rendered> {
        self.rendered?.get(path).filter(|rendered| rendered.fingerprint == fingerprint)
    }

    /// Returns whether the file at a path is still as the previous build left it.
    pub fn is_unchanged(&self, path: &str) -> bool {
        self.manifest.is_unchanged(self.folder, path)
    }
}

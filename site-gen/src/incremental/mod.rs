//! What one build leaves for the next, so that only what changed is done again.
//!
//! Belongs here: results that a later build may reuse, and the comparison that allows it. Does
//! not belong here: the work itself. Dropping any of it costs time, never correctness.

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
    /// The manifest, with the stamp of its file.
    pub(crate) manifest: Option<(Stamp, Manifest)>,
}

impl Memory {
    /// Drops the parsed pages when the configuration differs: their dates depend on its time zone.
    pub(crate) fn forget_pages_of_another_config(&mut self, config: Option<&Arc<Source>>) {
        if self.config.as_ref().map(Arc::as_ptr) != config.map(Arc::as_ptr) {
            self.parsed.clear();
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
    /// Returns the file at a path if it was made from the same inputs and is still in place.
    pub fn up_to_date(&self, path: &str, fingerprint: Fingerprint) -> Option<&'a Rendered> {
        let rendered = self.rendered?.get(path).filter(|rendered| rendered.fingerprint == fingerprint)?;
        self.is_unchanged(path).then_some(rendered)
    }

    /// Returns whether the file at a path is still as the previous build left it.
    pub fn is_unchanged(&self, path: &str) -> bool {
        self.manifest.is_unchanged(self.folder, path)
    }
}

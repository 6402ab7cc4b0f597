//! What one build leaves for the next in the same process.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use crate::fingerprint::Fingerprint;
use crate::link::Link;
use crate::load::ReadBefore;
use crate::manifest::Manifest;
use crate::markdown::Body;
use crate::parse::ParsedBefore;
use crate::search::Words;
use crate::source::Source;

/// What one build leaves for the next in the same process, so that only what changed is done again.
///
/// Forgetting it costs time and nothing else.
#[derive(Debug, Default)]
pub struct Memory {
    pub(crate) read: ReadBefore,
    /// The configuration that the pages were parsed with.
    pub(crate) config: Option<Arc<Source>>,
    pub(crate) parsed: ParsedBefore,
    pub(crate) rendered: RenderedBefore,
}

/// Files that were rendered before, by their path.
pub type RenderedBefore = HashMap<String, Rendered>;

/// A file that was rendered.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// Of everything that went into it.
    pub made_of: Fingerprint,
    /// What was found in the body, where it is a page.
    pub facts: Option<Arc<Facts>>,
}

/// What the rest of the site wants to know of a page's body.
#[derive(Debug, Default)]
pub struct Facts {
    /// Every link and image.
    pub links: Vec<Link>,
    /// The ids of its headings.
    pub anchors: Vec<String>,
    /// What it can be found by; empty on a site without a search page.
    pub words: Words,
}

impl Facts {
    /// The facts of a body, and the words that its page is found by.
    pub fn new(body: Body, words: Words) -> Self {
        let Body { links, headings, .. } = body;
        Self { links, anchors: headings.into_iter().map(|heading| heading.id).collect(), words }
    }
}

/// What the build before left in the output folder.
#[derive(Debug, Clone, Copy)]
pub struct Before<'a> {
    /// The files, and what they were made of; `None` in a process that builds only once.
    pub rendered: Option<&'a RenderedBefore>,
    /// How they were left.
    pub manifest: &'a Manifest,
    /// The folder that they are in.
    pub folder: &'a Path,
}

impl<'a> Before<'a> {
    /// The file at a path, where it is there as it would be made of this.
    pub fn get(&self, path: &str, made_of: Fingerprint) -> Option<&'a Rendered> {
        let rendered = self.rendered?.get(path).filter(|rendered| rendered.made_of == made_of)?;
        self.stands(path).then_some(rendered)
    }

    /// Whether the file at a path is as the build before left it.
    pub fn stands(&self, path: &str) -> bool {
        self.manifest.stands(self.folder, path)
    }
}

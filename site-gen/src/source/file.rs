//! Files as read from disk, before any processing.

use std::ops::Range;

use crate::source::fingerprint::Fingerprint;

/// A text file, with the path that problems refer to.
#[derive(Debug)]
pub struct Source {
    /// Path from the project root, with `/` as the separator: `content/nieuws/_index.md`.
    pub path: String,
    /// The whole text, without a byte-order mark.
    pub text: String,
    /// Fingerprint of the path and the text.
    pub fingerprint: Fingerprint,
}

impl Source {
    /// Creates a source from a path and the text that was read from it.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let (path, text) = (path.into(), text.into());
        let fingerprint = Fingerprint::of(&(&path, &text));
        Self { path, text, fingerprint }
    }

    /// Returns the byte range of the first line.
    pub fn first_line(&self) -> Range<usize> {
        0..self.text.lines().next().map_or(0, str::len)
    }
}

/// A file that is not a page.
#[derive(Debug, Clone)]
pub struct Asset {
    /// Path of the source file, from the project root: `content/nieuws/lnpo/schema.svg`.
    pub source: String,
    /// Path within the site: `nieuws/lnpo/schema.svg`.
    pub path: String,
    /// Contents of the file.
    pub bytes: Vec<u8>,
    /// Fingerprint of the path within the site and the bytes.
    pub fingerprint: Fingerprint,
}

impl Asset {
    /// Creates an asset from a source path, a path within the site, and the bytes that were read.
    pub fn new(source: impl Into<String>, path: impl Into<String>, bytes: Vec<u8>) -> Self {
        let (source, path) = (source.into(), path.into());
        let fingerprint = Fingerprint::of(&(&path, &bytes));
        Self { source, path, bytes, fingerprint }
    }
}

//! A file that was read, before anything is made of it.

use crate::source::fingerprint::Fingerprint;

/// A text file, with the path that problems name.
#[derive(Debug)]
pub struct Source {
    /// Path from the project's root, with `/`: `content/nieuws/_index.md`.
    pub path: String,
    /// The whole text, without a byte-order mark.
    pub text: String,
    /// Of path and text.
    pub fingerprint: Fingerprint,
}

impl Source {
    /// A text that was read from a path.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let (path, text) = (path.into(), text.into());
        let fingerprint = Fingerprint::of(&(&path, &text));
        Self { path, text, fingerprint }
    }
}

/// A file that is no page.
#[derive(Debug, Clone)]
pub struct Asset {
    /// Path of the file that it is: `content/nieuws/lnpo/schema.svg`.
    pub source: String,
    /// Path within the site: `nieuws/lnpo/schema.svg`.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Of its path and bytes.
    pub fingerprint: Fingerprint,
}

impl Asset {
    /// A file that was read, and its path within the site.
    pub fn new(source: impl Into<String>, path: impl Into<String>, bytes: Vec<u8>) -> Self {
        let (source, path) = (source.into(), path.into());
        let fingerprint = Fingerprint::of(&(&path, &bytes));
        Self { source, path, bytes, fingerprint }
    }
}

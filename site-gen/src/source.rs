//! A file that was read, before anything is made of it.

/// A text file, with the path that problems name.
#[derive(Debug)]
pub struct Source {
    /// Path from the project's root, with `/`: `content/nieuws/_index.md`.
    pub path: String,
    /// The whole text, without a byte-order mark.
    pub text: String,
}

/// A file that is copied as it is.
#[derive(Debug)]
pub struct Asset {
    /// Path of the file that it is: `content/nieuws/lnpo/schema.svg`.
    pub source: String,
    /// Path within the site: `nieuws/lnpo/schema.svg`.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

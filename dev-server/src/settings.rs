//! Where the site is, and where it is served.

use std::path::PathBuf;

/// Where the site is, and where it is served.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder with `content/` and `templates/`; the site is built into its `dist/`.
    pub root: PathBuf,
    /// The folder that keeps the sign-ups.
    pub data: PathBuf,
    /// The port on 127.0.0.1; 0 for any free one.
    pub port: u16,
    /// Whether pages that are not public are shown as well, with a badge.
    pub drafts: bool,
}

impl Settings {
    /// Returns the folder that keeps mails.
    pub fn mail_folder(&self) -> PathBuf {
        self.data.join("mail")
    }
}

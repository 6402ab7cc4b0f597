//! The settings of the development server.

use std::path::PathBuf;

use jiff::civil::DateTime;
use signup_fn::people::organiser::Organisers;

/// The organiser of a site for which nobody is named. Nobody can own a domain in `.example`.
pub const ORGANISER: &str = "Organisator <organisator@pos.example>";

/// The settings of the development server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder with `content/` and `templates/`. The site is built into its `dist/`.
    pub root: PathBuf,
    /// The folder for the sign-ups, the keys and the mails.
    pub data: PathBuf,
    /// The port on 127.0.0.1, or 0 for any free one.
    pub port: u16,
    /// Who may use the organisers' area.
    pub organisers: Organisers,
    /// Whether pages that are not public are shown too, with a badge.
    pub drafts: bool,
    /// The moment as of which the pages are shown, in the site's time zone; `None` is now. Forms and mails always belong to
    /// the present.
    pub as_of: Option<DateTime>,
}

impl Settings {
    /// Returns the folder for mails.
    pub fn mail_folder(&self) -> PathBuf {
        self.data.join("mail")
    }
}

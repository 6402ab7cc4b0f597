//! Logging in, and the log-ins.

use serde::Serialize;
use strum::VariantArray;

use super::frame::Frame;

/// The page that asks for the address to which the link and the code go.
#[derive(Debug, Clone, Serialize)]
pub struct LogInView {
    /// Whether the typed text is not an email address.
    pub is_malformed: bool,
    /// The typed text.
    pub email: String,
    /// Whether the log-in that the browser had is over.
    pub is_over: bool,
    /// The address to open again, if the browser may hold back its cookie because it comes from another site;
    /// otherwise empty.
    pub again: String,
}

/// Why a code is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, strum::VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum CodeError {
    /// It is another code.
    Wrong,
    /// It is no longer valid, was used, was replaced by a newer one, or was tried too often.
    Over,
    /// This browser asked for none, or it does not keep cookies.
    OtherBrowser,
}

impl CodeError {
    /// Every one.
    pub const ALL: &'static [Self] = Self::VARIANTS;
}

/// The page that takes the code.
#[derive(Debug, Clone, Serialize)]
pub struct CodeView {
    /// Why the typed code is refused, if it is.
    pub error: Option<CodeError>,
}

/// The page that a link in a mail opens.
#[derive(Debug, Clone, Serialize)]
pub struct LinkView {
    /// The address to which its button posts.
    pub action: String,
}

/// The page that asks for a fresh code.
#[derive(Debug, Clone, Serialize)]
pub struct ConfirmView {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: Frame,
    /// Whether a mail with a code is on its way.
    pub is_sent: bool,
    /// Why the typed code is refused, if it is.
    pub error: Option<CodeError>,
    /// The address to return to.
    pub back: String,
}

/// One of the organiser's own log-ins.
#[derive(Debug, Clone, Serialize)]
pub struct LogInRow {
    /// When it began.
    pub since: String,
    /// When it was last used.
    pub used: String,
    /// Whether it is the one of this browser.
    pub is_current: bool,
}

/// The organiser's own log-ins.
#[derive(Debug, Clone, Serialize)]
pub struct LogInsView {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: Frame,
    /// The log-ins, the newest first.
    pub log_ins: Vec<LogInRow>,
    /// Whether the organiser gets the daily digest.
    pub has_digest: bool,
}

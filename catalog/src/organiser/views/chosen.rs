//! Several people of a session, ticked in its list.

use serde::Serialize;
use strum::VariantArray;

use super::frame::{About, Frame};
use crate::answer::Status;
use crate::own::OtherSession;

/// What became of an act about one of several people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, strum::VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    Done,
    /// The session has no seat.
    Full,
    /// The sign-up was cancelled or erased in the meantime.
    Gone,
}

impl Outcome {
    /// Every one.
    pub const ALL: &'static [Self] = Self::VARIANTS;
}

/// Somebody who was ticked.
#[derive(Debug, Clone, Serialize)]
pub struct ChosenRow {
    /// The reference, which a form sends.
    pub reference: String,
    /// The name.
    pub full_name: String,
    /// The status.
    pub status: Status,
    /// What became of the act, once it was tried.
    pub outcome: Option<Outcome>,
}

/// Several people of a session, and what can be done about all of them.
#[derive(Debug, Clone, Serialize)]
pub struct ChosenView {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: Frame,
    /// The session.
    #[serde(flatten)]
    pub about: About,
    /// The address to which the form posts.
    pub action: String,
    /// The address of the page with messages.
    pub message_url: String,
    /// The people.
    pub people: Vec<ChosenRow>,
    /// The sessions to which they can be moved.
    pub others: Vec<OtherSession>,
}

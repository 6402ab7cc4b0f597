//! Changing a session.

use serde::Serialize;
use strum::VariantArray;

use super::frame::{About, Frame};

/// Why a change is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, strum::VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum AmendError {
    /// There is no such day.
    NoDate,
    /// The time of the start does not exist on that day.
    NoStart,
    /// The time of the end does not exist on that day.
    NoEnd,
    /// The session would end before it starts.
    EndsBeforeStart,
    /// The session would have begun already.
    StartsInThePast,
    /// The number of seats is not a number from 1 to 10,000.
    NoNumber,
    /// More seats are taken than that.
    TooSmall,
    /// The reason is too long.
    ReasonTooLong,
}

impl AmendError {
    /// Every one.
    pub const ALL: &'static [Self] = Self::VARIANTS;
}

/// What a change would do.
#[derive(Debug, Clone, Serialize)]
#[allow(clippy::struct_excessive_bools, reason = "each is a sentence of the page")]
pub struct Effects {
    /// The former date and time in words; empty if the session does not move.
    pub moved_from: String,
    /// The new date and time in words.
    pub moved_to: String,
    /// How many people get a mail about that.
    pub told: u32,
    /// The number of seats now.
    pub capacity_before: u32,
    /// The number of seats then.
    pub capacity_after: u32,
    /// How many of those who wait get a seat.
    pub promoted: u32,
    /// Whether sign-up closes.
    pub closes: bool,
    /// Whether sign-up follows the site again.
    pub opens: bool,
    /// How many people get a mail that the session is called off.
    pub called_off: u32,
    /// Whether the session is called off.
    pub is_called_off: bool,
    /// Whether a session that was called off takes place after all.
    pub takes_place: bool,
    /// Whether only the reason changes, about which nobody gets a mail.
    pub only_reason: bool,
    /// Whether nothing changes.
    pub is_nothing: bool,
}

/// A session, and what can be changed about it.
#[derive(Debug, Clone, Serialize)]
#[allow(clippy::struct_excessive_bools, reason = "each is a field or a sentence of the page")]
pub struct AmendView {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: Frame,
    /// The session.
    #[serde(flatten)]
    pub about: About,
    /// The address to which the form posts.
    pub action: String,
    /// The first day, as stored or as typed: `2028-11-28`.
    pub date: String,
    /// The time of the start: `16:00`.
    pub start: String,
    /// The time of the end.
    pub end: String,
    /// The number of seats, as stored or as typed.
    pub capacity: String,
    /// Whether an organiser has closed sign-up, or wants to.
    pub is_closed: bool,
    /// Whether an organiser has called the session off, or wants to.
    pub is_called_off: bool,
    /// The reason.
    pub reason: String,
    /// The number of taken seats.
    pub taken: u32,
    /// Whether an editor has called the session off.
    pub is_off_on_site: bool,
    /// The date and time on the site, in words; empty if the session is no longer there.
    pub when_on_site: String,
    /// The number of seats on the site; 0 if the session is no longer there.
    pub on_site: u32,
    /// What organisers had changed when the page was shown, which the form sends back.
    pub before: String,
    /// Whether the session differs from the site.
    pub differs: bool,
    /// Why the change is refused, if it is.
    pub error: Option<AmendError>,
    /// Whether the session was just changed.
    pub is_done: bool,
    /// What the change would do, before it is made.
    pub effects: Option<Effects>,
}

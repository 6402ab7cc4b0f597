//! What several pages share.

use serde::Serialize;

use crate::answer::Status;
use crate::organiser::address::Tab;
use crate::words::{EventWords, SessionWords};

/// What every page after log-in shows.
#[derive(Debug, Clone, Serialize)]
pub struct Frame {
    /// The organiser's name.
    pub organiser: String,
    /// The key of the page's forms, which proves that a form comes from this page and is sent once.
    pub form_key: String,
}

/// What every page about a session shows.
#[derive(Debug, Clone, Serialize)]
pub struct About {
    /// The event.
    pub event: EventWords,
    /// The session.
    pub session: SessionWords,
    /// The address of the session's page.
    pub list: String,
}

/// A session, as lists show it.
#[derive(Debug, Clone, Serialize)]
pub struct SessionRow {
    /// The event.
    pub event: EventWords,
    /// The session.
    pub session: SessionWords,
    /// The address of its page.
    pub url: String,
    /// The number of taken seats.
    pub taken: u32,
    /// The number of seats.
    pub capacity: u32,
    /// The share of the seats that is taken, in per cent, at most 100.
    pub share: u32,
    /// The number of people who wait.
    pub waiting: usize,
    /// Whether the session has ended.
    pub is_over: bool,
    /// Whether the session is no longer on the site.
    pub is_removed: bool,
}

/// Somebody who signed up, in a list.
#[derive(Debug, Clone, Serialize)]
pub struct PersonRow {
    /// The address of the person's page.
    pub url: String,
    /// The reference.
    pub reference: String,
    /// The name.
    pub full_name: String,
    /// The email address.
    pub email: String,
    /// The organisation.
    pub organisation: String,
    /// The status of the sign-up.
    pub status: Status,
    /// The place on the waiting list, from 1; 0 for somebody who does not wait.
    pub position: usize,
    /// The day and time of the sign-up: `24-11-2026, 13.00`.
    pub signed_up_at: String,
}

/// A tab of a list, and how many it lists.
#[derive(Debug, Clone, Serialize)]
pub struct TabLink {
    /// Who is listed.
    pub tab: Tab,
    /// How many.
    pub count: usize,
    /// The address.
    pub url: String,
    /// Whether it is the one that is shown.
    pub is_current: bool,
}

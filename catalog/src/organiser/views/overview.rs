//! The sessions, and what needs attention.

use serde::Serialize;

use super::frame::{Frame, SessionRow};

/// Something that an organiser should look at.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Attention {
    /// Mails that could not be sent.
    Parked {
        /// How many.
        count: usize,
        /// The title of the event.
        event: String,
    },
    /// People to whom the last mail did not arrive.
    Bounced {
        /// The title of the event.
        event: String,
        /// The first of them.
        people: Vec<PersonLink>,
        /// How many more there are.
        more: usize,
    },
    /// A session within a week without a link.
    NoLink {
        /// The title of the event.
        event: String,
        /// The session.
        session: String,
        /// The address of the page that sets the link.
        url: String,
    },
    /// People of a session that is no longer on the site.
    Removed {
        /// How many.
        count: usize,
        /// The title of the event.
        event: String,
        /// The session.
        session: String,
        /// The address of the session's page.
        url: String,
    },
    /// A session that organisers moved, while the site has the former date.
    Moved {
        /// The title of the event.
        event: String,
        /// The session.
        session: String,
        /// The date and time on the site.
        on_site: String,
        /// The address of the page that changes the session.
        url: String,
    },
    /// Items that this version cannot read.
    Unreadable {
        /// How many.
        count: usize,
    },
}

/// Somebody, and the address of their page.
#[derive(Debug, Clone, Serialize)]
pub struct PersonLink {
    /// The name.
    pub full_name: String,
    /// The address of the page.
    pub url: String,
}

/// The sign-ups of one day.
#[derive(Debug, Clone, Serialize)]
pub struct Day {
    /// The day: `24-11-2026`.
    pub date: String,
    /// The number of sign-ups.
    pub count: usize,
    /// The position of its bar from the left, in units of the chart.
    pub left: usize,
    /// The height of its bar, at most 100.
    pub height: usize,
}

/// The sessions and what needs attention.
#[derive(Debug, Clone, Serialize)]
pub struct OverviewView {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: Frame,
    /// The sessions, the next one first and the past ones last.
    pub sessions: Vec<SessionRow>,
    /// What needs attention.
    pub attention: Vec<Attention>,
    /// The sign-ups of each of the last days.
    pub days: Vec<Day>,
    /// The width of the chart of these days.
    pub width: usize,
}

//! The pages of a session.

use serde::Serialize;
use strum::VariantArray;

use super::frame::{About, Frame, PersonRow, SessionRow, TabLink};
use crate::organiser::address::{JoinDone, Order};
use crate::words::{EventWords, SessionWords};

/// Who signed up for a session.
#[derive(Debug, Clone, Serialize)]
pub struct SessionView {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: Frame,
    /// The session.
    #[serde(flatten)]
    pub about: About,
    /// The seats.
    pub row: SessionRow,
    /// The tabs.
    pub tabs: Vec<TabLink>,
    /// The orders in which it can be listed; none for the result of a search.
    pub orders: Vec<OrderLink>,
    /// The people on this page.
    pub people: Vec<PersonRow>,
    /// What was searched for; empty if the page is no result of a search.
    pub query: String,
    /// The number of this page, from 1.
    pub page: u32,
    /// The number of pages.
    pub pages: u32,
    /// The address of the page before this one; empty if there is none.
    pub previous: String,
    /// The address of the page after this one; empty if there is none.
    pub next: String,
    /// Whether the session has a link with which participants join.
    pub has_link: bool,
    /// Whether the session has begun, so that it can be noted who was there.
    pub has_begun: bool,
    /// The number of items that this version cannot read.
    pub unreadable: usize,
}

/// An order of the list, and the address of the list in that order.
#[derive(Debug, Clone, Serialize)]
pub struct OrderLink {
    /// The order.
    pub order: Order,
    /// The address.
    pub url: String,
    /// Whether the page is in this order.
    pub is_current: bool,
}

/// What one participant asked.
#[derive(Debug, Clone, Serialize)]
pub struct Asked {
    /// The name.
    pub full_name: String,
    /// The organisation.
    pub organisation: String,
    /// The question or contribution.
    pub question: String,
}

/// What participants of a session asked, together.
#[derive(Debug, Clone, Serialize)]
pub struct QuestionsView {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: Frame,
    /// The session.
    #[serde(flatten)]
    pub about: About,
    /// The questions, in the order of the sign-ups.
    pub questions: Vec<Asked>,
}

/// Why a link is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, strum::VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum JoinError {
    /// It does not begin with `https://` and a host.
    Malformed,
    /// It is too long.
    TooLong,
}

impl JoinError {
    /// Every one.
    pub const ALL: &'static [Self] = Self::VARIANTS;
}

/// The link with which participants join a session.
#[derive(Debug, Clone, Serialize)]
pub struct JoinView {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: Frame,
    /// The session.
    #[serde(flatten)]
    pub about: About,
    /// The link, as stored or as just typed.
    pub join_url: String,
    /// Why the typed link is refused, if it is.
    pub error: Option<JoinError>,
    /// What was just done, if anything.
    pub done: Option<JoinDone>,
    /// The number of people who have a seat but were not told this link.
    pub untold: usize,
    /// The number of mails with the link that are not in the outbox yet.
    pub sending: usize,
}

/// Somebody who had a seat.
#[derive(Debug, Clone, Serialize)]
pub struct Attended {
    /// The person's reference.
    pub reference: String,
    /// The name.
    pub full_name: String,
    /// The organisation.
    pub organisation: String,
    /// Whether the person was there, once it is noted.
    pub was_there: Option<bool>,
}

/// Who had a seat, and who was there.
#[derive(Debug, Clone, Serialize)]
pub struct AttendanceView {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: Frame,
    /// The session.
    #[serde(flatten)]
    pub about: About,
    /// Who had a seat, by name.
    pub people: Vec<Attended>,
    /// Whether it is noted already who was there.
    pub is_noted: bool,
    /// Whether it was just noted.
    pub is_done: bool,
}

/// A certificate of attendance.
#[derive(Debug, Clone, Serialize)]
pub struct CertificateView {
    /// The event.
    pub event: EventWords,
    /// The session.
    pub session: SessionWords,
    /// The name.
    pub full_name: String,
    /// The organisation.
    pub organisation: String,
}

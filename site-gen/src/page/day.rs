//! A day as pages and machines read it.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Serialize;
use toml::Spanned;
use toml::value::Datetime;

use crate::page::clock::{self, rfc3339};
use crate::source::file::Source;
use crate::source::problem::Problems;
use crate::words::dutch;

/// The day of an article, perhaps with a time, in the site's zone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Day {
    /// As the clock tells it.
    #[serde(skip)]
    pub civil: DateTime,
    /// The instant.
    #[serde(skip)]
    pub at: Timestamp,
    /// `2028-11-28`
    pub iso: String,
    /// `2028-11-28T00:00:00+01:00`
    pub rfc3339: String,
    /// `28 november 2028`
    pub words: String,
}

impl Day {
    /// Reads a day; `None`, and a problem, when there is no such day.
    pub fn read(
        written: &Spanned<Datetime>,
        zone: &TimeZone,
        source: &Arc<Source>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let (civil, at) = clock::instant(written, zone, source, problems)?;
        let date = civil.date();
        Some(Self { civil, at, iso: date.to_string(), rfc3339: rfc3339(at, zone), words: dutch::date(date) })
    }
}

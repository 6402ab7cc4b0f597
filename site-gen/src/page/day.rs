//! A date in the forms that pages and machines read.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use catalog::dutch;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Serialize;
use toml::Spanned;
use toml::value::Datetime;

use crate::page::clock::{self, rfc3339};
use crate::source::file::Source;
use crate::source::problem::Problems;

/// The date of an article, optionally with a time, in the site's time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Day {
    /// The local date and time.
    #[serde(skip)]
    pub civil: DateTime,
    /// The matching instant.
    #[serde(skip)]
    pub at: Timestamp,
    /// `2028-11-28`
    pub iso: String,
    /// `2028-11-28T00:00:00+01:00`
    pub rfc3339: String,
    /// `28 november 2028`
    pub words: String,
}

impl Hash for Day {
    /// Hashes only what the other forms follow from: lists hash tens of thousands of dates.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self { civil, at, iso: _, rfc3339: _, words: _ } = self;
        (civil, at).hash(state);
    }
}

impl Day {
    /// Reads a date.
    ///
    /// Reports a problem and returns `None` if the date does not denote exactly one instant.
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

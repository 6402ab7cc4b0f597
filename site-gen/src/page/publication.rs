//! When the public may see a page.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::words::dutch;

/// As of when, and for whom, a site is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// The day and time at which the site stands as it is built.
    pub when: When,
    /// Whether pages that are not public are built too, with a badge.
    pub with_unpublished: bool,
    /// Whether it is to be put online: a placeholder is then a problem.
    pub production: bool,
}

/// A moment, named or not.
#[derive(Debug, Clone, Copy)]
pub enum When {
    /// This instant.
    At(Timestamp),
    /// This day and time in the site's zone.
    AsOf(DateTime),
}

impl Wanted {
    /// The site as the public sees it at an instant.
    pub fn public(now: Timestamp) -> Self {
        Self { when: When::At(now), with_unpublished: false, production: false }
    }

    /// The same, once the site's zone is known.
    pub fn moment(self, zone: &TimeZone) -> Moment {
        let now = match self.when {
            When::At(now) => now,
            // A time that the clock skips or has twice is near enough for a preview.
            When::AsOf(civil) => zone.to_timestamp(civil).unwrap_or(Timestamp::MAX),
        };
        Moment { now, with_unpublished: self.with_unpublished }
    }
}

/// As of when, and for whom, a site is built.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The instant at which the site stands as it is built.
    pub now: Timestamp,
    /// Whether pages that are not public are built too, with a badge.
    pub with_unpublished: bool,
}

/// When the public may see a page; always, unless something is set.
#[derive(Debug, Clone, Default)]
pub struct Publication {
    /// Not until an editor says so.
    pub draft: bool,
    /// Not before this, in the site's zone.
    pub publish_at: Option<(DateTime, Timestamp)>,
    /// Not from this on, in the site's zone.
    pub expires_at: Option<(DateTime, Timestamp)>,
}

impl Publication {
    /// The instants at which the public begins or ceases to see the page.
    pub fn changes(&self) -> impl Iterator<Item = Timestamp> + '_ {
        self.publish_at.iter().chain(&self.expires_at).map(|(_, at)| *at)
    }

    /// Why the public may not see the page, for a list: `gepland voor 1 november 2028, 9.00 uur`.
    ///
    /// `None` when it may.
    pub fn held_back(&self, now: Timestamp) -> Option<String> {
        if self.draft {
            return Some("concept".to_owned());
        }
        match (&self.publish_at, &self.expires_at) {
            (Some((civil, at)), _) if now < *at => Some(format!("gepland voor {}", dutch::moment(*civil))),
            (_, Some((civil, at))) if now >= *at => Some(format!("verlopen op {}", dutch::moment(*civil))),
            _ => None,
        }
    }
}

/// A page that the public does not see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldBack {
    /// Its file.
    pub path: String,
    /// Why: `concept`, `gepland voor …`, `verlopen op …`.
    pub reason: String,
}

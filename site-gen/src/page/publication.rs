//! The publication window of a page.

use catalog::dutch;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// The caller's options for a build: its moment and its audience.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// The moment as of which the site is built.
    pub when: When,
    /// Whether pages that are not public are built too, with a badge.
    pub with_unpublished: bool,
    /// Whether the site will go online, which makes a placeholder an error.
    pub production: bool,
}

/// The moment as of which a site is built: an instant, or a time in the site's time zone.
#[derive(Debug, Clone, Copy)]
pub enum When {
    /// An instant.
    At(Timestamp),
    /// A date and time in the site's time zone.
    AsOf(DateTime),
}

impl Wanted {
    /// Returns the options for the site as the public sees it at an instant.
    pub fn public(now: Timestamp) -> Self {
        Self { when: When::At(now), with_unpublished: false, production: false }
    }

    /// Resolves the moment in the site's time zone.
    pub fn moment(self, zone: &TimeZone) -> Moment {
        let now = match self.when {
            When::At(now) => now,
            // For a time that a clock change skips or repeats, jiff's choice is close enough for a preview.
            When::AsOf(civil) => zone.to_timestamp(civil).unwrap_or(Timestamp::MAX),
        };
        let is_preview = self.with_unpublished || matches!(self.when, When::AsOf(_));
        Moment { now, with_unpublished: self.with_unpublished, is_preview }
    }
}

/// The moment and the audience of a build, resolved in the site's time zone.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The instant as of which the site is built.
    pub now: Timestamp,
    /// Whether pages that are not public are built too, with a badge.
    pub with_unpublished: bool,
    /// Whether the build shows anything else than the public site as it is now.
    pub is_preview: bool,
}

/// The publication window of a page. By default, the page is always public.
#[derive(Debug, Clone, Default)]
pub struct Publication {
    /// Whether the page is a draft. Drafts are never public.
    pub draft: bool,
    /// Moment from which the page is public, in the site's time zone.
    pub publish_at: Option<(DateTime, Timestamp)>,
    /// Moment from which the page is no longer public, in the site's time zone.
    pub expires_at: Option<(DateTime, Timestamp)>,
}

impl Publication {
    /// Returns the instants at which the page becomes public or stops being public.
    pub fn changes(&self) -> impl Iterator<Item = Timestamp> + '_ {
        self.publish_at.iter().chain(&self.expires_at).map(|(_, at)| *at)
    }

    /// Returns why the page is not public, worded for a list: `gepland voor 1 november 2028, 9.00 uur`.
    ///
    /// Returns `None` if the page is public.
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

/// A page that is not public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldBack {
    /// Path of the page's source file.
    pub path: String,
    /// The reason: `concept`, `gepland voor …`, `verlopen op …`.
    pub reason: String,
}

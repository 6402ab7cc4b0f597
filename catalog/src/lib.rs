#![doc = include_str!("../README.md")]
//!
//! | module | contents |
//! |---|---|
//! | [`event`] | an announced event and its retention |
//! | [`session`] | one date of an event: capacity, window, phase |
//! | [`period`] | when a session takes place: as instants, in words and for calendars |
//! | [`amendment`] | what an organiser changed about a session |
//! | [`standing`] | an event as it stands: what the catalogue says now, and what people were told earlier |
//! | [`id`] | ids that are spelled the same in URLs, in the form and in keys |
//! | [`address`] | the addresses on which the site and the function must agree |
//! | [`answer`] | the pages that the function answers with, and their template values |
//! | [`mail`] | the mails to participants, and their template values |
//! | [`own`] | the template values of participants' own pages |
//! | [`organiser`] | the organisers' area: its addresses, pages and their template values |
//! | [`words`] | what mails and pages say about an event and its sessions |
//! | [`calendar`] | content lines of iCalendar files |
//! | [`dutch`] | dates and times in Dutch words |
//! | [`typed_date`] | dates as people type them |
//! | [`headers`] | the security headers of every response |

pub mod address;
pub mod amendment;
pub mod answer;
pub mod calendar;
pub mod dutch;
pub mod event;
pub mod headers;
pub mod id;
pub mod mail;
pub mod media_types;
pub mod organiser;
pub mod own;
pub mod period;
pub mod place;
pub mod session;
pub mod standing;
pub mod typed_date;
pub mod words;

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

pub use crate::event::Event;
pub use crate::id::{EventId, Reference, SessionId};
pub use crate::session::{Phase, Session};

/// All events with a sign-up form, and the site settings that the function needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "CatalogRecord", into = "CatalogRecord")]
pub struct Catalog {
    origin: String,
    name: String,
    privacy_notice_version: String,
    events: Vec<Event>,
}

/// The unvalidated form of a [`Catalog`], as stored in `catalog.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogRecord {
    /// Scheme and host of the site, without a path: `https://www.example.nl`.
    pub origin: String,
    /// Name of the site: `Perspectief op School`.
    pub name: String,
    /// Version of the privacy notice that is shown at the form.
    pub privacy_notice_version: String,
    /// The events, with unique ids.
    pub events: Vec<Event>,
}

/// A reason why a catalogue is not valid.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// Two events have the same id.
    #[error("event id `{0}` occurs twice")]
    DuplicateEvent(EventId),
    /// The text is not JSON, or not a valid catalogue.
    #[error("cannot read the catalogue: {0}")]
    Json(#[from] serde_json::Error),
}

impl Catalog {
    /// Parses a catalogue from JSON.
    ///
    /// # Errors
    /// Returns an error if the text is not JSON, lacks a field, has an unknown field, or breaks an
    /// invariant.
    pub fn from_json(json: &str) -> Result<Self, CatalogError> {
        Ok(serde_json::from_str(json)?)
    }

    /// Returns the catalogue as indented JSON, which people can read too.
    ///
    /// # Errors
    /// Never fails in practice: every field has a JSON form.
    pub fn to_json(&self) -> Result<String, CatalogError> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Returns the scheme and host of the site, without a path.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Returns the name of the site.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the version of the privacy notice that is shown at the form.
    pub fn privacy_notice_version(&self) -> &str {
        &self.privacy_notice_version
    }

    /// Returns all events, in the order of `catalog.json`: the newest announcement first.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Returns the event with this id.
    pub fn event(&self, id: &EventId) -> Option<&Event> {
        self.events.iter().find(|event| event.id() == id)
    }
}

impl TryFrom<CatalogRecord> for Catalog {
    type Error = CatalogError;

    fn try_from(record: CatalogRecord) -> Result<Self, CatalogError> {
        let mut seen = HashSet::new();
        if let Some(twice) = record.events.iter().find(|e| !seen.insert(e.id().clone())) {
            return Err(CatalogError::DuplicateEvent(twice.id().clone()));
        }
        let CatalogRecord { origin, name, privacy_notice_version, events } = record;
        Ok(Self { origin, name, privacy_notice_version, events })
    }
}

impl From<Catalog> for CatalogRecord {
    fn from(catalog: Catalog) -> Self {
        let Catalog { origin, name, privacy_notice_version, events } = catalog;
        Self { origin, name, privacy_notice_version, events }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str) -> Event {
        serde_json::from_value(serde_json::json!({
            "id": id, "title": "t", "page": "/p/", "description": "d", "time_zone": "Europe/Amsterdam",
            "place_of_time": "Amsterdam", "retention_days": 30,
            "sessions": [{
                "id": "a", "capacity": 1, "date": "28 november", "time": "16.00 uur",
                "starts_at": "2028-11-28T15:00:00Z", "ends_at": "2028-11-28T16:30:00Z",
                "calendar": { "zone": [], "start": "DTSTART", "end": "DTEND" },
                "opens_at": "2026-11-01T08:00:00Z", "closes_at": "2028-11-28T15:00:00Z"
            }]
        }))
        .unwrap_or_else(|error| panic!("{error}"))
    }

    fn catalog(ids: &[&str]) -> Result<Catalog, CatalogError> {
        CatalogRecord {
            origin: "https://x.nl".into(),
            name: "X".into(),
            privacy_notice_version: "1".into(),
            events: ids.iter().map(|id| event(id)).collect(),
        }
        .try_into()
    }

    #[test]
    fn a_catalogue_survives_a_json_round_trip() {
        let catalog = catalog(&["a", "b"]).unwrap_or_else(|error| panic!("{error}"));
        let json = catalog.to_json().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(Catalog::from_json(&json).ok(), Some(catalog));
    }

    #[test]
    fn a_duplicate_event_id_is_rejected() {
        assert!(
            matches!(catalog(&["a", "b", "a"]), Err(CatalogError::DuplicateEvent(id)) if id.as_str() == "a")
        );
    }

    #[test]
    fn the_error_names_a_misspelt_field() {
        let error = Catalog::from_json(r#"{"origin":"x","privacy_notice_version":"1","evnts":[]}"#);
        assert!(error.is_err_and(|e| e.to_string().contains("evnts")));
    }
}

#![doc = include_str!("../README.md")]
//!
//! | module | noun |
//! |---|---|
//! | [`event`] | an announced event and its retention |
//! | [`session`] | one date of an event: capacity, window, phase |
//! | [`id`] | the one spelling of ids in URL, form and key |
//! | [`address`] | every URL that both sides must agree on |
//! | [`answer`] | the pages that the function answers with, and what fills them |
//! | [`mail`] | the mails that participants get, and what fills them |
//! | [`calendar`] | a line of a calendar file |
//! | [`headers`] | the security headers of every answer |

pub mod address;
pub mod answer;
pub mod calendar;
pub mod event;
pub mod headers;
pub mod id;
pub mod mail;
pub mod session;

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

pub use crate::event::Event;
pub use crate::id::{EventId, Reference, SessionId};
pub use crate::session::{Phase, Session};

/// Every event that one can sign up for, and what the function must know of the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "CatalogRecord", into = "CatalogRecord")]
pub struct Catalog {
    origin: String,
    privacy_notice_version: String,
    events: Vec<Event>,
}

/// The catalogue as it is written in `catalog.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogRecord {
    /// Scheme and host of the site, without a path: `https://www.example.nl`.
    pub origin: String,
    /// The version of the privacy notice that stands at the form.
    pub privacy_notice_version: String,
    /// The events, each id at most once.
    pub events: Vec<Event>,
}

/// Why a catalogue can't be used.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// Two events share an id.
    #[error("event id `{0}` occurs twice")]
    DuplicateEvent(EventId),
    /// The text is no JSON, or not of the catalogue's form.
    #[error("catalogue is not readable: {0}")]
    Json(#[from] serde_json::Error),
}

impl Catalog {
    /// The catalogue in a JSON text.
    ///
    /// # Errors
    /// When the text is no JSON, misses a field, has one too many, or breaks an invariant.
    pub fn from_json(json: &str) -> Result<Self, CatalogError> {
        Ok(serde_json::from_str(json)?)
    }

    /// The catalogue as JSON, for people to read as well.
    ///
    /// # Errors
    /// None in practice: every field has a JSON form.
    pub fn to_json(&self) -> Result<String, CatalogError> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Scheme and host of the site, without a path.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The version of the privacy notice that stands at the form.
    pub fn privacy_notice_version(&self) -> &str {
        &self.privacy_notice_version
    }

    /// All events, in the order of their announcement.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The event with this id.
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
        let CatalogRecord { origin, privacy_notice_version, events } = record;
        Ok(Self { origin, privacy_notice_version, events })
    }
}

impl From<Catalog> for CatalogRecord {
    fn from(catalog: Catalog) -> Self {
        let Catalog { origin, privacy_notice_version, events } = catalog;
        Self { origin, privacy_notice_version, events }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str) -> Event {
        serde_json::from_value(serde_json::json!({
            "id": id, "title": "t", "page": "/p/", "time_zone": "Europe/Amsterdam", "retention_days": 30,
            "sessions": [{
                "id": "a", "capacity": 1,
                "starts_at": "2028-11-28T15:00:00Z", "ends_at": "2028-11-28T16:30:00Z",
                "opens_at": "2026-11-01T08:00:00Z", "closes_at": "2028-11-28T15:00:00Z"
            }]
        }))
        .unwrap_or_else(|error| panic!("{error}"))
    }

    fn catalog(ids: &[&str]) -> Result<Catalog, CatalogError> {
        CatalogRecord {
            origin: "https://x.nl".into(),
            privacy_notice_version: "1".into(),
            events: ids.iter().map(|id| event(id)).collect(),
        }
        .try_into()
    }

    #[test]
    fn json_there_and_back_is_the_same_catalogue() {
        let catalog = catalog(&["a", "b"]).unwrap_or_else(|error| panic!("{error}"));
        let json = catalog.to_json().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(Catalog::from_json(&json).ok(), Some(catalog));
    }

    #[test]
    fn an_event_id_occurs_once() {
        assert!(
            matches!(catalog(&["a", "b", "a"]), Err(CatalogError::DuplicateEvent(id)) if id.as_str() == "a")
        );
    }

    #[test]
    fn a_misspelt_field_is_named() {
        let error = Catalog::from_json(r#"{"origin":"x","privacy_notice_version":"1","evnts":[]}"#);
        assert!(error.is_err_and(|e| e.to_string().contains("evnts")));
    }
}

//! When a session takes place.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::calendar::{compact, time_zone};
use crate::dutch;

/// When a session takes place: as instants, in words and for calendars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// Start of the session.
    pub starts_at: Timestamp,
    /// End of the session.
    pub ends_at: Timestamp,
    /// The date in words: `dinsdag 28 november 2028`.
    pub date: String,
    /// The time in words: `16.00–17.30 uur`.
    pub time: String,
    /// The start and the end as calendars read them.
    pub calendar: CalendarTimes,
}

/// The start and the end of a session as content lines of iCalendar, without line breaks (RFC 5545).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarTimes {
    /// The time zone in force at the session: the lines of a `VTIMEZONE`.
    pub zone: Vec<String>,
    /// `DTSTART;TZID=Europe/Amsterdam:20281128T160000`
    pub start: String,
    /// `DTEND;TZID=Europe/Amsterdam:20281128T173000`
    pub end: String,
}

impl Period {
    /// Returns the period between two local times of a time zone, each with its instant.
    pub fn new(
        zone: &TimeZone,
        (start, starts_at): (DateTime, Timestamp),
        (end, ends_at): (DateTime, Timestamp),
    ) -> Self {
        let name = zone.iana_name().unwrap_or("UTC");
        Self {
            starts_at,
            ends_at,
            date: dutch::weekday_date(start.date()),
            time: dutch::period(start, end),
            calendar: CalendarTimes {
                zone: time_zone(name, zone, starts_at, ends_at),
                start: format!("DTSTART;TZID={name}:{}", compact(start)),
                end: format!("DTEND;TZID={name}:{}", compact(end)),
            },
        }
    }
}

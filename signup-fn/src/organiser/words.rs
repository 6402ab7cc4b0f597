//! Days and times, as the pages of organisers show them.

use catalog::Event;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Returns the time zone of an event.
pub(super) fn zone_of(event: &Event) -> TimeZone {
    TimeZone::get(event.time_zone()).unwrap_or(TimeZone::UTC)
}

/// Returns the time zone of acts that belong to no event: that of the first event.
pub(super) fn zone(events: &[Event]) -> TimeZone {
    events.first().map_or(TimeZone::UTC, zone_of)
}

/// Returns a day and time: `24-11-2026, 13.00`.
pub(super) fn moment(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%-d-%-m-%Y, %H.%M").to_string()
}

/// Returns a day: `24-11-2026`.
pub(super) fn day(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%-d-%-m-%Y").to_string()
}

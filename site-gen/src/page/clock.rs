//! Conversion of TOML dates and times to instants.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use toml::Spanned;
use toml::value::Datetime;

use crate::source::file::Source;
use crate::source::problem::{Problem, Problems};

/// Returns a date and time in a time zone, with the matching instant.
///
/// A date without a time means midnight. An offset in the value takes precedence over `zone`.
///
/// Reports a problem and returns `None` if the date or time does not exist. The same goes for a time that
/// a clock change skips or repeats.
pub fn instant(
    written: &Spanned<Datetime>,
    zone: &TimeZone,
    source: &Arc<Source>,
    problems: &mut Problems,
) -> Option<(DateTime, Timestamp)> {
    let Some(civil) = civil(written.get_ref()) else {
        let problem = Problem::at(source, written.span(), "deze dag of tijd bestaat niet");
        problems.push(problem.help("kijk de datum na"));
        return None;
    };
    if let Some(at) = written.get_ref().offset.and_then(|offset| at_offset(civil, offset)) {
        return Some((zone.to_datetime(at), at));
    }
    match zone.to_ambiguous_timestamp(civil).unambiguous() {
        Ok(instant) => Some((civil, instant)),
        Err(_) => {
            let message =
                "dit moment bestaat niet, of komt twee keer voor: de klok gaat dan een uur vooruit of terug";
            problems.push(Problem::at(source, written.span(), message).help("kies een ander uur"));
            None
        }
    }
}

/// Returns the time zone with an IANA name.
///
/// Reports a problem and returns `None` if there is no such time zone.
pub fn zone(name: &Spanned<String>, source: &Arc<Source>, problems: &mut Problems) -> Option<TimeZone> {
    let zone = TimeZone::get(name.get_ref()).ok();
    if zone.is_none() {
        let problem = Problem::at(source, name.span(), "deze tijdzone bestaat niet");
        problems.push(problem.help("schrijf het zo: `time_zone = \"Europe/Amsterdam\"`"));
    }
    zone
}

/// Formats an instant in a time zone according to RFC 3339: `2028-11-28T16:00:00+01:00`.
pub fn rfc3339(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn at_offset(civil: DateTime, offset: toml::value::Offset) -> Option<Timestamp> {
    let minutes = match offset {
        toml::value::Offset::Z => 0,
        toml::value::Offset::Custom { minutes } => i32::from(minutes),
    };
    Offset::from_seconds(minutes * 60).ok()?.to_timestamp(civil).ok()
}

fn civil(written: &Datetime) -> Option<DateTime> {
    let date = written.date?;
    let small = |number: u8| i8::try_from(number).ok();
    let (hour, minute, second) = match written.time {
        Some(time) => (small(time.hour)?, small(time.minute)?, small(time.second.unwrap_or(0))?),
        None => (0, 0, 0),
    };
    DateTime::new(
        i16::try_from(date.year).ok()?,
        small(date.month)?,
        small(date.day)?,
        hour,
        minute,
        second,
        0,
    )
    .ok()
}

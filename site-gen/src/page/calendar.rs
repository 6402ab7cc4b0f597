//! The times of a session as calendars read them (RFC 5545).

use catalog::session::CalendarTimes;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

/// Returns the times of a session, with the time zone in force then.
pub fn times(
    zone: &TimeZone,
    (start, starts_at): (DateTime, Timestamp),
    (end, ends_at): (DateTime, Timestamp),
) -> CalendarTimes {
    let name = zone.iana_name().unwrap_or("UTC");
    CalendarTimes {
        zone: time_zone(name, zone, starts_at, ends_at),
        start: format!("DTSTART;TZID={name}:{}", compact(start)),
        end: format!("DTEND;TZID={name}:{}", compact(end)),
    }
}

/// Returns a local time in iCalendar's format: `20281128T160000`.
fn compact(local: DateTime) -> String {
    local.strftime("%Y%m%dT%H%M%S").to_string()
}

/// Returns a `VTIMEZONE` with the offsets in force around some sessions, each from its own transition onwards
/// (section 3.6.5).
pub fn time_zone(name: &str, zone: &TimeZone, first: Timestamp, last: Timestamp) -> Vec<String> {
    let mut lines = vec!["BEGIN:VTIMEZONE".to_owned(), format!("TZID:{name}")];
    let before = zone.preceding(first).next();
    let after = zone.following(first).take_while(|transition| transition.timestamp() <= last);
    let mut told = false;
    for transition in before.into_iter().chain(after) {
        let at = transition.timestamp();
        let earlier = zone.preceding(at).next().map_or(Offset::UTC, |transition| transition.offset());
        let kind = if transition.dst().is_dst() { "DAYLIGHT" } else { "STANDARD" };
        let local = earlier.to_datetime(at);
        observance(&mut lines, kind, &compact(local), earlier, transition.offset());
        told = true;
    }
    if !told {
        let offset = zone.to_offset(first);
        observance(&mut lines, "STANDARD", "19700101T000000", offset, offset);
    }
    lines.push("END:VTIMEZONE".to_owned());
    lines
}

fn observance(lines: &mut Vec<String>, kind: &str, start: &str, from: Offset, to: Offset) {
    lines.extend([
        format!("BEGIN:{kind}"),
        format!("DTSTART:{start}"),
        format!("TZOFFSETFROM:{}", offset(from)),
        format!("TZOFFSETTO:{}", offset(to)),
        format!("END:{kind}"),
    ]);
}

/// Formats an offset: `+0100`.
fn offset(offset: Offset) -> String {
    let seconds = offset.seconds();
    let minutes = seconds.abs() / 60;
    format!("{}{:02}{:02}", if seconds < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_zone_lists_the_offsets_in_force_at_the_sessions() {
        let zone = TimeZone::get("Europe/Amsterdam").unwrap();
        let at = |text: &str| text.parse().unwrap();
        let lines =
            time_zone("Europe/Amsterdam", &zone, at("2028-11-28T15:00:00Z"), at("2029-06-05T08:00:00Z"));
        let expected = "BEGIN:STANDARD DTSTART:20281029T030000 TZOFFSETFROM:+0200 TZOFFSETTO:+0100 END:STANDARD \
                        BEGIN:DAYLIGHT DTSTART:20290325T020000 TZOFFSETFROM:+0100 TZOFFSETTO:+0200 END:DAYLIGHT";
        assert!(lines.join(" ").contains(expected), "{lines:?}");
    }
}

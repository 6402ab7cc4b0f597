//! Content lines of iCalendar files (RFC 5545).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

use crate::id::{EventId, SessionId};

/// Maximum number of bytes in a line, without its line break (RFC 5545, section 3.1).
const LONGEST: usize = 75;

/// Appends one content line and its CR LF. Folds a long line between characters (section 3.1).
///
/// ```
/// let mut calendar = String::new();
/// catalog::calendar::push_line(&mut calendar, "BEGIN:VCALENDAR");
/// assert_eq!(calendar, "BEGIN:VCALENDAR\r\n");
/// ```
pub fn push_line(calendar: &mut String, line: &str) {
    let mut room = LONGEST;
    for c in line.chars() {
        if c.len_utf8() > room {
            calendar.push_str("\r\n ");
            room = LONGEST - 1;
        }
        room -= c.len_utf8();
        calendar.push(c);
    }
    calendar.push_str("\r\n");
}

/// Returns the UID of a session's entry, the same in the site's calendars and in mails.
///
/// It does not contain the site's address, so it survives a change of address.
pub fn uid(site_name: &str, event: &EventId, session: &SessionId) -> String {
    let site: String = site_name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .collect();
    format!("{session}.{event}@{site}")
}

/// Returns the `SEQUENCE` of an entry that was last changed at an instant: seconds since 2026.
///
/// It stays below 2³¹, its limit, until 2094. The version of a sign-up begins at the same scale, so a mail
/// replaces an entry that the participant took from the site.
pub fn sequence(changed_at: Timestamp) -> i64 {
    (changed_at.as_second() - 1_767_225_600).max(0)
}

/// Returns a property with a text value, which it escapes (section 3.3.11).
pub fn text(name: &str, value: &str) -> String {
    let value = value.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n");
    format!("{name}:{value}")
}

/// Returns a local time in iCalendar's format: `20281128T160000`.
pub(crate) fn compact(local: DateTime) -> String {
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
    fn a_long_line_is_folded_between_characters() {
        let mut calendar = String::new();
        let line = format!("SUMMARY:{}", "één, ".repeat(40));
        push_line(&mut calendar, &line);
        assert!(calendar.split("\r\n").all(|line| line.len() <= LONGEST), "{calendar}");
        assert!(calendar.split("\r\n").filter(|line| line.len() > LONGEST - 3).count() > 2, "{calendar}");
        assert_eq!(calendar.replace("\r\n ", ""), format!("{line}\r\n"));
    }

    #[test]
    fn a_time_zone_lists_the_offsets_in_force_at_the_sessions() {
        let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap_or_else(|error| panic!("{error}"));
        let at = |text: &str| text.parse().unwrap_or_else(|error| panic!("{error}"));
        let lines =
            time_zone("Europe/Amsterdam", &zone, at("2028-11-28T15:00:00Z"), at("2029-06-05T08:00:00Z"));
        let expected = "BEGIN:STANDARD DTSTART:20281029T030000 TZOFFSETFROM:+0200 TZOFFSETTO:+0100 END:STANDARD \
                        BEGIN:DAYLIGHT DTSTART:20290325T020000 TZOFFSETFROM:+0100 TZOFFSETTO:+0200 END:DAYLIGHT";
        assert!(lines.join(" ").contains(expected), "{lines:?}");
    }
}

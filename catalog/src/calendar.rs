//! Content lines of iCalendar files (RFC 5545).

use jiff::Timestamp;

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
}

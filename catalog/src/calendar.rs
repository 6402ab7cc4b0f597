//! Content lines of iCalendar files (RFC 5545).

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

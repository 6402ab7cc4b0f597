//! Sessions as iCalendar files (RFC 5545).
//!
//! Times are local and come with their own `VTIMEZONE`, so their meaning does not depend on where
//! the calendar is. A session's UID does not depend on the site's address, so it survives a move.

use catalog::Session;
use catalog::calendar::push_line;
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

use crate::page::event::{Announcement, SessionWords};
use crate::render::templates::inert;
use crate::site::{Page, Site};
use crate::words::slug::slug;

/// A session with everything that its calendar entry needs.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The page that announces it.
    pub page: &'a Page,
    /// The event that the session belongs to.
    pub announcement: &'a Announcement,
    /// The session itself.
    pub session: &'a Session,
    /// The session in the words that visitors read.
    pub words: &'a SessionWords,
}

/// Returns a calendar with these sessions.
pub fn calendar(site: &Site, sessions: &[Entry<'_>]) -> String {
    let mut out = Lines::default();
    out.line("BEGIN:VCALENDAR");
    out.line("VERSION:2.0");
    out.text("PRODID", &format!("-//{}//site-gen//NL", site.config.table.title));
    out.line("METHOD:PUBLISH");
    let mut zones: Vec<&str> = sessions.iter().map(Entry::time_zone).collect();
    zones.sort_unstable();
    zones.dedup();
    for name in zones {
        // Reading the event has validated the zone.
        let Ok(zone) = TimeZone::get(name) else { continue };
        let of_zone = || sessions.iter().filter(|entry| entry.time_zone() == name);
        let first = of_zone().map(|entry| entry.session.starts_at()).min();
        let last = of_zone().map(|entry| entry.session.ends_at()).max();
        if let (Some(first), Some(last)) = (first, last) {
            time_zone(&mut out, name, &zone, first, last);
        }
    }
    for &entry in sessions {
        event(&mut out, site, entry);
    }
    out.line("END:VCALENDAR");
    out.0
}

/// Returns the template of a session's entry in a participant's calendar.
///
/// The mailer fills it from a [`catalog::mail::CalendarView`] and folds its lines afterwards.
pub fn personal_entry(site: &Site, entry: Entry<'_>) -> String {
    let Entry { announcement, session, .. } = entry;
    let title = site.config.table.title.replace('"', "'");
    let event = announcement.event.id();
    let name = entry.time_zone();
    // Text that is known at build time must not look like a request-time expression.
    let known = |add: &dyn Fn(&mut Lines)| {
        let mut lines = Lines::default();
        add(&mut lines);
        inert(&lines.0)
    };
    let open = known(&|lines| {
        lines.line("BEGIN:VCALENDAR");
        lines.line("VERSION:2.0");
        lines.text("PRODID", &format!("-//{title}//site-gen//NL"));
        // Reading the event has validated the zone.
        if let Ok(zone) = TimeZone::get(name) {
            time_zone(lines, name, &zone, session.starts_at(), session.ends_at());
        }
        lines.line("BEGIN:VEVENT");
        details(lines, site, entry);
    });
    let alarm = known(&|lines| lines.text("DESCRIPTION", announcement.event.title()));
    let (site, title) = (slug(&title), inert(&title));
    // All mails about a sign-up share one UID, so switching sessions moves the calendar entry.
    [
        open.replacen("VERSION:2.0\r\n", "VERSION:2.0\r\nMETHOD:<< method >>\r\n", 1),
        format!("UID:<< reference >>.{event}@{site}\r\n"),
        "DTSTAMP:<< stamp >>\r\nSEQUENCE:<< sequence >>\r\nSTATUS:<< status >>\r\n".to_owned(),
        format!("ORGANIZER;CN=\"{title}\":mailto:<< organizer >>\r\n"),
        "ATTENDEE;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:<< attendee >>\r\n".to_owned(),
        format!("BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT1H\r\n{alarm}END:VALARM\r\n"),
        "END:VEVENT\r\nEND:VCALENDAR\r\n".to_owned(),
    ]
    .concat()
}

impl<'a> Entry<'a> {
    /// Returns the name of the event's time zone.
    fn time_zone(&self) -> &'a str {
        self.announcement.event.time_zone()
    }
}

fn event(out: &mut Lines, site: &Site, entry: Entry<'_>) {
    let Entry { page, announcement, session, .. } = entry;
    let table = &site.config.table;
    // `DTSTAMP` is the page's own date, so that a second build is byte-identical.
    let stamp = page.content.changed().map_or(session.starts_at(), |day| day.at);
    out.line("BEGIN:VEVENT");
    // The UID leaves out the site's address, which may change.
    out.line(&format!("UID:{}.{}@{}", session.id(), announcement.event.id(), slug(&table.title)));
    out.line(&format!("DTSTAMP:{}", stamp.strftime("%Y%m%dT%H%M%SZ")));
    details(out, site, entry);
    let organizer = table.title.replace('"', "'");
    out.line(&format!("ORGANIZER;CN=\"{organizer}\":{}/", table.origin.get_ref()));
    out.line(if session.is_called_off() { "STATUS:CANCELLED" } else { "STATUS:CONFIRMED" });
    out.line("END:VEVENT");
}

/// Adds the properties that all entries share: the time, the subject and the place.
fn details(out: &mut Lines, site: &Site, entry: Entry<'_>) {
    let Entry { page, announcement, words, .. } = entry;
    let zone = entry.time_zone();
    let url = format!("{}{}", site.config.table.origin.get_ref(), page.place.url);
    out.line(&format!("DTSTART;TZID={zone}:{}", compact(&words.start)));
    out.line(&format!("DTEND;TZID={zone}:{}", compact(&words.end)));
    out.text("SUMMARY", announcement.event.title());
    out.text("DESCRIPTION", &format!("{}\n{url}", page.content.description));
    out.line(&format!("URL:{url}"));
    out.text("LOCATION", "Digitaal");
}

/// Converts a local RFC 3339 time to iCalendar format: `20281128T160000`.
fn compact(rfc3339: &str) -> String {
    rfc3339.chars().take("2028-11-28T16:00:00".len()).filter(|c| !matches!(c, '-' | ':')).collect()
}

/// Adds the time zone's offsets around some sessions, each from its own transition onwards
/// (section 3.6.5).
fn time_zone(out: &mut Lines, name: &str, zone: &TimeZone, first: Timestamp, last: Timestamp) {
    out.line("BEGIN:VTIMEZONE");
    out.line(&format!("TZID:{name}"));
    let before = zone.preceding(first).next();
    let after = zone.following(first).take_while(|transition| transition.timestamp() <= last);
    let mut told = false;
    for transition in before.into_iter().chain(after) {
        let at = transition.timestamp();
        let earlier = zone.preceding(at).next().map_or(Offset::UTC, |transition| transition.offset());
        let kind = if transition.dst().is_dst() { "DAYLIGHT" } else { "STANDARD" };
        let local = earlier.to_datetime(at);
        observance(out, kind, &local.strftime("%Y%m%dT%H%M%S").to_string(), earlier, transition.offset());
        told = true;
    }
    if !told {
        let offset = zone.to_offset(first);
        observance(out, "STANDARD", "19700101T000000", offset, offset);
    }
    out.line("END:VTIMEZONE");
}

fn observance(out: &mut Lines, kind: &str, start: &str, from: Offset, to: Offset) {
    out.line(&format!("BEGIN:{kind}"));
    out.line(&format!("DTSTART:{start}"));
    out.line(&format!("TZOFFSETFROM:{}", offset(from)));
    out.line(&format!("TZOFFSETTO:{}", offset(to)));
    out.line(&format!("END:{kind}"));
}

/// Formats an offset: `+0100`.
fn offset(offset: Offset) -> String {
    let seconds = offset.seconds();
    let minutes = seconds.abs() / 60;
    format!("{}{:02}{:02}", if seconds < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    /// Adds a property with a text value, which it escapes (section 3.3.11).
    fn text(&mut self, name: &str, value: &str) {
        let value = value.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n");
        self.line(&format!("{name}:{value}"));
    }

    fn line(&mut self, line: &str) {
        push_line(&mut self.0, line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_folded_between_characters() {
        let mut lines = Lines::default();
        lines.text("SUMMARY", &"één, ".repeat(30));
        assert!(lines.0.split("\r\n").all(|line| line.len() <= 75), "{}", lines.0);
        assert!(lines.0.replace("\r\n ", "").contains("één\\, één\\, "));
    }

    #[test]
    fn a_time_zone_lists_the_offsets_in_force_at_the_sessions() {
        let mut lines = Lines::default();
        let zone = TimeZone::get("Europe/Amsterdam").unwrap();
        let at = |text: &str| text.parse().unwrap();
        time_zone(
            &mut lines,
            "Europe/Amsterdam",
            &zone,
            at("2028-11-28T15:00:00Z"),
            at("2029-06-05T08:00:00Z"),
        );
        let expected = "BEGIN:STANDARD\r\nDTSTART:20281029T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\n\
                        BEGIN:DAYLIGHT\r\nDTSTART:20290325T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\n";
        assert!(lines.0.contains(expected), "{}", lines.0);
    }
}

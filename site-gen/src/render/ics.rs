//! Sessions as iCalendar files (RFC 5545).
//!
//! Times are local and come with their own `VTIMEZONE`, so their meaning does not depend on where
//! the calendar is. A session's UID does not depend on the site's address, so it survives a move.

use catalog::Session;
use catalog::calendar::{push_line, sequence, text, time_zone, uid};
use jiff::tz::TimeZone;

use crate::page::event::{Announcement, SessionWords};
use crate::site::{Page, Site};

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
    out.text("PRODID", &format!("-//{}//site-gen//NL", &*site.config.table.title));
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
            time_zone(name, &zone, first, last).iter().for_each(|line| out.line(line));
        }
    }
    for &entry in sessions {
        event(&mut out, site, entry);
    }
    out.line("END:VCALENDAR");
    out.0
}

impl<'a> Entry<'a> {
    /// Returns the name of the event's time zone.
    fn time_zone(&self) -> &'a str {
        self.announcement.event.time_zone()
    }
}

fn event(out: &mut Lines, site: &Site, entry: Entry<'_>) {
    let Entry { page, announcement, session, .. } = entry;
    let (table, event) = (&site.config.table, &announcement.event);
    let origin = table.origin.get_ref();
    let url = format!("{origin}{}", page.place.url);
    // The stamp is the page's own date, so that a second build is byte-identical.
    let changed = page.content.changed().map_or(session.starts_at(), |day| day.at);
    let stamp = changed.strftime("%Y%m%dT%H%M%SZ");
    out.line("BEGIN:VEVENT");
    out.line(&format!("UID:{}", uid(&table.title, event.id(), session.id())));
    out.line(&format!("DTSTAMP:{stamp}"));
    out.line(&format!("LAST-MODIFIED:{stamp}"));
    out.line(&format!("SEQUENCE:{}", sequence(changed)));
    out.line(&session.calendar().start);
    out.line(&session.calendar().end);
    out.text("SUMMARY", event.title());
    out.text("DESCRIPTION", &format!("{}\n{url}", page.content.description));
    out.line(&format!("URL:{url}"));
    out.text("LOCATION", &session.place().heading());
    let organizer = table.title.replace('"', "'");
    out.line(&format!("ORGANIZER;CN=\"{organizer}\":{origin}/"));
    out.line(if session.is_called_off() { "STATUS:CANCELLED" } else { "STATUS:CONFIRMED" });
    out.line("END:VEVENT");
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    fn text(&mut self, name: &str, value: &str) {
        self.line(&text(name, value));
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
}

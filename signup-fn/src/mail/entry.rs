//! A session as an entry in a participant's calendar (RFC 5545), sent with a mail (RFC 6047).

use catalog::calendar::{push_line, text, uid};
use catalog::mail::CalendarMethod;
use catalog::{Event, Session};
use jiff::Timestamp;

/// The values of an entry that do not follow from its session.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    /// What the calendar does with the entry.
    pub(super) method: CalendarMethod,
    /// The name of the site.
    pub(super) site_name: &'a str,
    /// The URL of the event's page; empty if the page is gone.
    pub(super) url: &'a str,
    /// The link with which to join the session; empty if there is none.
    pub(super) join_url: &'a str,
    /// The sequence number, which is greater in each newer entry.
    pub(super) sequence: i64,
    /// The time of sending.
    pub(super) sent_at: Timestamp,
    /// The sender's email address.
    pub(super) organizer: &'a str,
    /// The participant's email address, escaped for a URI.
    pub(super) attendee: &'a str,
}

impl Entry<'_> {
    /// Returns the calendar with the entry of a session. It replaces the entry that the site's own calendars
    /// have of the session, because both have the same UID.
    pub(super) fn calendar(&self, event: &Event, session: &Session) -> String {
        let name = self.site_name.replace('"', "'");
        let times = session.calendar();
        let mut lines = vec![
            "BEGIN:VCALENDAR".to_owned(),
            "VERSION:2.0".to_owned(),
            format!("METHOD:{}", self.method.name()),
            text("PRODID", &format!("-//{name}//signup-fn//NL")),
        ];
        lines.extend(times.zone.iter().cloned());
        lines.extend([
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}", uid(self.site_name, event.id(), session.id())),
            format!("DTSTAMP:{}", self.sent_at.strftime("%Y%m%dT%H%M%SZ")),
            format!("SEQUENCE:{}", self.sequence),
            format!("STATUS:{}", self.method.status()),
            times.start.clone(),
            times.end.clone(),
            text("SUMMARY", event.title()),
            text("DESCRIPTION", self.description(event).trim()),
            text("LOCATION", &session.place().heading()),
            format!("ORGANIZER;CN=\"{name}\":mailto:{}", self.organizer),
            format!("ATTENDEE;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:{}", self.attendee),
        ]);
        // What somebody opens just before the session.
        let url = if self.join_url.is_empty() { self.url } else { self.join_url };
        if !url.is_empty() {
            lines.push(format!("URL:{url}"));
        }
        lines.extend([
            "BEGIN:VALARM".to_owned(),
            "ACTION:DISPLAY".to_owned(),
            "TRIGGER:-PT1H".to_owned(),
            text("DESCRIPTION", event.title()),
            "END:VALARM".to_owned(),
            "END:VEVENT".to_owned(),
            "END:VCALENDAR".to_owned(),
        ]);
        let mut calendar = String::new();
        lines.iter().for_each(|line| push_line(&mut calendar, line));
        calendar
    }

    fn description(&self, event: &Event) -> String {
        let join = match self.join_url {
            "" => String::new(),
            url => format!("Deelnemen: {url}\n"),
        };
        format!("{join}{}\n{}", event.description(), self.url)
    }
}

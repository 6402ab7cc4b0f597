//! What mails and pages say about an event and its sessions, from values that are known at request time.

use serde::Serialize;

use crate::event::Event;
use crate::session::Session;

/// What a mail or a page says about an event.
#[derive(Debug, Clone, Serialize)]
pub struct EventWords {
    /// The event's name.
    pub title: String,
    /// URL of the event's page: absolute in a mail, a path on a page, and empty if the page is gone.
    pub url: String,
    /// Number of days after the end of a session until all data about its participants is gone.
    pub retention_days: u16,
    /// What taking part costs, as a sentence.
    pub costs: String,
}

/// What a mail or a page says about a session.
#[derive(Debug, Clone, Serialize)]
pub struct SessionWords {
    /// The session's id.
    pub id: String,
    /// The date, with the time if another session is on the same day.
    pub name: String,
    /// `dinsdag 28 november 2028`
    pub date: String,
    /// `16.00–17.30 uur`
    pub time: String,
    /// Where the session takes place: `digitaal`.
    pub place: String,
    /// Whether one can take part online.
    pub is_online: bool,
    /// City of the event's time zone: `Amsterdam`.
    pub place_of_time: String,
    /// The start in RFC 3339.
    pub start: String,
    /// The path of the session's calendar file; empty if the site has it no more.
    pub calendar: String,
    /// Whether the session does not take place.
    pub called_off: bool,
    /// The reason why it does not take place; may be empty.
    pub called_off_because: String,
}

impl EventWords {
    /// Returns what to say about an event, with links that begin with `origin`.
    pub fn new(event: &Event, origin: &str) -> Self {
        let url = if event.is_offline() { String::new() } else { format!("{origin}{}", event.page()) };
        Self {
            title: event.title().to_owned(),
            url,
            retention_days: event.retention_days(),
            costs: event.costs().to_owned(),
        }
    }
}

impl SessionWords {
    /// Returns what to say about a session of an event.
    pub fn new(event: &Event, session: &Session) -> Self {
        Self {
            id: session.id().to_string(),
            name: event.name_of(session),
            date: session.date().to_owned(),
            time: session.time().to_owned(),
            place: session.place().words(),
            is_online: session.place().is_online,
            place_of_time: event.place_of_time().to_owned(),
            start: session.starts_at().to_string(),
            calendar: match event.is_offline() || session.is_removed() {
                true => String::new(),
                false => format!("{}{}.ics", event.page(), session.id()),
            },
            called_off: session.is_called_off(),
            called_off_because: session.called_off_because().to_owned(),
        }
    }
}

//! An event as a page announces it: for the catalogue, and in words.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use catalog::event::EventRecord;
use catalog::session::{SessionError, SessionRecord};
use catalog::{Event, EventId, Session, SessionId};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Serialize;
use toml::Spanned;
use toml::value::Datetime;

use crate::dutch;
use crate::front_matter::{EventTable, SessionTable};
use crate::problem::{Problem, Problems};
use crate::source::Source;

/// Days that participants are remembered after a session, unless the page says otherwise.
const RETENTION_DAYS: u16 = 30;

/// An event, and its sessions in the words that visitors read.
#[derive(Debug)]
pub struct Announcement {
    /// The event for the catalogue.
    pub event: Event,
    /// Its sessions, in the same order.
    pub sessions: Vec<SessionWords>,
    /// Where its id stands in the source.
    pub id_span: Range<usize>,
}

/// A session in the words that visitors read.
#[derive(Debug, Clone, Serialize)]
pub struct SessionWords {
    /// Its id, the value in the form.
    pub id: String,
    /// `dinsdag 28 november 2028`
    pub date: String,
    /// `28`
    pub day: i8,
    /// `november`
    pub month: &'static str,
    /// `dinsdag`
    pub weekday: &'static str,
    /// `16.00–17.30 uur`
    pub time: String,
    /// The start for machines: `2028-11-28T16:00:00+01:00`.
    pub start: String,
    /// The end for machines.
    pub end: String,
    /// Number of seats.
    pub capacity: u32,
    /// When sign-up opens: `1 november 2026, 9.00 uur`.
    pub opens: String,
}

/// Makes an event of its table; `None` when the table has a problem, and all are told.
pub fn announce(
    table: &Spanned<EventTable>,
    page: &str,
    source: &Arc<Source>,
    problems: &mut Problems,
) -> Option<Announcement> {
    let event = table.get_ref();
    let mut read = Reader { source, problems, zone: TimeZone::UTC };
    let id = read.id::<EventId>(&event.id);
    read.zone = read.zone(&event.time_zone)?;
    let sessions = read.sessions(&event.sessions);
    // Sessions with a problem of their own have been told and left out.
    let (id, sessions) = (id?, sessions.filter(|sessions| !sessions.is_empty())?);
    let (sessions, words) = sessions.into_iter().unzip();
    let record = EventRecord {
        id,
        title: event.title.clone(),
        page: page.to_owned(),
        time_zone: event.time_zone.get_ref().clone(),
        retention_days: event.retention_days.unwrap_or(RETENTION_DAYS),
        sessions,
    };
    match Event::try_from(record) {
        Ok(made) => Some(Announcement { event: made, sessions: words, id_span: event.id.span() }),
        Err(error) => {
            problems.push(Problem::at(source, table.span(), error.to_string()));
            None
        }
    }
}

struct Reader<'a> {
    source: &'a Arc<Source>,
    problems: &'a mut Problems,
    zone: TimeZone,
}

impl Reader<'_> {
    fn tell(&mut self, span: Range<usize>, message: &str, help: &str) {
        self.problems.push(Problem::at(self.source, span, message).help(help));
    }

    fn id<Id: std::str::FromStr>(&mut self, id: &Spanned<String>) -> Option<Id> {
        let parsed = id.get_ref().parse().ok();
        if parsed.is_none() {
            self.tell(
                id.span(),
                "een id bestaat uit hooguit 40 kleine letters, cijfers en streepjes",
                &format!("schrijf het zo: `id = \"{}\"`", crate::slug::slug(id.get_ref())),
            );
        }
        parsed
    }

    fn zone(&mut self, name: &Spanned<String>) -> Option<TimeZone> {
        let zone = TimeZone::get(name.get_ref()).ok();
        if zone.is_none() {
            self.tell(
                name.span(),
                "deze tijdzone bestaat niet",
                "schrijf het zo: `time_zone = \"Europe/Amsterdam\"`",
            );
        }
        zone
    }

    /// All sessions; `None` when one of them has a problem.
    fn sessions(&mut self, tables: &[Spanned<SessionTable>]) -> Option<Vec<(Session, SessionWords)>> {
        let mut first_seen: HashMap<&str, usize> = HashMap::new();
        for (index, table) in tables.iter().enumerate() {
            let id = &table.get_ref().id;
            if let Some(first) = first_seen.insert(id.get_ref(), index) {
                let help = format!("sessie {} heet ook zo; geef elke sessie een eigen id", first + 1);
                self.tell(id.span(), &format!("de id `{}` komt twee keer voor", id.get_ref()), &help);
            }
        }
        let all_differ = first_seen.len() == tables.len();
        let read: Vec<_> = tables.iter().map(|table| self.session(table.get_ref())).collect();
        let sessions: Option<Vec<_>> = read.into_iter().collect();
        sessions.filter(|_| all_differ)
    }

    fn session(&mut self, table: &SessionTable) -> Option<(Session, SessionWords)> {
        let id = self.id::<SessionId>(&table.id);
        let start = self.instant(&table.start);
        let end = self.instant(&table.end);
        let opens = self.instant(&table.opens);
        let closes = self.instant(&table.closes);
        let ((start, start_at), (end, end_at), (opens, opens_at), (_, closes_at)) =
            (start?, end?, opens?, closes?);
        let record = SessionRecord {
            id: id?,
            starts_at: start_at,
            ends_at: end_at,
            capacity: table.capacity,
            opens_at,
            closes_at,
        };
        match Session::try_from(record) {
            Ok(session) => {
                let rfc3339 = |at: Timestamp| {
                    at.to_zoned_datetime(self.zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
                };
                let words = SessionWords {
                    id: session.id().to_string(),
                    date: dutch::weekday_date(start.date()),
                    day: start.day(),
                    month: dutch::month(start.date()),
                    weekday: dutch::weekday(start.weekday()),
                    time: format!("{}–{} uur", dutch::time(start.time()), dutch::time(end.time())),
                    start: rfc3339(start_at),
                    end: rfc3339(end_at),
                    capacity: session.capacity(),
                    opens: format!("{}, {} uur", dutch::date(opens.date()), dutch::time(opens.time())),
                };
                Some((session, words))
            }
            Err(error) => {
                let (span, message, help) = match error {
                    SessionError::NoSeats => {
                        (table.id.span(), "deze sessie heeft geen plaatsen", "zet `capacity` op 1 of meer")
                    }
                    SessionError::EndsBeforeStart => {
                        (table.end.span(), "de sessie eindigt voordat zij begint", "zet `end` na `start`")
                    }
                    SessionError::ClosesBeforeOpening => (
                        table.closes.span(),
                        "de aanmelding sluit voordat zij opent",
                        "zet `closes` na `opens`",
                    ),
                    SessionError::ClosesAfterStart => (
                        table.closes.span(),
                        "de aanmelding sluit pas na het begin van de sessie",
                        "zet `closes` op hetzelfde moment als `start`, of eerder",
                    ),
                };
                self.tell(span, message, help);
                None
            }
        }
    }

    /// A day and time in the event's zone, and the instant that it means.
    fn instant(&mut self, written: &Spanned<Datetime>) -> Option<(DateTime, Timestamp)> {
        let Some(civil) = civil(written.get_ref()) else {
            self.tell(written.span(), "deze dag of tijd bestaat niet", "kijk de datum na");
            return None;
        };
        match self.zone.to_ambiguous_timestamp(civil).unambiguous() {
            Ok(instant) => Some((civil, instant)),
            Err(_) => {
                let message =
                    "dit moment bestaat niet of twee keer: de klok gaat dan een uur vooruit of terug";
                self.tell(written.span(), message, "kies een ander uur");
                None
            }
        }
    }
}

/// The civil date and time that TOML's value stands for; `None` when there is no such day.
pub fn civil(written: &Datetime) -> Option<DateTime> {
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

//! An event that a page announces: its catalogue entry, and the text that visitors read.

use catalog::dutch;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use catalog::event::EventRecord;
use catalog::period::Period;
use catalog::place::Place;
use catalog::session::SessionRecord;
use catalog::{Event, EventId, Session, SessionId};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Serialize;
use toml::Spanned;
use toml::value::Datetime;

use crate::page::clock::{self, rfc3339};
use crate::page::front_matter::{EventTable, OneOrMore, SessionTable};
use crate::source::file::Source;
use crate::source::problem::{Problem, Problems};
use crate::words::quotes::curly;

/// Default number of days after a session before the data of its participants is deleted.
const RETENTION_DAYS: u16 = 30;

/// An event, with the text that visitors read about its sessions.
#[derive(Debug)]
pub struct Announcement {
    /// The event for the catalogue.
    pub event: Event,
    /// The text about each session, in the same order as in the event.
    pub sessions: Vec<SessionWords>,
    /// Byte range of the event's id in the source.
    pub id_span: Range<usize>,
}

/// The text that visitors read about a session.
#[derive(Debug, Clone, Hash, Serialize)]
pub struct SessionWords {
    /// The session's id, which is its value in the sign-up form.
    pub id: String,
    /// The date, with the time if another session is on the same day.
    pub name: String,
    /// Where the session takes place: `digitaal`.
    pub place: String,
    /// Name and address of the building; empty if the session is only online.
    pub address: String,
    /// Whether one can take part online.
    pub is_online: bool,
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
    /// The start in RFC 3339: `2028-11-28T16:00:00+01:00`.
    pub start: String,
    /// The end in RFC 3339.
    pub end: String,
    /// Number of seats.
    pub capacity: u32,
    /// Opening time of sign-up: `1 november 2026, 9.00 uur`.
    pub opens: String,
    /// Opening time of sign-up in RFC 3339.
    pub opens_at: String,
    /// City of the event's time zone: `Amsterdam`.
    pub place_of_time: String,
    /// Path of the session's calendar file: `/nieuws/lnpo/28-november.ics`.
    pub ics: String,
    /// The former start, if the session was moved.
    pub moved_from: Option<FormerStart>,
    /// Whether the session does not take place.
    pub called_off: bool,
    /// Why it does not take place; may be empty.
    pub called_off_because: String,
}

/// The start that a session had before it was moved.
#[derive(Debug, Clone, Hash, Serialize)]
pub struct FormerStart {
    /// `12 januari 2029, 16.00 uur`
    pub words: String,
    /// The same in RFC 3339.
    pub start: String,
}

/// Converts an `[event]` table into an announcement.
///
/// Reports the problems of the table, and returns `None` if there are any.
pub fn announce(
    table: &Spanned<EventTable>,
    page: &str,
    description: &str,
    source: &Arc<Source>,
    problems: &mut Problems,
) -> Option<Announcement> {
    let event = table.get_ref();
    let mut read = Reader { source, page, problems, zone: TimeZone::UTC, place: Place::default() };
    let id = event.id.as_ref().and_then(|id| read.id::<EventId>(id));
    let zone = event.time_zone.as_ref().and_then(|name| clock::zone(name, source, read.problems));
    // Without the right zone, the order of the times can still be checked.
    read.zone = zone.clone().unwrap_or(TimeZone::UTC);
    read.place = event.place.as_ref().and_then(|place| read.place(place)).unwrap_or_default();
    let sessions = read.sessions(&event.sessions);
    let (id, sessions) = (id?, sessions?);
    zone?;
    let (sessions, words) = sessions.into_iter().unzip();
    let id_span = event.id.as_ref()?.span();
    let record = EventRecord {
        id,
        title: event.title.as_ref()?.to_string(),
        page: page.to_owned(),
        description: description.to_owned(),
        place_of_time: read.city(),
        time_zone: event.time_zone.as_ref()?.get_ref().clone(),
        retention_days: event.retention_days.unwrap_or(RETENTION_DAYS),
        confirm_by_mail: event.confirm_by_mail,
        costs: event.costs.as_deref().unwrap_or_default().to_owned(),
        sessions,
        renamed: BTreeMap::new(),
        amended: BTreeMap::new(),
        is_offline: false,
        is_spread: false,
    };
    // `Event::try_from` fails only without sessions: `read.sessions` has checked that their ids differ.
    // The list is empty only if the schema has reported that.
    let event = Event::try_from(record).ok()?;
    let mut sessions: Vec<SessionWords> = words;
    for (words, session) in sessions.iter_mut().zip(event.sessions()) {
        words.name = event.name_of(session);
    }
    Some(Announcement { event, sessions, id_span })
}

struct Reader<'a> {
    source: &'a Arc<Source>,
    page: &'a str,
    problems: &'a mut Problems,
    zone: TimeZone,
    /// Where sessions take place that do not say so themselves.
    place: Place,
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
                &format!("schrijf het zo: `id = \"{}\"`", crate::words::slug::slug(id.get_ref())),
            );
        }
        parsed
    }

    /// Returns all sessions, or `None` if one of them has a problem.
    fn sessions(&mut self, tables: &[Spanned<SessionTable>]) -> Option<Vec<(Session, SessionWords)>> {
        let mut first_seen: HashMap<&str, usize> = HashMap::new();
        let mut all_differ = true;
        for (index, table) in tables.iter().enumerate() {
            let Some(id) = &table.get_ref().id else { continue };
            if let Some(first) = first_seen.insert(id.get_ref(), index) {
                all_differ = false;
                let help = format!("sessie {} heet ook zo; geef elke sessie een eigen id", first + 1);
                self.tell(id.span(), &format!("de id `{}` komt twee keer voor", id.get_ref()), &help);
            }
        }
        let read: Vec<_> = tables.iter().map(|table| self.session(table.get_ref())).collect();
        let sessions: Option<Vec<_>> = read.into_iter().collect();
        sessions.filter(|_| all_differ)
    }

    fn session(&mut self, table: &SessionTable) -> Option<(Session, SessionWords)> {
        let before = self.problems.len();
        let id = table.id.as_ref().and_then(|id| self.id::<SessionId>(id));
        let start = self.instant(table.start.as_ref());
        let end = self.instant(table.end.as_ref());
        let opens = self.instant(table.opens.as_ref());
        let closes = self.instant(table.closes.as_ref());
        self.check_order(table, [start, end, opens, closes].map(|moment| moment.map(|(_, at)| at)));
        let moved_from = table.moved_from.as_ref().zip(start);
        let moved_from = moved_from.and_then(|(from, (_, start))| self.former_start(from, start));
        let place = match &table.place {
            Some(place) => self.place(place),
            None => Some(self.place.clone()),
        };
        let because = table.called_off_because.as_ref();
        if let Some(because) = because.filter(|_| !table.called_off) {
            let help = "zet er `called_off = true` bij, of haal deze sleutel weg";
            self.tell(because.span(), "een reden, maar de sessie gaat gewoon door", help);
        }
        let ((start, start_at), (end, end_at), (opens, opens_at), (_, closes_at)) =
            (start?, end?, opens?, closes?);
        let record = SessionRecord {
            id: id?,
            period: Period::new(&self.zone, (start, start_at), (end, end_at)),
            place: place?,
            capacity: table.capacity?,
            opens_at,
            closes_at,
            called_off: table.called_off,
            called_off_because: because.map(|because| because.get_ref().to_string()).unwrap_or_default(),
            is_removed: false,
        };
        if self.problems.len() > before {
            return None;
        }
        // `check_order` and the schema have reported whatever makes this fail.
        let session = Session::try_from(record).ok()?;
        let words = SessionWords {
            id: session.id().to_string(),
            name: String::new(),
            place: session.place().words(),
            address: session.place().address.clone(),
            is_online: session.place().is_online,
            date: session.date().to_owned(),
            day: start.day(),
            month: dutch::month(start.date()),
            weekday: dutch::weekday(start.weekday()),
            time: session.time().to_owned(),
            start: rfc3339(start_at, &self.zone),
            end: rfc3339(end_at, &self.zone),
            capacity: session.capacity(),
            opens: dutch::moment(opens),
            opens_at: rfc3339(opens_at, &self.zone),
            place_of_time: self.city(),
            ics: format!("{}{}.ics", self.page, session.id()),
            moved_from,
            called_off: session.is_called_off(),
            called_off_because: session.called_off_because().to_owned(),
        };
        Some((session, words))
    }

    /// Reports moments of a session that are not in order, as far as they are known: start, end, opening and
    /// closing time.
    fn check_order(&mut self, table: &SessionTable, moments: [Option<Timestamp>; 4]) {
        let [start, end, opens, closes] = moments;
        let is_before = |one: Option<Timestamp>, other: Option<Timestamp>| {
            one.zip(other).is_some_and(|(one, other)| one < other)
        };
        let is_not_after = |one: Option<Timestamp>, other: Option<Timestamp>| {
            one.zip(other).is_some_and(|(one, other)| one <= other)
        };
        let mut tell = |at: &Option<Spanned<Datetime>>, message: &str, help: &str| {
            if let Some(at) = at {
                self.tell(at.span(), message, help);
            }
        };
        if is_not_after(end, start) {
            tell(&table.end, "de sessie eindigt voordat zij begint", "zet `end` na `start`");
        }
        if is_not_after(closes, opens) {
            tell(&table.closes, "de aanmelding sluit voordat zij opent", "zet `closes` na `opens`");
        }
        if is_before(start, closes) {
            let help = "zet `closes` op hetzelfde moment als `start`, of eerder";
            tell(&table.closes, "de aanmelding sluit pas na het begin van de sessie", help);
        }
    }

    fn place(&mut self, written: &Spanned<OneOrMore>) -> Option<Place> {
        let is_online =
            |text: &&String| ["online", "digitaal"].contains(&text.trim().to_lowercase().as_str());
        let (online, addresses): (Vec<&String>, Vec<&String>) =
            written.get_ref().texts().iter().partition(is_online);
        if addresses.len() > 1 {
            let help =
                "een sessie is op één plek, en misschien ook online: `place = [\"naam, adres\", \"online\"]`";
            self.tell(written.span(), "hier staan twee adressen", help);
            return None;
        }
        let address = addresses.first().map(|address| curly(address.trim()).into_owned()).unwrap_or_default();
        Some(Place { address, is_online: !online.is_empty() })
    }

    fn former_start(&mut self, written: &Spanned<Datetime>, start: Timestamp) -> Option<FormerStart> {
        let (local, at) = self.instant(Some(written))?;
        if at == start {
            let help = "zet hier het begin van vóór de verplaatsing, of haal deze sleutel weg";
            self.tell(written.span(), "de sessie begint nog op hetzelfde moment", help);
            return None;
        }
        Some(FormerStart { words: dutch::moment(local), start: rfc3339(at, &self.zone) })
    }

    /// Returns the city of the event's time zone: `Amsterdam`.
    fn city(&self) -> String {
        let name = self.zone.iana_name().unwrap_or("UTC");
        name.rsplit('/').next().unwrap_or(name).replace('_', " ")
    }

    fn instant(&mut self, written: Option<&Spanned<Datetime>>) -> Option<(DateTime, Timestamp)> {
        clock::instant(written?, &self.zone, self.source, self.problems)
    }
}

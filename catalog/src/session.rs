//! One date of an event.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::id::SessionId;
use crate::period::{CalendarTimes, Period};
use crate::place::Place;

/// One date of an event, with its seats and its sign-up window.
///
/// Invariants: capacity ≥ 1, and `opens_at < closes_at ≤ starts_at < ends_at`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "SessionRecord", into = "SessionRecord")]
pub struct Session(SessionRecord);

/// The unvalidated form of a [`Session`], as stored in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// The session's id, unique within the event.
    pub id: SessionId,
    /// When the session takes place.
    #[serde(flatten)]
    pub period: Period,
    /// Where the session takes place.
    #[serde(default)]
    pub place: Place,
    /// Number of seats.
    pub capacity: u32,
    /// The instant from which sign-up is open.
    pub opens_at: Timestamp,
    /// The instant from which sign-up is closed.
    pub closes_at: Timestamp,
    /// Whether the session does not take place.
    #[serde(default)]
    pub called_off: bool,
    /// The reason why it does not take place; may be empty.
    #[serde(default)]
    pub called_off_because: String,
    /// Whether the session is no longer in the catalogue. Never set there; see [`crate::standing`].
    #[serde(default)]
    pub is_removed: bool,
}

/// When and where a session takes place, as participants were told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionTimes {
    /// Start of the session.
    pub starts_at: Timestamp,
    /// End of the session.
    pub ends_at: Timestamp,
    /// Both in words, such as `dinsdag 28 november 2028, 16.00–17.30 uur`.
    pub when: String,
    /// Where the session takes place. An older version did not store it.
    #[serde(default)]
    pub place: Option<Place>,
}

/// A reason why a record is not a valid session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// The session has no seats.
    #[error("a session needs at least one seat")]
    NoSeats,
    /// The session does not end after its start.
    #[error("a session must end after its start")]
    EndsBeforeStart,
    /// Sign-up does not close after it opens.
    #[error("sign-up must close after it opens")]
    ClosesBeforeOpening,
    /// Sign-up closes after the session has started.
    #[error("sign-up must close no later than the start of the session")]
    ClosesAfterStart,
}

/// The phase of a session at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Sign-up has not opened yet.
    NotYet,
    /// Sign-up is open.
    Open,
    /// Sign-up has closed, and the session has not begun.
    Closed,
    /// The session has begun.
    UnderWay,
    /// The session has ended.
    Over,
    /// The session does not take place.
    CalledOff,
}

impl Session {
    /// Returns the session's id, which is unique within the event.
    pub fn id(&self) -> &SessionId {
        &self.0.id
    }

    /// Returns the start of the session.
    pub fn starts_at(&self) -> Timestamp {
        self.0.period.starts_at
    }

    /// Returns the instant from which sign-up is open.
    pub fn opens_at(&self) -> Timestamp {
        self.0.opens_at
    }

    /// Returns the instant from which sign-up is closed.
    pub fn closes_at(&self) -> Timestamp {
        self.0.closes_at
    }

    /// Returns the end of the session.
    pub fn ends_at(&self) -> Timestamp {
        self.0.period.ends_at
    }

    /// Returns where the session takes place.
    pub fn place(&self) -> &Place {
        &self.0.place
    }

    /// Returns when and where the session takes place, also in words.
    pub fn times(&self) -> SessionTimes {
        let Period { starts_at, ends_at, ref date, ref time, .. } = self.0.period;
        SessionTimes {
            starts_at,
            ends_at,
            when: format!("{date}, {time}"),
            place: Some(self.0.place.clone()),
        }
    }

    /// Returns the date in words: `dinsdag 28 november 2028`.
    pub fn date(&self) -> &str {
        &self.0.period.date
    }

    /// Returns the time in words: `16.00–17.30 uur`.
    pub fn time(&self) -> &str {
        &self.0.period.time
    }

    /// Returns the start and the end as calendars read them.
    pub fn calendar(&self) -> &CalendarTimes {
        &self.0.period.calendar
    }

    /// Returns how somebody in the session's time zone calls its first day: `Vandaag`, `Morgen`, or nothing if it
    /// is another day or not known.
    pub fn day_from(&self, now: Timestamp) -> &'static str {
        let local = self.0.period.calendar.start.rsplit(':').next().unwrap_or_default();
        let Ok(starts) = DateTime::strptime("%Y%m%dT%H%M%S", local) else { return "" };
        // The same distance from UTC for now as for the start, since they are close.
        let Ok(as_utc) = TimeZone::UTC.to_timestamp(starts) else { return "" };
        let offset = as_utc.duration_since(self.0.period.starts_at);
        let today = TimeZone::UTC.to_datetime(now + offset).date();
        match starts.date() {
            day if day == today => "Vandaag",
            day if today.tomorrow().is_ok_and(|tomorrow| tomorrow == day) => "Morgen",
            _ => "",
        }
    }

    /// Returns the number of seats, which is at least one.
    pub fn capacity(&self) -> u32 {
        self.0.capacity
    }

    /// Returns whether the session does not take place.
    pub fn is_called_off(&self) -> bool {
        self.0.called_off
    }

    /// Returns the reason why the session does not take place; may be empty.
    pub fn called_off_because(&self) -> &str {
        &self.0.called_off_because
    }

    /// Returns whether the session is no longer in the catalogue: nobody can choose it any more.
    pub fn is_removed(&self) -> bool {
        self.0.is_removed
    }

    /// Returns whether seats that come free are given to the waiting list: until the session starts, unless
    /// it is called off.
    pub fn promotes(&self, now: Timestamp) -> bool {
        now < self.0.period.starts_at && !self.0.called_off
    }

    /// Returns the phase at an instant: open from `opens_at`, closed from `closes_at`, unless the session is
    /// called off or removed.
    pub fn phase(&self, now: Timestamp) -> Phase {
        if self.0.called_off {
            Phase::CalledOff
        } else if now >= self.0.period.ends_at {
            Phase::Over
        } else if now >= self.0.period.starts_at {
            Phase::UnderWay
        } else if self.0.is_removed {
            Phase::Closed
        } else if now < self.0.opens_at {
            Phase::NotYet
        } else if now < self.0.closes_at {
            Phase::Open
        } else {
            Phase::Closed
        }
    }
}

impl TryFrom<SessionRecord> for Session {
    type Error = SessionError;

    fn try_from(record: SessionRecord) -> Result<Self, SessionError> {
        if record.capacity == 0 {
            Err(SessionError::NoSeats)
        } else if record.period.ends_at <= record.period.starts_at {
            Err(SessionError::EndsBeforeStart)
        } else if record.closes_at <= record.opens_at {
            Err(SessionError::ClosesBeforeOpening)
        } else if record.closes_at > record.period.starts_at {
            Err(SessionError::ClosesAfterStart)
        } else {
            Ok(Self(record))
        }
    }
}

impl From<Session> for SessionRecord {
    fn from(session: Session) -> Self {
        session.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    fn record() -> SessionRecord {
        SessionRecord {
            id: "28-november".parse().unwrap_or_else(|error| panic!("{error}")),
            period: Period {
                starts_at: at("2028-11-28T15:00:00Z"),
                ends_at: at("2028-11-28T16:30:00Z"),
                date: "dinsdag 28 november 2028".to_owned(),
                time: "16.00–17.30 uur".to_owned(),
                calendar: CalendarTimes::default(),
            },
            capacity: 40,
            opens_at: at("2028-11-01T08:00:00Z"),
            closes_at: at("2028-11-28T15:00:00Z"),
            called_off: false,
            called_off_because: String::new(),
            place: Place::default(),
            is_removed: false,
        }
    }

    #[test]
    fn the_window_includes_its_opening_and_excludes_its_closing() {
        let Ok(session) = Session::try_from(record()) else { panic!("the record should be valid") };
        assert_eq!(session.phase(at("2028-11-01T07:59:59.999Z")), Phase::NotYet);
        assert_eq!(session.phase(at("2028-11-01T08:00:00Z")), Phase::Open);
        assert_eq!(session.phase(at("2028-11-28T14:59:59.999Z")), Phase::Open);
        assert_eq!(session.phase(at("2028-11-28T15:00:00Z")), Phase::UnderWay);
    }

    #[test]
    fn a_session_that_is_called_off_is_never_open() {
        let off = SessionRecord { called_off: true, ..record() };
        let Ok(session) = Session::try_from(off) else { panic!("the record should be valid") };
        assert_eq!(session.phase(at("2028-11-10T08:00:00Z")), Phase::CalledOff);
        assert!(!session.promotes(at("2028-11-10T08:00:00Z")));
    }

    #[test]
    fn a_removed_session_is_closed_but_its_waiting_list_moves_up() {
        let removed = SessionRecord { is_removed: true, ..record() };
        let Ok(session) = Session::try_from(removed) else { panic!("the record should be valid") };
        assert_eq!(session.phase(at("2028-11-10T08:00:00Z")), Phase::Closed);
        assert!(session.promotes(at("2028-11-10T08:00:00Z")));
    }

    #[test]
    fn a_record_that_breaks_an_invariant_is_rejected() {
        let check = |change: fn(&mut SessionRecord), expected| {
            let mut record = record();
            change(&mut record);
            assert_eq!(Session::try_from(record), Err(expected));
        };
        check(|r| r.capacity = 0, SessionError::NoSeats);
        check(|r| r.period.ends_at = r.period.starts_at, SessionError::EndsBeforeStart);
        check(|r| r.opens_at = r.closes_at, SessionError::ClosesBeforeOpening);
        check(|r| r.closes_at = r.period.ends_at, SessionError::ClosesAfterStart);
    }

    #[test]
    fn the_first_day_is_today_or_tomorrow_in_the_time_zone_of_the_session() {
        let mut record = record();
        record.period.starts_at = at("2028-11-28T23:30:00Z");
        record.period.ends_at = at("2028-11-29T01:00:00Z");
        record.period.calendar.start = "DTSTART;TZID=Europe/Amsterdam:20281129T003000".into();
        let session = Session::try_from(record).unwrap_or_else(|error| panic!("{error}"));
        let day = |now: &str| session.day_from(at(now));
        assert_eq!(day("2028-11-28T22:59:00Z"), "Morgen");
        assert_eq!(day("2028-11-28T23:00:00Z"), "Vandaag");
        assert_eq!((day("2028-11-27T22:59:00Z"), day("2028-11-29T23:30:00Z")), ("", ""));
    }
}

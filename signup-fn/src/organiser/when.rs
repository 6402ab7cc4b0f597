//! The date and the times of a session, as organisers type them.

use catalog::organiser::views::amend::AmendError;
use catalog::period::Period;
use catalog::typed_date::TypedDate;
use catalog::{Event, Session};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit};

use super::form::Form;
use super::words::zone_of;

/// The date and the times of a session, as organisers type them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct When {
    /// The first day: `2028-11-28`.
    pub(super) date: String,
    /// The time at which it starts: `16:00`.
    pub(super) start: String,
    /// The time at which it ends.
    pub(super) end: String,
}

impl When {
    /// Returns the date and the times of a session.
    pub(super) fn of(event: &Event, session: &Session) -> Self {
        let (start, end) = local(event, session);
        let time = |at: DateTime| at.strftime("%H:%M").to_string();
        Self { date: start.date().to_string(), start: time(start), end: time(end) }
    }

    /// Returns what was typed. Browsers without fields for dates and times send it as it is.
    pub(super) fn read(form: &Form) -> Self {
        let get = |name| form.get(name).trim().to_owned();
        Self { date: get("date"), start: get("start"), end: get("end") }
    }

    /// Returns when the session would take place. It lasts as many days as before.
    ///
    /// # Errors
    /// Returns what is wrong with the fields.
    pub(super) fn period(
        &self,
        event: &Event,
        session: &Session,
        now: Timestamp,
    ) -> Result<Period, AmendError> {
        let (old_start, old_end) = local(event, session);
        let zone = zone_of(event);
        let start = typed(&self.date, &self.start, AmendError::NoStart)?;
        let end = typed(&self.date, &self.end, AmendError::NoEnd)?;
        let days = old_start.date().until((Unit::Day, old_end.date()));
        let end = days.and_then(|days| end.checked_add(days)).map_err(|_| AmendError::NoDate)?;
        let (starts_at, ends_at) =
            (instant(&zone, start, AmendError::NoStart)?, instant(&zone, end, AmendError::NoEnd)?);
        let period = Period::new(&zone, (start, starts_at), (end, ends_at));
        let is_same = (starts_at, ends_at) == (session.starts_at(), session.ends_at());
        match is_same {
            true => Ok(period),
            false if ends_at <= starts_at => Err(AmendError::EndsBeforeStart),
            false if starts_at <= now => Err(AmendError::StartsInThePast),
            false => Ok(period),
        }
    }
}

/// Returns the local start and end of a session.
fn local(event: &Event, session: &Session) -> (DateTime, DateTime) {
    let zone = zone_of(event);
    (zone.to_datetime(session.starts_at()), zone.to_datetime(session.ends_at()))
}

fn typed(date: &str, time: &str, no_time: AmendError) -> Result<DateTime, AmendError> {
    let Some(TypedDate::Real(day, None)) = TypedDate::read(date) else { return Err(AmendError::NoDate) };
    match TypedDate::read(&format!("{day} {time}")) {
        Some(TypedDate::Real(day, Some(time))) => Ok(day.to_datetime(time)),
        _ => Err(no_time),
    }
}

/// Returns the instant of a local time that the clock shows exactly once.
fn instant(zone: &TimeZone, local: DateTime, error: AmendError) -> Result<Timestamp, AmendError> {
    zone.to_ambiguous_timestamp(local).unambiguous().map_err(|_| error)
}

//! Dates as people type them.

use jiff::civil::{Date, DateTime, Time};

use crate::dutch::MONTHS;

/// A date that somebody typed, with the time if there was one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypedDate {
    /// A day that exists.
    Real(Date, Option<Time>),
    /// A day or time that no calendar or clock has, such as 30 February.
    Unreal,
}

impl TypedDate {
    /// Reads a date in one of the usual orders: `20-11-2026`, `20 november 2026 9.00 uur`, `2026-2-3 9:00`.
    ///
    /// Returns `None` if the text does not look like a date.
    pub fn read(text: &str) -> Option<Self> {
        let text =
            text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '“' | '”' | '‘' | '’'));
        let mut parts = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
        let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
        // In `2026-11-20T09` the third part contains the hour.
        let (third, hour) = match third.split_once(['T', 't']) {
            Some((third, hour)) => (third, Some(hour)),
            None => (third, parts.next()),
        };
        let (year, day) = if first.len() == 4 { (first, third) } else { (third, first) };
        let (year, day) = (number(year, 4..=4)?, number(day, 1..=2)?);
        let month = match MONTHS.iter().position(|month| month.starts_with(&second.to_lowercase())) {
            Some(at) if second.len() >= 3 => i16::try_from(at + 1).ok()?,
            _ => number(second, 1..=2)?,
        };
        let small = |number: i16| i8::try_from(number).ok();
        let Ok(date) = Date::new(year, small(month)?, small(day)?) else { return Some(Self::Unreal) };
        let Some(hour) = hour.filter(|hour| number(hour, 1..=2).is_some()) else {
            return Some(Self::Real(date, None));
        };
        let minute = parts.next().map_or(Some(0), |minute| number(minute, 2..=2))?;
        match Time::new(small(number(hour, 1..=2)?)?, small(minute)?, 0, 0) {
            Ok(time) => Some(Self::Real(date, Some(time))),
            Err(_) => Some(Self::Unreal),
        }
    }

    /// Returns the date in TOML, if it exists.
    pub fn date(self) -> Option<String> {
        match self {
            Self::Real(date, _) => Some(date.to_string()),
            Self::Unreal => None,
        }
    }

    /// Returns the date and time in TOML, if they exist. Without a time, it is nine in the morning.
    pub fn date_time(self) -> Option<String> {
        match self {
            Self::Real(date, time) => {
                let time = time.unwrap_or(Time::constant(9, 0, 0, 0));
                Some(DateTime::from_parts(date, time).to_string())
            }
            Self::Unreal => None,
        }
    }
}

/// Returns a number of so many digits.
fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<i16> {
    let is_number = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_people_type_them() {
        let date_time = |text: &str| TypedDate::read(text).and_then(TypedDate::date_time);
        for text in
            ["20-11-2026", "20/11/2026", "\"2026-11-20\"", "20 november 2026", "20 nov. 2026", "2026-11-20"]
        {
            assert_eq!(
                TypedDate::read(text).and_then(TypedDate::date).as_deref(),
                Some("2026-11-20"),
                "{text}"
            );
            assert_eq!(date_time(text).as_deref(), Some("2026-11-20T09:00:00"), "{text}");
        }
        for text in
            ["2026-2-3 16:30", "3 februari 2026, 16.30 uur", "2026-02-03T16:30:00", "03-02-2026 16:30"]
        {
            assert_eq!(date_time(text).as_deref(), Some("2026-02-03T16:30:00"), "{text}");
        }
        for text in ["2026-02-30", "30 februari 2026", "2026-13-01", "2026-11-20T25:00:00", "31-4-2026"] {
            assert_eq!(TypedDate::read(text), Some(TypedDate::Unreal), "{text}");
        }
        for text in ["", "morgen", "11-2026", "een twee drie", "1.2.3"] {
            assert_eq!(TypedDate::read(text), None, "{text}");
        }
    }
}

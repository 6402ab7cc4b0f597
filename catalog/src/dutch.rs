//! Dates and times in Dutch words.

use jiff::civil::{Date, DateTime, Time, Weekday};

/// The names of the months.
pub const MONTHS: [&str; 12] = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
];

/// Formats a date: `28 november 2028`.
pub fn date(date: Date) -> String {
    format!("{} {} {}", date.day(), month(date), date.year())
}

/// Formats a date with its weekday: `dinsdag 28 november 2028`.
pub fn weekday_date(at: Date) -> String {
    format!("{} {}", weekday(at.weekday()), date(at))
}

/// Returns the name of the month of a date: `november`.
pub fn month(date: Date) -> &'static str {
    MONTHS[date.month() as usize - 1]
}

/// Returns the name of a weekday: `dinsdag`.
pub fn weekday(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "maandag",
        Weekday::Tuesday => "dinsdag",
        Weekday::Wednesday => "woensdag",
        Weekday::Thursday => "donderdag",
        Weekday::Friday => "vrijdag",
        Weekday::Saturday => "zaterdag",
        Weekday::Sunday => "zondag",
    }
}

/// Formats a date and time: `1 november 2028, 9.00 uur`.
pub fn moment(at: DateTime) -> String {
    format!("{}, {} uur", date(at.date()), time(at.time()))
}

/// Formats a time of day: `16.00`.
pub fn time(time: Time) -> String {
    format!("{}.{:02}", time.hour(), time.minute())
}

/// Returns the period of a session whose first day is told elsewhere: `16.00–17.30 uur`, or
/// `16.00 uur tot woensdag 29 november 2028, 12.00 uur`.
pub fn period(start: DateTime, end: DateTime) -> String {
    let is_midnight = end.time() == Time::midnight();
    match start.date().duration_until(end.date()).as_hours() {
        0 => format!("{}–{} uur", time(start.time()), time(end.time())),
        24 if is_midnight => format!("{}–24.00 uur", time(start.time())),
        _ => format!("{} uur tot {}, {} uur", time(start.time()), weekday_date(end.date()), time(end.time())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_are_formatted_in_dutch() {
        let day = jiff::civil::date(2028, 11, 28);
        assert_eq!(weekday_date(day), "dinsdag 28 november 2028");
        assert_eq!(weekday_date(jiff::civil::date(2028, 1, 1)), "zaterdag 1 januari 2028");
        assert_eq!(weekday_date(jiff::civil::date(2028, 12, 31)), "zondag 31 december 2028");
        assert_eq!(time(jiff::civil::time(9, 5, 0, 0)), "9.05");
    }

    #[test]
    fn a_session_over_several_days_says_so() {
        let at = |text: &str| text.parse().unwrap_or_else(|error| panic!("{error}"));
        let check = |start: &str, end: &str, expected: &str| {
            assert_eq!(period(at(start), at(end)), expected);
        };
        check("2028-11-28T16:00", "2028-11-28T17:30", "16.00–17.30 uur");
        check("2028-11-28T22:00", "2028-11-29T00:00", "22.00–24.00 uur");
        check("2028-11-28T16:00", "2028-11-29T12:00", "16.00 uur tot woensdag 29 november 2028, 12.00 uur");
        check("2028-12-31T09:00", "2029-01-02T00:00", "9.00 uur tot dinsdag 2 januari 2029, 0.00 uur");
    }
}

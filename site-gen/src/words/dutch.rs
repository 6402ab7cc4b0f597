//! Dates and times in Dutch words.

use jiff::civil::{Date, DateTime, Time, Weekday};

const MONTHS: [&str; 12] = [
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
}

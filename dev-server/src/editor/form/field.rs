//! A field of the form: a key of the front matter, its kind, and its value as it is typed.

use jiff::civil::{Date, DateTime};
use serde::Serialize;
use site_gen::page::schema::{Key, Kind};

use super::labels::{in_words, label};

/// A field, for the page with the form.
#[derive(Debug, Serialize)]
pub struct Field {
    /// The full name of the key: `event.sessions.0.start`.
    pub name: String,
    /// What an editor calls it.
    pub label: &'static str,
    /// What it is for.
    pub help: String,
    /// What is typed in.
    pub input: Input,
    /// Whether the page can't do without.
    pub is_required: bool,
    /// The value as it is typed.
    pub value: String,
    /// What is wrong with it.
    pub faults: Vec<String>,
    /// What somebody else has made of it since the page was opened, if that is something else.
    pub theirs: Option<Theirs>,
}

/// A value that somebody else has changed since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Theirs {
    /// The value when the page was opened.
    pub then: String,
    /// The value now.
    pub now: String,
}

/// How a value is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// One line of text.
    Line,
    /// A few lines of text.
    Text,
    /// A list with a text on each line.
    Lines,
    /// A box to tick.
    Flag,
    /// A whole number.
    Number,
    /// A date.
    Date,
    /// A date and a time.
    Moment,
}

/// The value of a ticked box.
pub const ON: &str = "on";

impl Field {
    /// Returns a field for a key, with a value.
    pub fn new(name: &str, key: &Key, value: &str) -> Self {
        Self {
            name: name.to_owned(),
            label: label(name).unwrap_or(key.name),
            help: in_words(key.help, name).replace(['`', '"'], ""),
            input: input(key, value),
            is_required: key.required,
            value: value.to_owned(),
            faults: Vec::new(),
            theirs: None,
        }
    }
}

fn input(key: &Key, value: &str) -> Input {
    match key.kind {
        // A time with an offset, or whatever else is no date, does not fit into the browser's own fields.
        Kind::Date | Kind::DateTime if !value.is_empty() && (is_instant(value) || !is_date(value)) => {
            Input::Line
        }
        Kind::DateTime if !value.is_empty() && !value.contains('T') => Input::Line,
        Kind::Date if value.contains('T') => Input::Moment,
        Kind::Date => Input::Date,
        Kind::DateTime => Input::Moment,
        Kind::Flag => Input::Flag,
        Kind::Number(_) => Input::Number,
        Kind::Texts | Kind::TextOrTexts => Input::Lines,
        // Other texts are names of one word.
        Kind::Text if key.name == "description" => Input::Text,
        Kind::Text
        | Kind::Line
        | Kind::TextOrNothing
        | Kind::Choice(_)
        | Kind::Table(_)
        | Kind::Tables(_) => Input::Line,
    }
}

/// Returns a value in the form in which it is typed: a time without seconds, a ticked box as [`ON`].
pub fn as_typed(kind: &Kind, value: &str) -> String {
    match kind {
        Kind::Flag if value == "true" => ON.to_owned(),
        Kind::Flag => String::new(),
        Kind::Date | Kind::DateTime => match value.strip_suffix(":00") {
            Some(short) if short.parse::<DateTime>().is_ok() && short.len() > "2028-11-28T16".len() => {
                short.to_owned()
            }
            _ => value.to_owned(),
        },
        _ => cleaned(kind, value),
    }
}

/// Returns a typed value without the blanks that nobody sees.
pub fn cleaned(kind: &Kind, typed: &str) -> String {
    let typed = typed.replace("\r\n", "\n");
    match kind {
        Kind::Texts | Kind::TextOrTexts => {
            typed.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
        }
        _ => typed.trim().to_owned(),
    }
}

/// Returns a typed value as TOML.
///
/// # Errors
/// Returns what is wrong with it, as a sentence.
pub fn as_toml(kind: &Kind, typed: &str) -> Result<String, &'static str> {
    let text = |text: &str| toml::Value::from(text).to_string();
    match kind {
        Kind::Flag => Ok((typed == ON).to_string()),
        Kind::Number(_) => match typed.parse::<i64>() {
            Ok(number) => Ok(number.to_string()),
            Err(_) => Err("Vul een heel getal in, zoals 40."),
        },
        Kind::Date | Kind::DateTime
            if typed.starts_with(|c: char| c.is_ascii_digit()) && year(typed) < FIRST_YEAR =>
        {
            Err("Vul een jaar met vier cijfers in, vanaf 1990.")
        }
        Kind::Date => match (typed.parse::<Date>(), typed.parse::<DateTime>()) {
            _ if is_instant(typed) => Ok(typed.to_owned()),
            (Ok(date), _) if !typed.contains('T') => Ok(date.to_string()),
            (_, Ok(moment)) => Ok(moment.to_string()),
            _ => Err("Vul een datum in zoals 2028-11-28."),
        },
        Kind::DateTime => match typed.replace(' ', "T").parse::<DateTime>() {
            _ if is_instant(typed) => Ok(typed.to_owned()),
            Ok(moment) if typed.contains([':', 'T']) => Ok(moment.to_string()),
            _ => Err("Vul een datum en een tijd in zoals 2028-11-28 16:00."),
        },
        Kind::TextOrTexts if !typed.contains('\n') => Ok(text(typed)),
        Kind::Texts | Kind::TextOrTexts => {
            Ok(format!("[{}]", typed.lines().map(text).collect::<Vec<_>>().join(", ")))
        }
        _ => Ok(text(typed)),
    }
}

/// The first year that is more likely meant than mistyped.
const FIRST_YEAR: i64 = 1990;

/// Returns the year of a typed date, or the last of all if there is none.
fn year(typed: &str) -> i64 {
    typed
        .split('-')
        .next()
        .filter(|year| year.len() == 4)
        .and_then(|year| year.parse().ok())
        .unwrap_or(i64::MAX)
}

fn is_date(typed: &str) -> bool {
    typed.parse::<DateTime>().is_ok()
}

/// Returns whether a value is a time with an offset from UTC, which TOML has too.
fn is_instant(typed: &str) -> bool {
    typed.contains('T') && typed.parse::<jiff::Timestamp>().is_ok()
}

#[cfg(test)]
mod tests {
    use site_gen::page::schema::optional;

    use super::*;

    #[test]
    fn a_value_is_typed_and_written_in_its_own_form() {
        let written = |kind: Kind, typed: &str| as_toml(&kind, &cleaned(&kind, typed)).unwrap();
        assert_eq!(written(Kind::Line, " Een \"naam\" "), "'Een \"naam\"'");
        assert_eq!(
            written(Kind::Texts, "Lerend Netwerk\r\n\r\n Indicatoren \r\n"),
            r#"["Lerend Netwerk", "Indicatoren"]"#
        );
        assert_eq!(written(Kind::TextOrTexts, "online"), r#""online""#);
        assert_eq!(written(Kind::Number(100), " 40 "), "40");
        assert_eq!(written(Kind::Flag, ON), "true");
        assert_eq!(written(Kind::Date, "2028-11-28"), "2028-11-28");
        assert_eq!(written(Kind::DateTime, "2028-11-28T16:00"), "2028-11-28T16:00:00");
        assert_eq!(written(Kind::DateTime, "2028-11-28 16:00"), "2028-11-28T16:00:00");
        assert_eq!(written(Kind::DateTime, "2028-11-28T16:00:00Z"), "2028-11-28T16:00:00Z");
        for (kind, typed) in [
            (Kind::Number(100), "veertig"),
            (Kind::Date, "28-11-2028"),
            (Kind::DateTime, "2028-11-28"),
            (Kind::DateTime, "28 november"),
            (Kind::Date, "0027-03-10"),
            (Kind::DateTime, "0027-03-10T16:00"),
        ] {
            assert!(as_toml(&kind, typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn what_is_shown_is_what_would_be_typed() {
        assert_eq!(as_typed(&Kind::DateTime, "2028-11-28T16:00:00"), "2028-11-28T16:00");
        assert_eq!(as_typed(&Kind::DateTime, "2028-11-28T16:00:30"), "2028-11-28T16:00:30");
        assert_eq!(as_typed(&Kind::Date, "2028-11-28"), "2028-11-28");
        assert_eq!(as_typed(&Kind::Flag, "true"), ON);
        let shown = |kind: Kind, value: &str| input(&optional("key", kind, ""), value);
        assert_eq!(shown(Kind::Date, "2028-11-28"), Input::Date);
        assert_eq!(shown(Kind::Date, "2028-11-28T16:00"), Input::Moment);
        assert_eq!(shown(Kind::DateTime, "2028-11-28T16:00:00+02:00"), Input::Line);
        assert_eq!((shown(Kind::Date, "gisteren"), shown(Kind::Date, "")), (Input::Line, Input::Date));
        assert_eq!(
            (shown(Kind::DateTime, "2028-11-28"), shown(Kind::DateTime, "")),
            (Input::Line, Input::Moment)
        );
    }
}

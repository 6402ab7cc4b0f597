//! What an editor probably meant with a value that is not right.

use super::{Key, Kind};
use catalog::typed_date::TypedDate;

/// Quotes that word processors and telephones type.
pub(super) const CURLY: [char; 7] = ['“', '”', '„', '‘', '’', '«', '»'];

impl Key {
    /// Returns an example of the key in TOML, made from what was typed if that says enough.
    pub(super) fn example_like(&self, typed: &str, within: &str) -> String {
        let value = match self.kind {
            Kind::Text | Kind::Line | Kind::TextOrNothing | Kind::TextOrTexts => quoted(typed),
            Kind::Texts => list(typed),
            Kind::Flag => flag(typed),
            Kind::Number(_) => digits(typed),
            Kind::Date => TypedDate::read(typed).and_then(TypedDate::date),
            Kind::DateTime => TypedDate::read(typed).and_then(TypedDate::date_time),
            Kind::Choice(_) | Kind::Table(_) | Kind::Tables(_) => None,
        };
        value.map_or_else(|| self.example(within), |value| format!("{} = {value}", self.name))
    }
}

/// Returns a text between quotes that TOML accepts.
fn quoted(typed: &str) -> Option<String> {
    let is_quote = |c: char| matches!(c, '"' | '\'') || CURLY.contains(&c);
    let inner = typed.trim();
    let inner = inner.strip_prefix(is_quote).unwrap_or(inner);
    let inner = inner.strip_suffix(is_quote).unwrap_or(inner).trim();
    if inner.is_empty() || inner.starts_with(['[', '{']) {
        return None;
    }
    Some(match (inner.contains(['"', '\\']), inner.contains('\'')) {
        (false, _) => format!("\"{inner}\""),
        (true, false) => format!("'{inner}'"),
        (true, true) => format!("\"{}\"", inner.replace('\\', "\\\\").replace('"', "\\\"")),
    })
}

fn list(typed: &str) -> Option<String> {
    let inner = typed.trim().trim_start_matches('[').trim_end_matches(']');
    let separator = if inner.contains(',') { ',' } else { '\n' };
    // Without commas, quotes separate the items.
    let items: Vec<String> = match inner.contains(',') || inner.matches('"').count() <= 2 {
        true => inner.split(separator).filter_map(quoted).collect(),
        false => inner.split('"').filter(|part| !part.trim().is_empty()).filter_map(quoted).collect(),
    };
    (!items.is_empty()).then(|| format!("[{}]", items.join(", ")))
}

fn flag(typed: &str) -> Option<String> {
    let word =
        typed.trim().trim_matches(|c: char| matches!(c, '"' | '\'') || CURLY.contains(&c)).to_lowercase();
    let is_true = ["true", "ja", "yes", "on", "aan", "1", "waar"].contains(&word.as_str());
    let is_false = ["false", "nee", "no", "off", "uit", "0", "onwaar"].contains(&word.as_str());
    (is_true || is_false).then(|| is_true.to_string())
}

fn digits(typed: &str) -> Option<String> {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let number: u32 = digits.parse().ok()?;
    (number > 0).then(|| number.to_string())
}

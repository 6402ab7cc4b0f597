//! The keys that a TOML table may hold, in one list that validates and explains.
//!
//! [`read`] tells everything that is wrong with a table at once; what passes is
//! then turned into its Rust type by serde.

use std::ops::Range;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::problem::{Problem, Problems};
use crate::source::Source;

/// One key of a table.
#[derive(Debug)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What it may hold.
    pub kind: Kind,
    /// Whether it may be left out.
    pub required: bool,
}

/// What a key may hold.
#[derive(Debug)]
pub enum Kind {
    /// Text with something in it.
    Text,
    /// A whole number of at least one and at most this.
    Number(i64),
    /// A day: `2028-11-28`.
    Date,
    /// A day and a time in the event's own zone: `2028-11-28T16:00:00`.
    DateTime,
    /// A table with these keys: `[event]`.
    Table(&'static [Key]),
    /// One or more tables with these keys: `[[event.sessions]]`.
    Tables(&'static [Key]),
}

/// A key that must be there.
pub const fn required(name: &'static str, kind: Kind) -> Key {
    Key { name, kind, required: true }
}

/// A key that may be left out.
pub const fn optional(name: &'static str, kind: Kind) -> Key {
    Key { name, kind, required: false }
}

/// Reads the TOML in a range of a source into a type whose fields are those keys.
///
/// Positions in the result are those of the source. `None` when there was any
/// problem; all of them are told.
pub fn read<T: DeserializeOwned>(
    source: &Arc<Source>,
    range: Range<usize>,
    keys: &'static [Key],
    problems: &mut Problems,
) -> Option<T> {
    // Blanks before the range keep every position that of the whole file.
    let toml = " ".repeat(range.start) + &source.text[range.clone()];
    let (table, errors) = DeTable::parse_recoverable(&toml);
    let mut check = Check { source, broken: Vec::new(), found: Problems::default() };
    for error in errors {
        let span = error.span().unwrap_or(range.start..range.start);
        check.broken.push(line_of(&source.text, span.start));
        check.tell(span, format!("dit is geen geldige TOML: {}", error.message()));
    }
    check.table(table.get_ref(), range.start..range.start, keys);
    if !check.found.is_empty() {
        problems.append(check.found);
        return None;
    }
    match T::deserialize(toml::Deserializer::from(table)) {
        Ok(value) => Some(value),
        Err(error) => {
            let span = error.span().unwrap_or(range);
            problems.push(Problem::at(source, span, error.message()));
            None
        }
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|&byte| byte == b'\n').count()
}

struct Check<'a> {
    source: &'a Arc<Source>,
    /// Lines with a syntax error, whose values mean nothing.
    broken: Vec<usize>,
    found: Problems,
}

impl Check<'_> {
    fn tell(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.found.push(Problem::at(self.source, span, message));
    }

    fn is_broken(&self, offset: usize) -> bool {
        self.broken.contains(&line_of(&self.source.text, offset))
    }

    fn table(&mut self, table: &DeTable<'_>, place: Range<usize>, keys: &'static [Key]) {
        for (name, value) in table {
            match keys.iter().find(|key| key.name == name.get_ref()) {
                Some(key) if !self.is_broken(name.span().start) => self.value(key, value),
                Some(_) => {}
                None if self.is_broken(name.span().start) => {}
                None => {
                    let known = keys.iter().map(|key| key.name);
                    let problem = Problem::at(self.source, name.span(), format!("onbekende sleutel `{}`", name.get_ref()))
                        .help(format!("hier kan: {}", known.clone().collect::<Vec<_>>().join(", ")))
                        .suggest(name.get_ref(), known);
                    self.found.push(problem);
                }
            }
        }
        for key in keys.iter().filter(|key| key.required && !table.contains_key(key.name)) {
            // A missing key may be the one that a syntax error has eaten.
            if self.broken.is_empty() {
                self.tell(place.clone(), format!("de sleutel `{}` ontbreekt", key.name));
            }
        }
    }

    fn value(&mut self, key: &'static Key, value: &Spanned<DeValue<'_>>) {
        let span = value.span();
        match (&key.kind, value.get_ref()) {
            (Kind::Text, DeValue::String(text)) => {
                if text.trim().is_empty() {
                    self.tell(span, format!("`{}` is leeg", key.name));
                }
            }
            (Kind::Number(most), DeValue::Integer(number)) => {
                let number = i64::from_str_radix(number.as_str(), number.radix());
                if !number.is_ok_and(|number| (1..=*most).contains(&number)) {
                    self.tell(span, format!("`{}` is een getal van 1 tot en met {most}", key.name));
                }
            }
            (Kind::Date, DeValue::Datetime(at)) if at.time.is_none() && at.offset.is_none() => {}
            (Kind::DateTime, DeValue::Datetime(at)) if at.date.is_some() && at.time.is_some() && at.offset.is_none() => {}
            (Kind::Table(keys), DeValue::Table(table)) => self.table(table, span, keys),
            (Kind::Tables(keys), DeValue::Array(array)) if !array.is_empty() => {
                for item in array.iter() {
                    match item.get_ref() {
                        DeValue::Table(table) => self.table(table, item.span(), keys),
                        _ => self.wrong_kind(key, item),
                    }
                }
            }
            _ => self.wrong_kind(key, value),
        }
    }

    fn wrong_kind(&mut self, key: &Key, value: &Spanned<DeValue<'_>>) {
        let (what, example) = match key.kind {
            Kind::Text => ("tekst", format!("{} = \"…\"", key.name)),
            Kind::Number(_) => ("een heel getal", format!("{} = 40", key.name)),
            Kind::Date => ("een datum", format!("{} = 2028-11-28", key.name)),
            Kind::DateTime => ("een datum met tijd, zonder tijdzone", format!("{} = 2028-11-28T16:00:00", key.name)),
            Kind::Table(_) => ("een tabel", format!("[{}]", key.name)),
            Kind::Tables(_) => ("een of meer tabellen", format!("[[{}]]", key.name)),
        };
        let problem = Problem::at(self.source, value.span(), format!("`{}` is {what}", key.name))
            .help(format!("schrijf het zo: `{example}`"));
        self.found.push(problem);
    }
}

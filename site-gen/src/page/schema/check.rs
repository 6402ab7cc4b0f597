//! The check of a TOML table against its keys.

use std::ops::Range;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeString, DeTable, DeValue};

use super::{Key, Kind, names, syntax};
use crate::source::file::Source;
use crate::source::problem::{Problem, Problems, nearest};
use crate::words::invisible::first_invisible;

/// Deserialises the TOML in a range of a source into a type whose fields match the keys.
///
/// Byte offsets in the result refer to the whole source. Reports each missing and each invalid value, and
/// leaves it out, so that later checks can still run on the other values. Keys in `also_required` are required
/// here, whatever the list says. Returns `None` if the type can't do without a value that is left out.
pub fn read<T: DeserializeOwned>(
    source: &Arc<Source>,
    range: Range<usize>,
    keys: &'static [Key],
    also_required: &[&str],
    problems: &mut Problems,
) -> Option<T> {
    // Pads with spaces, so that byte offsets refer to the whole file.
    let toml = " ".repeat(range.start) + &source.text[range.clone()];
    let (table, errors) = DeTable::parse_recoverable(&toml);
    let place = table.span();
    let mut check = Check::new(source, range.start);
    check.syntax(errors, keys, range.start);
    let table = check.table(table.into_inner(), range.start..range.start, keys, "", also_required);
    check.deserialise(table, place, problems)
}

/// Deserialises the arguments of a shortcode, as [`read`] does a table. `range` includes the parentheses.
pub fn read_arguments<T: DeserializeOwned>(
    source: &Arc<Source>,
    range: Range<usize>,
    keys: &'static [Key],
    problems: &mut Problems,
) -> Option<T> {
    let inner = &source.text[range.start + 1..range.end - 1];
    // Pads with spaces, so that byte offsets refer to the whole file. `x={` takes three bytes and ends where
    // `(` does. The shortcode's opening and name before `(` leave room for it.
    let toml = format!("{}x={{{inner}}}", " ".repeat(range.start.saturating_sub(2)));
    let (whole, errors) = DeTable::parse_recoverable(&toml);
    let table = match whole.into_inner().into_iter().next().map(|(_, value)| value.into_inner()) {
        Some(DeValue::Table(table)) => table,
        _ => DeTable::new(),
    };
    let mut check = Check::new(source, range.start);
    check.syntax(errors, &[], range.start);
    let table = check.table(table, range.clone(), keys, "", &[]);
    check.deserialise(table, range, problems)
}

struct Check<'a> {
    source: &'a Arc<Source>,
    /// Where the TOML begins.
    start: usize,
    /// Lines with a syntax error, with the keys on each. Their values are ignored.
    broken: Vec<(usize, Vec<&'a str>)>,
    /// What follows a broken `[table]`. It belongs to a table that was not read.
    lost: Vec<Range<usize>>,
    /// Whether no required value is left out.
    is_complete: bool,
    found: Problems,
}

impl<'a> Check<'a> {
    fn new(source: &'a Arc<Source>, start: usize) -> Self {
        Self {
            source,
            start,
            broken: Vec::new(),
            lost: Vec::new(),
            is_complete: true,
            found: Problems::default(),
        }
    }

    /// Reports syntax errors, the first of each line.
    fn syntax(&mut self, errors: Vec<toml::de::Error>, keys: &'static [Key], start: usize) {
        for error in errors {
            let span = error.span().unwrap_or(start..start);
            let number = line_of(&self.source.text, span.start);
            let is_known = self.broken.iter().any(|(broken, _)| *broken == number);
            if is_known || self.lost.iter().any(|lost| lost.contains(&span.start)) {
                continue;
            }
            let line = self.source.text.lines().nth(number).unwrap_or_default();
            let names = match line.trim().strip_prefix('[') {
                Some(header) => {
                    self.lost.push(self.below(span.start));
                    header.split(['[', ']', '.']).map(str::trim).filter(|name| !name.is_empty()).collect()
                }
                None => vec![syntax::key_on(line)],
            };
            // In a nested table, the key is in one of the lists below.
            let known = names.first().and_then(|name| find(keys, name, ""));
            let (key, within) = known.map_or((None, String::new()), |(key, within)| (Some(key), within));
            let explained = syntax::explain(error.message(), line, key, &within);
            let problem = Problem::at(self.source, span, explained.message);
            self.found.push(match explained.help {
                Some(help) => problem.help(help),
                None => problem,
            });
            self.broken.push((number, names));
        }
    }

    /// Returns the range from the end of a line to the next line that begins a table.
    fn below(&self, offset: usize) -> Range<usize> {
        let text = &self.source.text;
        let start = text[offset..].find('\n').map_or(text.len(), |at| offset + at + 1);
        let mut end = start;
        for line in text[start..].split_inclusive('\n') {
            if line.trim_start().starts_with('[') {
                break;
            }
            end += line.len();
        }
        start..end
    }

    fn deserialise<T: DeserializeOwned>(
        self,
        table: DeTable<'_>,
        place: Range<usize>,
        problems: &mut Problems,
    ) -> Option<T> {
        problems.append(self.found);
        match T::deserialize(toml::Deserializer::from(Spanned::new(place.clone(), table))) {
            Ok(value) => Some(value),
            Err(_) if !self.is_complete => None,
            Err(error) => {
                problems.push(Problem::at(self.source, error.span().unwrap_or(place), error.message()));
                None
            }
        }
    }

    fn is_broken(&self, offset: usize) -> bool {
        let line = line_of(&self.source.text, offset);
        self.broken.iter().any(|(broken, _)| *broken == line)
            || self.lost.iter().any(|lost| lost.contains(&offset))
    }

    /// Returns the valid entries of a table. `within` is the beginning of the names of tables in it.
    fn table<'t>(
        &mut self,
        table: DeTable<'t>,
        place: Range<usize>,
        keys: &'static [Key],
        within: &str,
        also_required: &[&str],
    ) -> DeTable<'t> {
        let unknown: Vec<&str> =
            table.keys().map(|name| &**name.get_ref()).filter(|name| key(keys, name).is_none()).collect();
        let names: Vec<&'static str> = keys.iter().map(|key| key.name).collect();
        let is_required = |key: &&Key| key.required || also_required.contains(&key.name);
        for missing in keys.iter().filter(is_required).filter(|key| !table.contains_key(key.name)) {
            let is_broken = self.broken.iter().any(|(_, names)| names.contains(&missing.name));
            // A similar unknown key is probably a misspelling. `unknown` reports it at its own position.
            let is_misspelt = nearest(missing.name, unknown.iter().copied()).is_some()
                || unknown.iter().any(|name| names::same(name, &names) == Some(missing.name));
            if !is_broken && !is_misspelt {
                let problem = Problem::at(
                    self.source,
                    place.clone(),
                    format!("de sleutel `{}` ontbreekt", missing.name),
                );
                self.found.push(problem.help(format!("schrijf het zo: `{}`", missing.example(within))));
            }
        }
        let table: DeTable<'t> = table
            .into_iter()
            .filter_map(|(name, value)| {
                if self.is_broken(name.span().start) {
                    return None;
                }
                match key(keys, name.get_ref()) {
                    Some(key) => Some((name, self.value(key, value, within)?)),
                    None => {
                        self.unknown(&name, &names);
                        None
                    }
                }
            })
            .collect();
        self.is_complete &= keys.iter().all(|key| !key.required || table.contains_key(key.name));
        table
    }

    fn unknown(&mut self, name: &Spanned<DeString<'_>>, known: &[&'static str]) {
        let told = name.get_ref();
        let problem = match (names::same(told, known), names::elsewhere(told)) {
            (Some(same), _) => {
                let problem = Problem::at(self.source, name.span(), format!("onbekende sleutel `{told}`"));
                problem.help(format!("bedoel je `{same}`?"))
            }
            (None, Some(help)) => {
                let message = format!("de sleutel `{told}` is van een andere generator");
                Problem::at(self.source, name.span(), message).help(help)
            }
            (None, None) => Problem::at(self.source, name.span(), format!("onbekende sleutel `{told}`"))
                .help(format!("mogelijk zijn: {}", known.join(", ")))
                .suggest(told, known.iter().copied()),
        };
        self.found.push(problem);
    }

    /// Returns a value without its invalid parts, or `None` if the value itself is invalid.
    fn value<'t>(
        &mut self,
        key: &'static Key,
        value: Spanned<DeValue<'t>>,
        within: &str,
    ) -> Option<Spanned<DeValue<'t>>> {
        let span = value.span();
        if let Some(message) = key.kind.fault(key.name, value.get_ref()) {
            let problem = Problem::at(self.source, span, message);
            self.found.push(match (&key.kind, value.get_ref()) {
                (Kind::Choice(words), DeValue::String(word)) => {
                    let problem = problem.help(format!("mogelijk zijn: {}", words.join(", ")));
                    problem.suggest(word, words.iter().copied())
                }
                _ => problem,
            });
            return None;
        }
        if !key.kind.accepts(value.get_ref()) {
            self.wrong_kind(key, &value, within);
            return None;
        }
        let inner = format!("{within}{}.", key.name);
        let value = match (&key.kind, value.into_inner()) {
            (Kind::Table(keys), DeValue::Table(table)) => {
                DeValue::Table(self.table(table, span.clone(), keys, &inner, &[]))
            }
            (Kind::Tables(keys), DeValue::Array(array)) => {
                let items: DeArray<'t> =
                    array.into_iter().filter_map(|item| self.item(item, keys, &inner)).collect();
                DeValue::Array(items)
            }
            (_, value) => value,
        };
        Some(Spanned::new(span, value))
    }

    fn item<'t>(
        &mut self,
        item: Spanned<DeValue<'t>>,
        keys: &'static [Key],
        within: &str,
    ) -> Option<Spanned<DeValue<'t>>> {
        let span = item.span();
        let DeValue::Table(table) = item.into_inner() else { return None };
        Some(Spanned::new(span.clone(), DeValue::Table(self.table(table, span, keys, within, &[]))))
    }

    fn wrong_kind(&mut self, key: &Key, value: &Spanned<DeValue<'_>>, within: &str) {
        let span = value.span();
        let typed = self.source.text.get(span.clone()).unwrap_or_default();
        let is_table = typed.starts_with('[') && matches!(key.kind, Kind::Table(_) | Kind::Tables(_));
        let message = match key.kind {
            Kind::Tables(_) if is_table => format!("`{}` staat tussen dubbele haken", key.name),
            Kind::Table(_) if is_table => format!("`{}` staat tussen enkele haken", key.name),
            _ => format!("`{}` moet {} zijn", key.name, key.kind.words()),
        };
        // A `[table]` is a value that spans its own line only.
        let example = if is_table { key.example(within) } else { key.example_like(typed, within) };
        let span = span.start.max(self.start)..span.end;
        self.found.push(Problem::at(self.source, span, message).help(format!("schrijf het zo: `{example}`")));
    }
}

fn key<'k>(keys: &'k [Key], name: &str) -> Option<&'k Key> {
    keys.iter().find(|key| key.name == name)
}

/// Returns a key of a table or of the tables in it, with the beginning of its full name.
fn find(keys: &'static [Key], name: &str, within: &str) -> Option<(&'static Key, String)> {
    let below = |one: &'static Key| match one.kind {
        Kind::Table(inner) | Kind::Tables(inner) => find(inner, name, &format!("{within}{}.", one.name)),
        _ => None,
    };
    key(keys, name).map(|key| (key, within.to_owned())).or_else(|| keys.iter().find_map(below))
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|&byte| byte == b'\n').count()
}

impl Kind {
    /// Returns what is wrong with a value of the right kind.
    fn fault(&self, name: &str, value: &DeValue<'_>) -> Option<String> {
        let is_invisible = |text: &str| first_invisible(text).is_some();
        match (self, value) {
            (Self::Text | Self::Line | Self::TextOrTexts, DeValue::String(text))
                if text.trim().is_empty() =>
            {
                Some(format!("`{name}` is leeg"))
            }
            (_, DeValue::String(text)) if is_invisible(text) => {
                Some(format!("in `{name}` staat een onzichtbaar stuurteken"))
            }
            (Self::Texts | Self::TextOrTexts, DeValue::Array(array))
                if array.iter().filter_map(|item| item.get_ref().as_str()).any(is_invisible) =>
            {
                Some(format!("in `{name}` staat een onzichtbaar stuurteken"))
            }
            (Self::Line, DeValue::String(text)) if text.contains(['\n', '\r']) => {
                Some(format!("`{name}` moet op één regel staan"))
            }
            (Self::Choice(words), DeValue::String(word)) if !words.contains(&&**word) => {
                Some(format!("`{name}` kan niet `{word}` zijn"))
            }
            (Self::Number(most), DeValue::Integer(number)) => {
                let number = i64::from_str_radix(number.as_str(), number.radix());
                let is_right = number.is_ok_and(|number| (1..=*most).contains(&number));
                (!is_right).then(|| format!("`{name}` moet een getal van 1 tot en met {most} zijn"))
            }
            _ => None,
        }
    }

    /// Returns whether a value is of this kind.
    fn accepts(&self, value: &DeValue<'_>) -> bool {
        match (self, value) {
            (
                Self::Text | Self::Line | Self::TextOrNothing | Self::TextOrTexts | Self::Choice(_),
                DeValue::String(_),
            )
            | (Self::Flag, DeValue::Boolean(_))
            | (Self::Number(_), DeValue::Integer(_))
            | (Self::Table(_), DeValue::Table(_)) => true,
            (Self::Texts | Self::TextOrTexts, DeValue::Array(array)) => {
                array.iter().all(|item| item.get_ref().as_str().is_some_and(|text| !text.trim().is_empty()))
            }
            (Self::Tables(_), DeValue::Array(array)) => {
                !array.is_empty() && array.iter().all(|item| item.get_ref().is_table())
            }
            (Self::Date, DeValue::Datetime(at)) => at.date.is_some(),
            (Self::DateTime, DeValue::Datetime(at)) => {
                at.date.is_some() && at.time.is_some() && at.offset.is_none()
            }
            _ => false,
        }
    }

    /// Returns the phrase for this kind in a problem's message.
    pub(super) fn words(&self) -> &'static str {
        match self {
            Self::Text | Self::Line | Self::TextOrNothing | Self::Choice(_) => "tekst",
            Self::Texts => "een lijst van teksten",
            Self::TextOrTexts => "tekst, of een lijst van teksten,",
            Self::Flag => "`true` of `false`",
            Self::Number(_) => "een heel getal",
            Self::Date => "een datum zonder aanhalingstekens",
            Self::DateTime => "een datum met tijd, zonder tijdzone of aanhalingstekens,",
            Self::Table(_) => "een tabel",
            Self::Tables(_) => "een lijst van een of meer tabellen",
        }
    }
}

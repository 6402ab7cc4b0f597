//! The keys of a TOML table, in one list that both validates and documents them.
//!
//! [`read`] reports all problems of a table at once. Serde then deserialises the
//! valid entries into the Rust type.

use std::ops::Range;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeString, DeTable, DeValue};

use crate::source::file::Source;
use crate::source::problem::{Problem, Problems, nearest};
use crate::words::invisible::is_invisible;

/// One key of a table.
#[derive(Debug)]
pub struct Key {
    /// Name of the key in TOML.
    pub name: &'static str,
    /// Kind of value that the key accepts.
    pub kind: Kind,
    /// Whether the key is required.
    pub required: bool,
    /// Purpose of the key, as worded in the editors' guide.
    pub help: &'static str,
}

/// The kind of value that a key accepts.
#[derive(Debug)]
pub enum Kind {
    /// Text that is not blank.
    Text,
    /// A non-empty text on one line: a title, which also becomes the subject of a mail.
    Line,
    /// Text that may deliberately be empty: `""`.
    TextOrNothing,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A list of texts, none of them blank.
    Texts,
    /// `true` or `false`.
    Flag,
    /// A whole number from 1 up to and including this limit.
    Number(i64),
    /// A date, optionally with a time: `2028-11-28`.
    Date,
    /// A date and time without an offset, in the time zone of the event or the site:
    /// `2028-11-28T16:00:00`.
    DateTime,
    /// A table with these keys: `[event]`.
    Table(&'static [Key]),
    /// One or more tables with these keys: `[[event.sessions]]`.
    Tables(&'static [Key]),
}

/// Returns a required key.
pub const fn required(name: &'static str, kind: Kind, help: &'static str) -> Key {
    Key { name, kind, required: true, help }
}

/// Returns an optional key.
pub const fn optional(name: &'static str, kind: Kind, help: &'static str) -> Key {
    Key { name, kind, required: false, help }
}

/// Deserialises the TOML in a range of a source into a type whose fields match the keys.
///
/// Byte offsets in the result refer to the whole source. Reports each invalid value and leaves it out, so
/// that later checks can still run on the other values. Returns `None` if a required key is missing or
/// invalid.
pub fn read<T: DeserializeOwned>(
    source: &Arc<Source>,
    range: Range<usize>,
    keys: &'static [Key],
    problems: &mut Problems,
) -> Option<T> {
    // Pads with spaces, so that byte offsets refer to the whole file.
    let toml = " ".repeat(range.start) + &source.text[range.clone()];
    let (table, errors) = DeTable::parse_recoverable(&toml);
    let place = table.span();
    check(source, table.into_inner(), errors, (range.start..range.start, place), keys, problems)
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
    check(source, table, errors, (range.clone(), range), keys, problems)
}

/// Checks a parsed table, and deserialises it into `T`.
fn check<T: DeserializeOwned>(
    source: &Arc<Source>,
    table: DeTable<'_>,
    errors: Vec<toml::de::Error>,
    (missing_at, place): (Range<usize>, Range<usize>),
    keys: &'static [Key],
    problems: &mut Problems,
) -> Option<T> {
    let mut check = Check { source, broken: Vec::new(), found: Problems::default() };
    for error in errors {
        let span = error.span().unwrap_or(missing_at.clone());
        let line = line_of(&source.text, span.start);
        check.broken.push((line, key_on(&source.text, line)));
        let message = IN_DUTCH.iter().find(|(english, _)| error.message().contains(english));
        let message = message.map_or_else(
            || format!("dit is geen geldige TOML: {}", error.message()),
            |(_, dutch)| (*dutch).to_owned(),
        );
        let problem = Problem::at(source, span, message);
        check.found.push(match key(keys, key_on(&source.text, line)) {
            Some(key) => problem.help(format!("schrijf het zo: `{}`", key.example())),
            None => problem,
        });
    }
    let table = check.table(table, missing_at, keys);
    problems.append(check.found);
    match T::deserialize(toml::Deserializer::from(Spanned::new(place.clone(), table?))) {
        Ok(value) => Some(value),
        Err(error) => {
            problems.push(Problem::at(source, error.span().unwrap_or(place), error.message()));
            None
        }
    }
}

/// The most common messages of the TOML parser, with a Dutch translation for editors.
const IN_DUTCH: [(&str, &str); 7] = [
    ("invalid basic string", "het aanhalingsteken aan het eind ontbreekt"),
    ("string values must be quoted", "tekst hoort tussen aanhalingstekens"),
    ("invalid date", "een datum is jaar-maand-dag"),
    ("invalid time", "een tijd is uren:minuten:seconden"),
    ("duplicate key", "deze sleutel staat er al"),
    ("key with no value", "na deze sleutel ontbreekt `=` met een waarde"),
    ("unclosed array", "het haakje aan het eind ontbreekt"),
];

/// Returns the key that a line assigns, even if the line is not valid TOML.
fn key_on(text: &str, line: usize) -> &str {
    text.lines().nth(line).and_then(|line| line.split(['=', ':']).next()).unwrap_or_default().trim()
}

fn key<'k>(keys: &'k [Key], name: &str) -> Option<&'k Key> {
    keys.iter().find(|key| key.name == name)
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|&byte| byte == b'\n').count()
}

/// Front matter keys of Zola and Hugo, with advice on the alternative here.
const ELSEWHERE: [(&str, &str); 24] = [
    ("taxonomies", "schrijf `tags = [\"…\"]` boven de eerste tabel"),
    ("categories", "schrijf ze bij `tags`"),
    ("summary", "schrijf `description`"),
    ("lastmod", "schrijf `updated`"),
    ("publishDate", "schrijf `publish_at`"),
    ("expiryDate", "schrijf `expires_at`"),
    ("slug", "geef het bestand die naam"),
    ("path", "zet het bestand in die map"),
    ("weight", "haal de regel weg: artikelen staan op datum, het menu in `site.toml`"),
    ("template", "haal de regel weg: de map kiest het sjabloon"),
    ("sort_by", "haal de regel weg: artikelen staan op datum"),
    ("page_template", "haal de regel weg: de map kiest het sjabloon"),
    ("layout", "haal de regel weg: de map kiest het sjabloon"),
    ("type", "haal de regel weg: de map kiest het sjabloon"),
    ("paginate_by", "haal de regel weg: hoeveel er op een bladzijde staan, staat in `site.toml`"),
    ("redirect_to", "haal de regel weg, en zet dit adres bij `aliases` van de pagina waar het heen leidt"),
    ("url", "zet het bestand in die map"),
    ("insert_anchor_links", "haal de regel weg: elke kop heeft een adres"),
    ("keywords", "schrijf ze bij `tags`"),
    ("authors", "haal de regel weg: een artikel is van de organisatie"),
    ("author", "haal de regel weg: een artikel is van de organisatie"),
    ("in_search_index", "haal de regel weg: elke openbare pagina is te vinden"),
    ("params", "haal de tabel weg"),
    ("extra", "haal de tabel weg"),
];

struct Check<'a> {
    source: &'a Arc<Source>,
    /// Lines with a syntax error, with the key on each. Their values are ignored.
    broken: Vec<(usize, &'a str)>,
    found: Problems,
}

impl Check<'_> {
    fn tell(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.found.push(Problem::at(self.source, span, message));
    }

    fn is_broken(&self, offset: usize) -> bool {
        let line = line_of(&self.source.text, offset);
        self.broken.iter().any(|(broken, _)| *broken == line)
    }

    /// Returns the valid entries of a table, or `None` if a required key is not among them.
    fn table<'t>(
        &mut self,
        table: DeTable<'t>,
        place: Range<usize>,
        keys: &'static [Key],
    ) -> Option<DeTable<'t>> {
        let unknown: Vec<&str> =
            table.keys().map(|name| &**name.get_ref()).filter(|name| key(keys, name).is_none()).collect();
        for missing in keys.iter().filter(|key| key.required && !table.contains_key(key.name)) {
            let is_broken = self.broken.iter().any(|(_, name)| *name == missing.name);
            // A similar unknown key is probably a misspelling. `unknown` reports it at its own position.
            if !is_broken && nearest(missing.name, unknown.iter().copied()).is_none() {
                let problem = Problem::at(
                    self.source,
                    place.clone(),
                    format!("de sleutel `{}` ontbreekt", missing.name),
                );
                self.found.push(problem.help(format!("schrijf het zo: `{}`", missing.example())));
            }
        }
        let table: DeTable<'t> = table
            .into_iter()
            .filter_map(|(name, value)| {
                if self.is_broken(name.span().start) {
                    return None;
                }
                match key(keys, name.get_ref()) {
                    Some(key) => Some((name, self.value(key, value)?)),
                    None => {
                        self.unknown(&name, keys);
                        None
                    }
                }
            })
            .collect();
        keys.iter().all(|key| !key.required || table.contains_key(key.name)).then_some(table)
    }

    fn unknown(&mut self, name: &Spanned<DeString<'_>>, keys: &'static [Key]) {
        if let Some((_, help)) = ELSEWHERE.iter().find(|(foreign, _)| foreign == name.get_ref()) {
            let message = format!("de sleutel `{}` is van een andere generator", name.get_ref());
            self.found.push(Problem::at(self.source, name.span(), message).help(*help));
            return;
        }
        let known: Vec<&str> = keys.iter().map(|key| key.name).collect();
        let problem =
            Problem::at(self.source, name.span(), format!("onbekende sleutel `{}`", name.get_ref()))
                .help(format!("mogelijk zijn: {}", known.join(", ")))
                .suggest(name.get_ref(), known);
        self.found.push(problem);
    }

    /// Returns a value without its invalid parts, or `None` if the value itself is invalid.
    fn value<'t>(&mut self, key: &'static Key, value: Spanned<DeValue<'t>>) -> Option<Spanned<DeValue<'t>>> {
        let span = value.span();
        let is_right = match (&key.kind, value.get_ref()) {
            (Kind::Text | Kind::Line, DeValue::String(text)) if text.trim().is_empty() => {
                self.tell(span, format!("`{}` is leeg", key.name));
                return None;
            }
            (_, DeValue::String(text)) if text.contains(is_invisible) => {
                self.tell(span, format!("in `{}` staat een onzichtbaar stuurteken", key.name));
                return None;
            }
            (Kind::Line, DeValue::String(text)) if text.contains(['\n', '\r']) => {
                self.tell(span, format!("`{}` moet op één regel staan", key.name));
                return None;
            }
            (Kind::Choice(words), DeValue::String(word)) if !words.contains(&&**word) => {
                let message = format!("`{}` kan niet `{word}` zijn", key.name);
                let problem = Problem::at(self.source, span, message);
                let problem = problem.help(format!("mogelijk zijn: {}", words.join(", ")));
                self.found.push(problem.suggest(word, words.iter().copied()));
                return None;
            }
            (Kind::Number(most), DeValue::Integer(number)) => {
                let number = i64::from_str_radix(number.as_str(), number.radix());
                if !number.is_ok_and(|number| (1..=*most).contains(&number)) {
                    self.tell(span, format!("`{}` moet een getal van 1 tot en met {most} zijn", key.name));
                    return None;
                }
                true
            }
            (Kind::Text | Kind::Line | Kind::TextOrNothing | Kind::Choice(_), DeValue::String(_))
            | (Kind::Flag, DeValue::Boolean(_))
            | (Kind::Table(_), DeValue::Table(_)) => true,
            (Kind::Texts, DeValue::Array(array)) => {
                let mut items = array.iter().filter_map(|item| item.get_ref().as_str());
                if items.any(|text| text.contains(is_invisible)) {
                    self.tell(span, format!("in `{}` staat een onzichtbaar stuurteken", key.name));
                    return None;
                }
                array.iter().all(|item| item.get_ref().as_str().is_some_and(|text| !text.trim().is_empty()))
            }
            (Kind::Tables(_), DeValue::Array(array)) => {
                !array.is_empty() && array.iter().all(|item| item.get_ref().is_table())
            }
            (Kind::Date, DeValue::Datetime(at)) => at.date.is_some(),
            (Kind::DateTime, DeValue::Datetime(at)) => {
                at.date.is_some() && at.time.is_some() && at.offset.is_none()
            }
            _ => false,
        };
        if !is_right {
            self.wrong_kind(key, &value);
            return None;
        }
        let value = match (&key.kind, value.into_inner()) {
            (Kind::Table(keys), DeValue::Table(table)) => {
                DeValue::Table(self.table(table, span.clone(), keys)?)
            }
            (Kind::Tables(keys), DeValue::Array(array)) => {
                let items: DeArray<'t> = array.into_iter().filter_map(|item| self.item(item, keys)).collect();
                DeValue::Array(items)
            }
            (_, value) => value,
        };
        Some(Spanned::new(span, value))
    }

    fn item<'t>(&mut self, item: Spanned<DeValue<'t>>, keys: &'static [Key]) -> Option<Spanned<DeValue<'t>>> {
        let span = item.span();
        let DeValue::Table(table) = item.into_inner() else { return None };
        Some(Spanned::new(span.clone(), DeValue::Table(self.table(table, span, keys)?)))
    }

    fn wrong_kind(&mut self, key: &Key, value: &Spanned<DeValue<'_>>) {
        let message = format!("`{}` moet {} zijn", key.name, key.kind.words());
        let problem = Problem::at(self.source, value.span(), message);
        self.found.push(problem.help(format!("schrijf het zo: `{}`", key.example())));
    }
}

impl Kind {
    /// Returns the phrase for this kind in a problem's message.
    fn words(&self) -> &'static str {
        match self {
            Self::Text | Self::Line | Self::TextOrNothing | Self::Choice(_) => "tekst",
            Self::Texts => "een lijst van teksten",
            Self::Flag => "`true` of `false`",
            Self::Number(_) => "een heel getal",
            Self::Date => "een datum",
            Self::DateTime => "een datum met tijd, zonder tijdzone,",
            Self::Table(_) => "een tabel",
            Self::Tables(_) => "een lijst van een of meer tabellen",
        }
    }
}

impl Key {
    /// Returns an example of the key in TOML: `title = "…"`, `[event]`.
    pub fn example(&self) -> String {
        let name = self.name;
        match self.kind {
            Kind::Text | Kind::Line | Kind::TextOrNothing => format!("{name} = \"…\""),
            Kind::Choice(words) => format!("{name} = \"{}\"", words.first().unwrap_or(&"…")),
            Kind::Texts => format!("{name} = [\"…\", \"…\"]"),
            Kind::Flag => format!("{name} = true"),
            Kind::Number(_) => format!("{name} = 40"),
            Kind::Date => format!("{name} = 2028-11-28"),
            Kind::DateTime => format!("{name} = 2028-11-28T16:00:00"),
            Kind::Table(_) => format!("[{name}]"),
            Kind::Tables(_) => format!("[[{name}]]"),
        }
    }
}

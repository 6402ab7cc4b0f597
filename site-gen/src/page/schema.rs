//! The keys that a TOML table may hold, in one list that validates and explains.
//!
//! [`read`] tells everything that is wrong with a table at once; what passes is
//! then turned into its Rust type by serde.

use std::ops::Range;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeString, DeTable, DeValue};

use crate::source::file::Source;
use crate::source::problem::{Problem, Problems, nearest};

/// One key of a table.
#[derive(Debug)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What it may hold.
    pub kind: Kind,
    /// Whether it must be there.
    pub required: bool,
    /// What it is for, in the words of the editors' guide.
    pub help: &'static str,
}

/// What a key may hold.
#[derive(Debug)]
pub enum Kind {
    /// Text with something in it.
    Text,
    /// Text, or nothing on purpose: `""`.
    TextOrNothing,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A list of texts.
    Texts,
    /// `true` or `false`.
    Flag,
    /// A whole number of at least one and at most this.
    Number(i64),
    /// A day, perhaps with a time: `2028-11-28`.
    Date,
    /// A day and a time, in the zone of the event or the site: `2028-11-28T16:00:00`.
    DateTime,
    /// A table with these keys: `[event]`.
    Table(&'static [Key]),
    /// One or more tables with these keys: `[[event.sessions]]`.
    Tables(&'static [Key]),
}

/// A key that must be there.
pub const fn required(name: &'static str, kind: Kind, help: &'static str) -> Key {
    Key { name, kind, required: true, help }
}

/// A key that may be left out.
pub const fn optional(name: &'static str, kind: Kind, help: &'static str) -> Key {
    Key { name, kind, required: false, help }
}

/// Reads the TOML in a range of a source into a type whose fields are those keys.
///
/// Positions in the result are those of the source. Values with a problem are
/// told and left out, so that what depends on others can be checked as well;
/// `None` when a key that must be there is out.
pub fn read<T: DeserializeOwned>(
    source: &Arc<Source>,
    range: Range<usize>,
    keys: &'static [Key],
    problems: &mut Problems,
) -> Option<T> {
    // Blanks before the range keep every position that of the whole file.
    let toml = " ".repeat(range.start) + &source.text[range.clone()];
    let (table, errors) = DeTable::parse_recoverable(&toml);
    let place = table.span();
    check(source, table.into_inner(), errors, (range.start..range.start, place), keys, problems)
}

/// Reads the arguments of a building block, brackets and all, as [`read`] does a table.
pub fn read_arguments<T: DeserializeOwned>(
    source: &Arc<Source>,
    range: Range<usize>,
    keys: &'static [Key],
    problems: &mut Problems,
) -> Option<T> {
    let inner = &source.text[range.start + 1..range.end - 1];
    // A name stands before the brackets: there is room for a key.
    let toml = format!("{}x={{{inner}}}", " ".repeat(range.start.saturating_sub(2)));
    let (whole, errors) = DeTable::parse_recoverable(&toml);
    let table = match whole.into_inner().into_iter().next().map(|(_, value)| value.into_inner()) {
        Some(DeValue::Table(table)) => table,
        _ => DeTable::new(),
    };
    check(source, table, errors, (range.clone(), range), keys, problems)
}

/// Checks a table that was parsed, and turns it into its type.
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

/// What the TOML parser says most often, in words of the editors' own language.
const IN_DUTCH: [(&str, &str); 7] = [
    ("invalid basic string", "het aanhalingsteken aan het eind ontbreekt"),
    ("string values must be quoted", "tekst hoort tussen aanhalingstekens"),
    ("invalid date", "een datum is jaar-maand-dag"),
    ("invalid time", "een tijd is uren:minuten:seconden"),
    ("duplicate key", "deze sleutel staat er al"),
    ("key with no value", "na deze sleutel ontbreekt `=` met een waarde"),
    ("unclosed array", "het haakje aan het eind ontbreekt"),
];

/// The key that a line gives a value, broken as it may be.
fn key_on(text: &str, line: usize) -> &str {
    text.lines().nth(line).and_then(|line| line.split(['=', ':']).next()).unwrap_or_default().trim()
}

fn key<'k>(keys: &'k [Key], name: &str) -> Option<&'k Key> {
    keys.iter().find(|key| key.name == name)
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|&byte| byte == b'\n').count()
}

/// Keys that pages of Zola and Hugo have, and what becomes of them here.
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
    /// Lines with a syntax error, and their keys: their values mean nothing.
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

    /// The keys without a problem; `None` when one that must be there is not among them.
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
            // A misspelt key is told where it stands.
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

    /// A value without what is wrong in it; `None` when it is wrong itself.
    fn value<'t>(&mut self, key: &'static Key, value: Spanned<DeValue<'t>>) -> Option<Spanned<DeValue<'t>>> {
        let span = value.span();
        let is_right = match (&key.kind, value.get_ref()) {
            (Kind::Text, DeValue::String(text)) if text.trim().is_empty() => {
                self.tell(span, format!("`{}` is leeg", key.name));
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
            (Kind::Text | Kind::TextOrNothing | Kind::Choice(_), DeValue::String(_))
            | (Kind::Flag, DeValue::Boolean(_))
            | (Kind::Table(_), DeValue::Table(_)) => true,
            (Kind::Texts, DeValue::Array(array)) => {
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
    /// What it is, in a sentence.
    fn words(&self) -> &'static str {
        match self {
            Self::Text | Self::TextOrNothing | Self::Choice(_) => "tekst",
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
    /// How it is written.
    pub fn example(&self) -> String {
        let name = self.name;
        match self.kind {
            Kind::Text | Kind::TextOrNothing => format!("{name} = \"…\""),
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

//! Front matter: the TOML between the `+++` lines at the top of a page.
//!
//! ```text
//! +++
//! title = "Lerend Netwerk Passend Onderwijs"
//! date = 2026-11-20
//! +++
//!
//! The body, in Markdown.
//! ```

use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use crate::page::prose::Prose;
use crate::page::schema::Kind::{
    Date, DateTime, Flag, Line, Number, Table, Tables, Text, TextOrTexts, Texts,
};
use crate::page::schema::{self, Key, optional, required};
use crate::source::file::Source;
use crate::source::problem::{Problem, Problems};

/// The front matter of a page, as an editor writes it. A required value is `None` only if its problem has been
/// reported.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontMatter {
    /// Heading of the page, and its title in lists.
    pub title: Option<Spanned<Prose>>,
    /// One or two sentences for lists and search engines.
    pub description: Option<Spanned<Prose>>,
    /// Date of an article.
    pub date: Option<Spanned<Datetime>>,
    /// Date of the last significant change.
    pub updated: Option<Spanned<Datetime>>,
    /// Topics of an article.
    #[serde(default)]
    pub tags: Vec<Spanned<String>>,
    /// Former paths of the page, which redirect to it.
    #[serde(default)]
    pub aliases: Vec<Spanned<String>>,
    /// Whether the page is a draft. Drafts are not public.
    #[serde(default)]
    pub draft: bool,
    /// Moment from which the page is public, in the site's time zone.
    pub publish_at: Option<Spanned<Datetime>>,
    /// Moment from which the page is no longer public, in the site's time zone.
    pub expires_at: Option<Spanned<Datetime>>,
    /// The event that the page announces and takes sign-ups for.
    pub event: Option<Spanned<EventTable>>,
}

/// The `[event]` table. A required value is `None` only if its problem has been reported.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventTable {
    /// Identifier of the event, unique among all events.
    ///
    /// Part of URLs and of the store's keys, so it must never change.
    pub id: Option<Spanned<String>>,
    /// Name of the event, as participants read it.
    pub title: Option<Prose>,
    /// IANA name of the time zone of all times of the event.
    pub time_zone: Option<Spanned<String>>,
    /// Number of days after a session before the data of its participants is deleted; 30 by default.
    pub retention_days: Option<u16>,
    /// Where the sessions take place: online by default.
    pub place: Option<Spanned<OneOrMore>>,
    /// What taking part costs, as a sentence; nothing by default.
    pub costs: Option<Prose>,
    /// Whether a seat is only held until the participant confirms the e-mail address.
    #[serde(default)]
    pub confirm_by_mail: bool,
    /// Sessions of the event.
    #[serde(default)]
    pub sessions: Vec<Spanned<SessionTable>>,
}

/// One `[[event.sessions]]` table. A required value is `None` only if its problem has been reported.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionTable {
    /// Identifier of the session, unique within the event.
    pub id: Option<Spanned<String>>,
    /// Start of the session.
    pub start: Option<Spanned<Datetime>>,
    /// End of the session.
    pub end: Option<Spanned<Datetime>>,
    /// Number of seats.
    pub capacity: Option<u32>,
    /// Opening time of sign-up.
    pub opens: Option<Spanned<Datetime>>,
    /// Closing time of sign-up.
    pub closes: Option<Spanned<Datetime>>,
    /// Where the session takes place, if that differs from the event.
    pub place: Option<Spanned<OneOrMore>>,
    /// Former start, if the session was moved.
    pub moved_from: Option<Spanned<Datetime>>,
    /// Whether the session does not take place.
    #[serde(default)]
    pub called_off: bool,
    /// Why it does not take place, as participants read it.
    pub called_off_because: Option<Spanned<Prose>>,
}

/// A text, or a list of texts.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum OneOrMore {
    /// A single text.
    One(String),
    /// A list.
    More(Vec<String>),
}

impl OneOrMore {
    /// Returns the texts.
    pub fn texts(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::More(texts) => texts,
        }
    }
}

/// The keys of `[[event.sessions]]`.
pub const SESSION: &[Key] = &[
    required("id", Text, "een naam die geen andere sessie van deze bijeenkomst heeft"),
    required("start", DateTime, "wanneer de sessie begint"),
    required("end", DateTime, "wanneer de sessie eindigt, na `start`"),
    required("capacity", Number(100_000), "het aantal plekken"),
    required("opens", DateTime, "vanaf wanneer je je kunt aanmelden"),
    required("closes", DateTime, "tot wanneer je je kunt aanmelden, uiterlijk tot `start`"),
    optional("place", TextOrTexts, "waar deze sessie is, als dat anders is dan bij de bijeenkomst"),
    optional(
        "moved_from",
        DateTime,
        "het vorige begin, als de sessie is verplaatst; bezoekers en zoekmachines zien het",
    ),
    optional("called_off", Flag, "de sessie gaat niet door; wie een plek heeft of wacht, krijgt een mail"),
    optional("called_off_because", Line, "waarom de sessie niet doorgaat, als een hele zin"),
];

/// The keys of `[event]`.
pub const EVENT: &[Key] = &[
    required(
        "id",
        Text,
        "een naam die geen andere bijeenkomst heeft; verander die nooit meer zodra mensen zich aanmelden",
    ),
    required("title", Line, "de naam van de bijeenkomst"),
    required("time_zone", Text, "de tijdzone van alle tijden van de bijeenkomst"),
    optional(
        "retention_days",
        Number(3650),
        "na hoeveel dagen de gegevens van deelnemers weg zijn; 30 als het er niet staat",
    ),
    optional(
        "place",
        TextOrTexts,
        "waar de sessies zijn: `\"online\"`, naam en adres, of een lijst met allebei; online als het er niet staat",
    ),
    optional("costs", Line, "wat meedoen kost, als een hele zin; anders staat er dat het kosteloos is"),
    optional(
        "confirm_by_mail",
        Flag,
        "een plek is pas van een deelnemer als die binnen 24 uur het e-mailadres bevestigt",
    ),
    required("sessions", Tables(SESSION), "de sessies, waarvan een deelnemer er één kiest"),
];

/// The keys of a page.
pub const PAGE: &[Key] = &[
    required("title", Line, "de titel; die staat al boven de pagina, begin in de tekst dus met `##`"),
    optional("description", Text, "een of twee zinnen voor overzichten en zoekmachines"),
    optional("date", Date, "de dag van een artikel; bij een artikel verplicht"),
    optional("updated", Date, "de dag van de laatste wijziging die het melden waard is"),
    optional("tags", Texts, "waar een artikel over gaat; schrijf een onderwerp overal gelijk"),
    optional("aliases", Texts, "oude adressen die hierheen leiden"),
    optional("draft", Flag, "nog niet openbaar"),
    optional("publish_at", DateTime, "vanaf wanneer de pagina openbaar is"),
    optional("expires_at", DateTime, "tot wanneer de pagina openbaar is"),
    optional("event", Table(EVENT), "een bijeenkomst die dit artikel aankondigt"),
];

const FENCE: &str = "+++";

/// The byte ranges of the front matter and the body in a source.
#[derive(Debug, PartialEq, Eq)]
pub struct Split {
    /// The TOML, without its fences.
    pub toml: Range<usize>,
    /// The Markdown.
    pub body: Range<usize>,
}

/// Finds the two fences, and ignores trailing whitespace after each.
///
/// Returns `None` if the text does not begin with a fence, or if the second fence is missing.
pub fn split(text: &str) -> Option<Split> {
    let mut lines = text.split_inclusive('\n');
    let first = lines.next().filter(|line| line.trim_end() == FENCE)?;
    let mut end = first.len();
    for line in lines {
        if line.trim_end() == FENCE {
            return Some(Split { toml: first.len()..end, body: end + line.len()..text.len() });
        }
        end += line.len();
    }
    None
}

/// Reads a page's front matter. Some kinds of pages require more keys than others.
///
/// Returns the front matter, or `None` if it has a problem, together with the byte range of the body.
pub fn read(
    source: &Arc<Source>,
    also_required: &[&str],
    problems: &mut Problems,
) -> (Option<FrontMatter>, Range<usize>) {
    match split(&source.text) {
        Some(Split { toml, body }) => (schema::read(source, toml, PAGE, also_required, problems), body),
        None => {
            let first_line = 0..source.text.find('\n').unwrap_or(source.text.len());
            let message = if source.text.starts_with(FENCE) {
                "de front matter heeft geen tweede regel `+++`"
            } else if source.text.starts_with("---") {
                "de gegevens bovenaan staan in YAML, tussen regels `---`"
            } else {
                "de pagina begint niet met een regel `+++`"
            };
            problems.push(
                Problem::at(source, first_line, message)
                    .help("zet de sleutels van de pagina, zoals `title = \"…\"`, tussen twee regels `+++`"),
            );
            (None, source.text.len()..source.text.len())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<(&str, &str)> {
        split(text).map(|Split { toml, body }| (&text[toml], &text[body]))
    }

    #[test]
    fn fences_separate_the_front_matter_from_the_body() {
        assert_eq!(parts("+++\na = 1\n+++\nbody\n"), Some(("a = 1\n", "body\n")));
        assert_eq!(parts("+++ \r\na = 1\r\n+++\t\r\nbody"), Some(("a = 1\r\n", "body")));
        assert_eq!(parts("+++\n+++"), Some(("", "")));
        assert_eq!(parts(""), None);
        assert_eq!(parts("title\n+++\n"), None);
        assert_eq!(parts("+++\ntitle = 1\n"), None);
    }

    #[test]
    fn the_key_lists_match_the_types() {
        let text = r#"
            title = "t"
            description = "d"
            date = 2028-11-28
            updated = 2028-11-28
            tags = ["a", "b"]
            aliases = ["/oud/"]
            draft = true
            publish_at = 2028-11-28T16:00:00
            expires_at = 2028-11-28T16:00:00
            [event]
            id = "e"
            title = "e"
            time_zone = "Europe/Amsterdam"
            retention_days = 30
            confirm_by_mail = true
            [[event.sessions]]
            id = "s"
            start = 2028-11-28T16:00:00
            end = 2028-11-28T17:30:00
            capacity = 40
            opens = 2026-11-01T09:00:00
            closes = 2028-11-28T16:00:00
        "#;
        let source = Arc::new(Source::new("p.md", text));
        let mut problems = Problems::default();
        let read: Option<FrontMatter> = schema::read(&source, 0..text.len(), PAGE, &[], &mut problems);
        assert!(read.is_some(), "{problems}");
    }
}

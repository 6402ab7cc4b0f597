//! What stands between the `+++` lines at the top of a page.
//!
//! ```text
//! +++
//! title = "Lerend Netwerk Passend Onderwijs"
//! date = 2026-11-20
//! +++
//!
//! The page itself, in Markdown.
//! ```

use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use crate::page::schema::Kind::{Date, DateTime, Flag, Number, Table, Tables, Text, Texts};
use crate::page::schema::{self, Key, optional, required};
use crate::source::file::Source;
use crate::source::problem::{Problem, Problems};

/// The keys of a page, as an editor writes them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontMatter {
    /// The page's heading, and its name in lists.
    pub title: String,
    /// One or two sentences for lists and search engines.
    pub description: Option<String>,
    /// The day of an article.
    pub date: Option<Spanned<Datetime>>,
    /// The day of the last change worth telling.
    pub updated: Option<Spanned<Datetime>>,
    /// What an article is about.
    #[serde(default)]
    pub tags: Vec<Spanned<String>>,
    /// Addresses that once led here.
    #[serde(default)]
    pub aliases: Vec<Spanned<String>>,
    /// Not meant for the public yet.
    #[serde(default)]
    pub draft: bool,
    /// From when the public may see it, in the site's zone.
    pub publish_at: Option<Spanned<Datetime>>,
    /// Until when the public may see it, in the site's zone.
    pub expires_at: Option<Spanned<Datetime>>,
    /// An event that this page announces and takes sign-ups for.
    pub event: Option<Spanned<EventTable>>,
}

/// The `[event]` table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventTable {
    /// Unique among all events; part of addresses and of the store's keys, so never change it.
    pub id: Spanned<String>,
    /// Its name, as participants read it.
    pub title: String,
    /// IANA name of the zone of all its times.
    pub time_zone: Spanned<String>,
    /// Days after a session until its participants are forgotten; 30 unless set.
    pub retention_days: Option<u16>,
    /// Whether a seat is only held until the participant has confirmed the address.
    #[serde(default)]
    pub confirm_by_mail: bool,
    /// Its dates.
    pub sessions: Vec<Spanned<SessionTable>>,
}

/// One `[[event.sessions]]` table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionTable {
    /// Unique within the event.
    pub id: Spanned<String>,
    /// When it begins.
    pub start: Spanned<Datetime>,
    /// When it is over.
    pub end: Spanned<Datetime>,
    /// Number of seats.
    pub capacity: u32,
    /// From when one can sign up.
    pub opens: Spanned<Datetime>,
    /// Until when one can sign up.
    pub closes: Spanned<Datetime>,
}

/// The keys of `[[event.sessions]]`.
pub const SESSION: &[Key] = &[
    required("id", Text, "een naam die geen andere sessie van deze bijeenkomst heeft"),
    required("start", DateTime, "wanneer de sessie begint"),
    required("end", DateTime, "wanneer de sessie eindigt, na `start`"),
    required("capacity", Number(100_000), "het aantal plaatsen"),
    required("opens", DateTime, "vanaf wanneer men zich kan aanmelden"),
    required("closes", DateTime, "tot wanneer men zich kan aanmelden, uiterlijk tot `start`"),
];

/// The keys of `[event]`.
pub const EVENT: &[Key] = &[
    required(
        "id",
        Text,
        "een naam die geen andere bijeenkomst heeft; verander die nooit meer zodra mensen zich aanmelden",
    ),
    required("title", Text, "de naam van de bijeenkomst"),
    required("time_zone", Text, "de tijdzone van alle tijden van de bijeenkomst"),
    optional(
        "retention_days",
        Number(3650),
        "na hoeveel dagen de gegevens van deelnemers weg zijn; 30 als het er niet staat",
    ),
    optional(
        "confirm_by_mail",
        Flag,
        "een plaats is pas van een deelnemer als die binnen 24 uur het e-mailadres bevestigt",
    ),
    required("sessions", Tables(SESSION), "de sessies, waarvan een deelnemer er één kiest"),
];

/// The keys of a page.
pub const PAGE: &[Key] = &[
    required("title", Text, "de titel; die staat al boven de pagina, begin in de tekst dus met `##`"),
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

/// Where front matter and body lie in a source, in bytes.
#[derive(Debug, PartialEq, Eq)]
pub struct Split {
    /// The TOML, without its fences.
    pub toml: Range<usize>,
    /// The Markdown.
    pub body: Range<usize>,
}

/// Finds the two fences; blanks after them are let pass.
///
/// `None` when the text does not begin with a fence or the second one is missing.
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

/// Reads a page's front matter.
///
/// Returns it, if it has no problem, and where the body lies.
pub fn read(source: &Arc<Source>, problems: &mut Problems) -> (Option<FrontMatter>, Range<usize>) {
    match split(&source.text) {
        Some(Split { toml, body }) => (schema::read(source, toml, PAGE, problems), body),
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
    fn the_fences_part_front_matter_from_body() {
        assert_eq!(parts("+++\na = 1\n+++\nbody\n"), Some(("a = 1\n", "body\n")));
        assert_eq!(parts("+++ \r\na = 1\r\n+++\t\r\nbody"), Some(("a = 1\r\n", "body")));
        assert_eq!(parts("+++\n+++"), Some(("", "")));
        assert_eq!(parts(""), None);
        assert_eq!(parts("title\n+++\n"), None);
        assert_eq!(parts("+++\ntitle = 1\n"), None);
    }

    #[test]
    fn the_list_of_keys_and_the_types_agree() {
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
        let read: Option<FrontMatter> = schema::read(&source, 0..text.len(), PAGE, &mut problems);
        assert!(read.is_some(), "{problems}");
    }
}

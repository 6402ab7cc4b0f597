//! The values of a form, by the full names of their keys.

use std::collections::{BTreeMap, BTreeSet};

use site_gen::page::front_matter::{EVENT, PAGE, SESSION};
use site_gen::page::schema::{Key, Kind};

use super::document::{Document, full_name};
use super::field::{as_typed, cleaned};

/// The name of the body.
pub const BODY: &str = "body";
/// The table of the event.
pub const EVENT_TABLE: &str = "event";
/// The list of its sessions.
pub const SESSIONS: &str = "event.sessions";
/// The most sessions of an event that a form can have.
const MOST: usize = 1_000;
/// The end of the name of the box with which a session is removed.
pub const REMOVED: &str = "weg";

/// The values of a form, each as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values(BTreeMap<String, String>);

/// Returns the name of the table of a session.
pub fn session(number: usize) -> String {
    format!("{SESSIONS}.{number}")
}

/// Returns the keys of a table that have a value of their own, rather than further tables.
pub fn keys(table: &str) -> impl Iterator<Item = &'static Key> {
    let keys = match table {
        "" => PAGE,
        EVENT_TABLE => EVENT,
        _ => SESSION,
    };
    keys.iter().filter(|key| !matches!(key.kind, Kind::Table(_) | Kind::Tables(_)))
}

impl Values {
    /// Returns the values in a file.
    pub fn of(document: &Document) -> Self {
        let mut values = BTreeMap::from([(BODY.to_owned(), document.body())]);
        let sessions = (0..document.count(SESSIONS)).map(session);
        for table in [String::new(), EVENT_TABLE.to_owned()].into_iter().chain(sessions) {
            if document.has_table(&table) {
                for key in keys(&table) {
                    let name = full_name(&table, key.name);
                    let value = as_typed(&key.kind, document.value(&name).unwrap_or_default());
                    values.insert(name, value);
                }
            }
        }
        Self(values)
    }

    /// Returns the values in a form that was sent. A box that is not ticked is not sent.
    pub fn typed(sent: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut values = Self(sent.into_iter().collect());
        if let Some(body) = values.0.get_mut(BODY) {
            *body = body.replace("\r\n", "\n").trim_start_matches('\n').trim_end().to_owned();
        }
        for table in values.tables() {
            for key in keys(&table) {
                let name = full_name(&table, key.name);
                let value = cleaned(&key.kind, values.get(&name));
                values.0.insert(name, value);
            }
        }
        values
    }

    /// Returns a value, or an empty text.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Returns the names and values.
    pub fn pairs(&self) -> Vec<(String, String)> {
        self.0.clone().into_iter().collect()
    }

    /// Sets a value.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.insert(name.into(), value.into());
    }

    /// Returns the names of the tables with values: of the page, of the event, of each session.
    pub fn tables(&self) -> Vec<String> {
        let event = self.has_event().then(|| EVENT_TABLE.to_owned());
        std::iter::once(String::new()).chain(event).chain(self.sessions().into_iter().map(session)).collect()
    }

    /// Returns whether there is an event.
    pub fn has_event(&self) -> bool {
        self.0.keys().any(|name| name.starts_with("event."))
    }

    /// Returns the numbers of the sessions.
    pub fn sessions(&self) -> BTreeSet<usize> {
        let after = |name: &String| {
            let number = name.strip_prefix(SESSIONS)?.strip_prefix('.')?.split('.').next()?;
            number.parse().ok().filter(|number| *number < MOST)
        };
        self.0.keys().filter_map(after).collect()
    }

    /// Returns whether a session is to be removed.
    pub fn is_removed(&self, table: &str) -> bool {
        !self.get(&full_name(table, REMOVED)).is_empty()
    }

    /// Returns whether nothing has been typed about a table.
    pub fn is_blank(&self, table: &str) -> bool {
        keys(table).all(|key| self.get(&full_name(table, key.name)).is_empty())
    }

    /// Copies the values of a table from elsewhere.
    pub fn copy(&mut self, to: &str, from: &Self, table: &str) {
        for key in keys(table) {
            self.set(full_name(to, key.name), from.get(&full_name(table, key.name)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_of_a_file_are_those_that_its_form_sends() {
        let text = "+++\ntitle = \"Een\"\ndraft = true\n[event]\nid = \"e\"\n[[event.sessions]]\nid = \"a\"\n\
                    start = 2028-11-28T16:00:00\n+++\n\nTekst.\n";
        let values = Values::of(&Document::read(text).unwrap());
        assert_eq!(values.get("draft"), "on");
        assert_eq!(values.get("event.sessions.0.start"), "2028-11-28T16:00");
        assert_eq!(values.get(BODY), "Tekst.");
        assert_eq!(values.tables(), ["", "event", "event.sessions.0"]);
        // An unticked box is not sent, and a browser sends its own line ends.
        let sent = values.0.clone().into_iter().filter(|(name, _)| !name.ends_with("called_off"));
        let sent = sent.map(|(name, value)| (name, value.replace('\n', "\r\n")));
        assert_eq!(Values::typed(sent), values);
    }
}

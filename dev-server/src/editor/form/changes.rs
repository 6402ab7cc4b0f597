//! What the values of a form change about a file that somebody else may have changed since it was opened.
//!
//! Three values decide about each key: that of the file when it was opened, that of the file now, and the typed one.
//! Whoever changed something wins; if both did, nothing changes and the editor decides. Bodies are merged by lines.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use site_gen::page::schema::Key;
use site_gen::words::slug::slug;

use super::document::{Document, Edit, full_name};
use super::field::{Theirs, as_toml};
use super::values::{BODY, EVENT_TABLE, SESSIONS, Values, keys, session};

/// What a form changes.
#[derive(Debug)]
pub struct Change {
    /// The file with the changes.
    pub text: String,
    /// The values of the file now, with the typed ones that differ.
    pub values: Values,
    /// What cannot be saved as it was typed, by the name of the field.
    pub faults: BTreeMap<String, &'static str>,
    /// What somebody else has changed too, by the name of the field.
    pub theirs: BTreeMap<String, Theirs>,
    /// For each session of the new text, its number in `values`.
    pub sessions: Vec<usize>,
}

/// Returns what the typed values change.
pub fn change(opened: &Document, now: &Document, typed: &Values) -> Change {
    let (base, current) = (Values::of(opened), Values::of(now));
    let count = now.count(SESSIONS);
    let mut merge = Merge {
        now,
        counts: (opened.count(SESSIONS), count),
        base: &base,
        current: &current,
        typed,
        values: current.clone(),
        edits: Vec::new(),
        faults: BTreeMap::new(),
        theirs: BTreeMap::new(),
    };
    let mut sessions: Vec<usize> = (0..count).collect();
    let mut next = count;
    for table in typed.tables() {
        let is_session = table.starts_with(SESSIONS);
        let there =
            if is_session { merge.there(&table) } else { now.has_table(&table).then(|| table.clone()) };
        match there {
            Some(there) if typed.is_removed(&table) => {
                let is_gone = merge.remove(&table, &there);
                sessions.retain(|number| !is_gone || session(*number) != there);
            }
            Some(there) => merge.table(&table, &there),
            None if base.is_blank(&table) => {
                let to = if is_session { session(next) } else { table.clone() };
                if !typed.is_removed(&table) {
                    merge.values.copy(&to, typed, &table);
                    if !typed.is_blank(&table) {
                        merge.add(&to);
                        sessions.extend(is_session.then_some(next));
                    }
                    next += usize::from(is_session);
                }
            }
            None => {
                if merge.is_changed(&table) && !typed.is_removed(&table) {
                    let to = if is_session { session(next) } else { table.clone() };
                    next += usize::from(is_session);
                    merge.values.copy(&to, typed, &table);
                    merge.faults.insert(full_name(&to, "id"), GONE);
                }
            }
        }
    }
    merge.body();
    let Merge { values, edits, faults, theirs, .. } = merge;
    Change { text: now.with(&edits), values, faults, theirs, sessions }
}

struct Merge<'a> {
    now: &'a Document,
    /// The number of sessions when the file was opened, and now.
    counts: (usize, usize),
    base: &'a Values,
    current: &'a Values,
    typed: &'a Values,
    values: Values,
    edits: Vec<Edit>,
    faults: BTreeMap<String, &'static str>,
    theirs: BTreeMap<String, Theirs>,
}

/// What an editor reads at a field that must not be empty.
pub const MISSING: &str = "Vul dit in.";
const GONE: &str =
    "Iemand anders heeft dit intussen weggehaald. Bewaar opnieuw om het terug te zetten, of haal het weg.";

impl Merge<'_> {
    /// Returns the table that now describes a session: the one with the id that it had when the file was opened. Where
    /// ids do not tell sessions apart, their order does.
    fn there(&self, table: &str) -> Option<String> {
        let id = self.base.get(&full_name(table, "id"));
        let with_id = |values: &Values, count| -> Vec<String> {
            (0..count).map(session).filter(|there| values.get(&full_name(there, "id")) == id).collect()
        };
        let (opened, now) = (with_id(self.base, self.counts.0), with_id(self.current, self.counts.1));
        match (opened.as_slice(), now.as_slice()) {
            ([_], [there]) if !id.is_empty() => Some(there.clone()),
            _ if self.counts.0 == self.counts.1 && self.now.has_table(table) => Some(table.to_owned()),
            _ => None,
        }
    }

    /// Returns whether any value of a table was typed.
    fn is_changed(&self, table: &str) -> bool {
        let differs = |name: String| self.typed.get(&name) != self.base.get(&name);
        keys(table).any(|key| differs(full_name(table, key.name)))
    }

    /// Changes the keys of a table.
    fn table(&mut self, table: &str, there: &str) {
        let mut after = Vec::new();
        for key in keys(table) {
            let (name, to) = (full_name(table, key.name), full_name(there, key.name));
            let (base, current, typed) = (self.base.get(&name), self.current.get(&to), self.typed.get(&name));
            if typed != base && typed != current {
                self.values.set(&to, typed);
                if current == base {
                    self.key(key, there, after.clone());
                } else {
                    let theirs = Theirs { then: base.to_owned(), now: current.to_owned() };
                    self.theirs.insert(to, theirs);
                }
            }
            after.push(key.name);
        }
    }

    /// Changes a key of a table to the value in `values`.
    fn key(&mut self, key: &'static Key, table: &str, after: Vec<&'static str>) {
        let name = full_name(table, key.name);
        let value = self.values.get(&name);
        if !value.is_empty() || matches!(key.kind, site_gen::page::schema::Kind::Flag) {
            match as_toml(&key.kind, value) {
                Ok(value) => {
                    self.edits.push(Edit::Set { table: table.to_owned(), key: key.name, value, after })
                }
                Err(fault) => drop(self.faults.insert(name, fault)),
            }
        } else if key.required {
            self.faults.insert(name, MISSING);
        } else if self.now.value(&name).is_some() {
            self.edits.push(Edit::Remove { name });
        }
    }

    /// Removes a session, unless somebody else has changed it. Returns whether it does.
    fn remove(&mut self, table: &str, there: &str) -> bool {
        let is_same = |key: &Key| {
            self.base.get(&full_name(table, key.name)) == self.current.get(&full_name(there, key.name))
        };
        let is_unchanged = keys(table).all(is_same);
        if is_unchanged {
            self.values.set(full_name(there, super::values::REMOVED), super::field::ON);
            self.edits.push(Edit::RemoveTable { name: there.to_owned() });
        } else {
            let fault =
                "Iemand anders heeft deze sessie intussen gewijzigd. Kijk of je haar nog weg wilt halen.";
            self.faults.insert(full_name(there, "id"), fault);
        }
        is_unchanged
    }

    /// Adds a table with its values.
    fn add(&mut self, to: &str) {
        let id = full_name(to, "id");
        if to.starts_with(SESSIONS) && self.values.get(&id).is_empty() {
            self.values.set(&id, self.new_id(self.values.get(&full_name(to, "start"))));
        }
        let mut entries = Vec::new();
        for key in keys(to) {
            let name = full_name(to, key.name);
            match self.values.get(&name) {
                "" if key.required => drop(self.faults.insert(name, MISSING)),
                "" => {}
                value => match as_toml(&key.kind, value) {
                    Ok(value) => entries.push((key.name, value)),
                    Err(fault) => drop(self.faults.insert(name, fault)),
                },
            }
        }
        let header = if to == EVENT_TABLE { "[event]" } else { "[[event.sessions]]" };
        self.edits.push(Edit::AddTable { header, entries });
    }

    /// Returns an id for a session that no other has: its day and month.
    fn new_id(&self, start: &str) -> String {
        let Ok(start) = start.parse::<DateTime>() else { return String::new() };
        let day = format!("{}-{}", start.day(), slug(catalog::dutch::month(start.date())));
        let ids: Vec<&str> = self
            .values
            .sessions()
            .into_iter()
            .map(|number| self.values.get(&full_name(&session(number), "id")))
            .collect();
        let numbered = (2..).map(|number| format!("{day}-{number}"));
        let mut free = std::iter::once(day.clone()).chain(numbered).filter(|id| !ids.contains(&id.as_str()));
        free.next().unwrap_or(day)
    }

    fn body(&mut self) {
        let (base, current, typed) = (self.base.get(BODY), self.current.get(BODY), self.typed.get(BODY));
        if typed == base || typed == current {
            return;
        }
        let merged = match current == base {
            true => Ok(typed.to_owned()),
            false => {
                let lines = |text: &str| format!("{text}\n");
                diffy::merge(&lines(base), &lines(typed), &lines(current))
            }
        };
        match merged {
            Ok(body) => {
                let body = body.trim_end();
                self.values.set(BODY, body);
                self.edits.push(Edit::Body(body.to_owned()));
            }
            Err(_) => {
                self.values.set(BODY, typed);
                self.theirs
                    .insert(BODY.to_owned(), Theirs { then: base.to_owned(), now: current.to_owned() });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "+++\ntitle = \"Een\"\ndescription = \"Twee\"\n\n[event]\nid = \"e\"\n\n[[event.sessions]]\n\
        id = \"a\"\ncapacity = 40\n\n[[event.sessions]]\nid = \"b\"\ncapacity = 40\n+++\n\nEerste.\n\nTweede.\n\nDerde.\n";

    fn document(text: &str) -> Document {
        Document::read(text).unwrap()
    }

    /// What the form says when these values are typed into it.
    fn typed(values: &[(&str, &str)]) -> Values {
        let mut typed = Values::of(&document(PAGE));
        values.iter().for_each(|(name, value)| typed.set(*name, *value));
        typed
    }

    fn changed(now: &str, values: &[(&str, &str)]) -> Change {
        change(&document(PAGE), &document(now), &typed(values))
    }

    #[test]
    fn nothing_typed_changes_nothing() {
        let theirs = PAGE.replace("Twee", "Drie").replace("40\n\n", "30\n\n");
        for now in [PAGE, &theirs] {
            let change = changed(now, &[]);
            assert_eq!(change.text, now);
            assert_eq!(change.values, Values::of(&document(now)));
        }
    }

    #[test]
    fn what_two_people_changed_in_different_places_is_merged() {
        let now = PAGE.replace("Twee", "Van een ander").replace("Derde.", "Derde van een ander.");
        let change = changed(&now, &[("title", "Nieuw"), ("body", "Eerste van mij.\n\nTweede.\n\nDerde.")]);
        assert!(change.theirs.is_empty());
        assert_eq!(change.text, now.replace("\"Een\"", "\"Nieuw\"").replace("Eerste.", "Eerste van mij."));
    }

    #[test]
    fn what_two_people_changed_in_one_place_is_shown_and_not_saved() {
        let now = PAGE.replace("\"Een\"", "\"Van een ander\"").replace("Eerste.", "Van een ander.");
        let change = changed(&now, &[("title", "Van mij"), ("body", "Van mij.\n\nTweede.\n\nDerde.")]);
        assert_eq!(change.text, now);
        assert_eq!(change.theirs["title"], Theirs { then: "Een".into(), now: "Van een ander".into() });
        assert!(change.theirs[BODY].now.starts_with("Van een ander."));
        assert_eq!(change.values.get("title"), "Van mij");
        assert!(change.values.get(BODY).starts_with("Van mij."));
    }

    #[test]
    fn a_session_is_found_by_its_id() {
        let one_more = "\n[[event.sessions]]\nid = \"voor\"\ncapacity = 10\n";
        let now = PAGE.replacen("\n[[event.sessions]]", &format!("{one_more}\n[[event.sessions]]"), 1);
        let change = changed(&now, &[("event.sessions.1.capacity", "30")]);
        assert_eq!(change.text, now.replace("id = \"b\"\ncapacity = 40", "id = \"b\"\ncapacity = 30"));
        assert_eq!(change.values.get("event.sessions.2.capacity"), "30");
        // Somebody else has removed it.
        let now = PAGE.replace("\n[[event.sessions]]\nid = \"b\"\ncapacity = 40\n", "");
        let change = changed(&now, &[("event.sessions.1.capacity", "30")]);
        assert_eq!((change.text, change.faults["event.sessions.1.id"]), (now.clone(), GONE));
        assert_eq!(change.values.get("event.sessions.1.capacity"), "30");
        assert!(changed(&now, &[]).faults.is_empty());
    }

    #[test]
    fn sessions_that_their_ids_do_not_tell_apart_keep_their_order() {
        for text in [PAGE.replace("\"b\"", "\"a\""), PAGE.replace("id = \"b\"\n", "")] {
            let document = document(&text);
            let mut typed = Values::of(&document);
            typed.set("event.sessions.1.id", "b");
            typed.set("event.sessions.1.capacity", "7");
            let after = change(&document, &document, &typed).text;
            let (first, second) = after.split_at(after.rfind("[[").unwrap());
            assert!(first.contains("capacity = 40") && second.contains("id = \"b\"\n"), "{after}");
            assert!(second.contains("capacity = 7"), "{after}");
            typed.set("event.sessions.0.weg", "on");
            typed.set("event.sessions.1.weg", "on");
            assert!(!change(&document, &document, &typed).text.contains("sessions"));
        }
    }

    #[test]
    fn a_session_is_added_with_an_id_and_removed() {
        let new = [
            ("event.sessions.0.weg", "on"),
            ("event.sessions.2.start", "2028-12-05T16:00"),
            ("event.sessions.2.capacity", "12"),
        ];
        let change = changed(PAGE, &new);
        let rest = PAGE.replacen("\n[[event.sessions]]\nid = \"a\"\ncapacity = 40\n", "", 1);
        let added = "\n[[event.sessions]]\nid = \"5-december\"\nstart = 2028-12-05T16:00:00\ncapacity = 12\n";
        assert_eq!(change.text, rest.replace("40\n+++", &format!("40\n{added}+++")));
        assert_eq!(
            change.faults.keys().collect::<Vec<_>>(),
            ["event.sessions.2.closes", "event.sessions.2.end", "event.sessions.2.opens"]
        );
        assert_eq!(change.sessions, [1, 2]);
    }

    #[test]
    fn what_cannot_be_read_or_is_missing_is_told_and_kept() {
        let change =
            changed(PAGE, &[("title", ""), ("event.sessions.0.capacity", "veel"), ("description", "")]);
        assert_eq!(change.faults["title"], MISSING);
        assert_eq!(change.faults["event.sessions.0.capacity"], "Vul een heel getal in, zoals 40.");
        assert_eq!(change.values.get("event.sessions.0.capacity"), "veel");
        assert_eq!(change.text, PAGE.replace("description = \"Twee\"\n", ""));
    }
}

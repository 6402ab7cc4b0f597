//! A page's file: where each key of its front matter stands, and changes that leave everything else as it is, byte for
//! byte.
//!
//! A change replaces a range of the text. Comments, order, spacing and line ends survive because nothing prints the
//! front matter anew, as `toml_edit` does.

use std::collections::BTreeMap;
use std::ops::Range;

use site_gen::page::front_matter::{self, Split};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::lines::changed_lines;

/// A page's file.
#[derive(Debug)]
pub struct Document {
    text: String,
    toml: Range<usize>,
    /// The body without the blank lines around it.
    body: Range<usize>,
    /// The keys with a value, by their full names: `event.sessions.0.start`.
    keys: BTreeMap<String, Key>,
    /// The headers of the tables, by their full names. The table of the page itself has an empty name and no header.
    tables: BTreeMap<String, Range<usize>>,
}

#[derive(Debug)]
struct Key {
    /// The whole lines of the key and its value.
    lines: Range<usize>,
    value: Range<usize>,
    shown: String,
}

/// Why the keys of a file cannot be told apart. It can be edited as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// There are no two lines `+++`.
    #[error("de gegevens bovenaan staan niet tussen twee regels `+++`")]
    NoFrontMatter,
    /// The front matter has a syntax error.
    #[error("de gegevens bovenaan zijn zo niet te lezen")]
    Broken,
    /// A table has no header of its own, or a key of the page follows one.
    #[error("de gegevens van de bijeenkomst staan anders dan `[event]` en `[[event.sessions]]`")]
    Unusual,
}

/// A change of a file.
#[derive(Debug, PartialEq, Eq)]
pub enum Edit {
    /// Gives a key this value in TOML. A new key comes after the nearest of those that usually precede it.
    Set {
        /// The full name of the table.
        table: String,
        /// The key.
        key: &'static str,
        /// The value, as TOML.
        value: String,
        /// The keys that usually precede it, in order.
        after: Vec<&'static str>,
    },
    /// Removes a key.
    Remove {
        /// The full name of the key.
        name: String,
    },
    /// Adds a table at the end.
    AddTable {
        /// The header: `[[event.sessions]]`.
        header: &'static str,
        /// The keys, with their values as TOML.
        entries: Vec<(&'static str, String)>,
    },
    /// Removes a table that contains no others.
    RemoveTable {
        /// The full name of the table.
        name: String,
    },
    /// Replaces the body.
    Body(String),
}

/// Returns the full name of a key in a table.
pub fn full_name(table: &str, key: &str) -> String {
    if table.is_empty() { key.to_owned() } else { format!("{table}.{key}") }
}

impl Document {
    /// Finds the keys of a file, whose text has no byte-order mark.
    ///
    /// # Errors
    /// Fails if the keys cannot be told apart.
    pub fn read(text: &str) -> Result<Self, Unfit> {
        let Split { toml, body } = front_matter::split(text).ok_or(Unfit::NoFrontMatter)?;
        // Pads with spaces, so that byte offsets refer to the whole file.
        let padded = " ".repeat(toml.start) + &text[toml.clone()];
        let table = DeTable::parse(&padded).map_err(|_| Unfit::Broken)?.into_inner();
        let mut document = Self {
            text: text.to_owned(),
            body: core(text, body),
            toml,
            keys: BTreeMap::new(),
            tables: BTreeMap::new(),
        };
        document.tables.insert(String::new(), document.toml.start..document.toml.start);
        document.walk(&table, "")?;
        Ok(document)
    }

    fn walk(&mut self, table: &DeTable<'_>, within: &str) -> Result<(), Unfit> {
        for (key, value) in table.iter() {
            let name = full_name(within, key.get_ref());
            match value.get_ref() {
                DeValue::Table(inner) => self.table(inner, &name, &format!("[{name}]"), value.span())?,
                DeValue::Array(items) if items.iter().any(|item| item.get_ref().is_table()) => {
                    for (number, item) in items.iter().enumerate() {
                        let DeValue::Table(inner) = item.get_ref() else { return Err(Unfit::Unusual) };
                        let header = format!("[[{name}]]");
                        self.table(inner, &format!("{name}.{number}"), &header, item.span())?;
                    }
                }
                _ => {
                    let lines = self.lines(key.span().start..value.span().end);
                    let key = Key { lines, value: value.span(), shown: shown(value, &self.text) };
                    self.keys.insert(name, key);
                }
            }
        }
        Ok(())
    }

    fn table(
        &mut self,
        inner: &DeTable<'_>,
        name: &str,
        header: &str,
        span: Range<usize>,
    ) -> Result<(), Unfit> {
        let written = self.text.get(span.clone()).unwrap_or_default();
        let written: String = written.chars().filter(|c| !c.is_whitespace()).collect();
        if written != header {
            return Err(Unfit::Unusual);
        }
        self.tables.insert(name.to_owned(), self.lines(span));
        self.walk(inner, name)
    }

    /// Returns the whole lines of a range.
    fn lines(&self, range: Range<usize>) -> Range<usize> {
        let start = self.text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        let end = self.text[range.end..].find('\n').map_or(self.text.len(), |at| range.end + at + 1);
        start..end
    }

    /// Returns the value of a key as an editor sees it: the texts of a list stand on a line each.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.keys.get(name).map(|key| key.shown.as_str())
    }

    /// Returns whether there is a table with this name.
    pub fn has_table(&self, name: &str) -> bool {
        self.tables.contains_key(name)
    }

    /// Returns the number of tables in a list: `event.sessions`.
    pub fn count(&self, list: &str) -> usize {
        (0..).take_while(|number| self.has_table(&format!("{list}.{number}"))).count()
    }

    /// Returns the body without the blank lines around it, with `\n` at the end of each line.
    pub fn body(&self) -> String {
        self.text[self.body.clone()].replace("\r\n", "\n")
    }

    /// Returns the full name of the key or the table at an offset, or `body`.
    pub fn name_at(&self, offset: usize) -> Option<&str> {
        if offset >= self.toml.end {
            return Some("body");
        }
        let keys = self.keys.iter().map(|(name, key)| (name, &key.lines));
        let mut all = keys.chain(self.tables.iter());
        all.find(|(_, lines)| lines.contains(&offset)).map(|(name, _)| name.as_str())
    }

    /// Returns the line of an offset within the body, from 1.
    pub fn line_in_body(&self, offset: usize) -> Option<usize> {
        let before = self.text.get(self.body.start..offset)?;
        Some(before.matches('\n').count() + 1)
    }

    /// Returns the text with changes. Every key and table in them must be there.
    pub fn with(&self, edits: &[Edit]) -> String {
        let newline = if self.text[..self.toml.start].ends_with("\r\n") { "\r\n" } else { "\n" };
        let in_lines = |text: &str| text.replace('\n', newline);
        let mut splices: Vec<(Range<usize>, String)> = Vec::new();
        for edit in edits {
            splices.push(match edit {
                Edit::Set { table, key, value, after } => match self.keys.get(&full_name(table, key)) {
                    Some(known) => (known.value.clone(), in_lines(value)),
                    None => {
                        let at = self.place(table, after);
                        (at..at, in_lines(&format!("{key} = {value}\n")))
                    }
                },
                Edit::Remove { name } => (self.keys[name].lines.clone(), String::new()),
                Edit::AddTable { header, entries } => {
                    let entries: String =
                        entries.iter().map(|(key, value)| format!("{key} = {value}\n")).collect();
                    (self.toml.end..self.toml.end, in_lines(&format!("\n{header}\n{entries}")))
                }
                Edit::RemoveTable { name } => (self.whole_table(name), String::new()),
                Edit::Body(body) => self.new_body(body, newline),
            });
        }
        splices.sort_by_key(|(range, _)| (range.start, range.end));
        let (mut text, mut at) = (String::with_capacity(self.text.len()), 0);
        for (range, new) in splices {
            if range.start < at {
                // What was removed cannot be changed too.
                continue;
            }
            text.push_str(&self.text[at..range.start]);
            text.push_str(&new);
            at = range.end;
        }
        text.push_str(&self.text[at..]);
        text
    }

    /// Returns where a new key of a table goes.
    fn place(&self, table: &str, after: &[&str]) -> usize {
        let before = after.iter().rev().find_map(|key| self.keys.get(&full_name(table, key)));
        before.map_or(self.tables[table].end, |key| key.lines.end)
    }

    /// Returns the lines of a table, with the blank lines before it.
    fn whole_table(&self, name: &str) -> Range<usize> {
        let header = &self.tables[name];
        let prefix = format!("{name}.");
        let keys = self.keys.iter().filter(|(key, _)| key.starts_with(&prefix));
        let end = keys.map(|(_, key)| key.lines.end).max().unwrap_or(header.end);
        let above = self.text[..header.start].trim_end_matches(['\r', '\n']);
        let start = if header.start - above.len() > 1 {
            self.lines(above.len()..above.len()).end
        } else {
            header.start
        };
        start..end
    }

    fn new_body(&self, body: &str, newline: &str) -> (Range<usize>, String) {
        if !self.body.is_empty() {
            return changed_lines(&self.text, self.body.clone(), body, newline);
        }
        // Everything after the second fence is blank.
        let new = match body {
            "" => String::new(),
            body if self.text.ends_with('\n') => format!("\n{body}\n"),
            body => format!("\n\n{body}\n"),
        };
        (self.body.clone(), new.replace('\n', newline))
    }
}

/// Returns the body without the blank lines around it.
fn core(text: &str, body: Range<usize>) -> Range<usize> {
    let whole = &text[body.clone()];
    let end = body.start + whole.trim_end().len();
    let start = body.end - whole.trim_start_matches(['\r', '\n']).len();
    if start < end { start..end } else { text.len()..text.len() }
}

fn shown(value: &Spanned<DeValue<'_>>, text: &str) -> String {
    let written = || text.get(value.span()).unwrap_or_default().to_owned();
    match value.get_ref() {
        DeValue::String(text) => text.replace("\r\n", "\n"),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(at) => at.to_string(),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| written(), |number| number.to_string()),
        DeValue::Array(items) => {
            let texts = items.iter().map(|item| item.get_ref().as_str());
            texts.collect::<Option<Vec<_>>>().map_or_else(written, |texts| texts.join("\n"))
        }
        DeValue::Float(_) | DeValue::Table(_) => written(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "+++\n# Boven\ntitle = \"Een\"  # de titel\ndraft = false\n\n# Over de bijeenkomst\n[event]\n\
        id = \"e\"\n\n[[event.sessions]]\nid = \"a\"\nstart = 2028-11-28T16:00:00\n\n[[event.sessions]]\nid = \"b\"\n\
        +++\n\nTekst.\n\nMeer.\n";

    fn set(table: &str, key: &'static str, value: &str, after: &[&'static str]) -> Edit {
        Edit::Set { table: table.into(), key, value: value.into(), after: after.to_vec() }
    }

    /// The lines that differ.
    fn changed(text: &str, edits: &[Edit]) -> Vec<String> {
        let new = Document::read(text).unwrap().with(edits);
        let (old, new): (Vec<&str>, Vec<&str>) = (text.lines().collect(), new.lines().collect());
        let gone = old.iter().filter(|line| !new.contains(line)).map(|line| format!("-{line}"));
        gone.chain(new.iter().filter(|line| !old.contains(line)).map(|line| format!("+{line}"))).collect()
    }

    #[test]
    fn a_change_touches_only_its_own_lines() {
        assert_eq!(
            changed(PAGE, &[set("", "title", "\"Twee\"", &[])]),
            ["-title = \"Een\"  # de titel", "+title = \"Twee\"  # de titel"]
        );
        assert_eq!(changed(PAGE, &[Edit::Remove { name: "draft".into() }]), ["-draft = false"]);
        assert_eq!(
            changed(PAGE, &[set("event.sessions.1", "start", "2028-11-30T16:00:00", &["id"])]),
            ["+start = 2028-11-30T16:00:00"]
        );
        let new =
            Document::read(PAGE).unwrap().with(&[set("", "date", "2026-11-20", &["title", "description"])]);
        assert!(new.contains("# de titel\ndate = 2026-11-20\ndraft"), "{new}");
        let body = Document::read(PAGE).unwrap().with(&[Edit::Body("Tekst.\n\nAnders.".into())]);
        assert_eq!(body, PAGE.replace("Meer.", "Anders."));
    }

    #[test]
    fn tables_are_added_at_the_end_and_removed_whole() {
        let add = Edit::AddTable { header: "[[event.sessions]]", entries: vec![("id", "\"c\"".into())] };
        let new = Document::read(PAGE).unwrap().with(&[add]);
        assert_eq!(new, PAGE.replace("\"b\"\n", "\"b\"\n\n[[event.sessions]]\nid = \"c\"\n"));
        let one =
            Document::read(PAGE).unwrap().with(&[Edit::RemoveTable { name: "event.sessions.0".into() }]);
        assert_eq!(one, PAGE.replace("\n[[event.sessions]]\nid = \"a\"\nstart = 2028-11-28T16:00:00\n", ""));
    }

    #[test]
    fn line_ends_stay_as_they_are() {
        let windows = PAGE.replace('\n', "\r\n");
        let document = Document::read(&windows).unwrap();
        assert_eq!(document.with(&[]), windows);
        assert_eq!(document.body(), "Tekst.\n\nMeer.");
        let new = document.with(&[set("", "date", "2026-11-20", &["title"]), Edit::Body("Een\nTwee".into())]);
        assert!(new.contains("date = 2026-11-20\r\n") && new.ends_with("\r\n\r\nEen\r\nTwee\r\n"), "{new:?}");
        assert!(!new.replace("\r\n", "").contains('\n'));
    }

    #[test]
    fn lines_that_stay_keep_their_own_ends() {
        let mixed = "+++\ntitle = 1\n+++\n\nEen.\r\nTwee.\r\nDrie.\nVier.\r\n";
        let new = Document::read(mixed).unwrap().with(&[Edit::Body("Een.\nTwee.\nNieuw.\nVier.".into())]);
        assert_eq!(new, mixed.replace("Drie", "Nieuw"));
        let new =
            Document::read(mixed).unwrap().with(&[Edit::Body("Een.\nTwee.\nDrie.\nVier.\nVijf.".into())]);
        assert_eq!(new, mixed.replace("Vier.", "Vier.\nVijf."));
    }

    #[test]
    fn a_page_without_a_body_gets_one() {
        for (text, expected) in [
            ("+++\ntitle = 1\n+++", "+++\ntitle = 1\n+++\n\nNieuw\n"),
            ("+++\ntitle = 1\n+++\n", "+++\ntitle = 1\n+++\n\nNieuw\n"),
        ] {
            assert_eq!(Document::read(text).unwrap().with(&[Edit::Body("Nieuw".into())]), expected);
        }
    }

    #[test]
    fn a_key_and_a_problem_are_found_by_their_place() {
        let document = Document::read(PAGE).unwrap();
        let name = |words: &str| document.name_at(PAGE.find(words).unwrap());
        assert_eq!(name("Een"), Some("title"));
        assert_eq!(name("2028"), Some("event.sessions.0.start"));
        assert_eq!(name("[event]"), Some("event"));
        assert_eq!(name("Meer"), Some("body"));
        assert_eq!(document.line_in_body(PAGE.find("Meer").unwrap()), Some(3));
        assert_eq!(document.count("event.sessions"), 2);
    }

    #[test]
    fn what_cannot_be_told_apart_is_refused() {
        let refused = |text: &str| Document::read(text).unwrap_err();
        assert_eq!(refused("Tekst"), Unfit::NoFrontMatter);
        assert_eq!(refused("+++\ntitle = \n+++\n"), Unfit::Broken);
        assert_eq!(refused("+++\nevent = { id = \"e\" }\n+++\n"), Unfit::Unusual);
        assert_eq!(refused("+++\nevent.id = \"e\"\n+++\n"), Unfit::Unusual);
        assert_eq!(refused("+++\n[[event.sessions]]\nid = \"e\"\n+++\n"), Unfit::Unusual);
    }
}

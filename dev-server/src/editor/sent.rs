//! A form as a browser sends it.

use super::form::document::Document;
use super::form::lines::lines;
use super::form::values::Values;

/// The name of the button that was pressed.
pub const ACTION: &str = "doe";
/// The name of the text of the file when it was opened.
const OPENED: &str = "geopend";
/// The name of the whole file, if it is edited as such.
const WHOLE: &str = "bestand";
/// The name of a picture that is added.
pub const PICTURE: &str = "foto";
/// The name of what a picture shows.
pub const ALT: &str = "foto-alt";
/// The name of the note that something else waits, which was typed earlier and not saved.
const WAITS: &str = "wacht";
/// The name of the date for which the preview is made.
const AS_OF: &str = "op";

/// A form as a browser sends it.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The text of the file when it was opened.
    pub opened: String,
    /// What was typed.
    pub typed: Typed,
    /// The date for which a preview is made, if one is typed.
    pub as_of: Option<jiff::civil::Date>,
    /// Whether something else waits, which was typed earlier and not saved. It is neither replaced nor forgotten.
    pub waits: bool,
}

/// What was typed.
#[derive(Debug, Clone)]
pub enum Typed {
    /// Into the fields.
    Values(Values),
    /// Into the whole file.
    Whole(String),
}

/// Returns the names and values of the form in which somebody has made one text of another.
pub(super) fn pairs(opened: &str, typed: &str) -> Vec<(String, String)> {
    let fields = Document::read(opened).and(Document::read(typed)).map(|document| Values::of(&document));
    let typed = match fields {
        Ok(values) => values.pairs(),
        Err(_) => vec![(WHOLE.to_owned(), typed.to_owned())],
    };
    std::iter::once((OPENED.to_owned(), opened.to_owned())).chain(typed).collect()
}

impl Sent {
    /// Reads the names and values of a form.
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        let value =
            |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        let (opened, whole) = (value(OPENED).unwrap_or_default(), value(WHOLE));
        let waits = value(WAITS).is_some();
        let as_of = value(AS_OF).and_then(|date| date.parse().ok());
        let typed = match whole {
            Some(whole) => Typed::Whole(lines(&whole)),
            None => {
                let is_value = |(name, _): &(String, String)| {
                    ![ACTION, OPENED, AS_OF, WAITS, PICTURE, ALT].contains(&name.as_str())
                };
                Typed::Values(Values::typed(pairs.into_iter().filter(is_value)))
            }
        };
        Self { opened: lines(&opened), typed, as_of, waits }
    }

    /// Returns whether a file already has everything that was typed.
    pub fn is_in(&self, now: &str) -> bool {
        match &self.typed {
            Typed::Whole(typed) => *typed == lines(now),
            Typed::Values(typed) => Document::read(now).is_ok_and(|document| {
                let values = Values::of(&document);
                let is_typed = |(name, value): (String, String)| typed.get(&name) == value;
                let tables = typed.tables();
                !tables.iter().any(|table| typed.is_removed(table))
                    && values.tables() == tables
                    && values.pairs().into_iter().all(is_typed)
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_that_was_saved_meanwhile_has_nothing_new() {
        let (opened, now) =
            ("+++\ntitle = \"Een\"\n+++\n\nTekst.\n", "+++\ntitle = \"Twee\"\n+++\n\nTekst.\n");
        for typed in [pairs(opened, now), vec![(WHOLE.to_owned(), now.to_owned())]] {
            let sent = Sent::new(typed);
            assert!(sent.is_in(now) && !sent.is_in(opened));
        }
        let with_event = [pairs(opened, now), vec![("event.id".to_owned(), "e".to_owned())]].concat();
        assert!(!Sent::new(with_event).is_in(now));
    }
}

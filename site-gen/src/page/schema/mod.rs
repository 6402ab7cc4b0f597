//! The keys of a TOML table, in one list that both validates and documents them.
//!
//! [`read`] reports all problems of a table at once. Serde then deserialises the
//! valid entries into the Rust type.

mod check;
mod names;
mod syntax;
mod typed;

pub use check::{read, read_arguments};

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
    /// A text that is not blank, or a list of them.
    TextOrTexts,
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

impl Key {
    /// Returns an example of the key in TOML: `title = "…"`, `[event]`. The name of a table begins with
    /// `within`.
    pub fn example(&self, within: &str) -> String {
        let name = self.name;
        match self.kind {
            Kind::Text | Kind::Line | Kind::TextOrNothing | Kind::TextOrTexts => format!("{name} = \"…\""),
            Kind::Choice(words) => format!("{name} = \"{}\"", words.first().unwrap_or(&"…")),
            Kind::Texts => format!("{name} = [\"…\", \"…\"]"),
            Kind::Flag => format!("{name} = true"),
            Kind::Number(_) => format!("{name} = 40"),
            Kind::Date => format!("{name} = 2028-11-28"),
            Kind::DateTime if name == "end" => format!("{name} = 2028-11-28T17:30:00"),
            Kind::DateTime => format!("{name} = 2028-11-28T16:00:00"),
            Kind::Table(_) => format!("[{within}{name}]"),
            Kind::Tables(_) => format!("[[{within}{name}]]"),
        }
    }
}

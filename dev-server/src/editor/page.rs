//! A page with its form, as a browser shows it.

use serde::Serialize;

use super::form::field::Theirs;
use super::form::groups::Group;

/// A page with its form.
#[derive(Debug, Serialize)]
pub struct FormPage {
    /// The path of the page's file.
    pub path: String,
    /// The address of the page.
    pub url: String,
    /// The title as it is saved, or the path.
    pub title: String,
    /// Whether visitors see the page: `openbaar`, `concept`, `gepland voor …`.
    pub state: String,
    /// The text of the file when it was opened, with which the typed values are compared.
    pub opened: String,
    /// The fields; none if the file can only be edited as a whole.
    pub groups: Vec<Group>,
    /// The body or, if there are no fields, the whole file.
    pub text: TextArea,
    /// Why the file can only be edited as a whole, if it cannot be otherwise.
    pub unfit: Option<String>,
    /// Whether the whole file is shown.
    pub is_whole: bool,
    /// Everything that keeps the page from being saved, with the field that it is about.
    pub faults: Vec<Fault>,
    /// What does not keep it from being saved.
    pub warnings: Vec<String>,
    /// The picture that is added.
    pub picture: Picture,
    /// Whether a session can be added, and an event.
    pub may_add: MayAdd,
    /// The topics that other articles have.
    pub tags: Vec<String>,
    /// Whether the page was saved just now.
    pub is_saved: bool,
    /// When something was typed that was not saved, in words.
    pub unsaved: Option<String>,
    /// Whether what was not saved is shown.
    pub is_restored: bool,
    /// Whether the form has values that are not saved.
    pub is_changed: bool,
    /// The field that gets the focus; may be empty.
    pub focus: String,
    /// The date for which previews are made; may be empty.
    pub as_of: String,
}

impl FormPage {
    /// Returns the form with values that are not saved. Its note about what was typed earlier is kept only if that waits.
    pub(super) fn not_saved(mut self, waits: bool) -> Self {
        self.is_changed = true;
        if !waits {
            self.unsaved = None;
        }
        self
    }
}

/// The body or the whole file.
#[derive(Debug, Default, Serialize)]
pub struct TextArea {
    /// The text.
    pub value: String,
    /// What is wrong with it.
    pub faults: Vec<String>,
    /// What somebody else has made of it.
    pub theirs: Option<Theirs>,
}

/// A picture that is added.
#[derive(Debug, Default, Serialize)]
pub struct Picture {
    /// What was typed about what it shows.
    pub alt: String,
    /// What is wrong with it.
    pub fault: Option<String>,
    /// What was added to the text, if it was added just now.
    pub added: Option<String>,
}

/// What can be added to a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MayAdd {
    /// Nothing.
    Nothing,
    /// An event.
    Event,
    /// A session.
    Session,
}

/// Something that keeps a page from being saved.
#[derive(Debug, Serialize)]
pub struct Fault {
    /// The name of the field, or empty if it is about the page.
    pub name: String,
    /// What is wrong, with the name of the field.
    pub text: String,
}

/// A page that may get another address, or go.
#[derive(Debug, Clone, Serialize)]
pub struct Leaving {
    /// The path of the page's file.
    pub path: String,
    /// The title, or the path.
    pub title: String,
    /// The address now.
    pub url: String,
    /// The part of the address before its name.
    pub folder: String,
    /// The last part of the address.
    pub name: String,
    /// What was typed in its place.
    pub typed: String,
    /// Whether it can have another address or none, unlike the home page and a section.
    pub may_leave: bool,
    /// Whether something was typed that was not saved.
    pub has_unsaved: bool,
    /// Whether people sign up on it.
    pub has_event: bool,
    /// The files with links to it.
    pub mentions: Vec<Mention>,
    /// Whether others have links to it.
    pub is_needed: bool,
    /// Whether a template or the menu has a link to it.
    pub is_built_in: bool,
    /// Why it was not done.
    pub fault: Option<String>,
}

/// A file with a link to a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mention {
    /// The path of the file with the link.
    pub path: String,
    /// The title of the page with the link, if it is one.
    pub title: Option<String>,
    /// Whether it is on the page itself.
    pub is_own: bool,
    /// Whether it is on a page, rather than in a template or in the menu.
    pub is_page: bool,
}

/// The form for a new article.
#[derive(Debug, Clone, Default, Serialize)]
pub struct NewPage {
    /// The names of the sections.
    pub sections: Vec<String>,
    /// The chosen section.
    pub section: String,
    /// The typed title.
    pub title: String,
    /// Whether people sign up on it.
    pub has_event: bool,
    /// Why it was not made.
    pub fault: Option<String>,
}

/// The list of all pages.
#[derive(Debug, Serialize)]
pub struct List {
    /// The pages, in the order of their addresses.
    pub pages: Vec<Listed>,
    /// Whether a page was taken away just now.
    pub is_gone: bool,
    /// The pages that were taken away, the last one first.
    pub gone: Vec<Gone>,
    /// The number of files that were saved but not recorded.
    pub unrecorded: usize,
    /// The number of versions that were recorded but not sent.
    pub unsent: usize,
}

/// A page that was taken away and can be brought back.
#[derive(Debug, Serialize)]
pub struct Gone {
    /// When it was taken away: `2026-11-27-104500-000000`.
    pub moment: String,
    /// The path of its file.
    pub path: String,
}

/// A page in the list of all pages.
#[derive(Debug, Serialize)]
pub struct Listed {
    /// The path of the file.
    pub path: String,
    /// The address of the page.
    pub url: String,
    /// The title, or the path.
    pub title: String,
    /// Whether visitors see it.
    pub state: String,
    /// What is still to be filled in: `[vul in: de zaal]`.
    pub placeholders: Vec<String>,
    /// Whether something was typed that was not saved.
    pub has_unsaved: bool,
    /// Whether something was saved that was not recorded.
    pub is_unrecorded: bool,
}

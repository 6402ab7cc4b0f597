//! A form that an organiser sent from one of our pages.

use crate::participant::form::{RepeatedField, Submission};
use crate::people::act::ActId;

/// The name of the hidden field with the key of the form.
pub(super) const FORM_KEY: &str = "form_key";

/// A form that an organiser sent from one of our pages. Only [`super::desk::Desk::form`] creates it.
pub(super) struct Form {
    /// The id of the act that it asks for: the same if the form is sent again.
    pub(super) id: ActId,
    body: Vec<u8>,
    fields: Vec<(String, String)>,
}

impl Form {
    pub(super) fn new(id: ActId, body: &[u8]) -> Self {
        Self { id, body: body.to_vec(), fields: form_urlencoded::parse(body).into_owned().collect() }
    }

    /// Returns the value of a field; empty if the form does not have it.
    pub(super) fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// Returns all values of a field that can occur more than once.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Returns the requested action; empty if the form offers only one.
    pub(super) fn action(&self) -> &str {
        self.get("action")
    }

    /// Returns the fields that a participant fills in.
    pub(super) fn submission(&self) -> Result<Submission, RepeatedField> {
        Submission::read(&self.body)
    }
}

/// Returns the value of a field in a body, before it is known where the body comes from.
pub(super) fn field(body: &[u8], name: &str) -> String {
    form_urlencoded::parse(body)
        .find(|(field, _)| field == name)
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

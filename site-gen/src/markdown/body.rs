//! A page's body as HTML.

use serde::Serialize;

use super::reserved::ReservedIds;
use crate::assets::images::Images;
use crate::source::link::Link;

/// The context in which a body is rendered.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The images of the site.
    pub images: &'a Images,
    /// The ids that headings must not have.
    pub reserved: &'a ReservedIds,
    /// Whether the page announces an event.
    pub has_form: bool,
}

/// A page's body as HTML, with its links and headings.
#[derive(Debug)]
pub struct Body {
    /// The HTML, safe to insert into a page.
    pub html: String,
    /// The byte offset of the sign-up form in `html`; `None` for the default place.
    pub form_at: Option<usize>,
    /// Every link and image.
    pub links: Vec<Link>,
    /// The headings, in order.
    pub headings: Vec<Heading>,
}

/// A heading, as listed in a table of contents.
#[derive(Debug, Hash, Serialize)]
pub struct Heading {
    /// The level, 2 to 6.
    pub level: u8,
    /// The id, unique on the page.
    pub id: String,
    /// The text without markup.
    pub title: String,
}

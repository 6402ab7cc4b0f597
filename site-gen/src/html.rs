//! Text within HTML.

use std::fmt;

use pulldown_cmark_escape::{FmtWriter, escape_href, escape_html};

/// A text, escaped for an element or an attribute.
pub struct Text<'a>(pub &'a str);

/// An address, escaped for an attribute.
pub struct Href<'a>(pub &'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        escape_html(FmtWriter(f), self.0)
    }
}

impl fmt::Display for Href<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        escape_href(FmtWriter(f), self.0)
    }
}

//! HTML escaping and minification.

use std::fmt;

use pulldown_cmark_escape::{FmtWriter, escape_href, escape_html};

use crate::words::bytes::double_whitespace;

/// A text that is escaped for an HTML element or attribute when it is displayed.
pub struct Text<'a>(pub &'a str);

/// An address that is escaped for an HTML attribute when it is displayed.
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

/// Elements in which whitespace is significant.
const VERBATIM: [&str; 4] = ["pre", "textarea", "script", "style"];

/// Removes comments and collapses each run of whitespace to a single character: to a newline if it contains one, or else
/// to a space.
///
/// A run never disappears entirely and nothing inside a tag changes, so the page looks and reads the same.
pub fn minified(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    // What was looked at, and what of it has been copied. Between them, nothing changes.
    let (mut at, mut copied) = (0, 0);
    while at < html.len() {
        let tag = memchr::memchr(b'<', &html.as_bytes()[at..]).map_or(html.len(), |text| at + text);
        while let Some(text) = double_whitespace(&html.as_bytes()[at..tag]) {
            let run = &html[at + text..tag];
            let run = &run[..run.bytes().take_while(u8::is_ascii_whitespace).count()];
            out.push_str(&html[copied..at + text]);
            out.push(if run.contains('\n') { '\n' } else { ' ' });
            at += text + run.len();
            copied = at;
        }
        let rest = &html[tag..];
        at = tag + element_end(rest);
        if rest.starts_with("<!--") {
            out.push_str(&html[copied..tag]);
            copied = at;
        }
    }
    out.push_str(&html[copied..]);
    out
}

/// Returns the byte offset just past the tag or the comment at the start of a text, or past the contents of an element in
/// which whitespace is significant.
fn element_end(text: &str) -> usize {
    if text.starts_with("<!--") {
        return text.find("-->").map_or(text.len(), |end| end + 3);
    }
    match VERBATIM.iter().find(|name| is_named(text, name)) {
        Some(name) => text.find(&format!("</{name}")).unwrap_or(text.len()),
        None => tag_end(text),
    }
}

/// Returns whether a text begins with an opening tag of this name.
fn is_named(text: &str, name: &str) -> bool {
    let rest = text.strip_prefix('<').and_then(|tag| tag.strip_prefix(name));
    rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// Returns the byte offset just past the tag at the start of a text.
///
/// A `>` inside quotes does not end the tag.
fn tag_end(tag: &str) -> usize {
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    tag.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whitespace_is_collapsed_where_it_is_not_significant() {
        let check = |html: &str, expected: &str| assert_eq!(minified(html), expected);
        check("<p>een  <b>twee</b> \n\n drie</p>\n\n\n<p>", "<p>een <b>twee</b>\ndrie</p>\n<p>");
        check("<pre>a\n\n  b</pre>\n\n<pref  x>", "<pre>a\n\n  b</pre>\n<pref  x>");
        check("<textarea rows=\"2\">\n\na  b</textarea>", "<textarea rows=\"2\">\n\na  b</textarea>");
        check("<a title=\"a  >  b\">x  y</a>", "<a title=\"a  >  b\">x y</a>");
        check("a<!-- x\n -- y -->  b<!-- open", "a b");
        check("<script>a  <  b</script>  <script  >", "<script>a  <  b</script> <script  >");
        // Template tags that are evaluated at request time.
        check(
            "<% if errors.role == \"a  >\" %>\n\n<< values.role >>  <# x #>",
            "<% if errors.role == \"a  >\" %>\n<< values.role >> <# x #>",
        );
        check("één  ’  ½", "één ’ ½");
    }
}

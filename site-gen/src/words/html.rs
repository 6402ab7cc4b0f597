//! HTML escaping and minification.

use std::fmt;

use pulldown_cmark_escape::{FmtWriter, escape_href, escape_html};

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

/// Removes comments and collapses each run of whitespace to a single character.
///
/// A run never disappears entirely and nothing inside a tag changes, so the page looks and reads the same.
pub fn minified(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        squeeze(&rest[..start], &mut out);
        rest = &rest[start..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        let name = &rest[1..];
        let name = &name[..name.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(name.len())];
        let end = match VERBATIM.contains(&name) {
            true => rest.find(&format!("</{name}")).unwrap_or(rest.len()),
            false => tag_end(rest),
        };
        out.push_str(&rest[..end]);
        rest = &rest[end..];
    }
    squeeze(rest, &mut out);
    out
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

/// Appends a text with each run of whitespace collapsed.
///
/// A run that contains a newline becomes a newline, and any other run becomes a space.
fn squeeze(text: &str, out: &mut String) {
    let mut rest = text;
    // Most whitespace is a single character, which is copied unchanged.
    let run_in = |text: &str| {
        text.as_bytes().array_windows().position(|[a, b]| a.is_ascii_whitespace() && b.is_ascii_whitespace())
    };
    while let Some(start) = run_in(rest) {
        let run = &rest[start..];
        let length = run.bytes().take_while(u8::is_ascii_whitespace).count();
        out.push_str(&rest[..start]);
        out.push(if run[..length].contains('\n') { '\n' } else { ' ' });
        rest = &run[length..];
    }
    out.push_str(rest);
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

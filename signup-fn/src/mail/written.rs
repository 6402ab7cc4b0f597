//! What an organiser wrote, as the subject, the text and the HTML of one participant's mail.
//!
//! The text is Markdown (CommonMark) without HTML: HTML, images and links that are no web or mail address come out
//! as plain text. Placeholders are filled in after the Markdown was read, so nothing in a name can become
//! Markdown.

use std::iter;

use pulldown_cmark::{CowStr, Event, LinkType, Parser, Tag, TagEnd, html};

use crate::people::broadcast::Message;

/// The placeholders, each with what it stands for.
#[derive(Debug, Clone)]
pub struct Values<'a> {
    /// `{naam}`
    pub full_name: &'a str,
    /// `{bijeenkomst}`
    pub event: &'a str,
    /// `{datum}`
    pub date: &'a str,
    /// `{tijd}`
    pub time: &'a str,
    /// `{link}`: the link with which to join the session; empty if the participant has no confirmed seat.
    pub join_url: &'a str,
    /// `{beheerlink}`: the page of the participant's own sign-up.
    pub manage_url: &'a str,
}

/// The parts of one participant's mail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// The subject.
    pub subject: String,
    /// The text, as it was written.
    pub text: String,
    /// The text as HTML, safe to put into a page.
    pub html: String,
}

/// The names of the placeholders.
pub const PLACEHOLDERS: [&str; 6] = ["naam", "bijeenkomst", "datum", "tijd", "link", "beheerlink"];

impl Values<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        match name {
            "naam" => Some(self.full_name),
            "bijeenkomst" => Some(self.event),
            "datum" => Some(self.date),
            "tijd" => Some(self.time),
            // Their own page shows the link as soon as they have a seat.
            "link" if self.join_url.is_empty() => Some(self.manage_url),
            "link" => Some(self.join_url),
            "beheerlink" => Some(self.manage_url),
            _ => None,
        }
    }

    /// Returns what was written for one participant.
    pub fn fill(&self, message: &Message) -> Written {
        let text = message.text.as_str();
        let mut out = String::new();
        html::push_html(&mut out, Parser::new(text).flat_map(inert).flat_map(|event| self.event(event)));
        Written { subject: self.line(message.subject.as_str()), text: self.line(text), html: out }
    }

    fn line(&self, text: &str) -> String {
        parts(text).map(|part| self.part(&part).to_owned()).collect()
    }

    fn part<'b>(&'b self, part: &Part<'b>) -> &'b str {
        match *part {
            Part::Text(text) => text,
            Part::Placeholder { name, typed } => self.get(name).unwrap_or(typed),
        }
    }

    fn event<'b>(&self, event: Event<'b>) -> Vec<Event<'b>> {
        match event {
            Event::Text(text) => parts(&text).flat_map(|part| self.events_of(&part)).collect(),
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let dest_url = CowStr::from(self.line(&dest_url));
                vec![Event::Start(Tag::Link { link_type, dest_url, title, id })]
            }
            event => vec![event],
        }
    }

    /// Returns a part of a text; an address that a placeholder stands for becomes a link.
    fn events_of<'b>(&self, part: &Part<'_>) -> Vec<Event<'b>> {
        let filled = CowStr::from(self.part(part).to_owned());
        match part {
            Part::Placeholder { name: "link" | "beheerlink", .. } => {
                let link = Tag::Link {
                    link_type: LinkType::Autolink,
                    dest_url: filled.clone(),
                    title: CowStr::from(""),
                    id: CowStr::from(""),
                };
                vec![Event::Start(link), Event::Text(filled), Event::End(TagEnd::Link)]
            }
            _ => vec![Event::Text(filled)],
        }
    }
}

/// Returns the placeholders in a text that do not exist.
pub fn unknown(text: &str) -> Vec<String> {
    let names = parts(text).filter_map(|part| match part {
        Part::Placeholder { name, typed } if !PLACEHOLDERS.contains(&name) => Some(typed.to_owned()),
        _ => None,
    });
    names.collect()
}

/// Returns whether a text has a placeholder.
pub fn has(text: &str, wanted: &str) -> bool {
    parts(text).any(|part| matches!(part, Part::Placeholder { name, .. } if name == wanted))
}

/// A part of a text.
enum Part<'a> {
    Text(&'a str),
    /// A word in braces, and the same as it was typed, with its braces.
    Placeholder {
        name: &'a str,
        typed: &'a str,
    },
}

/// Splits a text at its placeholders: lower-case letters in braces.
fn parts(text: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = text;
    iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let at = placeholder(rest).map_or(rest.len(), |(start, _)| start);
        if at > 0 {
            let (text, after) = rest.split_at(at);
            rest = after;
            return Some(Part::Text(text));
        }
        let (_, length) = placeholder(rest)?;
        let (typed, after) = rest.split_at(length);
        rest = after;
        Some(Part::Placeholder { name: typed.trim_matches(['{', '}']), typed })
    })
}

/// Returns the start and the length of the first placeholder in a text.
fn placeholder(text: &str) -> Option<(usize, usize)> {
    text.match_indices('{').find_map(|(start, _)| {
        let length = text[start..].find('}')? + 1;
        let name = &text[start + 1..start + length - 1];
        let is_name = !name.is_empty() && name.chars().all(char::is_alphabetic);
        is_name.then_some((start, length))
    })
}

/// Turns what a mail must not contain into text.
fn inert(event: Event<'_>) -> Option<Event<'_>> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::Image { .. } | Tag::HtmlBlock) | Event::End(TagEnd::Image | TagEnd::HtmlBlock) => {
            None
        }
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let is_placeholder = ["{link}", "{beheerlink}"].contains(&&*dest_url);
            let is_address =
                ["https://", "http://", "mailto:"].iter().any(|scheme| dest_url.starts_with(scheme));
            let is_email = link_type == LinkType::Email;
            let dest_url = if is_placeholder || is_address || is_email { dest_url } else { CowStr::from("") };
            Some(Event::Start(Tag::Link { link_type, dest_url, title, id }))
        }
        event => Some(event),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::field::{Line, Lines};

    const VALUES: Values<'_> = Values {
        full_name: "Zoë *Vos* <b>",
        event: "Lerend Netwerk",
        date: "dinsdag 28 november 2028",
        time: "16.00–17.30 uur",
        join_url: "https://meet.example.nl/a?b=1&c=2",
        manage_url: "https://pos.example/aanmelden/x/wijzigen/T/",
    };

    fn filled(subject: &str, text: &str) -> Written {
        VALUES.fill(&Message { subject: Line::new(subject).unwrap(), text: Lines::new(text).unwrap() })
    }

    #[test]
    fn placeholders_are_filled_in_and_a_name_is_never_markdown() {
        let written = filled("Tot {datum}, {naam}", "Dag {naam}, **tot** {datum}: {link}");
        assert_eq!(written.subject, "Tot dinsdag 28 november 2028, Zoë *Vos* <b>");
        assert!(written.text.starts_with("Dag Zoë *Vos* <b>, **tot** dinsdag"), "{}", written.text);
        assert_eq!(
            written.html,
            "<p>Dag Zoë *Vos* &lt;b&gt;, <strong>tot</strong> dinsdag 28 november 2028: \
             <a href=\"https://meet.example.nl/a?b=1&amp;c=2\">https://meet.example.nl/a?b=1&amp;c=2</a></p>\n"
        );
    }

    #[test]
    fn markup_that_a_mail_must_not_have_comes_out_as_text() {
        for (text, html) in [
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>\n"),
            ("![pixel](https://evil.example/p.gif)", "<p>pixel</p>\n"),
            ("[x](javascript:alert(1))", "<p><a href=\"\">x</a></p>\n"),
            ("[hier]({link})", "<p><a href=\"https://meet.example.nl/a?b=1&amp;c=2\">hier</a></p>\n"),
        ] {
            assert_eq!(filled("x", text).html.trim_end(), html.trim_end(), "{text}");
        }
    }

    #[test]
    fn unknown_placeholders_are_found() {
        assert_eq!(unknown("{naam} {voornaam} { x } {} {a b} {Naam}"), ["{voornaam}", "{Naam}"]);
        assert!(has("zie {link}", "link") && !has("zie {linkje}", "link"));
        assert_eq!(filled("x", "{voornaam} {").text, "{voornaam} {");
    }
}

//! Shortcodes: elements that Markdown has no syntax for, each in a paragraph of its own.
//!
//! ```text
//! {{ figure(src="schema.png", alt="Een lijn die stijgt", caption="De voortgang in 2026") }}
//!
//! {% notice(kind="tip", title="Voor bestuurders") %}
//!
//! Tekst, in Markdown.
//!
//! {% end %}
//! ```
//!
//! The arguments between the parentheses form a TOML inline table (TOML 1.1).

use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use crate::page::prose::Prose;
use crate::page::schema::Kind::{Choice, Text, TextOrNothing};
use crate::page::schema::{self, Key, optional, required};
use crate::source::file::Source;
use crate::source::problem::{Problem, Problems};

/// A shortcode with its arguments.
#[derive(Debug)]
pub enum Shortcode {
    /// An image, with an optional caption.
    Figure(Figure),
    /// The beginning of a notice.
    Notice(Notice),
    /// The end of a notice.
    End,
    /// The sign-up form of the event that the page announces.
    SignupForm,
}

/// The arguments of `{{ figure(…) }}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// The image file, written as in a link.
    pub src: Spanned<String>,
    /// The text alternative; deliberately empty for a decorative image.
    pub alt: Prose,
    /// The caption below the image.
    pub caption: Option<Prose>,
}

/// The arguments of `{% notice(…) %}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// One of [`NOTICE_KINDS`].
    pub kind: String,
    /// The title, if it differs from the kind's default.
    pub title: Option<Prose>,
}

/// The kinds of notices: the same as those of `> [!NOTE]`.
pub const NOTICE_KINDS: &[&str] = &["note", "tip", "important", "warning", "caution"];

/// The keys of `figure`.
pub const FIGURE: &[Key] = &[
    required("src", Text, "het bestand van de afbeelding, naast dat van de pagina"),
    required(
        "alt",
        TextOrNothing,
        "wat er te zien is, voor wie het niet ziet; `\"\"` als de afbeelding alleen versiering is",
    ),
    optional("caption", Text, "de tekst onder de afbeelding"),
];

/// The keys of `notice`.
pub const NOTICE: &[Key] = &[
    required("kind", Choice(NOTICE_KINDS), "het soort blok: note, tip, important, warning of caution"),
    optional("title", Text, "de titel; anders die van het soort"),
];

/// Every shortcode: its name, its keys and its syntax.
pub const ALL: &[(&str, &[Key], &str)] = &[
    ("figure", FIGURE, "{{ figure(src=\"…\", alt=\"…\") }}"),
    ("notice", NOTICE, "{% notice(kind=\"tip\") %} … {% end %}"),
    ("signup_form", &[], "{{ signup_form() }}"),
];

/// Returns whether a paragraph is meant as a shortcode.
pub fn is_meant(paragraph: &str) -> bool {
    paragraph.starts_with("{{") || paragraph.starts_with("{%")
}

/// Parses the paragraph in a byte range of a source as a shortcode.
///
/// Reports a problem and returns `None` if it is not a valid shortcode.
pub fn read(source: &Arc<Source>, paragraph: Range<usize>, problems: &mut Problems) -> Option<Shortcode> {
    let text = source.text[paragraph.clone()].trim_end();
    let end = paragraph.start + text.len();
    let tell = |span: Range<usize>, message: &str, help: &str, problems: &mut Problems| {
        problems.push(Problem::at(source, span, message).help(help));
    };
    let (open, close) = if text.starts_with("{{") { ("{{", "}}") } else { ("{%", "%}") };
    let Some(inner) = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)) else {
        let first = text.lines().next().map_or(0, str::len);
        let help = format!("zet het in een eigen alinea, en sluit het af met `{close}`");
        tell(
            paragraph.start..paragraph.start + first,
            "een bouwsteen die geen eigen alinea is",
            &help,
            problems,
        );
        return None;
    };
    let start = paragraph.start + open.len() + (inner.len() - inner.trim_start().len());
    let call = inner.trim();
    let (name, arguments) = match call.find('(') {
        Some(at) => (call[..at].trim_end(), start + at..start + call.len()),
        None => (call, start + call.len()..start + call.len()),
    };
    if (open, name, arguments.is_empty()) == ("{%", "end", true) {
        return Some(Shortcode::End);
    }
    if name.contains(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
        let help = format!("schrijf het zo: `{}`", ALL[0].2);
        tell(paragraph.start..end, "een bouwsteen wordt hier anders geschreven", &help, problems);
        return None;
    }
    let Some((_, keys, written)) = ALL.iter().find(|(known, ..)| *known == name) else {
        let known: Vec<&str> = ALL.iter().map(|(name, ..)| *name).collect();
        let problem =
            Problem::at(source, start..start + name.len(), format!("er is geen bouwsteen `{name}`"));
        problems.push(problem.help(format!("mogelijk zijn: {}", known.join(", "))).suggest(name, known));
        return None;
    };
    if !written.starts_with(open) || !source.text[arguments.clone()].ends_with(')') {
        let message = format!("zo wordt `{name}` niet geschreven");
        tell(paragraph.start..end, &message, &format!("schrijf het zo: `{written}`"), problems);
        return None;
    }
    match name {
        "figure" => schema::read_arguments(source, arguments, keys, problems).map(Shortcode::Figure),
        "notice" => schema::read_arguments(source, arguments, keys, problems).map(Shortcode::Notice),
        _ => {
            let nothing: Option<NoArguments> = schema::read_arguments(source, arguments, keys, problems);
            nothing.map(|NoArguments {}| Shortcode::SignupForm)
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoArguments {}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> (Option<Shortcode>, String) {
        let source = Arc::new(Source::new("p.md", format!("\n\n{text}\n")));
        let mut problems = Problems::default();
        let read = read(&source, 2..3 + text.len(), &mut problems);
        (read, problems.to_string())
    }

    #[test]
    fn a_shortcode_is_read_with_its_arguments() {
        let (read, problems) =
            told("{{ figure(src=\"a.png\",\n  alt=\"\", caption=\"Één \\\"beeld\\\"\") }}");
        let Some(Shortcode::Figure(Figure { src, alt, caption })) = read else { panic!("{problems}") };
        assert_eq!((src.get_ref().as_str(), &*alt), ("a.png", ""));
        assert_eq!(src.span(), 2 + 14..2 + 21);
        assert_eq!(caption.as_deref(), Some("Één “beeld”"));
        assert!(matches!(told("{{signup_form()}}").0, Some(Shortcode::SignupForm)));
        assert!(matches!(told("{% notice(kind=\"tip\") %}").0, Some(Shortcode::Notice(_))));
        assert!(matches!(told("{% end %}").0, Some(Shortcode::End)));
    }

    #[test]
    fn a_problem_in_a_shortcode_is_reported_at_its_place() {
        let check = |text: &str, expected: &[&str]| {
            let (_, problems) = told(text);
            for words in expected {
                assert!(problems.contains(words), "{problems}");
            }
        };
        check("{{ figuur(src=\"a.png\") }}", &["p.md:3:4", "bedoel je `figure`?"]);
        check("{{ figure(src=\"a.png\") }}", &["p.md:3:10", "de sleutel `alt` ontbreekt"]);
        check("{{ figure(src=\"a.png\", alt=3) }}", &["p.md:3:28", "`alt` moet tekst zijn"]);
        check("{{ figure(src=\"a.png\", atl=\"\") }}", &["p.md:3:24", "bedoel je `alt`?"]);
        check("{% notice(kind=\"tips\") %}", &["p.md:3:16", "bedoel je `tip`?"]);
        check("{{ figure(src=\"a.png\" }}", &["p.md:3:1", "schrijf het zo: `{{ figure("]);
        check("{{ signup_form(x=1) }}", &["p.md:3:16", "onbekende sleutel `x`"]);
        check("{{ figure(src=\"a.png\", alt=\"\") }} en dan", &["p.md:3:1", "eigen alinea"]);
        check("{{< figure src=\"a.png\" >}}", &["p.md:3:1", "schrijf het zo: `{{ figure("]);
        check("{% figure(src=\"a.png\", alt=\"\") %}", &["schrijf het zo"]);
    }
}

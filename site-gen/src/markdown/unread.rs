//! Markdown that looks meant, but that the parser takes for plain text.

use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{Event, Tag};

use super::runs::Run;
use super::shortcode;
use crate::source::file::Source;
use crate::source::problem::{Problem, Problems};
use crate::words::bytes;

/// Reports what looks like markup in plain text.
pub(super) fn report(
    events: &[(Event<'_>, Range<usize>)],
    runs: &[Run],
    source: &Arc<Source>,
    problems: &mut Problems,
) {
    for run in runs {
        in_run(source, run.span.clone(), problems);
    }
    for (event, range) in events {
        let paragraph = &source.text[range.clone()];
        let is_text = matches!(
            event,
            Event::Start(Tag::Paragraph | Tag::DefinitionListTitle | Tag::DefinitionListDefinition)
        );
        if is_text && !shortcode::is_meant(paragraph) {
            in_paragraph(source, range.start, paragraph, problems);
        }
    }
}

/// The most problems of one kind in one run.
const MOST: usize = 5;

/// Reports the markup in a run.
fn in_run(source: &Arc<Source>, span: Range<usize>, problems: &mut Problems) {
    let line = &source.text[span.clone()];
    let is_mark = |byte| (byte == b'{') | (byte == b'[') | (byte == b']') | (byte == b'*') | (byte == b'~');
    if !bytes::has(line, is_mark) {
        return;
    }
    let is_escaped = |at: usize| source.text[..span.start + at].ends_with('\\');
    let places =
        |mark: &'static str| line.match_indices(mark).map(|(at, _)| at).filter(move |&at| !is_escaped(at));
    // Whether the bracket that a closing one belongs to is not escaped. It may be outside the run.
    let is_opened = |at: &usize| {
        let before = &source.text[..span.start + at];
        before.rfind('[').is_some_and(|open| !before[..open].ends_with('\\'))
    };
    let mut tell = |part: Range<usize>, message: String, help: &str| {
        let place = span.start + part.start..span.start + part.end;
        problems.push(Problem::at(source, place, message).help(help));
    };
    let call = |at: usize| Some((at, called(&line[at..])?));
    for (at, name) in places("{{").chain(places("{%")).filter_map(call).take(MOST) {
        let (message, help) = shortcode_help(name);
        tell(at..line.len(), message, &help);
    }
    let inside = |at: usize, end: char| Some((at, line[at + 2..].split_once(end)?.0));
    for (at, name) in places("[^").take(MOST).filter_map(|at| inside(at, ']')) {
        if !name.contains(char::is_whitespace) {
            let help = format!("zet onderaan de tekst een regel `[^{name}]: …`");
            tell(at..at + name.len() + 3, format!("er is geen voetnoot `{name}`"), &help);
        }
    }
    for (at, address) in places("](").filter(is_opened).take(MOST).filter_map(|at| inside(at, ')')) {
        let help = format!("zet het adres tussen punthaken: `[tekst](<{address}>)`");
        tell(at + 2..at + 2 + address.len(), "dit is geen adres, dus dit is geen link".to_owned(), &help);
    }
    for (at, name) in places("][").filter(is_opened).take(MOST).filter_map(|at| inside(at, ']')) {
        let help = "schrijf het adres er zelf achter: `[tekst](adres)`";
        tell(at + 1..at + name.len() + 3, format!("er is geen adres met de naam `{name}`"), help);
    }
    if let (Some(at), Some(end)) = (places("[[").next(), line.rfind("]]"))
        && at < end
    {
        let help = "schrijf een link zo: `[tekst](@/map/pagina.md)`";
        tell(at..end + 2, "dubbele vierkante haken betekenen hier niets".to_owned(), help);
    }
    for (mark, what) in [("**", "vet"), ("~~", "doorgestreept")] {
        let is_meant = |at: &usize| {
            let touches = |c: char| !c.is_whitespace() && !mark.contains(c);
            line[..*at].ends_with(touches) || line[at + mark.len()..].starts_with(touches)
        };
        if let Some(at) = places(mark).find(is_meant) {
            let help = format!(
                "zet geen spatie binnen de tekens, en sluit af: `{mark}tekst{mark}`; een los teken krijgt er een `\\` voor"
            );
            tell(at..at + mark.len(), format!("deze tekens maken niets {what}"), &help);
        }
    }
}

/// Returns the name of the shortcode at the beginning of a text, if it looks like one.
fn called(text: &str) -> Option<&str> {
    let inner = text[2..].trim_start_matches(['<', '%', ' ', '-']);
    let is_hugo = text[2..].starts_with(['<', '%']);
    let name = &inner[..inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inner.len())];
    let is_called = inner[name.len()..].trim_start().starts_with('(');
    let is_known = text.starts_with("{%") && matches!(name, "end" | "notice");
    (is_hugo || is_called || is_known).then_some(name)
}

fn shortcode_help(name: &str) -> (String, String) {
    let known: Vec<&str> = shortcode::ALL.iter().map(|(name, ..)| *name).collect();
    if known.contains(&name) || name == "end" {
        let help = "zet de bouwsteen in een eigen alinea, buiten lijsten en citaten";
        return ("hier kan geen bouwsteen staan".to_owned(), help.to_owned());
    }
    let help = match name {
        "ref" | "relref" => "schrijf een gewone link: `[tekst](@/map/pagina.md)`".to_owned(),
        _ => format!("haal dit weg; mogelijk zijn: {}", known.join(", ")),
    };
    (format!("er is geen bouwsteen `{name}`"), help)
}

/// Reports what looks like a heading, a list or a table at the beginning of a line.
fn in_paragraph(source: &Arc<Source>, start: usize, paragraph: &str, problems: &mut Problems) {
    let mut offset = start;
    for (number, line) in paragraph.split_inclusive('\n').enumerate() {
        let text = line.trim_start_matches([' ', '\t', '>']);
        let at = offset + line.len() - text.len();
        offset += line.len();
        let text = text.trim_end_matches(['\n', '\r']);
        let marks = text.len() - text.trim_start_matches('#').len();
        let after = text[marks..].chars().next();
        let is_odd_space = |c: char| c.is_whitespace() && !matches!(c, ' ' | '\t');
        let found = if (1..=6).contains(&marks) && after.is_some_and(is_odd_space) {
            Some((marks, "na de hekjes staat een vaste spatie", "typ daar een gewone spatie"))
        } else if (2..=6).contains(&marks) && after.is_some() {
            Some((marks, "na de hekjes van een kop hoort een spatie", "schrijf het zo: `## Kop`"))
        } else if text.starts_with(['-', '*', '+']) && text[1..].starts_with(is_odd_space) {
            Some((1, "na het streepje van een lijst staat een vaste spatie", "typ daar een gewone spatie"))
        } else if text.starts_with(['•', '·', '▪', '◦', '‣']) {
            Some((
                text.chars().next().map_or(1, char::len_utf8),
                "zo is dit geen lijst",
                "begin elk punt met `- `",
            ))
        } else if number == 0 && text.starts_with('|') && text[1..].contains('|') {
            let help = "zet onder de kopregel een regel `|---|---|`, met een vak voor elke kolom";
            Some((text.len(), "zo is dit geen tabel", help))
        } else if text.starts_with(":::") || text.starts_with("{:") {
            Some((
                text.len(),
                "dit betekent hier niets",
                "haal de regel weg, of gebruik `{% notice(kind=\"tip\") %}`",
            ))
        } else {
            None
        };
        if let Some((length, message, help)) = found {
            problems.push(Problem::at(source, at..at + length, message).help(help));
        }
    }
}

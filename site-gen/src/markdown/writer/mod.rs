//! Checks the events of the Markdown parser, and replaces those for which the library would write
//! different HTML.

mod headings;
mod links;
mod shortcodes;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{Alignment, CodeBlockKind, CowStr, Event, LinkType, Tag, TagEnd};

use super::body::{Heading, Scope};
use super::footnotes::{Footnotes, Mistake};
use super::{alert, highlight, shortcode};
use crate::source::file::Source;
use crate::source::link::Link;
use crate::source::place;
use crate::source::problem::{Problem, Problems};
use crate::words::invisible::first_invisible;

/// Marks the place of the form while the HTML is written. Text is escaped and comments are dropped,
/// so no source can produce this comment.
pub(super) const FORM_MARK: &str = "<!--form-->\n";

/// Checks and rewrites the events of one body.
pub(super) struct Writer<'a> {
    source: &'a Arc<Source>,
    /// The folder of the source, relative to the content folder: `/nieuws`.
    folder: &'a str,
    scope: Scope<'a>,
    problems: &'a mut Problems,
    links: Vec<Link>,
    headings: Vec<Heading>,
    footnotes: Footnotes,
    /// The ids so far, each with the number for the next heading with the same words.
    ids: HashMap<String, usize>,
    table: Table,
    /// The number of open elements.
    depth: usize,
    /// The element that is buffered until all of it has been read.
    open: Open<'a>,
    /// The span of the opening of the notice that is still open.
    notice: Option<Range<usize>>,
    has_form: bool,
    /// The number of images so far.
    images: usize,
}

/// The table that is being written.
#[derive(Default)]
struct Table {
    /// The alignment of each column.
    columns: Vec<Alignment>,
    /// The column of the next cell.
    cell: usize,
    in_head: bool,
}

/// An element that is written only once all of it has been read.
enum Open<'a> {
    Nothing,
    /// A paragraph that is a shortcode.
    Shortcode,
    Image {
        address: CowStr<'a>,
        span: Range<usize>,
        alt: String,
        nested: usize,
    },
    Code {
        language: CowStr<'a>,
        text: String,
    },
}

impl<'a> Writer<'a> {
    pub(super) fn new(source: &'a Arc<Source>, scope: Scope<'a>, problems: &'a mut Problems) -> Self {
        Self {
            source,
            folder: place::folder(&source.path),
            scope,
            problems,
            links: Vec::new(),
            headings: Vec::new(),
            footnotes: Footnotes::default(),
            ids: HashMap::new(),
            table: Table::default(),
            depth: 0,
            open: Open::Nothing,
            notice: None,
            has_form: false,
            images: 0,
        }
    }

    /// Reports a notice that was never closed, and returns the links and headings.
    pub(super) fn finish(mut self) -> (Vec<Link>, Vec<Heading>) {
        if let Some(span) = self.notice.take() {
            self.tell(span, "dit blok heeft geen einde", "zet na de tekst een alinea `{% end %}`");
        }
        (self.links, self.headings)
    }

    /// Reports a problem at the first line of a span.
    fn tell(&mut self, span: Range<usize>, message: impl Into<String>, help: &str) {
        let text = self.source.text[span.clone()].lines().next().unwrap_or_default().trim_end();
        let span = span.start..span.start + text.len();
        self.problems.push(Problem::at(self.source, span, message).help(help));
    }
}

impl<'e: 'a, 'a> Writer<'a> {
    /// Numbers the footnotes of the body, and reports the mistakes in them.
    pub(super) fn number_footnotes(&mut self, events: &[(Event<'e>, Range<usize>)]) {
        let (footnotes, mistakes) = Footnotes::new(events);
        self.ids.extend(footnotes.ids().map(|id| (id, 2)));
        self.footnotes = footnotes;
        for (range, mistake) in mistakes {
            match mistake {
                Mistake::Twice => {
                    self.tell(range, "deze voetnoot staat er al", "geef een van beide een andere naam")
                }
                Mistake::Unused => {
                    self.tell(
                        range,
                        "nergens staat een verwijzing naar deze voetnoot",
                        "haal die weg, of verwijs ernaar",
                    );
                }
            }
        }
    }

    /// Rewrites one event; `None` drops it.
    pub(super) fn event(&mut self, event: Event<'e>, range: Range<usize>) -> Option<Event<'e>> {
        match (&mut self.open, event) {
            (Open::Nothing, event) => self.outside(event, range),
            (Open::Shortcode, Event::End(TagEnd::Paragraph)) => {
                self.open = Open::Nothing;
                None
            }
            (Open::Image { nested, .. }, Event::Start(Tag::Image { .. })) => {
                *nested += 1;
                None
            }
            (Open::Image { nested, .. }, Event::End(TagEnd::Image)) if *nested > 0 => {
                *nested -= 1;
                None
            }
            (Open::Image { alt, .. }, Event::Text(text) | Event::Code(text)) => {
                alt.push_str(&text);
                None
            }
            (Open::Image { alt, .. }, Event::SoftBreak | Event::HardBreak) => {
                alt.push(' ');
                None
            }
            (Open::Code { text, .. }, Event::Text(more)) => {
                text.push_str(&more);
                None
            }
            (Open::Image { .. } | Open::Code { .. }, Event::End(TagEnd::Image | TagEnd::CodeBlock)) => {
                match std::mem::replace(&mut self.open, Open::Nothing) {
                    Open::Image { address, span, alt, .. } => self.image(&address, span, &alt),
                    Open::Code { language, text } => {
                        Some(Event::Html(highlight::block(&text, &language).into()))
                    }
                    Open::Nothing | Open::Shortcode => None,
                }
            }
            (Open::Shortcode | Open::Image { .. } | Open::Code { .. }, _) => None,
        }
    }

    fn outside(&mut self, event: Event<'e>, range: Range<usize>) -> Option<Event<'e>> {
        match &event {
            Event::Start(Tag::Paragraph) if shortcode::is_meant(&self.source.text[range.clone()]) => {
                self.open = Open::Shortcode;
                return self.shortcode(range);
            }
            Event::Text(text) if first_invisible(text).is_some() => {
                let help = "verwijder het, en typ de tekst eromheen zo nodig opnieuw";
                self.tell(range.clone(), "hier staat een onzichtbaar stuurteken", help);
            }
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        match event {
            Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) => {
                if !is_comment(&self.source.text[range.clone()]) {
                    let help = html_help(&self.source.text[range.clone()]);
                    self.tell(range, "hier staat HTML", help);
                }
                None
            }
            Event::Html(_) | Event::End(TagEnd::HtmlBlock) => None,
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let dest_url = match link_type {
                    LinkType::Email => dest_url,
                    _ => self.link(&dest_url, range).map_or(dest_url, CowStr::from),
                };
                Some(Event::Start(Tag::Link { link_type, dest_url, title, id }))
            }
            Event::Start(Tag::Image { dest_url, title, .. }) => {
                self.depth = self.depth.saturating_sub(1);
                if !title.is_empty() {
                    let help = "zet de afbeelding met het bijschrift in een alinea \
                                `{{ figure(src=\"…\", alt=\"…\", caption=\"…\") }}`";
                    self.tell(range.clone(), "een afbeelding heeft hier geen bijschrift", help);
                }
                self.open = Open::Image { address: dest_url, span: range, alt: String::new(), nested: 0 };
                None
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                self.depth = self.depth.saturating_sub(1);
                let language = match kind {
                    CodeBlockKind::Fenced(language) => language,
                    CodeBlockKind::Indented => CowStr::Borrowed(""),
                };
                self.open = Open::Code { language, text: String::new() };
                None
            }
            Event::Start(Tag::Table(columns)) => {
                self.table.columns = columns;
                Some(Event::Start(Tag::Table(Vec::new())))
            }
            Event::Start(Tag::TableHead) => {
                (self.table.in_head, self.table.cell) = (true, 0);
                Some(Event::Start(Tag::TableHead))
            }
            Event::End(TagEnd::TableHead) => {
                self.table.in_head = false;
                Some(Event::End(TagEnd::TableHead))
            }
            Event::Start(Tag::TableRow) => {
                self.table.cell = 0;
                Some(Event::Start(Tag::TableRow))
            }
            // The library writes a class but no title.
            Event::Start(Tag::BlockQuote(Some(kind))) => {
                let (class, title) = alert::words(kind);
                Some(Event::Html(alert::open(class, title).into()))
            }
            Event::End(TagEnd::BlockQuote(Some(_))) => Some(Event::Html("</aside>\n".into())),
            // The library aligns cells with a `style` attribute, which the security policy forbids.
            Event::Start(Tag::TableCell) => Some(Event::Html(self.open_cell().into())),
            Event::End(TagEnd::TableCell) => {
                Some(Event::Html(if self.table.in_head { "</th>" } else { "</td>" }.into()))
            }
            Event::FootnoteReference(name) => Some(Event::InlineHtml(self.footnotes.reference(&name).into())),
            Event::Start(Tag::FootnoteDefinition(name)) => {
                Some(Event::Html(self.footnotes.open(&name).into()))
            }
            Event::End(TagEnd::FootnoteDefinition) => Some(Event::Html("</div>\n".into())),
            // The library writes an input, which would need a label.
            Event::TaskListMarker(is_done) => {
                let (mark, words) = if is_done { ("☑", "gedaan") } else { ("☐", "nog te doen") };
                let html = format!("<span class=\"task\" role=\"img\" aria-label=\"{words}\">{mark}</span> ");
                Some(Event::InlineHtml(html.into()))
            }
            event => Some(event),
        }
    }

    fn open_cell(&mut self) -> String {
        let Table { columns, cell, in_head } = &mut self.table;
        let class = match columns.get(*cell) {
            Some(Alignment::Right) => " class=\"right\"",
            Some(Alignment::Center) => " class=\"center\"",
            _ => "",
        };
        *cell += 1;
        if *in_head { format!("<th scope=\"col\"{class}>") } else { format!("<td{class}>") }
    }
}

/// Returns what to write instead of a piece of HTML.
fn html_help(html: &str) -> &'static str {
    let html = html.trim_start().trim_start_matches(['<', '/']);
    let name = &html[..html.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(html.len())];
    match name.to_ascii_lowercase().as_str() {
        "" if html.starts_with('!') => "zet een opmerking in een eigen alinea: `<!-- … -->`",
        "br" => "begin een nieuwe regel met een `\\` aan het eind van de vorige",
        "b" | "strong" => "schrijf het zo: `**vet**`",
        "i" | "em" => "schrijf het zo: `*cursief*`",
        "a" => "schrijf het zo: `[tekst](adres)`, of zet een adres er gewoon neer",
        "img" | "figure" | "picture" => "schrijf het zo: `![wat er te zien is](bestand.jpg)`",
        "ul" | "ol" | "li" => "begin elk punt van een lijst met `- ` of `1. `",
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => "schrijf een kop zo: `## Kop`",
        "hr" => "schrijf een lijn zo: `---`, met een lege regel ervoor",
        "table" | "tr" | "td" | "th" => "schrijf een tabel met `|` tussen de kolommen",
        "iframe" | "video" | "audio" | "embed" | "object" => {
            "zet er een link heen: de site laadt niets van andere sites"
        }
        "script" | "style" => "haal het weg: een pagina heeft geen scripts of stijlen van zichzelf",
        _ => "gebruik Markdown; `<` zelf krijgt er een `\\` voor",
    }
}

/// Returns whether a piece of HTML consists of comments only.
fn is_comment(html: &str) -> bool {
    let html = html.trim();
    html.is_empty()
        || html
            .strip_prefix("<!--")
            .and_then(|rest| rest.split_once("-->"))
            .is_some_and(|(_, rest)| is_comment(rest))
}

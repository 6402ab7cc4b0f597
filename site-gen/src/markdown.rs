//! Markdown to HTML, with what is wrong in it and where it links to.

use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{
    Alignment, BlockQuoteKind, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html,
};

use serde::Serialize;

use catalog::address::FORM_ANCHOR;
use catalog::answer::Field;

use crate::link::{self, Link, Target};
use crate::problem::{Problem, Problems};
use crate::slug::slug;
use crate::source::Source;

/// A page's body.
#[derive(Debug)]
pub struct Body {
    /// The HTML, safe to put into a page as it is.
    pub html: String,
    /// Every link and image.
    pub links: Vec<Link>,
    /// Its headings, in order.
    pub headings: Vec<Heading>,
}

/// A heading, for a table of contents.
#[derive(Debug, Hash, Serialize)]
pub struct Heading {
    /// 2 to 6.
    pub level: u8,
    /// Its id, unique on the page.
    pub id: String,
    /// Its words, without marks.
    pub title: String,
}

const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_SMART_PUNCTUATION)
    .union(Options::ENABLE_HEADING_ATTRIBUTES)
    .union(Options::ENABLE_DEFINITION_LIST)
    .union(Options::ENABLE_GFM);

/// Renders the Markdown in a range of a source.
///
/// HTML in the Markdown is a problem: what it could do (scripts, styles, boxes
/// without labels) the site's security policy forbids or its readers can't use.
pub fn render(source: &Arc<Source>, body: Range<usize>, problems: &mut Problems) -> Body {
    let start = body.start;
    let parser = Parser::new_ext(&source.text[body], OPTIONS).into_offset_iter();
    let mut writer = Writer {
        source,
        folder: folder(&source.path),
        problems,
        links: Vec::new(),
        headings: Vec::new(),
        columns: Vec::new(),
        cell: 0,
        in_head: false,
    };
    let mut events: Vec<(Event<'_>, Range<usize>)> =
        parser.map(|(event, range)| (event, range.start + start..range.end + start)).collect();
    writer.check_images(&events);
    writer.name_headings(&mut events);
    let mut html = String::with_capacity(source.text.len() * 3 / 2);
    html::push_html(&mut html, events.into_iter().filter_map(|(event, range)| writer.event(event, range)));
    // It is kept until the page is rendered; with thousands of pages the rest of the room counts.
    html.shrink_to_fit();
    Body { html, links: writer.links, headings: writer.headings }
}

fn folder(path: &str) -> &str {
    let path = path.strip_prefix("content").unwrap_or(path);
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

struct Writer<'a> {
    source: &'a Arc<Source>,
    /// Where the file lies, seen from the content folder: `/nieuws`.
    folder: &'a str,
    problems: &'a mut Problems,
    links: Vec<Link>,
    headings: Vec<Heading>,
    /// Alignment of the columns of the table that is being written, and the column that it is at.
    columns: Vec<Alignment>,
    cell: usize,
    in_head: bool,
}

impl<'e> Writer<'_> {
    fn tell(&mut self, span: Range<usize>, message: impl Into<String>, help: &str) {
        self.problems.push(Problem::at(self.source, span, message).help(help));
    }

    fn event(&mut self, event: Event<'e>, range: Range<usize>) -> Option<Event<'e>> {
        match event {
            Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) => {
                if !is_comment(&self.source.text[range.clone()]) {
                    self.tell(
                        range,
                        "hier staat HTML",
                        "gebruik Markdown, en zet een opmerking in een eigen alinea",
                    );
                }
                None
            }
            Event::Html(_) | Event::End(TagEnd::HtmlBlock) => None,
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let dest_url = match link_type {
                    LinkType::Email => dest_url,
                    _ => self.link(dest_url, range),
                };
                Some(Event::Start(Tag::Link { link_type, dest_url, title, id }))
            }
            Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
                if !matches!(link::target(&dest_url, self.folder), Target::Inside { .. }) {
                    let help =
                        "zet de afbeelding in de map van de pagina: de site laadt niets van andere sites";
                    self.tell(range.clone(), "deze afbeelding staat op een andere site", help);
                }
                let dest_url = self.link(dest_url, range);
                Some(Event::Start(Tag::Image { link_type, dest_url, title, id }))
            }
            Event::Start(Tag::Table(columns)) => {
                self.columns = columns;
                Some(Event::Start(Tag::Table(Vec::new())))
            }
            Event::Start(Tag::TableHead) => {
                (self.in_head, self.cell) = (true, 0);
                Some(Event::Start(Tag::TableHead))
            }
            Event::End(TagEnd::TableHead) => {
                self.in_head = false;
                Some(Event::End(TagEnd::TableHead))
            }
            Event::Start(Tag::TableRow) => {
                self.cell = 0;
                Some(Event::Start(Tag::TableRow))
            }
            // The library gives these a class but no title.
            Event::Start(Tag::BlockQuote(Some(kind))) => {
                let (class, title) = alert(kind);
                let open =
                    format!("<aside class=\"alert alert-{class}\">\n<p class=\"alert-title\">{title}</p>\n");
                Some(Event::Html(open.into()))
            }
            Event::End(TagEnd::BlockQuote(Some(_))) => Some(Event::Html("</aside>\n".into())),
            // The library aligns with a `style` attribute, which the security policy forbids.
            Event::Start(Tag::TableCell) => Some(Event::Html(self.open_cell().into())),
            Event::End(TagEnd::TableCell) => {
                Some(Event::Html(if self.in_head { "</th>" } else { "</td>" }.into()))
            }
            event => Some(event),
        }
    }

    fn open_cell(&mut self) -> String {
        let class = match self.columns.get(self.cell) {
            Some(Alignment::Right) => " class=\"right\"",
            Some(Alignment::Center) => " class=\"center\"",
            _ => "",
        };
        self.cell += 1;
        if self.in_head { format!("<th scope=\"col\"{class}>") } else { format!("<td{class}>") }
    }

    fn link(&mut self, address: CowStr<'e>, range: Range<usize>) -> CowStr<'e> {
        let target = link::target(&address, self.folder);
        // The address itself, where it stands in the source as it is; else the whole link.
        let span = match self.source.text[range.clone()].rfind(&*address) {
            Some(at) if !address.is_empty() => range.start + at..range.start + at + address.len(),
            _ => range,
        };
        if target == Target::Refused {
            let message = format!("een link naar `{address}` kan hier niet");
            self.tell(span.clone(), message, "gebruik een pad, een adres met https://, mailto: of tel:");
        }
        let rewritten = link::rewritten(&address, &target);
        self.links.push(Link { target, span });
        rewritten.map_or(address, CowStr::from)
    }

    fn check_images(&mut self, events: &[(Event<'e>, Range<usize>)]) {
        for pair in events.windows(2) {
            if let [(Event::Start(Tag::Image { .. }), range), (Event::End(TagEnd::Image), _)] = pair {
                let help = "zet tussen de blokhaken wat er te zien is, voor wie het niet ziet";
                self.tell(range.clone(), "deze afbeelding heeft geen alternatieve tekst", help);
            }
        }
    }

    /// Gives each heading an id made of its words, and refuses a second first-level heading.
    fn name_headings(&mut self, events: &mut [(Event<'e>, Range<usize>)]) {
        let mut open = None;
        let mut words = String::new();
        for at in 0..events.len() {
            match &events[at].0 {
                Event::Start(Tag::Heading { level, classes, attrs, .. }) => {
                    if !classes.is_empty() || !attrs.is_empty() {
                        let range = events[at].1.clone();
                        self.tell(range, "een kop heeft hooguit een id", "schrijf het zo: `## Kop {#id}`");
                    }
                    if *level == HeadingLevel::H1 {
                        let range = events[at].1.clone();
                        let help =
                            "begin met twee hekjes: `## Kop`; de titel van de pagina is al de eerste kop";
                        self.tell(range, "een kop van het eerste niveau", help);
                    }
                    let before = self.headings.last().map_or(1, |heading| heading.level);
                    if *level as u8 > before + 1 {
                        let range = events[at].1.clone();
                        let help =
                            format!("gebruik hier {} hekjes: koppen dalen één niveau tegelijk", before + 1);
                        self.tell(range, "deze kop slaat een niveau over", &help);
                    }
                    open = Some(at);
                    words.clear();
                }
                Event::Text(text) | Event::Code(text) if open.is_some() => words.push_str(text),
                Event::SoftBreak | Event::HardBreak if open.is_some() => words.push(' '),
                Event::End(TagEnd::Heading(level)) => {
                    let level = *level as u8;
                    if let Some(start) = open.take()
                        && let Event::Start(Tag::Heading { id, .. }) = &mut events[start].0
                    {
                        let wanted = id.as_ref().map_or_else(|| slug(&words), |id| id.to_string());
                        let unique = self.unique(wanted);
                        *id = Some(unique.clone().into());
                        self.headings.push(Heading { level, id: unique, title: std::mem::take(&mut words) });
                    }
                }
                _ => {}
            }
        }
    }

    /// An id that no heading before it has.
    fn unique(&self, wanted: String) -> String {
        let wanted = if wanted.is_empty() { "kop".to_owned() } else { wanted };
        let is_taken = |id: &str| RESERVED.contains(&id) || Field::ALL.iter().any(|field| field.name() == id);
        let is_free = |id: &String| !is_taken(id) && self.headings.iter().all(|heading| heading.id != *id);
        let numbered = (2..).map(|number| format!("{wanted}-{number}"));
        std::iter::once(wanted.clone()).chain(numbered).find(is_free).unwrap_or(wanted)
    }
}

/// Ids that templates give to elements of their own; the form's fields have theirs too.
const RESERVED: [&str; 5] = [FORM_ANCHOR, "aanmelden-kop", "inhoud", "nieuws-kop", "op-deze-pagina"];

/// Whether a piece of HTML is comments and nothing else.
fn is_comment(html: &str) -> bool {
    let html = html.trim();
    html.is_empty()
        || html
            .strip_prefix("<!--")
            .and_then(|rest| rest.split_once("-->"))
            .is_some_and(|(_, rest)| is_comment(rest))
}

/// The class and the title of a block that calls for attention.
fn alert(kind: BlockQuoteKind) -> (&'static str, &'static str) {
    match kind {
        BlockQuoteKind::Note => ("note", "Goed om te weten"),
        BlockQuoteKind::Tip => ("tip", "Tip"),
        BlockQuoteKind::Important => ("important", "Belangrijk"),
        BlockQuoteKind::Warning => ("warning", "Let op"),
        BlockQuoteKind::Caution => ("caution", "Pas op"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(markdown: &str, expected: &str) {
        let source = Arc::new(Source::new("p.md", markdown));
        let mut problems = Problems::default();
        let body = render(&source, 0..markdown.len(), &mut problems);
        assert!(problems.is_empty(), "{problems}");
        assert_eq!(body.html, expected);
    }

    fn check_problem(markdown: &str, expected: &str) {
        let source = Arc::new(Source::new("p.md", markdown));
        let mut problems = Problems::default();
        render(&source, 0..markdown.len(), &mut problems);
        assert!(problems.to_string().contains(expected), "{problems}");
    }

    #[test]
    fn headings_get_ids_of_their_words_each_once() {
        check(
            "## Één beeld\n\n## Één beeld\n\n## Anders {#eigen}\n\n## Aanmelden\n\n## Email\n",
            "<h2 id=\"een-beeld\">Één beeld</h2>\n<h2 id=\"een-beeld-2\">Één beeld</h2>\n<h2 id=\"eigen\">Anders</h2>\n\
             <h2 id=\"aanmelden-2\">Aanmelden</h2>\n<h2 id=\"email-2\">Email</h2>\n",
        );
    }

    #[test]
    fn an_alert_has_a_dutch_title() {
        check(
            "> [!WARNING]\n> Op 5 mei zijn we dicht.\n",
            "<aside class=\"alert alert-warning\">\n<p class=\"alert-title\">Let op</p>\n<p>Op 5 mei zijn we dicht.</p>\n</aside>\n",
        );
    }

    #[test]
    fn dutch_apostrophes_come_out_right() {
        check("'s-Hertogenbosch, zo'n \"beeld\"", "<p>’s-Hertogenbosch, zo’n “beeld”</p>\n");
    }

    #[test]
    fn aligned_cells_have_a_class_and_no_style() {
        check(
            "|a|b|\n|-|-:|\n|1|2|\n",
            "<table><thead><tr><th scope=\"col\">a</th><th scope=\"col\" class=\"right\">b</th></tr></thead><tbody>\n\
             <tr><td>1</td><td class=\"right\">2</td></tr>\n</tbody></table>\n",
        );
    }

    #[test]
    fn comments_vanish_and_request_time_delimiters_are_plain_text() {
        check("<!-- een\nopmerking -->\n\nx <!-- nog een --> y", "<p>x  y</p>\n");
        check(
            "`<% x %>` << y >> <# z #>",
            "<p><code>&lt;% x %&gt;</code> &lt;&lt; y &gt;&gt; &lt;# z #&gt;</p>\n",
        );
    }

    #[test]
    fn what_markdown_should_not_hold_is_told_at_its_place() {
        check_problem("goed\n\n<script>x</script>\n", "p.md:3:1");
        check_problem("een <b>woord</b>", "p.md:1:5");
        check_problem("een ![](x.png)", "p.md:1:5");
        check_problem("# Kop", "p.md:1:1");
        check_problem("## Kop\n\n#### Kop\n", "p.md:3:1");
        check_problem("<!-- noot --> Deze zin telt.\n", "p.md:1:1");
        check_problem("een\n\n<!-- nooit gesloten\n\nDeze zin telt.\n", "p.md:3:1");
        check_problem("## Kop {style=x}", "p.md:1:1");
        check_problem("een ![plaat](https://elders.nl/x.png)", "p.md:1:5");
        check_problem("[x](javascript:alert)", "p.md:1:5");
    }
}

//! Markdown to HTML, with what is wrong in it and where it links to.

mod alert;
mod headings;
mod shortcodes;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{Alignment, CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, html};

pub use self::headings::Heading;
use crate::highlight;
use crate::html::{Href, Text};
use crate::images::Images;
use crate::link::{self, Link, Target};
use crate::problem::{Problem, Problems};
use crate::shortcode;
use crate::source::Source;

/// A page's body.
#[derive(Debug)]
pub struct Body {
    /// The HTML, safe to put into a page as it is.
    pub html: String,
    /// Where in it the sign-up form goes, in bytes; `None` for its usual place.
    pub form_at: Option<usize>,
    /// Every link and image.
    pub links: Vec<Link>,
    /// Its headings, in order.
    pub headings: Vec<Heading>,
}

/// What a page's body may refer to.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The images of the site.
    pub images: &'a Images,
    /// Whether the page announces an event.
    pub has_form: bool,
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
pub fn render(source: &Arc<Source>, body: Range<usize>, scope: Scope<'_>, problems: &mut Problems) -> Body {
    let start = body.start;
    let parser = Parser::new_ext(&source.text[body], OPTIONS).into_offset_iter();
    let mut writer = Writer {
        source,
        folder: folder(&source.path),
        scope,
        problems,
        links: Vec::new(),
        headings: Vec::new(),
        ids: HashMap::new(),
        columns: Vec::new(),
        cell: 0,
        in_head: false,
        depth: 0,
        open: Open::Nothing,
        notice: None,
        has_form: false,
        images: 0,
    };
    let mut events: Vec<(Event<'_>, Range<usize>)> =
        parser.map(|(event, range)| (event, range.start + start..range.end + start)).collect();
    writer.name_headings(&mut events);
    let mut html = String::with_capacity(source.text.len() * 3 / 2);
    html::push_html(&mut html, events.into_iter().filter_map(|(event, range)| writer.event(event, range)));
    if let Some(span) = writer.notice.take() {
        writer.tell(span, "dit blok heeft geen einde", "zet na de tekst een alinea `{% end %}`");
    }
    let form_at = html.find(FORM);
    if let Some(at) = form_at {
        html.replace_range(at..at + FORM.len(), "");
    }
    Body { html, form_at, links: writer.links, headings: writer.headings }
}

/// Holds the place of the form while the HTML is written; no source may hold a control character.
const FORM: &str = "\u{1}\n";

fn folder(path: &str) -> &str {
    let path = path.strip_prefix("content").unwrap_or(path);
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

struct Writer<'a> {
    source: &'a Arc<Source>,
    /// Where the file lies, seen from the content folder: `/nieuws`.
    folder: &'a str,
    scope: Scope<'a>,
    problems: &'a mut Problems,
    links: Vec<Link>,
    headings: Vec<Heading>,
    /// The ids of headings so far, each with the number that the next heading of the same words gets.
    ids: HashMap<String, usize>,
    /// Alignment of the columns of the table that is being written, and the column that it is at.
    columns: Vec<Alignment>,
    cell: usize,
    in_head: bool,
    /// In how many elements one is.
    depth: usize,
    /// What is being read, to be written as a whole.
    open: Open<'a>,
    /// Where the block for attention that one is in began.
    notice: Option<Range<usize>>,
    has_form: bool,
    /// How many there were so far.
    images: usize,
}

/// What is written once all of it has been read.
enum Open<'a> {
    Nothing,
    /// A paragraph that is a building block.
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

impl<'e: 'a, 'a> Writer<'a> {
    fn tell(&mut self, span: Range<usize>, message: impl Into<String>, help: &str) {
        self.problems.push(Problem::at(self.source, span, message).help(help));
    }

    fn event(&mut self, event: Event<'e>, range: Range<usize>) -> Option<Event<'e>> {
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
            Event::Text(text) => {
                if let Some(at) = shortcode::find(text) {
                    let start = (range.start + at).min(range.end);
                    let help = "zet de bouwsteen in een eigen alinea, buiten lijsten en citaten";
                    self.tell(start..range.end, "hier kan geen bouwsteen staan", help);
                }
            }
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
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
                    _ => self.link(&dest_url, range).map_or(dest_url, CowStr::from),
                };
                Some(Event::Start(Tag::Link { link_type, dest_url, title, id }))
            }
            Event::Start(Tag::Image { dest_url, title, .. }) => {
                self.depth = self.depth.saturating_sub(1);
                if !title.is_empty() {
                    let help = "zet de afbeelding met haar bijschrift in een alinea \
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
                let (class, title) = alert::words(kind);
                Some(Event::Html(alert::open(class, title).into()))
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

    /// Takes a link in; what to write instead of its address, if anything.
    fn link(&mut self, address: &str, range: Range<usize>) -> Option<String> {
        let target = link::target(address, self.folder);
        // The address itself, where it stands in the source as it is; else the whole link.
        let span = match self.source.text[range.clone()].rfind(address) {
            Some(at) if !address.is_empty() => range.start + at..range.start + at + address.len(),
            _ => range,
        };
        if target == Target::Refused {
            let message = format!("een link naar `{address}` kan hier niet");
            self.tell(span.clone(), message, "gebruik een pad, een adres met https://, mailto: of tel:");
        }
        let rewritten = link::rewritten(address, &target);
        self.links.push(Link { target, span });
        rewritten
    }

    /// An image within a line.
    fn image(&mut self, address: &str, span: Range<usize>, alt: &str) -> Option<Event<'e>> {
        if alt.trim().is_empty() {
            let help = "zet tussen de blokhaken wat er te zien is, voor wie het niet ziet; is de afbeelding alleen \
                        versiering, schrijf dan `{{ figure(src=\"…\", alt=\"\") }}`";
            self.tell(span.clone(), "deze afbeelding heeft geen alternatieve tekst", help);
        }
        self.picture(address, span, alt).map(|html| Event::InlineHtml(html.into()))
    }

    /// The element that shows an image of the site.
    fn picture(&mut self, address: &str, span: Range<usize>, alt: &str) -> Option<String> {
        let target = link::target(address, self.folder);
        let Target::Inside { path, .. } = &target else {
            let help = "zet de afbeelding in de map van de pagina: de site laadt niets van andere sites";
            self.tell(span, "deze afbeelding staat op een andere site", help);
            return None;
        };
        // Only the first one can be in sight at once.
        let late = self.images > 0;
        self.images += 1;
        let html = match self.scope.images.get(path) {
            Some(image) => image.html(alt, late),
            // That it is not there is told with the links.
            None => format!("<img src=\"{}\" alt=\"{}\">", Href(path), Text(alt)),
        };
        self.link(address, span);
        Some(html)
    }
}

/// Whether a piece of HTML is comments and nothing else.
fn is_comment(html: &str) -> bool {
    let html = html.trim();
    html.is_empty()
        || html
            .strip_prefix("<!--")
            .and_then(|rest| rest.split_once("-->"))
            .is_some_and(|(_, rest)| is_comment(rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Asset;

    fn rendered(markdown: &str) -> (Body, Problems) {
        let source = Arc::new(Source::new("content/nieuws/p.md", markdown));
        let mut problems = Problems::default();
        let svg = "<svg viewBox=\"0 0 40 30\"></svg>";
        let asset = Asset::new("content/nieuws/plaat.svg", "nieuws/plaat.svg", svg.into());
        let images = Images::new(&[Arc::new(asset)], &mut problems);
        let scope = Scope { images: &images, has_form: true };
        (render(&source, 0..markdown.len(), scope, &mut problems), problems)
    }

    fn check(markdown: &str, expected: &str) {
        let (body, problems) = rendered(markdown);
        assert!(problems.is_empty(), "{problems}");
        assert_eq!(body.html, expected);
    }

    fn check_problem(markdown: &str, expected: &str) {
        let (_, problems) = rendered(markdown);
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
    fn images_have_their_size_and_the_later_ones_wait() {
        let image = "<img src=\"/nieuws/plaat.svg\" alt=\"Een “lijn”\" width=\"40\" height=\"30\"";
        let late = " loading=\"lazy\" decoding=\"async\"";
        check(
            "![Een \"lijn\"](plaat.svg)\n\n![Een \"*lijn*\"](/nieuws/plaat.svg)",
            &format!("<p>{image}></p>\n<p>{image}{late}></p>\n"),
        );
        let plain = image.replace("Een “lijn”", "");
        check(
            "{{ figure(src=\"plaat.svg\", alt=\"\", caption=\"A & b\") }}",
            &format!("<figure>\n{plain}>\n<figcaption>A &amp; b</figcaption>\n</figure>\n"),
        );
    }

    #[test]
    fn a_notice_holds_markdown_and_the_form_has_its_place() {
        check(
            "{% notice(kind=\"tip\", title=\"Zo\") %}\n\n*Tekst*\n\n{% end %}",
            "<aside class=\"alert alert-tip\">\n<p class=\"alert-title\">Zo</p>\n<p><em>Tekst</em></p>\n</aside>\n",
        );
        let (body, problems) = rendered("Een\n\n{{ signup_form() }}\n\nTwee");
        assert!(problems.is_empty(), "{problems}");
        let at = body.form_at.unwrap();
        assert_eq!((&body.html[..at], &body.html[at..]), ("<p>Een</p>\n", "<p>Twee</p>\n"));
        check("`{{ x }}` en {{ y }}", "<p><code>{{ x }}</code> en {{ y }}</p>\n");
        check_problem("{% end %}", "hier is geen blok dat eindigt");
        check_problem("{% notice(kind=\"tip\") %}\n\nTekst", "p.md:1:1");
        check_problem("- {{ signup_form() }}", "hier kan geen bouwsteen staan");
        check_problem("{{ signup_form() }}\n\n{{ signup_form() }}", "p.md:3:1");
        check_problem("![lijn](plaat.svg \"Bijschrift\")", "geen bijschrift");
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

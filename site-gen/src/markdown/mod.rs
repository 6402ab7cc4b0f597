//! Renders a page's body from Markdown to HTML, and collects its problems and its links.
//!
//! Belongs here: everything that happens to one body. Does not belong here: whether a link
//! leads anywhere (see `site`) and the page around the body (see `render`).

pub mod alert;
mod apostrophe;
mod autolink;
pub mod body;
pub mod facts;
mod footnotes;
pub mod highlight;
pub mod reserved;
mod runs;
pub mod shortcode;
mod unread;
mod writer;

use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{Event, Options, Parser, html};

use self::body::{Body, Scope};
use self::writer::{FORM_MARK, Writer};
use crate::source::file::Source;
use crate::source::problem::Problems;

const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_SMART_PUNCTUATION)
    .union(Options::ENABLE_HEADING_ATTRIBUTES)
    .union(Options::ENABLE_DEFINITION_LIST)
    .union(Options::ENABLE_GFM);

/// Renders the Markdown in a byte range of a source.
///
/// HTML in the Markdown is reported as a problem. The security policy forbids what it could do
/// (scripts, styles), or readers cannot use it (inputs without labels).
pub fn render(source: &Arc<Source>, body: Range<usize>, scope: Scope<'_>, problems: &mut Problems) -> Body {
    let start = body.start;
    let parser = Parser::new_ext(&source.text[body], OPTIONS).into_offset_iter();
    let mut events: Vec<(Event<'_>, Range<usize>)> =
        parser.map(|(event, range)| (event, range.start + start..range.end + start)).collect();
    let runs = runs::of(&events, &source.text);
    unread::report(&events, &runs, source, problems);
    apostrophe::correct(&mut events, &source.text);
    let mut events = autolink::link(events, &runs, &source.text);
    let mut writer = Writer::new(source, scope, problems);
    writer.number_footnotes(&events);
    writer.name_headings(&mut events);
    let mut html = String::with_capacity(source.text.len() * 3 / 2);
    html::push_html(&mut html, events.into_iter().filter_map(|(event, range)| writer.event(event, range)));
    let (links, headings) = writer.finish();
    let form_at = if scope.has_form { html.find(FORM_MARK) } else { None };
    if let Some(at) = form_at {
        html.replace_range(at..at + FORM_MARK.len(), "");
    }
    Body { html, form_at, links, headings }
}

#[cfg(test)]
mod tests {
    use super::reserved::ReservedIds;
    use super::*;
    use crate::assets::images::Images;
    use crate::source::file::Asset;

    fn rendered(markdown: &str) -> (Body, Problems) {
        let source = Arc::new(Source::new("content/nieuws/p.md", markdown));
        let mut problems = Problems::default();
        let svg = "<svg viewBox=\"0 0 40 30\"></svg>";
        let asset = Asset::new("content/nieuws/plaat.svg", "nieuws/plaat.svg", svg.into());
        let images = Images::new(&[Arc::new(asset)], &mut problems);
        let template = Source::new("templates/x.html", "<p id=\"website\"><p id=\"bijeenkomst-{{ id }}\">");
        let reserved = ReservedIds::new(&[Arc::new(template)]);
        let scope = Scope { images: &images, reserved: &reserved, has_form: true };
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
    fn heading_ids_are_slugs_of_their_words_and_unique() {
        check(
            "## Één beeld\n\n## Één beeld\n\n## Anders {#eigen}\n\n## Aanmelden\n\n## Email\n\n## Website\n\n## Bijeenkomst 1\n",
            "<h2 id=\"een-beeld\">Één beeld</h2>\n<h2 id=\"een-beeld-2\">Één beeld</h2>\n<h2 id=\"eigen\">Anders</h2>\n\
             <h2 id=\"kop-aanmelden\">Aanmelden</h2>\n<h2 id=\"kop-email\">Email</h2>\n<h2 id=\"kop-website\">Website</h2>\n\
             <h2 id=\"kop-bijeenkomst-1\">Bijeenkomst 1</h2>\n",
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
        check("'s-Hertogenbosch, naast Bas' ouders", "<p>’s-Hertogenbosch, naast Bas’ ouders</p>\n");
        check(
            "'s Ochtends riep hij 'hoi', in de jaren '90.",
            "<p>’s Ochtends riep hij ‘hoi’, in de jaren ’90.</p>\n",
        );
        check(
            "Hij zei 'dag' in *'t Gooi*, 'ver' weg.",
            "<p>Hij zei ‘dag’ in <em>’t Gooi</em>, ‘ver’ weg.</p>\n",
        );
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
    fn nothing_but_the_shortcode_marks_the_place_of_the_form() {
        for text in ["&#1;\n", "a&#1;\nb", "<!--form-->\n\nb", "`<!--form-->`\nb"] {
            assert_eq!(rendered(text).0.form_at, None, "{text}");
        }
        assert_eq!(rendered("a\n\n{{ signup_form() }}\n\nb").0.form_at, Some("<p>a</p>\n".len()));
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
    fn images_have_a_size_and_all_but_the_first_load_lazily() {
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
    fn a_notice_contains_markdown_and_the_form_keeps_its_place() {
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
    fn unsupported_markdown_is_reported_at_its_place() {
        check_problem("een &#8; stuurteken", "onzichtbaar stuurteken");
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

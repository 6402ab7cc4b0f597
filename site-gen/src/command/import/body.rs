//! The body of a page of another generator as Markdown that this site reads.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd};

use super::plan::Plan;
use super::{html, shortcodes};

/// Translates a body. `file` is the path of the page below the former content folder.
pub(super) fn translate(body: &str, title: &str, file: &str, plan: &Plan) -> String {
    let text = quotations(&body.replace("\r\n", "\n"));
    let mut text = shortcodes::translate(&text, file, plan);
    // What comes out of HTML is Markdown, with headings and links of its own.
    for edits in [html_edits, markdown_edits] {
        text = applied(&text, edits(&text, &Page { title, file, plan }));
    }
    text
}

/// Turns lines between the lines `<blockquote>` and `</blockquote>` into quotations. They contain Markdown.
fn quotations(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut depth = 0_usize;
    for line in body.split_inclusive('\n') {
        let tag = line.trim();
        let is_start = tag.starts_with("<blockquote") && tag.ends_with('>') && !tag.contains("</");
        if is_start {
            depth += 1;
            out.push('\n');
        } else if tag == "</blockquote>" && depth > 0 {
            depth -= 1;
            out.push('\n');
        } else if depth > 0 {
            out.push_str(&format!("> {line}"));
        } else {
            out.push_str(line);
        }
    }
    out
}

struct Page<'a> {
    title: &'a str,
    file: &'a str,
    plan: &'a Plan,
}

/// A part of a text with its replacement.
type Edit = (Range<usize>, String);

fn applied(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|(range, _)| range.start);
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (range, replacement) in edits {
        // An edit within another one is left out.
        if range.start >= done {
            out.push_str(&text[done..range.start]);
            out.push_str(&replacement);
            done = range.end;
        }
    }
    out + &text[done..]
}

const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_HEADING_ATTRIBUTES)
    .union(Options::ENABLE_GFM);

fn html_edits(text: &str, _: &Page<'_>) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut links = Vec::new();
    let mut table = 0_usize;
    for (event, range) in Parser::new_ext(text, OPTIONS).into_offset_iter() {
        match event {
            Event::Start(Tag::Table(_)) => table += 1,
            Event::End(TagEnd::Table) => table = table.saturating_sub(1),
            Event::Start(Tag::HtmlBlock) if !text[range.clone()].trim_start().starts_with("<!--") => {
                if let Some(markdown) = html::block(&text[range.clone()]) {
                    edits.push((range, format!("\n{markdown}\n")));
                }
            }
            Event::InlineHtml(tag) if !tag.starts_with("<!--") => {
                let Some(markdown) = html::inline(&tag, &mut links, table > 0) else { continue };
                // A line that ends already needs no second end.
                let ends = text[range.end..].starts_with('\n') && markdown.ends_with('\n');
                edits.push((range, if ends { markdown.trim_end().to_owned() } else { markdown }));
            }
            _ => {}
        }
    }
    edits
}

fn markdown_edits(text: &str, page: &Page<'_>) -> Vec<Edit> {
    let parser = Parser::new_ext(text, OPTIONS);
    let mut edits = Vec::new();
    for (_, definition) in parser.reference_definitions().iter() {
        edits.extend(link_edit(text, definition.span.clone(), &definition.dest, page));
    }
    let events: Vec<(Event<'_>, Range<usize>)> = parser.into_offset_iter().collect();
    let mut headings = Headings::default();
    let mut links = 0_usize;
    for (at, (event, range)) in events.iter().enumerate() {
        match event {
            Event::Start(Tag::Heading { level, id, .. }) => {
                edits.push((range.clone(), headings.written(text, range, *level, id.as_deref(), page.title)));
            }
            Event::Start(Tag::Link { link_type, dest_url, .. }) => {
                links += 1;
                if *link_type == LinkType::Inline {
                    edits.extend(link_edit(text, range.clone(), dest_url, page));
                }
            }
            Event::End(TagEnd::Link) => links = links.saturating_sub(1),
            Event::Start(Tag::Image { dest_url, .. }) if dest_url.starts_with("http") => {
                let words = |(event, _): &(Event<'_>, Range<usize>)| match event {
                    Event::Text(text) | Event::Code(text) => Some(text.to_string()),
                    _ => None,
                };
                let inside = events[at + 1..]
                    .iter()
                    .take_while(|(event, _)| !matches!(event, Event::End(TagEnd::Image)));
                let alt: String = inside.filter_map(words).collect();
                let alt = if alt.trim().is_empty() { "afbeelding".to_owned() } else { alt };
                edits.push((range.clone(), if links > 0 { alt } else { format!("[{alt}]({dest_url})") }));
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                edits.extend(link_edit(text, range.clone(), dest_url, page))
            }
            _ => {}
        }
    }
    edits
}

/// Returns the edit of an address, if it is another one now.
fn link_edit(text: &str, range: Range<usize>, address: &str, page: &Page<'_>) -> Option<Edit> {
    let new = translated(address, page)?;
    let start = range.start + text[range.clone()].rfind(address)?;
    (new != address).then(|| (start..start + address.len(), new))
}

fn translated(address: &str, page: &Page<'_>) -> Option<String> {
    let (path, anchor) = address.split_at(address.find('#').unwrap_or(address.len()));
    if let Some(name) = path.strip_prefix("@/") {
        return page.plan.refer(&format!("/{name}{anchor}"), page.file);
    }
    if path.is_empty() || path.contains(':') || path.starts_with("//") {
        return None;
    }
    if path.ends_with(".md") {
        return page.plan.refer(address, page.file);
    }
    let with_slash = if path.ends_with('/') { path.to_owned() } else { format!("{path}/") };
    let known = page.plan.urls.get(path).or_else(|| page.plan.urls.get(&with_slash))?;
    Some(format!("{known}{anchor}"))
}

/// The headings around the next one: for each, its level in the source, and its level here.
#[derive(Default)]
struct Headings {
    around: Vec<(usize, usize)>,
    has_any: bool,
}

impl Headings {
    /// Returns a heading one level below the one around it, or nothing if it only repeats the title.
    fn written(
        &mut self,
        text: &str,
        range: &Range<usize>,
        level: HeadingLevel,
        id: Option<&str>,
        title: &str,
    ) -> String {
        let source = text[range.clone()].trim_end();
        let words = match source.starts_with('#') {
            true => source.trim_start_matches('#').trim().trim_end_matches('#').trim_end(),
            false => source.rsplit_once('\n').map_or(source, |(words, _)| words.trim()),
        };
        // An attribute list at the end is read already.
        let words = match words.rfind('{') {
            Some(at) if words.ends_with('}') && words[at + 1..].starts_with(['#', '.']) => {
                words[..at].trim_end()
            }
            _ => words,
        };
        let is_first = !std::mem::replace(&mut self.has_any, true);
        if level == HeadingLevel::H1 && is_first && words.eq_ignore_ascii_case(title) {
            return "\n".to_owned();
        }
        let written = level as usize;
        self.around.retain(|(around, _)| *around < written);
        let level = self.around.last().map_or(2, |(_, here)| (here + 1).min(6));
        self.around.push((written, level));
        let id = id.map_or_else(String::new, |id| format!(" {{#{id}}}"));
        format!("{} {}{id}\n", "#".repeat(level), words.replace('\n', " "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_html_links_and_shortcodes_are_translated() {
        let mut plan = Plan::default();
        plan.urls.insert("/oud/".to_owned(), "/nieuws/nieuw/".to_owned());
        let body = "# Titel\n\nDrie\n====\n\n### Vier {.x #y}\n\n<div>\n<b>Vet</b>\n</div>\n\na<br/>b ![x](https://a.nl/x.png)\n\n\
                    [oud](/oud#kop) {{< youtube id=\"1\" >}} `{{< youtube 2 >}}`\n\n```\n# {{< youtube 3 >}} <b>\n```\n";
        let expected = "## Drie\n\n### Vier {#y}\n\n**Vet**\n\na\\\nb [x](https://a.nl/x.png)\n\n\
                        [oud](/nieuws/nieuw/#kop) [Video op YouTube](https://www.youtube.com/watch?v=1)";
        let translated = translate(body, "Titel", "a.md", &plan);
        let squeezed = translated.split("\n\n\n").collect::<Vec<_>>().join("\n\n");
        assert!(squeezed.trim_start().starts_with(expected), "{squeezed:?}\n{expected:?}");
        assert!(translated.contains("# {{< youtube 3 >}} <b>"), "code stays as it is: {translated}");
    }
}

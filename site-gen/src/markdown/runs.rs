//! Runs of plain text: what is left of a line once the parser has taken out all markup.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::shortcode;

/// Plain text on one line, without gaps, escapes or code.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// The positions of its events.
    pub(super) events: Range<usize>,
    /// Its byte range in the source.
    pub(super) span: Range<usize>,
    /// Whether it is part of a link.
    pub(super) in_link: bool,
}

/// Returns the runs of a body. Text in code, in images and in shortcodes is left out.
pub(super) fn of(events: &[(Event<'_>, Range<usize>)], source: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let (mut links, mut verbatim) = (0_usize, 0_usize);
    let mut in_shortcode = false;
    for (at, (event, range)) in events.iter().enumerate() {
        match event {
            Event::Start(Tag::Paragraph) => in_shortcode = shortcode::is_meant(&source[range.clone()]),
            Event::End(TagEnd::Paragraph) => in_shortcode = false,
            Event::Start(Tag::Link { .. }) => links += 1,
            Event::End(TagEnd::Link) => links = links.saturating_sub(1),
            Event::Start(Tag::CodeBlock(_) | Tag::Image { .. } | Tag::HtmlBlock) => verbatim += 1,
            Event::End(TagEnd::CodeBlock | TagEnd::Image | TagEnd::HtmlBlock) => {
                verbatim = verbatim.saturating_sub(1);
            }
            Event::Text(_) if verbatim == 0 && !in_shortcode => match runs.last_mut() {
                Some(run) if run.events.end == at && run.span.end == range.start => {
                    (run.events.end, run.span.end) = (at + 1, range.end);
                }
                _ => runs.push(Run { events: at..at + 1, span: range.clone(), in_link: links > 0 }),
            },
            _ => {}
        }
    }
    runs
}

//! Links of bare addresses: `https://…`, `www.…` and `naam@voorbeeld.nl`.

use std::ops::Range;

use linkify::{LinkFinder, LinkKind};
use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use super::runs::Run;

/// Makes a link of every web and mail address in the runs of a body.
pub(super) fn link<'e>(
    events: Vec<(Event<'e>, Range<usize>)>,
    runs: &[Run],
    source: &'e str,
) -> Vec<(Event<'e>, Range<usize>)> {
    let found: Vec<(&Run, Vec<Address<'e>>)> = runs
        .iter()
        .filter(|run| !run.in_link)
        .map(|run| (run, addresses(source, run)))
        .filter(|(_, addresses)| !addresses.is_empty())
        .collect();
    if found.is_empty() {
        return events;
    }
    let mut linked = Vec::with_capacity(events.len() + 4 * found.len());
    let mut events = events.into_iter().enumerate().peekable();
    for (run, addresses) in found {
        while let Some((_, event)) = events.next_if(|(at, _)| *at < run.events.start) {
            linked.push(event);
        }
        let mut addresses = addresses.into_iter().peekable();
        // Everything before this position is in place.
        let mut done = run.span.start;
        while let Some((_, (event, range))) = events.next_if(|(at, _)| *at < run.events.end) {
            // An event lies before, within, around or after an address.
            while let Some(address) = addresses.next_if(|address| address.span.start < range.end) {
                let before = done.max(range.start)..address.span.start;
                if !before.is_empty() {
                    linked.push(text(source, before));
                }
                done = address.span.end;
                address.push_to(&mut linked);
            }
            if done <= range.start {
                linked.push((event, range));
            } else if done < range.end {
                linked.push(text(source, done..range.end));
            }
        }
    }
    linked.extend(events.map(|(_, event)| event));
    linked
}

fn text(source: &str, span: Range<usize>) -> (Event<'_>, Range<usize>) {
    (Event::Text(CowStr::Borrowed(&source[span.clone()])), span)
}

/// A bare address in a source.
struct Address<'e> {
    written: &'e str,
    span: Range<usize>,
    link_type: LinkType,
}

impl<'e> Address<'e> {
    fn push_to(self, events: &mut Vec<(Event<'e>, Range<usize>)>) {
        let Self { written, span, link_type } = self;
        let dest_url = match written.starts_with("www.") {
            true => CowStr::from(format!("https://{written}")),
            false => CowStr::Borrowed(written),
        };
        let link = Tag::Link { link_type, dest_url, title: CowStr::Borrowed(""), id: CowStr::Borrowed("") };
        events.push((Event::Start(link), span.clone()));
        events.push((Event::Text(CowStr::Borrowed(written)), span.clone()));
        events.push((Event::End(TagEnd::Link), span));
    }
}

/// Returns the addresses in a run, in order.
fn addresses<'e>(source: &'e str, run: &Run) -> Vec<Address<'e>> {
    let line = &source[run.span.clone()];
    if !line.contains('@') && !line.contains("://") && !line.contains("www.") {
        return Vec::new();
    }
    let mut finder = LinkFinder::new();
    finder.url_must_have_scheme(false);
    let address = |link: linkify::Link<'e>| {
        let written = link.as_str();
        let lower = written.to_ascii_lowercase();
        let is_web = ["https://", "http://", "www."].iter().any(|start| lower.starts_with(start));
        let link_type = match link.kind() {
            LinkKind::Url if is_web => LinkType::Autolink,
            LinkKind::Email => LinkType::Email,
            _ => return None,
        };
        Some(Address { written, span: run.span.start + link.start()..run.span.start + link.end(), link_type })
    };
    finder.links(line).filter_map(address).collect()
}

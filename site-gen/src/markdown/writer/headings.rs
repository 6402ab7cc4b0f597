//! Headings: each has a unique id, and none may skip a level.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};

use super::Writer;
use crate::markdown::body::Heading;
use crate::words::slug::slug;

impl<'e: 'a, 'a> Writer<'a> {
    /// Gives each heading a unique id: the editor's own, or one made from its words.
    ///
    /// Reports first-level headings, skipped levels, attributes other than an id, and ids that are taken.
    pub(in crate::markdown) fn name_headings(&mut self, events: &mut [(Event<'e>, Range<usize>)]) {
        for (event, range) in &*events {
            if let Event::Start(Tag::Heading { id: Some(id), .. }) = event {
                self.claim(id, range);
            }
        }
        let mut open = None;
        let mut words = String::new();
        for at in 0..events.len() {
            match &events[at].0 {
                Event::Start(Tag::Heading { level, classes, attrs, .. }) => {
                    let range = events[at].1.clone();
                    if !classes.is_empty() || !attrs.is_empty() {
                        self.tell(
                            range.clone(),
                            "een kop heeft hooguit een id",
                            "schrijf het zo: `## Kop {#id}`",
                        );
                    }
                    self.check_level(*level, range);
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
                        let unique = match id {
                            Some(id) => id.to_string(),
                            None => self.unique(slug(&words)),
                        };
                        *id = Some(unique.clone().into());
                        self.headings.push(Heading { level, id: unique, title: std::mem::take(&mut words) });
                    }
                }
                _ => {}
            }
        }
    }

    fn check_level(&mut self, level: HeadingLevel, range: Range<usize>) {
        let before = self.headings.last().map_or(1, |heading| heading.level);
        if level == HeadingLevel::H1 {
            let help = "begin met twee hekjes: `## Kop`; de titel van de pagina is al de eerste kop";
            self.tell(range, "een kop van het eerste niveau", help);
        } else if level as u8 > before + 1 {
            let help = format!("gebruik hier {} hekjes: koppen dalen één niveau tegelijk", before + 1);
            self.tell(range, "deze kop slaat een niveau over", &help);
        }
    }

    /// Claims the id that an editor gives to a heading, or reports that it is taken.
    fn claim(&mut self, id: &str, range: &Range<usize>) {
        if self.scope.reserved.contains(id) {
            let message = format!("de id `{id}` is voor de site zelf gereserveerd");
            self.tell(range.clone(), message, "kies een andere");
        } else if self.ids.insert(id.to_owned(), 2).is_some() {
            self.tell(range.clone(), format!("de id `{id}` staat al op deze pagina"), "kies een andere");
        }
    }

    /// Returns an id that nothing else on the page has, numbered if necessary.
    fn unique(&mut self, wanted: String) -> String {
        let wanted = match wanted {
            wanted if wanted.is_empty() => "kop".to_owned(),
            wanted if self.scope.reserved.contains(&wanted) => format!("kop-{wanted}"),
            wanted => wanted,
        };
        if !self.ids.contains_key(&wanted) {
            self.ids.insert(wanted.clone(), 2);
            return wanted;
        }
        // The numbering continues where the last heading with the same words stopped.
        let mut number = self.ids.get(&wanted).copied().unwrap_or(2);
        let mut id = format!("{wanted}-{number}");
        while self.ids.contains_key(&id) {
            number += 1;
            id = format!("{wanted}-{number}");
        }
        self.ids.insert(wanted, number + 1);
        self.ids.insert(id.clone(), 2);
        id
    }
}

//! Headings: each has a unique id, and none may skip a level.

use std::ops::Range;

use catalog::address::FORM_ANCHOR;
use catalog::answer::Field;
use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};

use super::Writer;
use crate::markdown::body::Heading;
use crate::words::slug::slug;

/// Ids that templates give to their own elements. The names of form fields are reserved too.
const RESERVED: [&str; 7] =
    [FORM_ANCHOR, "aanmelden-kop", "data-kop", "inhoud", "menu", "nieuws-kop", "op-deze-pagina"];

impl<'e: 'a, 'a> Writer<'a> {
    /// Gives each heading a unique id made from its words.
    ///
    /// Reports first-level headings, skipped levels, and attributes other than an id.
    pub(in crate::markdown) fn name_headings(&mut self, events: &mut [(Event<'e>, Range<usize>)]) {
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

    /// Returns an id that no earlier heading has, numbered if necessary.
    fn unique(&mut self, wanted: String) -> String {
        let wanted = if wanted.is_empty() { "kop".to_owned() } else { wanted };
        let is_reserved =
            RESERVED.contains(&wanted.as_str()) || Field::ALL.iter().any(|field| field.name() == wanted);
        if !is_reserved && !self.ids.contains_key(&wanted) {
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

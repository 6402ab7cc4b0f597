//! The split between pages that are built and pages that are held back.

use std::sync::Arc;

use crate::page::parse::Parsed;
use crate::page::publication::Moment;

/// The pages that are built, and those that are held back.
#[derive(Debug)]
pub struct Public {
    /// The pages that are built, in the order of their files.
    pub shown: Vec<Arc<Parsed>>,
    /// The pages that are held back, each with the reason.
    pub held: Vec<(Arc<Parsed>, String)>,
}

impl Public {
    /// Separates the pages that are built at a moment from those that are held back.
    pub fn new(parsed: Vec<Arc<Parsed>>, moment: Moment) -> Self {
        let mut public = Self { shown: Vec::with_capacity(parsed.len()), held: Vec::new() };
        for page in parsed {
            let reason = page.content.as_ref().and_then(|content| content.publication.held_back(moment.now));
            match reason {
                Some(reason) if !moment.with_unpublished => public.held.push((page, reason)),
                _ => public.shown.push(page),
            }
        }
        public
    }
}

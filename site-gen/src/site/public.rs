//! The pages that are built, and those that are not.

use std::sync::Arc;

use crate::page::parse::Parsed;
use crate::page::publication::Moment;

/// The pages that are built, and those that are not.
#[derive(Debug)]
pub struct Public {
    /// In the order of their files.
    pub shown: Vec<Arc<Parsed>>,
    /// Those that the public does not see, each with the reason.
    pub held: Vec<(Arc<Parsed>, String)>,
}

impl Public {
    /// Parts what is built at a moment from what is not.
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

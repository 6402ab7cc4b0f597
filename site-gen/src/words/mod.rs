//! Pure text functions: Dutch dates, HTML escaping, slugs, search terms.
//!
//! Belongs here: pure functions on text and dates. Does not belong here: anything that knows
//! about files, pages or problems.

pub mod bytes;
pub mod html;
pub mod invisible;
pub mod quotes;
pub mod slug;
pub mod terms;
pub mod vocabulary;

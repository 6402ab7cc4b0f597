//! Text that is only text: Dutch dates, HTML escaping, slugs, search terms.
//!
//! Belongs here: pure functions from text to text. Does not belong here: anything that knows
//! about files, pages or problems.

pub mod dutch;
pub mod html;
pub mod slug;
pub mod terms;

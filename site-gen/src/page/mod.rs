//! A single page: its front matter, parsed into types that cannot hold an invalid value.
//!
//! Belongs here: the keys that editors write, and their meaning. Does not belong here: anything
//! that needs another page (see `site`) or the body (see `markdown`).

pub mod clock;
pub mod config;
pub mod day;
pub mod event;
pub mod front_matter;
pub mod page_file;
pub mod parse;
pub mod prose;
pub mod publication;
pub mod schema;
pub mod topic;

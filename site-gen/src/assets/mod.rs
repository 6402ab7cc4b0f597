//! Files that are not pages: style sheets, images, icons.
//!
//! Belongs here: what a file's bytes become and under which name they are published. Does not
//! belong here: which page shows them.

pub mod images;
pub mod pictures;
pub mod publish;
pub mod stylesheet;

/// A file to publish: its path within the site, and its bytes. Without bytes it is up to date already.
pub type OutFile = (String, Option<Vec<u8>>);

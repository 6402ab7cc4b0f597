//! Files that are not pages: style sheets, images, icons.
//!
//! Belongs here: the processing of a file's bytes, and the name under which they are published.
//! Does not belong here: which page shows them.

pub mod content;
mod css;
pub mod images;
pub mod pictures;
pub mod publish;
pub mod share;
pub mod stylesheet;

/// A file to publish: its path within the site and its bytes, or `None` if the existing file is up to date.
pub type OutFile = (String, Option<Vec<u8>>);

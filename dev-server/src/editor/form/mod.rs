//! The form of a page, and what the values typed in it mean for the page's file.
//!
//! Belongs here: keys, fields, values and changes of a text. Does not belong here: files on a disk (see `files`), and
//! requests (see `routes`).

pub mod changes;
pub mod document;
pub mod field;
pub mod groups;
pub mod labels;
pub mod lines;
pub mod more;
pub mod values;

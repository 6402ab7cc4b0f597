//! The files of the pages, and what was typed but not saved.
//!
//! Belongs here: reading and writing. Does not belong here: what a text means (see `form`).

pub mod folder;
pub mod unsaved;

//! The output folder: staged writes, and the manifest of what was written.
//!
//! Belongs here: everything that writes to disk during a build. Does not belong here: the
//! contents of the files.

mod aside;
mod in_place;
pub mod lock;
pub mod manifest;
pub mod pages;
mod placement;
pub mod staging;

/// The folder of public files.
pub const SITE: &str = "site";
/// The folder of files that are deployed with the function.
pub const FUNCTION: &str = "function";

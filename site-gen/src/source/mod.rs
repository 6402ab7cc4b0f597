//! The input of the generator: files, addresses within the site, and problems with their location.
//!
//! Belongs here: reading files, detecting whether they changed, and the types that every later
//! stage needs to refer to a source. Does not belong here: the meaning of a file.

pub mod file;
pub mod file_kind;
pub mod fingerprint;
pub mod link;
pub mod load;
pub mod place;
pub mod problem;
pub mod stamp;

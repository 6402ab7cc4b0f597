//! What the generator reads: files, addresses within the site, and problems with their place.
//!
//! Belongs here: reading files and recognising whether they changed, and the nouns that every
//! later stage needs to point at a source. Does not belong here: the meaning of a file.

pub mod file;
pub mod fingerprint;
pub mod link;
pub mod load;
pub mod place;
pub mod problem;
pub mod stamp;

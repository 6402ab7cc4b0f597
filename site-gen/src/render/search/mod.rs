//! The index of the search page: which word stands on which page, in files that the page's script fetches.
//!
//! Belongs here: weighing words, taking compounds apart, and cutting the index into files. Does not belong here: words
//! and their spelling (see `words`), and the search page itself (see `render`).

mod compound;
pub mod files;
pub mod index;
mod postings;
pub mod synonyms;
pub mod weight;

//! The catalogue and the pages that site-gen rendered into the folder deployed with the function.
//!
//! Belongs here: reading that folder. Does not belong here: deciding when to show a page or send a mail.

pub mod catalog;
pub mod pages;

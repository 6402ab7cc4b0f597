//! What site-gen rendered into the folder that is deployed with the function.
//!
//! Belongs here: reading that folder. Does not belong here: when a page is shown or a mail sent.

pub mod catalog;
pub mod pages;

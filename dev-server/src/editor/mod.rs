//! The editor in the browser.
//!
//! | module | contents |
//! |---|---|
//! | [`form`] | a page as a form, and what the values typed in it change |
//! | [`files`] | the files of the pages, and what was typed but not saved |

pub mod files;
pub mod form;

//! The editor in the browser.
//!
//! | module | contents |
//! |---|---|
//! | [`form`] | a page as a form, and what the values typed in it change |
//! | [`files`] | the files of the pages, and what was typed but not saved |
//! | [`sent`] | a form as a browser sends it |
//! | [`picture`] | pictures that are put beside their page |
//! | [`page`] | the pages that a browser shows |
//! | [`words`] | words for editors: sentences and moments |
//! | `told` | what is wrong, at the fields |
//! | `making` | new articles |
//! | `moving` | pages that get another address, or go |
//! | [`publishing`] | what is recorded, sent and fetched, and the versions of a page |
//! | [`repository`] | the versions that git keeps |
//! | `caused` | what a text would break elsewhere on the site |
//! | [`desk`] | where they meet: opening, previewing and saving |

mod caused;
pub mod desk;
pub mod files;
pub mod form;
mod making;
mod moving;
pub mod page;
pub mod picture;
pub mod publishing;
pub mod repository;
pub mod sent;
mod told;
pub mod words;

//! The organisers' area: its addresses, its pages, and the values that fill them.
//!
//! | module | contents |
//! |---|---|
//! | [`act`] | the kinds of acts, for the log |
//! | [`address`] | the addresses below `/beheer/` |
//! | [`page`] | the pages, each a template that site-gen renders |
//! | [`views`] | the values that fill them at request time |

pub mod act;
pub mod address;
pub mod page;
mod part;
pub mod views;

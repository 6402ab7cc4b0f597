//! Requests and responses: which requests are accepted, and what every response has in common.
//!
//! Belongs here: rules for all pages that the function serves. Does not belong here: the content of
//! a single page.

pub mod admission;
pub mod answers;
pub mod cookies;
#[cfg(feature = "lambda")]
pub mod gateway;
pub mod origin;

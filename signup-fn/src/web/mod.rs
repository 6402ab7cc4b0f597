//! Requests and responses: which requests are let in, and what every response looks like.
//!
//! Belongs here: what holds for all pages that the functions serve. Does not belong here: what a
//! page is about.

pub mod admission;
pub mod answers;
pub mod origin;

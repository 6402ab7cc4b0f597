//! The domain types: a sign-up and its fields, a participant, identities, and the tokens in links.
//!
//! Belongs here: types that are valid by construction, and pure functions on them. Does not
//! belong here: a clock, the network, DynamoDB, HTML.

pub mod act;
pub mod applicant;
mod bits;
pub mod broadcast;
pub mod digest;
pub mod field;
pub mod identity;
pub mod join;
pub mod log_in;
pub mod organiser;
pub mod participant;
pub mod pass;
pub mod secret;
pub mod signup;
pub mod text;
pub mod timing;
pub mod token;

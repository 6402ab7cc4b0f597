//! The nouns: a sign-up and its fields, a participant, who is who, and what a link carries.
//!
//! Belongs here: types that are right by construction, and pure functions of them. Does not
//! belong here: a clock, the network, DynamoDB, HTML.

pub mod field;
pub mod identity;
pub mod participant;
pub mod signup;
pub mod text;
pub mod timing;
pub mod token;

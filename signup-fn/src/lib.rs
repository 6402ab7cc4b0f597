#![doc = include_str!("../README.md")]
//!
//! | folder | contents |
//! |---|---|
//! | [`people`] | the domain types: sign-up, participant, identity, tokens |
//! | [`rendered`] | the catalogue and pages that site-gen rendered |
//! | [`aws`] | HTTP clients and connections |
//! | [`store`] | the table; the only folder that knows DynamoDB |
//! | [`web`] | which requests are accepted, and what every response has in common |
//! | [`mail`] | the mailer: from the outbox to SES or a folder |
//! | [`sheet`] | the list of participants as a file for a spreadsheet |
//! | [`participant`] | the requests of a participant; start at [`participant::answer`] |
//! | [`organiser`] | the organisers' area; start at [`organiser::answer`] |
//! | `trial` | a sign-up on the live site once a day, as a participant makes it |
//! | [`settings`] | settings from environment variables |
//!
//! Each folder imports only folders above it in this table. The programs are in `bin/` and `main.rs`.

pub mod aws;
pub mod mail;
pub mod organiser;
pub mod participant;
pub mod people;
pub mod rendered;
pub mod settings;
pub mod sheet;
pub mod store;
#[cfg(feature = "ses")]
pub mod trial;
pub mod web;

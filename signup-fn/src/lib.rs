#![doc = include_str!("../README.md")]
//!
//! | folder | what it holds |
//! |---|---|
//! | [`people`] | the nouns: sign-up, participant, who is who, tokens |
//! | [`rendered`] | the catalogue and pages that site-gen rendered |
//! | [`aws`] | HTTP clients and connections |
//! | [`store`] | the table; the only folder that knows DynamoDB |
//! | [`web`] | which requests are accepted, and what every response looks like |
//! | [`mail`] | the mailer: from the outbox to SES or a folder |
//! | [`participant`] | what a participant can ask for; begins with [`participant::answer`] |
//! | [`settings`] | what the environment says |
//!
//! Each folder imports only folders above it in this table. The programs are in `bin/` and `main.rs`.

pub mod aws;
pub mod mail;
pub mod participant;
pub mod people;
pub mod rendered;
pub mod settings;
pub mod store;
pub mod web;

//! The organisers' area against a real store: who gets in, and what they can do.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]
#![allow(unreachable_pub, reason = "shared by the modules of this test")]

#[path = "../support/mod.rs"]
mod support;

mod acts;
mod browser;
mod chosen;
mod log_in;
mod messages;
mod refused;
mod session;

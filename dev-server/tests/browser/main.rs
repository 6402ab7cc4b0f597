//! In a real Chromium, driven through chromedriver: `cargo test -p dev-server --features browser`.
//!
//! `AXE` names axe-core's `axe.min.js`. Screenshots are left in `target/tmp`.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]
#![allow(clippy::print_stdout, reason = "how much was looked at is worth a line")]
#![allow(unreachable_pub, reason = "shared by the tests of this program")]

#[path = "../support/mod.rs"]
mod support;

mod accessible;
mod editing;
mod keyboard;
mod private;
mod search;
mod states;
mod steady;
mod visitor;

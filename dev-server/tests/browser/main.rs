//! Tests in a real Chromium, driven by chromedriver: `cargo test -p dev-server --features browser`.
//!
//! `AXE` is the path of axe-core's `axe.min.js`. The tests save screenshots in `target/tmp`.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]
#![allow(clippy::print_stdout, reason = "the number of checks is worth a line")]
#![allow(unreachable_pub, reason = "shared by the tests of this program")]

#[path = "../support/mod.rs"]
mod support;

mod accessible;
mod cached;
mod desk;
mod editing;
mod editor;
mod keyboard;
mod mails;
mod private;
mod search;
mod spoken;
mod states;
mod steady;
mod visitor;

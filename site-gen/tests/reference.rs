//! The key reference in the editors' guide matches the code.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

use std::fs;
use std::path::Path;

#[test]
fn the_list_of_keys_in_the_guide_is_current() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/sleutels.md");
    let made = site_gen::command::reference::markdown();
    if std::env::var_os("BLESS").is_some() {
        fs::write(&file, &made).unwrap();
    }
    assert!(fs::read_to_string(&file).unwrap() == made, "BLESS=1 regenerates docs/sleutels.md");
}

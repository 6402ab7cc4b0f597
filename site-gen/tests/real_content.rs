//! The site that this project is for.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

use std::path::Path;

use site_gen::publication::Wanted;

#[test]
fn the_real_content_has_no_problems_and_a_second_build_writes_nothing() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let out = tempfile::tempdir().unwrap();
    let build = || {
        let now = "2026-11-24T12:00:00Z".parse().unwrap();
        site_gen::build(root, out.path(), Wanted::public(now))
            .unwrap_or_else(|problems| panic!("\n{problems}"))
    };
    let first = build().written;
    assert!(first.written > 0);
    let second = build().written;
    assert_eq!((second.written, second.unchanged, second.removed), (0, first.written, 0));
}

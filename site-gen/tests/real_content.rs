//! The site that this project is for.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

use std::fs;
use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
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

/// Most bytes that a page may weigh on the way to a visitor: its HTML, styles, scripts, and all
/// of these with the font.
const MOST: (u64, u64, u64, u64) = (15_000, 12_000, 10_000, 60_000);

#[test]
fn no_page_is_heavier_than_a_slow_line_should_carry() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let out = tempfile::tempdir().unwrap();
    let now = "2026-11-24T12:00:00Z".parse().unwrap();
    site_gen::build(root, out.path(), Wanted::public(now)).unwrap_or_else(|problems| panic!("\n{problems}"));
    let site = out.path().join("site");
    let mut pages = 0;
    for file in walkdir::WalkDir::new(&site).into_iter().map(Result::unwrap) {
        if file.path().extension().is_none_or(|ending| ending != "html") {
            continue;
        }
        let html = fs::read_to_string(file.path()).unwrap();
        let asked = |ending: &str| -> u64 {
            let parts = html.split('"').filter(|part| part.starts_with('/') && part.ends_with(ending));
            parts.map(|part| compressed(&fs::read(site.join(&part[1..])).unwrap())).sum()
        };
        let (page, styles, scripts) = (compressed(html.as_bytes()), asked(".css"), asked(".js"));
        let weight = (page, styles, scripts, page + styles + scripts + asked(".woff2"));
        let is_light = weight.0 <= MOST.0 && weight.1 <= MOST.1 && weight.2 <= MOST.2 && weight.3 <= MOST.3;
        assert!(is_light, "{}: {weight:?} bytes", file.path().display());
        assert!(weight.1 > 0 && weight.3 > weight.1 + page, "styles and font are counted");
        pages += 1;
    }
    assert!(pages > 10);
}

fn compressed(bytes: &[u8]) -> u64 {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().len() as u64
}

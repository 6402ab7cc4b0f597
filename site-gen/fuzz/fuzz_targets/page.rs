//! Parses and renders arbitrary bytes as a page. Neither this nor printing the problems may panic.
//!
//! Run `RUSTC_BOOTSTRAP=1 cargo fuzz run page -- -max_total_time=600` in `site-gen/`.
#![no_main]

use std::sync::Arc;

use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;
use site_gen::assets::images::Images;
use site_gen::markdown::{self, body::Scope, reserved::ReservedIds};
use site_gen::page::parse;
use site_gen::source::problem::Problems;
use site_gen::source::file::Source;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes).into_owned();
    for path in ["content/nieuws/bericht.md", "content/pagina.md"] {
        let source = Arc::new(Source::new(path, text.as_str()));
        let mut problems = Problems::default();
        let images = Images::new(&[], &mut problems);
        let zone = TimeZone::get("Europe/Amsterdam").unwrap();
        for page in parse::parse(&[source], None, &zone, &mut problems) {
            let reserved = ReservedIds::new(&[]);
            let scope = Scope { images: &images, reserved: &reserved, has_form: page.announcement().is_some() };
            markdown::render(&page.source, page.body.clone(), scope, &mut problems);
        }
        let _ = problems.to_string();
        let _ = problems.to_json();
    }
});

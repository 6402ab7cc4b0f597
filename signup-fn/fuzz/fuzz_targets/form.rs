//! Reads arbitrary bytes as a form. No input may cause a panic, and an accepted sign-up is within
//! its limits.
//!
//! Run `RUSTC_BOOTSTRAP=1 cargo fuzz run form` in `signup-fn/`.
#![no_main]

use std::sync::LazyLock;

use catalog::{Catalog, Event};
use libfuzzer_sys::fuzz_target;
use signup_fn::participant::form::Submission;

static EVENT: LazyLock<Event> = LazyLock::new(|| {
    let catalog = Catalog::from_json(include_str!("../../tests/support/catalog.json"));
    catalog.ok().and_then(|catalog| catalog.events().first().cloned()).unwrap_or_else(|| std::process::abort())
});

fuzz_target!(|body: &[u8]| {
    let Ok(submission) = Submission::read(body) else { return };
    match submission.check(&EVENT) {
        Ok(signup) => {
            assert!(signup.details.full_name.as_str().chars().count() <= 80);
            assert!(signup.email.as_str().len() <= 254 && signup.email.as_str().contains('@'));
            // Cleaning removes characters that could corrupt or disguise a stored value.
            for text in signup.values().values() {
                assert!(!text.contains(['\0', '\r', '\u{202e}']));
            }
            assert!(submission.details().is_ok());
        }
        Err(errors) => assert!(!errors.is_empty()),
    }
});

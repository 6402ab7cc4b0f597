//! Reads arbitrary text as a token and as an address. No input may cause a panic or be
//! accepted as a token.
//!
//! Run `RUSTC_BOOTSTRAP=1 cargo fuzz run token` in `signup-fn/`.
#![no_main]

use catalog::address::SignupAddress;
use libfuzzer_sys::fuzz_target;
use signup_fn::people::token::{Purpose, TokenKeys};

fuzz_target!(|text: &str| {
    let keys = TokenKeys::new([7; 32]);
    let now = "2026-11-24T12:00:00Z".parse();
    let (Ok(event), Ok(now)) = ("e".parse(), now) else { return };
    for purpose in [Purpose::Manage, Purpose::Confirm] {
        assert!(keys.read(text, purpose, &event, now).is_err(), "arbitrary text was accepted as a token");
    }
    // A parsed address is formatted as it was written, except for the trailing slash.
    let path = format!("/aanmelden/{text}");
    if let Ok(address) = path.parse::<SignupAddress>() {
        let written = address.to_string();
        assert_eq!(written.trim_end_matches('/'), path.strip_suffix('/').unwrap_or(&path));
    }
});

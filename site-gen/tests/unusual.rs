//! Unusual source files, such as other operating systems and text editors produce.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod support;

use std::fs;

use support::{build, site};

#[test]
fn a_byte_order_mark_crlf_and_trailing_whitespace_do_not_change_a_page() {
    let plain = site("Tekst.\n\n## Kop\n\nMeer.");
    let strange = site("Tekst.\n\n## Kop\n\nMeer.");
    let page = strange.path().join("content/proef/index.md");
    let text = fs::read_to_string(&page).unwrap();
    let text = text.replace("+++\n", "+++  \t\n").replace('\n', "\r\n");
    fs::write(&page, format!("\u{feff}{text}")).unwrap();
    let html = |root: &tempfile::TempDir| {
        build(root.path()).unwrap();
        fs::read_to_string(root.path().join("dist/site/proef/index.html")).unwrap()
    };
    assert_eq!(html(&strange), html(&plain));
}

#[test]
fn a_file_name_is_found_in_any_unicode_normalisation_form() {
    let root = site("[schema](sch\u{e9}ma.pdf)");
    fs::write(root.path().join("content/proef/sche\u{301}ma.pdf"), "x").unwrap();
    build(root.path()).unwrap();
    assert!(root.path().join("dist/site/proef/sch\u{e9}ma.pdf").exists());
    fs::write(root.path().join("content/nieuws/e\u{301}e\u{301}n.md"), "+++\n+++\n").unwrap();
    let told = build(root.path()).unwrap_err().to_string();
    assert!(told.contains("`één` kan niet in een adres staan") && told.contains("noem het `een`"), "{told}");
}

#[test]
fn very_long_and_deeply_nested_pages_are_built() {
    let root = site(&"Een alinea met *nadruk* en [een link](/proef/).\n\n## Kop\n\n".repeat(20_000));
    build(root.path()).unwrap();
    let html = fs::read_to_string(root.path().join("dist/site/proef/index.html")).unwrap();
    assert!(html.len() > 1_000_000 && html.contains("id=\"kop-20000\""));
    let nested = site(&("> ".repeat(5_000) + "diep\n\n" + &"*".repeat(50_000) + " a " + &"[".repeat(50_000)));
    build(nested.path()).unwrap();
}

#[test]
fn a_file_that_is_not_a_page_is_reported() {
    let root = site("Tekst.");
    let page = root.path().join("content/proef/index.md");
    for (text, expected) in [
        ("", "de pagina begint niet met een regel `+++`"),
        ("+++\ntitle = \"x\"\n", "geen tweede regel `+++`"),
        ("---\ntitle: x\n---\n", "in YAML"),
    ] {
        fs::write(&page, text).unwrap();
        let told = build(root.path()).unwrap_err().to_string();
        assert!(told.contains("content/proef/index.md:1:1") && told.contains(expected), "{told}");
    }
    fs::remove_file(&page).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", &page).unwrap();
    let told = build(root.path()).unwrap_err().to_string();
    assert!(told.contains("dit is een symbolische link"), "{told}");
}

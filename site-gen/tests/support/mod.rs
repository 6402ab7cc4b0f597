//! A little site to try things on.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

use std::fs;
use std::path::Path;
use std::process::Command;

use site_gen::page::publication::Wanted;
use site_gen::{BuildError, Built};

/// The content of the folder test `small` with the tests' templates, and a page `/proef/` more.
pub(crate) fn site(markdown: &str) -> tempfile::TempDir {
    let sites = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sites");
    let root = tempfile::tempdir().unwrap();
    for from in ["small/content", "templates"] {
        let copied = Command::new("cp").arg("-r").arg(sites.join(from)).arg(root.path()).status();
        assert!(copied.unwrap().success());
    }
    for template in ["alias.html", "feed.xml", "sitemap.xml", "robots.txt"] {
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../templates").join(template);
        fs::copy(own, root.path().join("templates").join(template)).unwrap();
    }
    fs::create_dir(root.path().join("content/proef")).unwrap();
    let page = format!("+++\ntitle = \"Proef\"\n+++\n\n{markdown}\n");
    fs::write(root.path().join("content/proef/index.md"), page).unwrap();
    root
}

/// Builds it into its folder `dist`.
pub(crate) fn build(root: &Path) -> Result<Built, BuildError> {
    site_gen::build(root, &root.join("dist"), Wanted::public("2026-11-24T12:00:00Z".parse().unwrap()))
}

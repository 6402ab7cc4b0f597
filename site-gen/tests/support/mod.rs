//! A small site for the integration tests.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

use std::fs;
use std::path::Path;
use std::process::Command;

use site_gen::page::publication::Wanted;
use site_gen::{BuildError, Built};

/// Copies the content of `tests/sites/small` and the test templates, and adds a page `/proef/` with this
/// Markdown.
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

/// Builds the site into its folder `dist`.
pub(crate) fn build(root: &Path) -> Result<Built, BuildError> {
    site_gen::build(root, &root.join("dist"), Wanted::public("2026-11-24T12:00:00Z".parse().unwrap()))
}

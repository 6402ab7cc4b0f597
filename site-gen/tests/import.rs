//! Sites of other generators in `tests/import`, with the expected result of an import beside them.
//!
//! `BLESS=1 cargo test -p site-gen --test import` rewrites the expected results.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use site_gen::command::import::{Generator, Imported, import};
use site_gen::page::publication::Wanted;
use site_gen::site::last_build::LastBuild;
use walkdir::WalkDir;

/// Returns every file below a folder with its text.
fn files(folder: &Path) -> BTreeMap<PathBuf, String> {
    let entries = WalkDir::new(folder).into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            let path = entry.path().strip_prefix(folder).unwrap().to_owned();
            (path, fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}

fn check(name: &str, generator: Generator) {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import");
    let (source, expected) = (cases.join(name), cases.join(format!("{name}-expected")));
    let before = files(&source);
    let made = tempfile::tempdir().unwrap();
    let to = made.path().join("nieuw");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let wanted = Wanted::public("2026-11-24T12:00:00Z".parse().unwrap());
    let Imported { mut left, dropped, .. } = import(generator, &source, &to, root).unwrap();
    left.append(site_gen::check(&to, &LastBuild::default(), wanted).unwrap().problems);
    assert_eq!(files(&source), before, "the source is never changed");
    let mut result = files(&to.join("content"));
    result.insert("left.txt".into(), format!("{dropped:?}\n\n{left}"));
    if std::env::var_os("BLESS").is_some() {
        let _ = fs::remove_dir_all(&expected);
        for (path, text) in &result {
            let path = expected.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }
    let expected = files(&expected);
    for (path, text) in &result {
        let there = expected.get(path).map_or("", String::as_str);
        assert!(there == text, "{} differs\n--- made\n{text}\n--- expected\n{there}", path.display());
    }
    assert_eq!(result.len(), expected.len());
    // A folder with files is never written into.
    let again = import(generator, &source, &to, root).unwrap_err().to_string();
    assert!(again.contains("is niet leeg"), "{again}");
    let inside = import(generator, &source, &source.join("nieuw"), root).unwrap_err().to_string();
    assert!(inside.contains("ligt in de map"), "{inside}");
}

#[test]
fn a_zola_site_is_imported() {
    check("zola", Generator::Zola);
}

#[test]
fn a_hugo_site_is_imported() {
    check("hugo", Generator::Hugo);
}

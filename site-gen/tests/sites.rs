//! Small sites in `tests/sites`. Each is a folder with `content/`, optionally `templates/`, and the
//! expected result: `expected/` or `problems.txt`.
//!
//! `BLESS=1 cargo test -p site-gen --test sites` rewrites the expected results.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use site_gen::BuildError;
use site_gen::page::publication::Wanted;
use walkdir::WalkDir;

/// Builds a case and compares its output or its problems with the expected result in its folder.
fn check(case: &str) {
    check_as(case, Wanted::public(NOW.parse().unwrap()));
}

const NOW: &str = "2026-11-24T12:00:00Z";

fn check_as(case: &str, wanted: Wanted) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sites");
    let case = folder.join(case);
    let root = tempfile::tempdir().unwrap();
    copy(&case.join("content"), &root.path().join("content"));
    copy(&folder.join("templates"), &root.path().join("templates"));
    // Machine-readable files are rendered with the project's own templates.
    for template in ["alias.html", "feed.xml", "sitemap.xml", "robots.txt"] {
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../templates").join(template);
        fs::copy(own, root.path().join("templates").join(template)).unwrap();
    }
    // A case's own templates override the ones above.
    copy(&case.join("templates"), &root.path().join("templates"));
    let out = root.path().join("out");
    match site_gen::build(root.path(), &out, wanted) {
        Ok(_) => compare(&case, "expected", &files(&out)),
        Err(BuildError::Problems(problems)) => {
            assert!(!out.exists() || files(&out).is_empty(), "nothing is written while there is a problem");
            let told = BTreeMap::from([(PathBuf::from("problems.txt"), problems.to_string())]);
            compare(&case, "", &told);
        }
        Err(error) => panic!("{error}"),
    }
}

fn compare(case: &Path, below: &str, made: &BTreeMap<PathBuf, String>) {
    let folder = case.join(below);
    if std::env::var_os("BLESS").is_some() {
        let _ = fs::remove_dir_all(case.join("expected"));
        let _ = fs::remove_file(case.join("problems.txt"));
        for (path, text) in made {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        return;
    }
    let expected = if below.is_empty() {
        made.keys()
            .map(|path| (path.clone(), fs::read_to_string(folder.join(path)).unwrap_or_default()))
            .collect()
    } else {
        files(&folder)
    };
    for (path, text) in made {
        let there = expected.get(path).map_or("", String::as_str);
        assert!(
            there == text,
            "{} differs; BLESS=1 accepts it\n--- built\n{text}\n--- expected\n{there}",
            path.display()
        );
    }
    let missing: Vec<_> = expected.keys().filter(|path| !made.contains_key(*path)).collect();
    assert!(missing.is_empty(), "not built: {missing:?}");
}

/// Returns every file below a folder, except site-gen's manifest.
fn files(folder: &Path) -> BTreeMap<PathBuf, String> {
    let entries =
        WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    entries
        .filter(|entry| !entry.file_name().to_string_lossy().starts_with(".site-gen"))
        .map(|entry| {
            let path = entry.path().strip_prefix(folder).unwrap().to_owned();
            (path, fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}

fn copy(from: &Path, to: &Path) {
    if !from.exists() {
        return;
    }
    for entry in WalkDir::new(from).into_iter().map(Result::unwrap) {
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(target).unwrap();
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_small_site_with_an_event_is_built_completely() {
    check("small");
}

#[test]
fn tag_pages_pagination_neighbours_and_aliases_are_built() {
    check("lists");
}

#[test]
fn files_are_held_back_with_their_pages_and_only_expected_ones_go_online() {
    check("held-files");
    check("held-files-problems");
}

#[test]
fn unpublished_pages_are_held_back_or_get_a_badge() {
    check("held-back");
    check_as("held-back-shown", Wanted { with_unpublished: true, ..Wanted::public(NOW.parse().unwrap()) });
}

#[test]
fn all_front_matter_problems_are_reported_at_once() {
    check("front-matter");
}

#[test]
fn front_matter_keys_of_other_generators_are_reported_with_help() {
    check("elsewhere");
}

#[test]
fn broken_links_are_reported_with_a_suggestion() {
    check("links");
}

#[test]
fn invalid_events_are_reported_at_the_faulty_value() {
    check("events");
}

#[test]
fn duplicate_addresses_event_ids_and_tags_are_reported() {
    check("twice");
}

#[test]
fn unusable_files_are_reported() {
    check("files");
}

#[test]
fn markdown_and_shortcodes_are_rendered() {
    check("building-blocks");
}

#[test]
fn invalid_shortcodes_are_reported() {
    check("building-block-problems");
}

#[test]
fn syntax_errors_are_explained_with_what_was_probably_meant() {
    check("toml");
}

#[test]
fn letters_quotes_and_addresses_come_out_right() {
    check("letters");
}

#[test]
fn markup_that_the_parser_takes_for_text_is_reported() {
    check("unread");
}

#[test]
fn the_search_index_and_the_style_sheet_are_built() {
    check("search-and-styles");
}

#[test]
fn template_errors_are_reported() {
    check("template-syntax");
    check("template-value");
}

#[test]
fn an_invalid_configuration_is_reported() {
    check("config");
}

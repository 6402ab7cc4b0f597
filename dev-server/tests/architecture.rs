//! Checks the invariants of ARCHITECTURE.md against the source code.
//!
//! `cargo test -p dev-server --test architecture -- --nocapture` prints the figures of each crate: files,
//! modules, levels and imports.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]
#![allow(clippy::print_stdout, reason = "the figures appear only with `--nocapture`")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The code of each file, without comments and unit tests, by its path within the crate's `src`.
type Files = BTreeMap<String, String>;
type Arrows = BTreeSet<(String, String)>;

const MAX_LINES: usize = 400;
const MAX_LEVELS: usize = 10;

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn files(name: &str) -> Files {
    let root = project().join(name).join("src");
    let mut files = Files::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let lines = text.lines().count();
                assert!(lines <= MAX_LINES, "{} has {lines} lines", path.display());
                let code = text.split("#[cfg(test)]\nmod tests").next().unwrap().lines();
                let code = code.filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>();
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                files.insert(name, code.join("\n"));
            }
        }
    }
    files
}

/// Returns the file of a path: that of the longest prefix which names a module, or else `lib.rs`.
fn file_of(files: &Files, mut path: Vec<&str>) -> Option<String> {
    while !path.is_empty() {
        let stem = path.join("/");
        let names = [format!("{stem}.rs"), format!("{stem}/mod.rs"), format!("{stem}/main.rs")];
        if let Some(found) = names.into_iter().find(|file| files.contains_key(file)) {
            return Some(found);
        }
        path.pop();
    }
    files.contains_key("lib.rs").then(|| "lib.rs".to_owned())
}

/// Returns the imports of each file within its crate. Declaring a module does not count as an import.
fn arrows(name: &str, files: &Files) -> Arrows {
    let library = name.replace('-', "_");
    let mut arrows = Arrows::new();
    for (file, code) in files {
        let own: Vec<&str> = file
            .trim_end_matches(".rs")
            .split('/')
            .filter(|part| !matches!(*part, "lib" | "main" | "mod"))
            .collect();
        let is_folder = ["lib.rs", "main.rs", "mod.rs"].iter().any(|end| file.ends_with(end));
        let parent = &own[..own.len().saturating_sub(1)];
        for path in paths(code) {
            let mut parts = path.split("::");
            let base = match parts.next().unwrap_or_default() {
                "crate" if file.starts_with("bin/") => &own[..2.min(own.len())],
                "crate" => &[],
                first if first == library => &[],
                "self" if is_folder => &own[..],
                "super" => parent,
                _ => continue,
            };
            let target = file_of(files, base.iter().copied().chain(parts).collect());
            if let Some(target) = target.filter(|target| target != file) {
                arrows.insert((file.clone(), target));
            }
        }
    }
    arrows
}

/// Returns the paths in a file's code: those of its `use` declarations, and inline `crate::` paths.
fn paths(code: &str) -> Vec<String> {
    let declarations = code.split("use ").skip(1).filter_map(|rest| rest.split(';').next());
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let declared = declarations.flat_map(|text| expand(&one_line(text)));
    let is_path = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':');
    let inline = code.split("crate::").skip(1).filter_map(|rest| rest.split(|c| !is_path(c)).next());
    declared.chain(inline.map(|rest| format!("crate::{rest}"))).collect()
}

/// Expands `a::{b, c::{d, e}}` into `a::b`, `a::c::d` and `a::c::e`.
fn expand(statement: &str) -> Vec<String> {
    let Some((head, rest)) = statement.split_once('{') else {
        let path = statement.split(" as ").next().unwrap_or_default();
        return vec![path.trim().to_owned()];
    };
    let inner = rest.rsplit_once('}').map_or(rest, |(inner, _)| inner);
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for c in inner.chars() {
        match c {
            ',' if depth == 0 => parts.push(String::new()),
            c => {
                depth += i32::from(c == '{') - i32::from(c == '}');
                parts.last_mut().unwrap().push(c);
            }
        }
    }
    let parts = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty());
    parts.flat_map(expand).map(|part| format!("{}{part}", head.trim())).collect()
}

/// Returns the top-level module of a file: its folder, or the file itself if it is directly in `src`.
fn room(file: &str) -> String {
    file.split_once('/').map_or(file, |(folder, _)| folder).to_owned()
}

/// Returns the number of levels of an import graph. Panics if the graph has a cycle, and prints the cycle.
fn levels(arrows: &Arrows) -> usize {
    fn level<'a>(
        arrows: &'a Arrows,
        at: &'a str,
        path: &mut Vec<&'a str>,
        known: &mut BTreeMap<&'a str, usize>,
    ) -> usize {
        assert!(!path.contains(&at), "import cycle: {path:?} and back to `{at}`");
        if let Some(level) = known.get(at) {
            return *level;
        }
        path.push(at);
        let below = arrows.iter().filter(|(from, _)| from == at);
        let deepest = below.map(|(_, to)| level(arrows, to, path, known)).max().unwrap_or(0);
        path.pop();
        known.insert(at, deepest + 1);
        deepest + 1
    }
    let mut known = BTreeMap::new();
    arrows.iter().map(|(from, _)| level(arrows, from, &mut Vec::new(), &mut known)).max().unwrap_or(1)
}

/// Checks that each top-level module imports only modules before it in the list.
fn check(name: &str, order: &[&str]) {
    let files = files(name);
    let arrows = arrows(name, &files);
    levels(&arrows);
    let rooms: Arrows =
        arrows.iter().map(|(from, to)| (room(from), room(to))).filter(|(from, to)| from != to).collect();
    let depth = levels(&rooms);
    println!(
        "{name}: {} files, {} modules, {depth} levels, {} imports, no cycle",
        files.len(),
        order.len(),
        rooms.len()
    );
    assert!(depth <= MAX_LEVELS, "{name} has {depth} levels");
    let known: BTreeSet<&str> = order.iter().copied().collect();
    for file in files.keys() {
        assert!(known.contains(room(file).as_str()), "`{file}` of {name} is in no listed module");
    }
    for (from, to) in &rooms {
        let place = |room: &str| order.iter().position(|known| *known == room).unwrap();
        assert!(
            place(to) < place(from),
            "`{from}` of {name} must not import `{to}`, which is below it in the list"
        );
    }
}

/// Checks that a text occurs only in the allowed files of a crate.
fn only(name: &str, text: &str, allowed: &[&str]) {
    for (file, code) in files(name) {
        let is_allowed = allowed.iter().any(|place| file.starts_with(place));
        assert!(is_allowed || !code.contains(text), "`{file}` of {name} contains `{text}`");
    }
}

#[test]
fn each_folder_imports_only_folders_above_it() {
    check(
        "catalog",
        &[
            "id.rs",
            "place.rs",
            "calendar.rs",
            "dutch.rs",
            "typed_date.rs",
            "period.rs",
            "session.rs",
            "amendment.rs",
            "event.rs",
            "standing.rs",
            "words.rs",
            "headers.rs",
            "media_types.rs",
            "address.rs",
            "lib.rs",
            "answer.rs",
            "own.rs",
            "mail.rs",
            "organiser",
        ],
    );
    check(
        "site-gen",
        &[
            "background.rs",
            "profile.rs",
            "progress.rs",
            "words",
            "source",
            "page",
            "assets",
            "markdown",
            "output",
            "site",
            "incremental",
            "render",
            "new_article.rs",
            "command",
            "prepared.rs",
            "preview.rs",
            "references.rs",
            "publish.rs",
            "lib.rs",
            "main.rs",
        ],
    );
    check(
        "signup-fn",
        &[
            "people",
            "rendered",
            "aws",
            "store",
            "web",
            "mail",
            "trial",
            "sheet",
            "participant",
            "organiser",
            "settings",
            "lib.rs",
            "bin",
            "main.rs",
        ],
    );
    check(
        "dev-server",
        &[
            "settings.rs",
            "local_store.rs",
            "builder.rs",
            "live.rs",
            "deliver.rs",
            "editor",
            "routes",
            "lib.rs",
            "main.rs",
        ],
    );
}

#[test]
fn the_generator_and_the_function_do_not_depend_on_each_other() {
    for (one, other) in [
        ("site-gen", "signup_fn"),
        ("signup-fn", "site_gen"),
        ("catalog", "site_gen"),
        ("catalog", "signup_fn"),
    ] {
        only(one, other, &[]);
    }
    for name in ["catalog", "site-gen", "signup-fn"] {
        only(name, "axum", &[]);
        only(name, "dynoxide", &[]);
    }
}

#[test]
fn only_the_entry_points_read_the_clock() {
    for text in ["Timestamp::now", "SystemTime::now", "std::env", "std::fs"] {
        only("catalog", text, &[]);
    }
    only("site-gen", "Timestamp::now", &["main.rs"]);
    only("signup-fn", "Timestamp::now", &["main.rs", "bin/"]);
}

#[test]
fn file_access_and_network_access_stay_in_their_designated_modules() {
    only("site-gen", "fs::read", &["source/load.rs", "output/", "new_article.rs", "command/"]);
    for text in ["fs::write", "fs::rename", "fs::remove", "fs::create_dir", "OpenOptions"] {
        only("site-gen", text, &["output/", "new_article.rs", "command/"]);
    }
    only("site-gen", "ureq", &["command/external.rs"]);
    only("signup-fn", "ureq", &["trial/visitor.rs"]);
    for text in ["aws_sdk_dynamodb", "serde_dynamo", "AttributeValue"] {
        only("signup-fn", text, &["store/"]);
    }
    only("signup-fn", "aws_sdk_sesv2", &["mail/ses.rs"]);
    only("signup-fn", "aws_smithy", &["aws/"]);
    only("signup-fn", "</", &[]);
}

//! Random sites: whatever editors write, the site is built, or they are told where it goes wrong.
//!
//! `SITES` is the number of sites; `SEED` repeats a run. `cargo test --profile histories` makes four times as many.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use site_gen::BuildError;
use site_gen::page::publication::Wanted;
use site_gen::site::last_build::LastBuild;
use walkdir::WalkDir;

const NOW: &str = "2026-11-24T12:00:00Z";

/// A file of a site. It contains [`SECRET`] if nobody may see it.
#[derive(Debug, Clone)]
struct SiteFile {
    path: String,
    lines: Vec<String>,
}

/// The text that only files that are held back contain.
const SECRET: &str = "geheim-4711";

/// Parts of file names, of which most are right.
const NAMES: &[&str] = &[
    "a",
    "b",
    "een-pagina",
    "index",
    "_index",
    "404",
    "pagina",
    "verslag",
    "Met Hoofdletters",
    "é",
    "ß",
    "日本",
    "a.b",
    "#",
    "%20",
    "50%",
    "..",
    "x--y",
    "-",
    "con",
    "onderwerpen",
    "aanmelden",
    "zoeken",
    "feed",
    "a'b",
    "a\"b",
    "a&b",
];
const FOLDERS: &[&str] =
    &["", "", "nieuws/", "nieuws/", "nieuws/diep/", "geheim/", "los/", "A/", ".well-known/", "verslag/"];
const ENDINGS: &[&str] = &[
    ".md", ".md", ".md", ".md", ".md", ".txt", ".svg", ".jpg", ".png", ".MD", ".md~", ".bak", "", ".html",
    ".css", ".pdf",
];

/// Lines of front matter, of which most are right.
const KEYS: &[&str] = &[
    "title = \"Een titel\"",
    "title = \"Een titel\"",
    "title = \"Een titel\"",
    "title = \"'s-Hertogenbosch & <b>\"",
    "title = \"a \"b\" c\"",
    "title = “krom”",
    "title: x",
    "title = \"\"",
    "title = 3",
    "date = 2026-11-20",
    "date = 2026-11-20",
    "date = 2026-02-30",
    "date = 20-11-2026",
    "date = \"2026-11-20\"",
    "date = 2026-11-20T10:00:00+02:00",
    "updated = 2026-11-21",
    "description = \"Waarover.\"",
    "description = \"\"\"\ndate = 2026-01-01\n\"\"\"",
    "tags = [\"a\", \"Één\", \"a\"]",
    "tags = [\"A\", \"\\u0008\"]",
    "tags = \"a\"",
    "aliases = [\"/oud/\"]",
    "aliases = [\"/oud/\", \"/oud\", \"/index.php/x/\"]",
    "aliases = [\"/a/\", \"/verslag\", \"/x%00y/\", \"/é/\"]",
    "expires_at = 2027-01-01T00:00:00",
    "publish_at = 2026-03-29T02:30:00",
    "[event]\nid = \"e\"\ntitle = \"E\"\ntime_zone = \"Europe/Amsterdam\"\n[[event.sessions]]\nid = \"s\"\nstart = 2028-11-28T16:00:00\nend = 2028-11-28T17:30:00\ncapacity = 4\nopens = 2026-11-01T09:00:00\ncloses = 2028-11-28T16:00:00",
    "[event]\nid = \"e\"\ntitle = \"E\"\ntime_zone = \"Europe/Nergens\"\n[event.sessions]\nid = \"s\"",
    "[event\nid = 1",
    "[extra]\nx = 1",
    "+++",
    "\u{8}",
    "x",
    "= 1",
];

/// Lines of a body.
const LINES: &[&str] = &[
    "",
    "",
    "Een alinea met **nadruk**, `code` en 'quotes'.",
    "## Kop",
    "## Kop {#a}",
    "#### Diep",
    "# Eerste",
    "##\u{a0}Kop",
    "- punt",
    "  - dieper",
    "- [x] af",
    "1. een",
    "> citaat",
    "> [!TIP]",
    "| a | b |",
    "|---|--:|",
    "[link](/a/)",
    "[link](@/nieuws/_index.md#kop)",
    "[link](<verslag.pdf>) en [x](../a.md)",
    "[x](a b.pdf)",
    "[x][y] [^z] [^1]",
    "[^1]: noot",
    "![plaat](a.svg) ![foto](a.jpg)",
    "![](https://elders.example/x.png)",
    "{{ figure(src=\"a.svg\", alt=\"x\") }}",
    "{{ figure(src=\"a.svg\" }}",
    "{% notice(kind=\"tip\") %}",
    "{% end %}",
    "{{ signup_form() }}",
    "{{< ref \"x\" >}} {{ onbekend() }}",
    "<div>html</div>",
    "<!-- opmerking",
    "-->",
    "```",
    "~~~ rust",
    "https://voorbeeld.nl/a--b en info@voorbeeld.nl, www.voorbeeld.nl",
    "<% x %> << y >> <# z #> {{ w }}",
    "&#8; &amp; &nbsp; \\*",
    "Term\n: uitleg",
    "‘s avonds in '90",
    "\u{202e}rechts \u{feff}x\u{ad}y",
    "[[x]] **a **b ~~c",
    "***",
    "    ingesprongen",
    "javascript:alert(1) [x](javascript:x) ![y](data:image/png;base64,AA)",
];

fn pick(from: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(from).prop_map(str::to_owned)
}

fn lines(from: &'static [&'static str], most: usize) -> impl Strategy<Value = Vec<String>> {
    // Now and then a line that nobody would think of.
    let line = prop_oneof![12 => pick(from), 1 => "\\PC{0,12}"];
    prop::collection::vec(line, 0..most)
}

fn file() -> impl Strategy<Value = SiteFile> {
    let held = prop_oneof![
        4 => Just(None),
        1 => Just(Some("draft = true")),
        1 => Just(Some("publish_at = 2027-01-01T00:00:00")),
        1 => Just(Some("expires_at = 2026-01-01T00:00:00")),
    ];
    let keys = prop_oneof![3 => Just(vec!["title = \"Een titel\"".to_owned(), "date = 2026-11-20".to_owned()]), 2 => lines(KEYS, 5)];
    (pick(FOLDERS), pick(NAMES), pick(ENDINGS), held, keys, lines(LINES, 12)).prop_map(
        |(folder, name, ending, held, keys, body)| {
            let path = format!("{folder}{name}{ending}");
            if ending != ".md" {
                return SiteFile { path, lines: body };
            }
            let mut lines = vec!["+++".to_owned()];
            lines.extend(held.map(str::to_owned));
            lines.extend(keys);
            lines.push("+++".to_owned());
            lines.extend(body);
            if held.is_some() {
                lines.push(SECRET.to_owned());
            }
            SiteFile { path, lines }
        },
    )
}

/// A page that is held back, in a folder of its own, with a file beside it.
fn bundle() -> impl Strategy<Value = Vec<SiteFile>> {
    (pick(NAMES), pick(ENDINGS)).prop_filter_map("a file beside the page", |(name, ending)| {
        let page = ["+++", "draft = true", "title = \"Een titel\"", "date = 2026-11-20", "+++", SECRET];
        let file = SiteFile { path: format!("concept/{name}{ending}"), lines: vec![SECRET.to_owned()] };
        let page = SiteFile { path: "concept/index.md".to_owned(), lines: page.map(str::to_owned).to_vec() };
        (file.path != page.path && !ending.ends_with(".md")).then(|| vec![page, file])
    })
}

fn site() -> impl Strategy<Value = Vec<SiteFile>> {
    let bundle = prop_oneof![3 => Just(Vec::new()), 1 => bundle()];
    (prop::collection::vec(file(), 1..7), bundle).prop_map(|(files, bundle)| [files, bundle].concat())
}

/// Writes the parts that every site has, with the templates of `tests/sites`.
fn foundation(root: &Path) {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sites");
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../templates");
    for entry in WalkDir::new(cases.join("templates")).into_iter().map(Result::unwrap) {
        let to = root.join("templates").join(entry.path().strip_prefix(cases.join("templates")).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(to).unwrap();
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
    for template in ["alias.html", "feed.xml", "sitemap.xml", "robots.txt"] {
        fs::copy(own.join(template), root.join("templates").join(template)).unwrap();
    }
    fs::create_dir_all(root.join("content/nieuws")).unwrap();
    for file in ["site.toml", "404.md", "_index.md", "contact.md", "inloggen.md", "nieuws/_index.md"] {
        fs::copy(cases.join("small/content").join(file), root.join("content").join(file)).unwrap();
    }
}

/// Returns every file below a folder, without those with which site-gen keeps count.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = WalkDir::new(folder).into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().is_file());
    files
        .filter(|entry| !entry.file_name().to_string_lossy().starts_with(".site-gen"))
        .map(|entry| (entry.path().to_owned(), fs::read(entry.path()).unwrap()))
        .collect()
}

fn try_site(site: &[SiteFile]) -> Result<bool, String> {
    let root = tempfile::tempdir().unwrap();
    let (root, out) = (root.path(), root.path().join("out"));
    let wanted = Wanted::public(NOW.parse().unwrap());
    foundation(root);
    site_gen::build(root, &out, wanted).map_err(|error| format!("the foundation: {error}"))?;
    let before = files(&out);
    for SiteFile { path, lines, .. } in site {
        let file = root.join("content").join(path);
        // A folder where a file is wanted, or the other way round, can't be written in the first place.
        if fs::create_dir_all(file.parent().unwrap()).is_ok() {
            let _ = fs::write(&file, lines.join("\n"));
        }
    }
    let checked =
        site_gen::check(root, &LastBuild::default(), wanted).map_err(|error| format!("check: {error:#}"))?;
    let is_built = match site_gen::build(root, &out, wanted) {
        Ok(_) => true,
        Err(BuildError::Problems(problems)) => {
            if !problems.has_errors() {
                return Err("not built, but nobody is told why".to_owned());
            }
            if !problems.to_string().contains("content/") && !problems.to_string().contains("answers/") {
                return Err(format!("told without a place: {problems}"));
            }
            if files(&out) != before {
                return Err("half a site".to_owned());
            }
            false
        }
        Err(BuildError::Failed(error)) => return Err(format!("failed: {error:#}")),
    };
    if is_built == checked.problems.has_errors() {
        return Err(format!("built: {is_built}, but check says: {}", checked.problems));
    }
    let leaks = |bytes: &[u8]| bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes());
    if let Some((path, _)) = files(&out).iter().find(|(_, bytes)| leaks(bytes)) {
        return Err(format!("{} shows what is held back", path.display()));
    }
    if is_built {
        let again = site_gen::build(root, &out, wanted).map_err(|error| format!("again: {error}"))?;
        if again.written.written + again.written.removed > 0 {
            return Err(format!("the same site is written again: {:?}", again.written));
        }
    }
    Ok(is_built)
}

#[test]
fn every_site_is_built_or_the_editor_is_told() {
    let number = |name: &str| std::env::var(name).ok().map(|number| number.parse::<u64>().unwrap());
    let cases = u32::try_from(number("SITES").unwrap_or(150)).unwrap();
    let seed =
        number("SEED").unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs());
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let built = std::cell::Cell::new(0);
    let told = runner.run(&site(), |site| {
        let is_built = try_site(&site).map_err(TestCaseError::fail)?;
        built.set(built.get() + u32::from(is_built));
        Ok(())
    });
    told.unwrap_or_else(|error| panic!("SEED={seed} SITES={cases}: {error}"));
    // Sites that all fail would prove little.
    assert!(cases < 100 || built.get() * 20 > cases, "only {} of {cases} sites were built", built.get());
}

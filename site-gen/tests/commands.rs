//! The `site-gen` commands that editors run.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use site_gen::command::last_build;
use site_gen::page::publication::Wanted;
use site_gen::site::last_build::LastBuild;

/// Copies the project's own content and templates into a temporary folder.
fn site() -> tempfile::TempDir {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let root = tempfile::tempdir().unwrap();
    for folder in ["content", "templates"] {
        let copied =
            Command::new("cp").arg("-r").arg(project.join(folder)).arg(root.path()).status().unwrap();
        assert!(copied.success());
    }
    root
}

fn site_gen(arguments: &[&str]) -> (bool, String, Output) {
    let output = Command::new(env!("CARGO_BIN_EXE_site-gen")).args(arguments).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned(), output)
}

#[test]
fn check_reports_placeholders_and_a_production_build_refuses_them() {
    let root = site();
    let path = root.path().to_str().unwrap();
    let (is_good, told, _) = site_gen(&["check", path]);
    assert!(is_good, "{told}");
    assert!(
        told.contains("let op: dit moet nog ingevuld worden") && told.contains("content/contact.md:9:5"),
        "{told}"
    );
    assert!(told.contains("dit is nog niet het adres van de site"), "{told}");
    let out = root.path().join("out");
    let (is_built, told, _) = site_gen(&["build", path, "--production", "--out", out.to_str().unwrap()]);
    assert!(!is_built && told.contains("fout: dit moet nog ingevuld worden"), "{told}");
    assert!(!out.exists());
}

#[test]
fn check_warns_about_a_session_that_people_may_have_signed_up_for() {
    let root = site();
    let path = root.path().to_str().unwrap();
    let dist = root.path().join("dist");
    let (is_built, told, _) = site_gen(&["build", path, "--out", dist.to_str().unwrap()]);
    assert!(is_built, "{told}");
    let article = root.path().join("content/nieuws/lerend-netwerk-november-2028.md");
    let text = fs::read_to_string(&article).unwrap();
    let after = |text: &str| {
        fs::write(&article, text).unwrap();
        site_gen(&["check", path]).1
    };
    assert!(!after(&text).contains("houdt zijn plek"));
    let renamed = after(&text.replace("id = \"28-november\"", "id = \"eerste\""));
    assert!(renamed.contains("de sessie `28-november` heet nu `eerste`"), "{renamed}");
    let moved = text
        .replace("id = \"28-november\"", "id = \"eerste\"")
        .replace("2028-11-28T16:00", "2028-11-28T15:00");
    let removed = after(&moved);
    assert!(removed.contains("de sessie `28-november` staat niet meer op de site"), "{removed}");
    assert!(
        removed.contains("lerend-netwerk-november-2028.md:") && removed.contains("called_off"),
        "{removed}"
    );
    let draft = after(&text.replacen("+++\n", "+++\ndraft = true\n", 1));
    assert!(draft.contains("de bijeenkomst `lnpo-2028` staat niet meer op de site"), "{draft}");
    assert!(draft.contains("content/nieuws/lerend-netwerk-november-2028.md"), "{draft}");
}

#[test]
fn check_warns_about_what_has_gone_and_what_will_go_wrong() {
    let root = site();
    let path = |name: &str| root.path().join("content").join(name);
    let at = |time: &str| Wanted::public(time.parse().unwrap());
    let page = |keys: &str, text: &str| format!("+++\ntitle = \"Een pagina\"\n{keys}\n+++\n\n{text}\n");
    fs::write(path("weg.md"), page("", "Tekst.")).unwrap();
    let dist = root.path().join("dist");
    for day in ["2026-11-01T12:00:00Z", "2026-11-03T12:00:00Z"] {
        site_gen::build(root.path(), &dist, at(day)).unwrap();
    }
    fs::rename(path("weg.md"), path("wegg.md")).unwrap();
    // The development server builds again at each change.
    site_gen::build(root.path(), &dist, at("2026-11-03T13:00:00Z")).unwrap();
    let expires = "expires_at = 2026-12-01T09:00:00";
    fs::write(path("tijdelijk.md"), page(expires, "Tekst.")).unwrap();
    let ahead = page("date = 2026-12-24", "[Tijdelijk](/tijdelijk/)");
    fs::write(path("nieuws/straks.md"), ahead).unwrap();
    let told = |last_build: &LastBuild| {
        let checked = site_gen::check(root.path(), last_build, at("2026-11-03T14:00:00Z")).unwrap();
        assert!(!checked.problems.has_errors(), "{}", checked.problems);
        checked.problems.to_string()
    };
    let problems = told(&last_build::read(root.path()));
    for expected in [
        "de pagina `/weg/` is er niet meer",
        "heet zij nu `content/wegg.md`? Zet daar dan `aliases = [\"/weg/\"]`",
        "de datum 24 december 2026 moet nog komen, maar dit artikel is al openbaar",
        "publish_at = 2026-12-24T09:00:00",
        "de pagina `/tijdelijk/` verdwijnt op 1 december 2026, 9.00 uur",
        "content/nieuws/straks.md:6:13",
    ] {
        assert!(problems.contains(expected), "{expected}\n{problems}");
    }
    fs::write(path("wegg.md"), page("aliases = [\"/weg/\"]", "Tekst.")).unwrap();
    assert!(!told(&last_build::read(root.path())).contains("is er niet meer"));
}

#[test]
fn check_prints_problems_as_json() {
    let root = site();
    fs::write(root.path().join("content/contact.md"), "+++\ntitle = \"Één\"\n+++\n\nÉén [link](/weg/).\n")
        .unwrap();
    let (is_good, _, output) = site_gen(&["check", "--json", root.path().to_str().unwrap()]);
    assert!(!is_good);
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let problem = told.as_array().unwrap().iter().find(|problem| problem["severity"] == "error").unwrap();
    assert_eq!((&problem["path"], &problem["line"]), (&"content/contact.md".into(), &5.into()));
    assert_eq!(problem["column"], 12, "in characters, not in bytes");
    assert!(problem["message"].as_str().unwrap().contains("/weg/"));
}

#[test]
fn new_creates_pages_with_placeholders_and_never_overwrites_a_page() {
    let root = site();
    let path = root.path().to_str().unwrap();
    let new = |arguments: &[&str]| {
        let (is_made, told, _) = site_gen(&[&["new", "--root", path], arguments].concat());
        (is_made, told)
    };
    assert!(new(&["nieuws", "Wat \"wij\" & jullie leerden"]).0);
    assert!(new(&["nieuws", "Een hele lange titel voor een bijeenkomst in het voorjaar", "--event"]).0);
    let article = root.path().join("content/nieuws/wat-wij-en-jullie-leerden.md");
    let before = fs::read_to_string(&article).unwrap();
    let (is_good, told, _) = site_gen(&["check", path]);
    assert!(is_good && told.contains("wat-wij-en-jullie-leerden.md:3:16"), "{told}");
    let (is_made, told) = new(&["nieuws", "Wat wij & jullie leerden"]);
    assert!(!is_made && told.contains("is er al"), "{told}");
    assert_eq!(fs::read_to_string(&article).unwrap(), before);
    let (is_made, told) = new(&["nieuw", "Titel"]);
    assert!(!is_made && told.contains("bedoel je `nieuws`?"), "{told}");
    // Whatever the title, the site can be built afterwards.
    let long = "woord ".repeat(60);
    let longer = format!("{long} anders");
    for title in ["Pagina", "Index", "Twee\nregels\u{7f}", &long, "日本", "Ĳs", "Oud bericht"] {
        assert!(new(&["nieuws", title, "--event"]).0, "{title}");
    }
    let (is_made, told) = new(&["nieuws", &longer, "--event"]);
    assert!(!is_made && told.contains("is er al"), "{told}");
    let start = "Een hele lange titel voor een bijeenkomst in het najaar";
    assert!(new(&["nieuws", start, "--event"]).0, "another event has the same first 40 letters");
    let (is_good, told, _) = site_gen(&["check", path]);
    assert!(is_good, "{told}");
    assert!(!new(&["nieuws", "!?"]).0);
    assert!(!new(&["../content/nieuws", "Titel"]).0);
}

#[test]
fn the_site_can_be_built_as_of_another_moment() {
    let root = site();
    let path = root.path().to_str().unwrap();
    let page = "+++\ntitle = \"Later\"\ndate = 2026-11-01\npublish_at = 2028-11-01T09:00:00\n+++\n";
    fs::write(root.path().join("content/nieuws/later.md"), page).unwrap();
    let out = root.path().join("out");
    let built = |extra: &[&str]| {
        let (is_built, told, _) =
            site_gen(&[&["build", path, "--out", out.to_str().unwrap()], extra].concat());
        assert!(is_built, "{told}");
        (out.join("site/nieuws/later/index.html").exists(), told)
    };
    let (is_there, told) = built(&["--as-of", "2028-11-01T08:59"]);
    assert!(
        !is_there && told.contains("content/nieuws/later.md: gepland voor 1 november 2028, 9.00 uur"),
        "{told}"
    );
    assert!(built(&["--as-of", "2028-11-01T09:00"]).0);
    assert!(!built(&["--as-of", "2028-10-01T09:00"]).0, "a page that is held back again is removed");
    assert!(built(&["--as-of", "2028-10-01T09:00", "--drafts"]).0);
    let html = fs::read_to_string(out.join("site/nieuws/later/index.html")).unwrap();
    assert!(html.contains("Niet openbaar: gepland voor") && html.contains("noindex"), "{html}");
}

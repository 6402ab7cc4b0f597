//! Incremental builds leave nothing stale: after every change, the site equals the result of a
//! clean build.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use image::RgbImage;
use site_gen::incremental::Memory;
use site_gen::page::publication::Wanted;
use walkdir::WalkDir;

fn wanted(now: &str) -> Wanted {
    Wanted::public(now.parse().unwrap())
}

/// Returns every file except the manifest, which contains timestamps.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = WalkDir::new(folder).into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().is_file() && entry.file_name() != ".site-gen");
    files
        .map(|entry| (entry.path().strip_prefix(folder).unwrap().to_owned(), fs::read(entry.path()).unwrap()))
        .collect()
}

/// A copy of the project's own site, so that every template is used, with 25 extra articles.
struct Tried {
    root: tempfile::TempDir,
    memory: Memory,
}

impl Tried {
    fn new() -> Self {
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let root = tempfile::tempdir().unwrap();
        for folder in ["content", "templates"] {
            let folder = project.join(folder);
            let copied = std::process::Command::new("cp").arg("-r").arg(folder).arg(root.path()).status();
            assert!(copied.unwrap().success());
        }
        let tried = Self { root, memory: Memory::default() };
        for number in 1..=25 {
            tried.write(&format!("nieuws/bericht-{number}.md"), &article(number, "gewoon", "Tekst."));
        }
        tried
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.root.path().join("content").join(path), text).unwrap();
    }

    /// Builds incrementally and from scratch, and checks that both give the same files.
    ///
    /// Returns how many files the incremental build wrote.
    fn check(&mut self, what: &str, now: &str) -> usize {
        // Lets the last change grow older than the 50 ms for which `Stamp::settled` does not trust a
        // file's timestamp.
        thread::sleep(Duration::from_millis(60));
        let root = self.root.path();
        let on = root.join("dist");
        let mut built = site_gen::rebuild(root, &on, wanted(now), &mut self.memory).unwrap();
        if !self.memory.stands(&on) {
            built = site_gen::rebuild(root, &on, wanted(now), &mut self.memory).unwrap();
            assert!(self.memory.stands(&on), "{what}");
        }
        let fresh = tempfile::tempdir().unwrap();
        site_gen::build(root, fresh.path(), wanted(now)).unwrap();
        let (on, fresh) = (files(&on), files(fresh.path()));
        let paths = on.keys().chain(fresh.keys());
        let differing: Vec<&PathBuf> = paths.filter(|path| on.get(*path) != fresh.get(*path)).collect();
        assert!(differing.is_empty(), "{what}: {differing:?}");
        built.written.written
    }
}

fn article(number: usize, tag: &str, body: &str) -> String {
    format!(
        "+++\ntitle = \"Bericht {number}\"\ndescription = \"Over {number}\"\ndate = 2026-01-{number:02}\n\
         tags = [\"{tag}\"]\n+++\n\n{body}\n\n## Kop\n"
    )
}

const NOW: &str = "2026-11-24T12:00:00Z";

#[test]
fn after_every_change_an_incremental_build_equals_a_clean_build() {
    let mut site = Tried::new();
    let root = site.root.path().to_owned();
    site.check("the first build", NOW);
    assert_eq!(site.check("no change", NOW), 0);

    site.write("nieuws/bericht-5.md", &article(5, "gewoon", "Andere tekst."));
    let written = site.check("a changed body", NOW);
    assert!(written <= 2, "the page and the search index: {written}");
    let retitled = article(12, "gewoon", "Tekst.").replace("Bericht 12", "Een andere titel");
    site.write("nieuws/bericht-12.md", &retitled);
    let written = site.check("a changed title, which neighbours and lists show", NOW);
    assert!((4..12).contains(&written), "{written}");
    site.write("nieuws/bericht-7.md", &article(7, "bijzonder", "Tekst."));
    site.check("a new tag", NOW);
    site.write("nieuws/bericht-3.md", &article(28, "gewoon", "Tekst."));
    site.check("a date that moves the article to the front", NOW);
    site.write("nieuws/bericht-26.md", &article(26, "gewoon", "[kop](@/nieuws/bericht-2.md#kop)"));
    site.check("a new page", NOW);
    fs::remove_file(root.join("content/nieuws/bericht-9.md")).unwrap();
    site.check("a deleted page", NOW);
    fs::rename(root.join("content/nieuws/bericht-8.md"), root.join("content/nieuws/achtste.md")).unwrap();
    site.check("a renamed page", NOW);

    site.write("nieuws/bericht-2.md", &article(2, "gewoon", "Tekst.").replace("## Kop", "## Andere kop"));
    let told = site_gen::rebuild(&root, &root.join("dist"), wanted(NOW), &mut site.memory).unwrap_err();
    assert!(told.to_string().contains("bericht-26.md"), "a broken link on an unchanged page: {told}");
    site.write("nieuws/bericht-26.md", &article(26, "gewoon", "[kop](@/nieuws/bericht-2.md#andere-kop)"));
    site.check("the broken link repaired", NOW);

    RgbImage::new(40, 30).save(root.join("content/nieuws/plaat.png")).unwrap();
    site.write("nieuws/bericht-4.md", &article(4, "gewoon", "![Een plaat](plaat.png)"));
    site.check("an image", NOW);
    RgbImage::new(50, 30).save(root.join("content/nieuws/plaat.png")).unwrap();
    site.check("another image under the same name", NOW);

    for template in ["templates/base.html", "templates/static/_base.css", "content/site.toml"] {
        let file = root.join(template);
        let text = fs::read_to_string(&file).unwrap();
        let text =
            text.replace("<body>", "<body class=\"anders\">").replace("paginate_by = 10", "paginate_by = 7");
        fs::write(&file, text.replace("--measure: 41rem", "--measure: 42rem")).unwrap();
        assert!(site.check(template, NOW) > 0, "{template}");
    }

    let later = "publish_at = 2026-12-01T09:00:00\n+++\n\nTekst";
    site.write("nieuws/bericht-6.md", &article(6, "gewoon", "Tekst.").replace("+++\n\nTekst", later));
    site.check("a scheduled page", NOW);
    assert!(site.check("the scheduled moment", "2026-12-02T12:00:00Z") > 0);

    fs::remove_dir_all(root.join("dist/site/nieuws")).unwrap();
    assert!(site.check("output pages deleted by someone else", "2026-12-02T12:00:00Z") > 0);
    fs::write(root.join("dist/site/index.html"), "Van een ander.").unwrap();
    assert!(site.check("an output page changed by someone else", "2026-12-02T12:00:00Z") > 0);
    let out = root.join("dist");
    site_gen::build(&root, &out, Wanted { with_unpublished: true, ..wanted(NOW) }).unwrap();
    assert!(site.check("another build into the same folder", "2026-12-02T12:00:00Z") > 0);
}

#[test]
fn pages_with_the_same_bytes_that_somebody_else_wrote_are_never_adopted() {
    let mut site = Tried::new();
    let out = site.root.path().join("dist");
    site.check("the first build", NOW);
    fs::remove_file(out.join(".site-gen")).unwrap();
    site.memory = Memory::default();
    for _ in 0..2 {
        site_gen::rebuild(site.root.path(), &out, wanted(NOW), &mut site.memory).unwrap();
    }
    let ours = fs::read_to_string(out.join(".site-gen")).unwrap();
    assert!(!ours.contains("site/contact/index.html"));
    let before = files(&out);
    site.write("contact.md", "+++\ntitle = \"Anders\"\n+++\n");
    let told = site_gen::rebuild(site.root.path(), &out, wanted(NOW), &mut site.memory).unwrap_err();
    assert!(told.to_string().contains("staat in de weg"), "{told}");
    assert_eq!(files(&out), before);
}

/// A build that finds nothing new does not read the sources, but no change escapes it: not one that leaves the length
/// and the modification time as they were, nor a file that is gone or new.
#[test]
fn a_change_that_looks_like_none_is_built() {
    let (tried, out) = (Tried::new(), tempfile::tempdir().unwrap());
    let site = &tried.root;
    let now = "2026-11-24T12:00:00Z".parse().unwrap();
    let build = || {
        // A file that has only just changed is not trusted.
        thread::sleep(Duration::from_millis(100));
        site_gen::build(site.path(), out.path(), Wanted::public(now)).unwrap().written
    };
    let page = |address: &str| fs::read_to_string(out.path().join("site").join(address).join("index.html"));
    build();
    assert_eq!(build().written, 0);
    let contact = site.path().join("content/contact.md");
    let (text, before) = (fs::read_to_string(&contact).unwrap(), fs::metadata(&contact).unwrap());
    fs::write(&contact, format!("{} Qqqq\n", &text.trim_end()[..text.trim_end().len() - 5])).unwrap();
    let file = fs::File::options().append(true).open(&contact).unwrap();
    file.set_modified(before.modified().unwrap()).unwrap();
    assert!(build().written > 0 && page("contact").unwrap().contains("Qqqq"));
    fs::write(site.path().join("content/nieuw.md"), "+++\ntitle = \"Nieuw\"\n+++\n\nTekst.\n").unwrap();
    assert!(build().written > 0 && page("nieuw").is_ok());
    fs::remove_file(site.path().join("content/nieuw.md")).unwrap();
    assert!(build().removed > 0 && page("nieuw").is_err());
    assert_eq!(build().written, 0);
}

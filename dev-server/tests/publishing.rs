//! The editor's history: versions are recorded, sent, fetched and put back, by two people with a copy each.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod support;

use std::fs;
use std::process::Command;

use reqwest::StatusCode;
use support::{Tried, configured, git, record, site_with_real_content};
use tempfile::TempDir;

const PUBLISHING: &str = "/_dev/redactie/publiceren";
const LIST: &str = "/_dev/redactie/";
const CONTACT: &str = "content/contact.md";

/// Returns a repository that others send to, and two copies of the site.
async fn two_editors() -> (TempDir, Tried, Tried) {
    let shared = tempfile::tempdir().unwrap();
    let first = site_with_real_content();
    record(first.path(), shared.path());
    let second = tempfile::tempdir().unwrap();
    git(second.path(), &["clone", "--quiet", shared.path().to_str().unwrap(), "."]);
    configured(second.path(), "bo");
    (shared, Tried::start_in(first).await, Tried::start_in(second).await)
}

fn address(path: &str) -> String {
    format!("/_dev/redactie/pagina?pad={}", path.replace('/', "%2F"))
}

fn file(site: &Tried, path: &str) -> String {
    fs::read_to_string(site.root.path().join(path)).unwrap()
}

async fn page(site: &Tried, address: &str) -> String {
    site.get(address).await.text().await.unwrap()
}

/// Presses a button of a page with other values, and returns the page to which that leads.
async fn pressed(site: &Tried, html: &str, words: &str, values: &[(&str, &str)]) -> String {
    let answer = site.press(html, words, values).await;
    match answer.status() {
        StatusCode::SEE_OTHER => {
            let to = support::header(&answer, "location").to_owned();
            page(site, &to).await
        }
        _ => answer.text().await.unwrap(),
    }
}

/// Changes a page and records that.
async fn changed(site: &Tried, name: &str, value: &str, message: &str) {
    let form = page(site, &address(CONTACT)).await;
    let saved = pressed(site, &form, "Bewaar", &[(name, value)]).await;
    assert!(saved.contains("Bewaard op deze computer"), "{saved}");
    let publishing = page(site, PUBLISHING).await;
    let recorded = pressed(site, &publishing, "Leg vast", &[("zin", message)]).await;
    assert!(recorded.contains("Vastgelegd. Nog niet ingestuurd."), "{recorded}");
}

async fn done(site: &Tried, words: &str) -> String {
    let publishing = page(site, PUBLISHING).await;
    pressed(site, &publishing, words, &[]).await
}

#[tokio::test]
async fn exactly_the_chosen_files_are_recorded_under_the_editors_name_and_sent() {
    let (shared, an, _bo) = two_editors().await;
    let root = an.root.path();
    fs::write(root.join(CONTACT), file(&an, CONTACT) + "\nEen [plan](/plan.pdf).\n").unwrap();
    fs::write(root.join("content/plan.pdf"), "x").unwrap();
    fs::write(root.join("content/aanbod.pdf"), "x").unwrap();
    fs::write(root.join("elders.txt"), "x").unwrap();
    git(root, &["add", "elders.txt"]);
    let publishing = page(&an, PUBLISHING).await;
    assert!(publishing.contains("(gewijzigd)") && publishing.contains("content/aanbod.pdf"), "{publishing}");
    // What no page shows is not sent along by accident.
    assert!(publishing.contains("value=\"content/aanbod.pdf\"> "), "{publishing}");
    assert_eq!(publishing.matches("(nieuw; staat op geen pagina)").count(), 1, "{publishing}");
    assert!(publishing.contains("value=\"content/plan.pdf\" checked> "), "{publishing}");
    let list = page(&an, LIST).await;
    assert!(list.contains("3 gewijzigde bestanden die nog niet zijn vastgelegd"), "{list}");
    assert_eq!(list.matches("openbaar; <strong>nog niet vastgelegd").count(), 1, "{list}");
    assert!(!publishing.contains("elders.txt"));
    let refused = pressed(&an, &publishing, "Leg vast", &[]).await;
    assert!(refused.contains("Schrijf in een zin wat je hebt gewijzigd."));
    // What is not chosen stays so.
    let refused = pressed(&an, &publishing, "Leg vast", &[("pad", CONTACT)]).await;
    let box_of = |path: &str, rest: &str| format!("value=\"{path}\"{rest}>");
    assert!(refused.contains(&box_of(CONTACT, " checked")), "{refused}");
    assert!(refused.contains(&box_of("content/aanbod.pdf", "")), "{refused}");
    let recorded =
        pressed(&an, &publishing, "Leg vast", &[("pad", CONTACT), ("zin", "--amend een regel")]).await;
    assert!(recorded.contains("Vastgelegd.") && recorded.contains("1 versie is"), "{recorded}");
    let last = git(root, &["show", "--name-only", "--format=%an|%ae|%s"]);
    assert_eq!(last.trim(), format!("an|an@voorbeeld.nl|--amend een regel\n\n{CONTACT}"));
    let list = page(&an, LIST).await;
    assert!(list.contains("2 gewijzigde bestanden die nog niet zijn vastgelegd, en 1 versie die"), "{list}");
    let sent = done(&an, "Stuur in").await;
    assert!(sent.contains("Ingestuurd."), "{sent}");
    assert_eq!(git(shared.path(), &["log", "-1", "--format=%s", "main"]).trim(), "--amend een regel");
}

#[tokio::test]
async fn what_others_sent_is_merged_and_a_collision_is_left_to_the_editor() {
    let (_shared, an, bo) = two_editors().await;
    changed(&an, "title", "Contact met An", "titel van an").await;
    changed(&bo, "description", "Van Bo.", "omschrijving van bo").await;
    assert!(done(&an, "Stuur in").await.contains("Ingestuurd."));
    // Whoever is behind hears it, and nothing is lost.
    assert!(done(&bo, "Stuur in").await.contains("Iemand anders heeft intussen iets ingestuurd."));
    assert!(done(&bo, "Haal op").await.contains("Opgehaald"));
    let merged = file(&bo, CONTACT);
    assert!(merged.contains("Contact met An") && merged.contains("Van Bo."), "{merged}");
    assert!(done(&bo, "Stuur in").await.contains("Ingestuurd."));
    assert!(done(&an, "Haal op").await.contains("Opgehaald"));
    assert!(done(&an, "Haal op").await.contains("Er was niets nieuws."));

    // Both change the title. The version that was sent first is in the file, the other waits as a form.
    changed(&an, "title", "Titel van An", "an nog eens").await;
    changed(&bo, "title", "Titel van Bo", "bo nog eens").await;
    assert!(done(&an, "Stuur in").await.contains("Ingestuurd."));
    let collided = done(&bo, "Haal op").await;
    assert!(collided.contains("heeft iemand anders hetzelfde gewijzigd als jij"), "{collided}");
    assert!(file(&bo, CONTACT).contains("title = \"Titel van An\""));
    let waiting = page(&bo, &format!("{}&terug=ja", address(CONTACT))).await;
    assert!(waiting.contains("value=\"Titel van Bo\""), "{waiting}");
    assert!(waiting.contains("Iemand anders maakte hiervan: <q>Titel van An</q>"), "{waiting}");
    let saved = pressed(&bo, &waiting, "Bewaar", &[]).await;
    assert!(saved.contains("Bewaard op deze computer"), "{saved}");
    assert!(file(&bo, CONTACT).contains("title = \"Titel van Bo\""));
}

#[tokio::test]
async fn what_is_not_recorded_is_never_overwritten_by_what_is_fetched() {
    let (_shared, an, bo) = two_editors().await;
    changed(&an, "title", "Titel van An", "an").await;
    assert!(done(&an, "Stuur in").await.contains("Ingestuurd."));
    let form = page(&bo, &address(CONTACT)).await;
    pressed(&bo, &form, "Bewaar", &[("title", "Titel van Bo")]).await;
    let mine = file(&bo, CONTACT);
    assert!(done(&bo, "Haal op").await.contains("Leg je wijziging eerst vast"));
    assert_eq!(file(&bo, CONTACT), mine);
    // A page that one took away and the other changed is no form's business: everything stays as it is.
    git(an.root.path(), &["rm", "--quiet", "content/nieuws/_index.md"]);
    git(an.root.path(), &["commit", "--quiet", "--message", "weg"]);
    git(an.root.path(), &["push", "--quiet"]);
    let section = "content/nieuws/_index.md";
    fs::write(bo.root.path().join(section), file(&bo, section) + "\nMeer.\n").unwrap();
    git(bo.root.path(), &["commit", "--quiet", "--all", "--message", "alles"]);
    let head = git(bo.root.path(), &["rev-parse", "HEAD"]);
    let refused = done(&bo, "Haal op").await;
    assert!(refused.contains("Jullie hebben allebei iets") && refused.contains("Wat git zei"), "{refused}");
    assert_eq!(git(bo.root.path(), &["rev-parse", "HEAD"]), head);
    assert_eq!(git(bo.root.path(), &["status", "--porcelain"]), "");
}

#[tokio::test]
async fn a_merge_of_somebody_else_is_left_alone_and_one_that_fails_is_undone() {
    let (_shared, an, bo) = two_editors().await;
    changed(&an, "title", "Titel van An", "an").await;
    changed(&bo, "title", "Titel van Bo", "bo").await;
    assert!(done(&an, "Stuur in").await.contains("Ingestuurd."));
    // Somebody merges in a terminal, and has not finished.
    git(bo.root.path(), &["fetch", "--quiet"]);
    let merging =
        Command::new("git").args(["merge", "--quiet", "@{upstream}"]).current_dir(bo.root.path()).output();
    assert!(!merging.unwrap().status.success());
    fs::write(bo.root.path().join(CONTACT), "half opgelost").unwrap();
    assert!(done(&bo, "Haal op").await.contains("Er wordt in deze map al iets samengevoegd."));
    assert_eq!(file(&bo, CONTACT), "half opgelost");
    git(bo.root.path(), &["merge", "--abort"]);
    // Both make a page of the same name.
    let new = "content/nieuws/zelfde.md";
    for site in [&an, &bo] {
        let text =
            format!("+++\ntitle = \"{}\"\ndate = 2026-11-20\n+++\n\nTekst.\n", site.root.path().display());
        fs::write(site.root.path().join(new), text).unwrap();
        git(site.root.path(), &["add", new]);
        git(site.root.path(), &["commit", "--quiet", "--message", "nieuw"]);
    }
    assert!(done(&an, "Stuur in").await.contains("Ingestuurd."));
    let head = git(bo.root.path(), &["rev-parse", "HEAD"]);
    let refused = done(&bo, "Haal op").await;
    assert!(refused.contains("Jullie hebben allebei iets gemaakt") && refused.contains(new), "{refused}");
    assert_eq!(git(bo.root.path(), &["rev-parse", "HEAD"]), head);
    assert_eq!(git(bo.root.path(), &["status", "--porcelain"]), "");
    // Without a branch nothing is sent, and without a commit there is no history.
    git(bo.root.path(), &["checkout", "--quiet", "--detach"]);
    let detached = page(&bo, PUBLISHING).await;
    assert!(
        detached.contains("Er is nog geen plek om in te sturen.") && !detached.contains("Haal op"),
        "{detached}"
    );
    git(bo.root.path(), &["checkout", "--quiet", "--orphan", "leeg"]);
    let history = page(&bo, &history_of(CONTACT)).await;
    assert!(history.contains("Van deze pagina is nog niets vastgelegd."), "{history}");
}

fn history_of(path: &str) -> String {
    format!("/_dev/redactie/geschiedenis?pad={}", path.replace('/', "%2F"))
}

/// Returns the oldest version of a page, and the text of its history.
async fn oldest(site: &Tried, path: &str) -> (String, String) {
    let history = page(site, &history_of(path)).await;
    let at = history.rfind("versie=").unwrap_or_else(|| panic!("no version: {history}"));
    (history[at + 7..at + 47].to_owned(), history)
}

#[tokio::test]
async fn a_version_is_looked_at_and_put_back() {
    let (_shared, an, _bo) = two_editors().await;
    let before = file(&an, CONTACT);
    changed(&an, "title", "Nieuwe titel", "andere titel").await;
    let (begin, history) = oldest(&an, CONTACT).await;
    assert!(history.contains("andere titel") && history.contains("Begin"), "{history}");
    let looked = page(&an, &format!("{}&versie={begin}", history_of(CONTACT))).await;
    assert!(looked.contains("site-header") && !looked.contains("Nieuwe titel</h1>"), "{looked}");
    // What was saved and not recorded waits as a form.
    let form = page(&an, &address(CONTACT)).await;
    pressed(&an, &form, "Bewaar", &[("title", "Bewaard, niet vastgelegd")]).await;
    let sent = format!("versie={begin}");
    assert_eq!(an.post(&history_of(CONTACT), &sent).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(file(&an, CONTACT), before);
    let waiting = page(&an, &format!("{}&terug=ja", address(CONTACT))).await;
    assert!(waiting.contains("value=\"Bewaard, niet vastgelegd\""), "{waiting}");
    // As long as it waits, nothing takes its place.
    let again = an.post(&history_of(CONTACT), &sent).await.text().await.unwrap();
    assert!(again.contains("Op deze pagina is iets getypt dat niet is bewaard."), "{again}");
    an.post(&address(CONTACT), "doe=vergeet").await;
    // Only versions of this page, and nothing that git would take for an option.
    for wrong in ["--help", "HEAD", "HEAD:elders", &"0".repeat(40)] {
        let sent = form_urlencoded::Serializer::new(String::new()).append_pair("versie", wrong).finish();
        let answer = an.post(&history_of(CONTACT), &sent).await;
        assert!(answer.text().await.unwrap().contains("Deze versie is er niet."), "{wrong}");
    }
}

#[tokio::test]
async fn a_renamed_page_keeps_its_history_and_one_that_resembles_another_has_its_own() {
    let (_shared, an, _bo) = two_editors().await;
    let root = an.root.path();
    let (old, new) = ("content/nieuws/wat-maakt-een-doel-bespreekbaar.md", "content/nieuws/doel.md");
    let before = file(&an, old);
    let leaving = format!("/_dev/redactie/adres?pad={}", old.replace('/', "%2F"));
    pressed(&an, &page(&an, &leaving).await, "Geef dit adres", &[("naam", "doel")]).await;
    git(root, &["add", "--all"]);
    git(root, &["commit", "--quiet", "--message", "ander adres"]);
    let (begin, history) = oldest(&an, new).await;
    assert!(history.contains("ander adres") && history.contains("Begin"), "{history}");
    assert_eq!(an.post(&history_of(new), &format!("versie={begin}")).await.status(), StatusCode::SEE_OTHER);
    // The old address still leads here.
    let line = "aliases = [\"/nieuws/wat-maakt-een-doel-bespreekbaar/\"]\n";
    assert!(file(&an, new).contains(line));
    assert_eq!(file(&an, new).replacen(line, "", 1), before);
    fs::write(
        root.join("content/nieuws/lijkt.md"),
        file(&an, new).replace(line, "").replace("title = \"", "title = \"Ook "),
    )
    .unwrap();
    git(root, &["add", "--all"]);
    git(root, &["commit", "--quiet", "--message", "lijkt erop"]);
    let (_, history) = oldest(&an, "content/nieuws/lijkt.md").await;
    assert!(history.contains("lijkt erop") && !history.contains("Begin"), "{history}");
}

#[tokio::test]
async fn without_git_the_editor_says_so_and_works_all_the_same() {
    let site = Tried::start_in(site_with_real_content()).await;
    assert!(page(&site, PUBLISHING).await.contains("Deze map heeft geen geschiedenis"));
    let form = page(&site, &address(CONTACT)).await;
    let saved = pressed(&site, &form, "Bewaar", &[("title", "Bereikbaar")]).await;
    assert!(saved.contains("Bewaard op deze computer"), "{saved}");
}

#[tokio::test]
async fn another_site_cannot_publish() {
    let (_shared, an, _bo) = two_editors().await;
    fs::write(an.root.path().join(CONTACT), file(&an, CONTACT) + "\nEen regel.\n").unwrap();
    for to in [PUBLISHING, "/_dev/redactie/nieuw", "/_dev/redactie/adres?pad=content%2Fcontact.md"] {
        let request = an.request("POST", to).header("origin", "http://elders.example");
        let sent =
            request.header("content-type", "application/x-www-form-urlencoded").body("doe=weg&titel=x");
        assert_eq!(sent.send().await.unwrap().status(), StatusCode::FORBIDDEN, "{to}");
    }
}

//! The editor: new articles, and pages that get another address or go.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod support;

use std::fs;

use reqwest::StatusCode;
use support::{Tried, header, press, site_with_real_content};

const ARTICLE: &str = "content/nieuws/lerend-netwerk-november-2028.md";

async fn site() -> Tried {
    Tried::start_in(site_with_real_content()).await
}

fn leaving(path: &str) -> String {
    format!("/_dev/redactie/adres?pad={}", path.replace('/', "%2F"))
}

fn file(site: &Tried, path: &str) -> String {
    fs::read_to_string(site.root.path().join(path)).unwrap()
}

fn put(site: &Tried, path: &str, text: &str) {
    let file = site.root.path().join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

async fn page(site: &Tried, address: &str) -> String {
    site.get(address).await.text().await.unwrap()
}

/// Presses a button of a page with another value. Returns the status, and where it leads or what it says.
async fn pressed(site: &Tried, html: &str, words: &str, values: &[(&str, &str)]) -> (StatusCode, String) {
    let answer = site.press(html, words, values).await;
    match answer.status() {
        StatusCode::SEE_OTHER => (StatusCode::SEE_OTHER, header(&answer, "location").to_owned()),
        status => (status, answer.text().await.unwrap()),
    }
}

#[tokio::test]
async fn a_new_article_is_a_draft_that_leads_to_its_form() {
    let site = site().await;
    let form = page(&site, "/_dev/redactie/nieuw").await;
    for (typed, told) in [
        (&[][..], "Vul een titel in."),
        (&[("titel", "!!")][..], "geen letters of cijfers"),
        (&[("titel", "x"), ("onderdeel", "")][..], "Kies een onderdeel."),
    ] {
        let (status, html) = pressed(&site, &form, "Maak het bericht", typed).await;
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && html.contains(told), "{told}: {html}");
    }
    let typed = [("titel", "Café: een <nieuw> bericht"), ("soort", "bijeenkomst")];
    let (status, to) = pressed(&site, &form, "Maak het bericht", &typed).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
    let text = file(&site, "content/nieuws/cafe-een-nieuw-bericht.md");
    assert!(
        text.contains("title = \"Café: een <nieuw> bericht\"") && text.contains("draft = true"),
        "{text}"
    );
    let opened = page(&site, &to).await;
    assert!(opened.contains("nu concept") && opened.contains("veld-event.sessions.0.start"), "{opened}");
    let list = page(&site, "/_dev/redactie/").await;
    assert!(list.contains("<li>waar het over gaat</li>"), "{list}");
    // A second one with the same title is not written over it.
    let (status, html) = pressed(&site, &form, "Maak het bericht", &typed).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && html.contains("is er al"), "{html}");
    // Nor does a name lead out of the folder.
    let away = [("titel", "x"), ("onderdeel", "../../elders")];
    assert_eq!(pressed(&site, &form, "Maak het bericht", &away).await.0, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_page_with_another_address_is_found_at_both_and_its_links_follow() {
    let site = site().await;
    let other = "content/nieuws/verslag.md";
    let links = "Zie [dit](/nieuws/lerend-netwerk-november-2028/#aanmelden), \
                 [dat](lerend-netwerk-november-2028.md) en [contact](/contact/).\n\
                 Tekst /nieuws/lerend-netwerk-november-2028/ is geen link.\n";
    put(&site, other, &format!("+++\ntitle = \"Verslag\"\ndate = 2026-11-20\n+++\n\n{links}"));
    let before = file(&site, ARTICLE);
    let html = page(&site, &leaving(ARTICLE)).await;
    assert!(html.contains(">Verslag</a></li>"), "{html}");
    for (typed, told) in [
        ("", "Vul een naam in"),
        ("Najaar 2028", "bedoel je najaar-2028?"),
        ("verslag", "is al van een andere pagina"),
        ("../contact", "bedoel je contact?"),
    ] {
        let (status, html) = pressed(&site, &html, "Geef dit adres", &[("naam", typed)]).await;
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && html.contains(told), "{typed}: {html}");
    }
    assert_eq!(file(&site, ARTICLE), before);
    let (status, to) = pressed(&site, &html, "Geef dit adres", &[("naam", "najaar")]).await;
    assert_eq!(
        (status, to.as_str()),
        (StatusCode::SEE_OTHER, "/_dev/redactie/pagina?pad=content%2Fnieuws%2Fnajaar%2Emd")
    );
    assert!(!site.root.path().join(ARTICLE).exists());
    let moved = file(&site, "content/nieuws/najaar.md");
    let line = "aliases = [\"/nieuws/lerend-netwerk-november-2028/\"]\n";
    assert_eq!(moved.replacen(line, "", 1), before);
    let expected = links
        .replace("(/nieuws/lerend-netwerk-november-2028/#aanmelden)", "(/nieuws/najaar/#aanmelden)")
        .replace("(lerend-netwerk-november-2028.md)", "(/nieuws/najaar/)");
    assert!(file(&site, other).ends_with(&expected), "{}", file(&site, other));
    // Back again: neither address is in the other's way.
    let html = page(&site, &leaving("content/nieuws/najaar.md")).await;
    let named = [("naam", "lerend-netwerk-november-2028")];
    assert_eq!(pressed(&site, &html, "Geef dit adres", &named).await.0, StatusCode::SEE_OTHER);
    assert_eq!(file(&site, ARTICLE).replacen("aliases = [\"/nieuws/najaar/\"]\n", "", 1), before);
}

#[tokio::test]
async fn a_page_with_its_own_folder_takes_its_files_along() {
    let site = site().await;
    let text = "+++\ntitle = \"Map\"\ndate = 2026-11-20\n+++\n\nZie [dit](bijlage.pdf).\n";
    put(&site, "content/nieuws/map/index.md", text);
    put(&site, "content/nieuws/map/bijlage.pdf", "%PDF-1.4");
    let html = page(&site, &leaving("content/nieuws/map/index.md")).await;
    let (status, _) = pressed(&site, &html, "Geef dit adres", &[("naam", "andere-map")]).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(file(&site, "content/nieuws/andere-map/bijlage.pdf"), "%PDF-1.4");
    assert!(!site.root.path().join("content/nieuws/map").exists());
    let html = page(&site, &leaving("content/nieuws/andere-map/index.md")).await;
    let (status, to) = pressed(&site, &html, "Haal deze pagina weg", &[]).await;
    assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/_dev/redactie/?weg=ja"));
    assert!(!site.root.path().join("content/nieuws/andere-map").exists());
    let kept = fs::read_dir(site.root.path().join(".data/redactie/weggehaald")).unwrap().next().unwrap();
    let kept = kept.unwrap().path().join("content/nieuws/andere-map");
    assert_eq!(fs::read_to_string(kept.join("bijlage.pdf")).unwrap(), "%PDF-1.4");
    // And back again, unless something else is there by now.
    let list = page(&site, "/_dev/redactie/?weg=ja").await;
    let (_, form) = press(
        &list.replace("<span class=\"unseen\"> content/nieuws/andere-map/index.md</span>", ""),
        "Zet terug",
    );
    put(&site, "content/nieuws/andere-map/x.pdf", "%PDF-1.4");
    assert_eq!(site.post("/_dev/redactie/", &form).await.status(), StatusCode::CONFLICT);
    fs::remove_dir_all(site.root.path().join("content/nieuws/andere-map")).unwrap();
    let back = site.post("/_dev/redactie/", &form).await;
    assert_eq!(
        header(&back, "location"),
        "/_dev/redactie/pagina?pad=content%2Fnieuws%2Fandere%2Dmap%2Findex%2Emd"
    );
    assert_eq!(file(&site, "content/nieuws/andere-map/bijlage.pdf"), "%PDF-1.4");
    assert!(!page(&site, "/_dev/redactie/").await.contains("Zet terug"));
    for moment in ["", "..", "../..", "2026"] {
        assert_eq!(
            site.post("/_dev/redactie/", &format!("moment={moment}")).await.status(),
            StatusCode::NOT_FOUND
        );
    }
}

#[tokio::test]
async fn a_page_that_others_need_stays() {
    let site = site().await;
    for path in ["content/_index.md", "content/nieuws/_index.md", "content/404.md"] {
        let html = page(&site, &leaving(path)).await;
        assert!(html.contains("de pagina kan niet weg") && !html.contains("<button"), "{path}: {html}");
        for form in ["doe=weg", "doe=hernoem&naam=x"] {
            let answer = site.post(&leaving(path), form).await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        }
        assert!(site.root.path().join(path).exists());
    }
    // In the menu, in a template, or on another page.
    let told = "Alleen de beheerder kan haar weghalen.";
    put(
        &site,
        "content/nieuws/verslag.md",
        "+++\ntitle = \"V\"\ndate = 2026-11-20\n+++\n\nZie [x](@/nieuws/los.md).\n",
    );
    put(&site, "content/nieuws/los.md", "+++\ntitle = \"L\"\ndate = 2026-11-20\n+++\n\nTekst.\n");
    for (path, told) in [
        ("content/contact.md", told),
        ("content/privacyverklaring.md", told),
        ("content/nieuws/los.md", "Haal die links eerst weg."),
    ] {
        let html = page(&site, &leaving(path)).await;
        assert!(html.contains(told), "{path}: {html}");
        assert_eq!(site.post(&leaving(path), "doe=weg").await.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(site.root.path().join(path).exists());
    }
    // The menu is no page, so its link cannot follow.
    let html = page(&site, &leaving("content/contact.md")).await;
    assert!(html.contains("vast in de site, in <code>content/site.toml</code>"), "{html}");
    let answer = site.post(&leaving("content/contact.md"), "doe=hernoem&naam=bel").await;
    let (status, html) = (answer.status(), answer.text().await.unwrap());
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && html.contains("In content/site.toml"), "{html}");
    // Whoever has signed up is thought of.
    assert!(page(&site, &leaving(ARTICLE)).await.contains("Mensen kunnen zich hier hebben aangemeld"));
    // What was typed and not saved would be lost.
    site.post(&format!("/_dev/redactie/pagina?pad={}", ARTICLE.replace('/', "%2F")), "doe=houd&title=x")
        .await;
    let html = page(&site, &leaving(ARTICLE)).await;
    assert!(html.contains("iets getypt dat niet is bewaard") && !html.contains("Geef dit adres"), "{html}");
    for path in ["content/../Cargo.toml", "content/er-niet.md", "/etc/hostname"] {
        assert_eq!(site.get(&leaving(path)).await.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(site.post(&leaving(path), "doe=weg").await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_link_that_cannot_follow_stops_a_renaming_before_anything_changes() {
    let site = site().await;
    let other = "content/nieuws/verslag.md";
    let head = "+++\ntitle = \"Verslag\"\ndate = 2026-11-20\n+++\n\n";
    put(
        &site,
        other,
        &format!("{head}Zie [dit mooie stuk][ref].\n\n[ref]: /nieuws/lerend-netwerk-november-2028/\n"),
    );
    let html = page(&site, &leaving(ARTICLE)).await;
    let before = (file(&site, ARTICLE), file(&site, other));
    let (status, html) = pressed(&site, &html, "Geef dit adres", &[("naam", "najaar")]).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY, "{html}");
    assert!(
        html.contains("Op content/nieuws/verslag.md staat het adres") && html.contains("value=\"najaar\""),
        "{html}"
    );
    assert_eq!((file(&site, ARTICLE), file(&site, other)), before);
    // The title of a link stays what it is.
    let link =
        |url: &str| format!("{head}Zie [t]({url} \"naar /nieuws/lerend-netwerk-november-2028/ toe\").\n");
    put(&site, other, &link("/nieuws/lerend-netwerk-november-2028/"));
    let (status, html) = pressed(&site, &html, "Geef dit adres", &[("naam", "najaar")]).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{html}");
    assert_eq!(file(&site, other), link("/nieuws/najaar/"));
}

#[tokio::test]
async fn a_page_with_files_in_a_folder_of_its_name_or_with_something_unsaved_stays() {
    let site = site().await;
    let text = "+++\ntitle = \"Doelen\"\ndate = 2026-11-20\n+++\n\nZie [dit](doelen/bijlage.pdf).\n";
    put(&site, "content/nieuws/doelen.md", text);
    put(&site, "content/nieuws/doelen/bijlage.pdf", "%PDF-1.4");
    let at = leaving("content/nieuws/doelen.md");
    assert!(page(&site, &at).await.contains("een pagina met een eigen map ernaast"));
    for form in ["doe=weg", "doe=hernoem&naam=x"] {
        assert_eq!(site.post(&at, form).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    put(&site, "content/nieuws/los.md", text.replace("Zie [dit](doelen/bijlage.pdf).", "Tekst.").as_str());
    let form = "/_dev/redactie/pagina?pad=content%2Fnieuws%2Flos.md";
    let opened = file(&site, "content/nieuws/los.md");
    let typed = [("doe", "houd"), ("geopend", opened.as_str()), ("title", "Een uur werk"), ("body", "x")];
    let sent = form_urlencoded::Serializer::new(String::new()).extend_pairs(typed).finish();
    site.post(form, &sent).await;
    let gone = site.post(&leaving("content/nieuws/los.md"), "doe=weg").await;
    assert_eq!(gone.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(gone.text().await.unwrap().contains("iets getypt dat niet is bewaard"));
    assert!(page(&site, &format!("{form}&terug=ja")).await.contains("Een uur werk"));
}

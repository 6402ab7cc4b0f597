//! The editor in the browser, as a browser without JavaScript uses it.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod support;

use std::fs;

use reqwest::StatusCode;
use support::{Tried, header, press, site_with_real_content};

const ARTICLE: &str = "content/nieuws/lerend-netwerk-november-2028.md";

fn address(path: &str) -> String {
    format!("/_dev/redactie/pagina?pad={}", path.replace('/', "%2F"))
}

async fn site() -> Tried {
    Tried::start_in(site_with_real_content()).await
}

fn saved(site: &Tried, path: &str) -> String {
    fs::read_to_string(site.root.path().join(path)).unwrap()
}

/// Presses a button of a page's form with other values. Returns the status and the page.
async fn pressed(site: &Tried, html: &str, words: &str, values: &[(&str, &str)]) -> (StatusCode, String) {
    let answer = site.press(html, words, values).await;
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test]
async fn every_page_leads_to_its_form_and_the_list_to_every_page() {
    let site = site().await;
    let page = site.get("/contact/").await.text().await.unwrap();
    assert!(page.contains("href=\"/_dev/redactie/?adres=%2Fcontact%2F\">Bewerk deze pagina</a>"));
    let led = site.get("/_dev/redactie/?adres=%2Fcontact%2F").await;
    assert_eq!(led.status(), StatusCode::SEE_OTHER);
    assert_eq!(header(&led, "location"), "/_dev/redactie/pagina?pad=content%2Fcontact%2Emd");
    let list = site.get("/_dev/redactie/").await.text().await.unwrap();
    assert!(list.contains(">Lerend Netwerk over meetbare en merkbare indicatoren</a>"));
    assert!(list.contains("openbaar"));
}

#[tokio::test]
async fn what_is_changed_in_a_field_changes_only_its_own_line() {
    let site = site().await;
    let before = saved(&site, ARTICLE);
    let form = site.get(&address(ARTICLE)).await.text().await.unwrap();
    let (status, _) = pressed(&site, &form, "Bewaar", &[]).await;
    assert_eq!((status, saved(&site, ARTICLE)), (StatusCode::SEE_OTHER, before.clone()));
    let (status, _) = pressed(&site, &form, "Bewaar", &[("event.sessions.1.capacity", "35")]).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let at = before.rfind("capacity = 40").unwrap();
    let expected = format!("{}capacity = 35{}", &before[..at], &before[at + "capacity = 40".len()..]);
    assert_eq!(saved(&site, ARTICLE), expected);
}

#[tokio::test]
async fn every_problem_is_told_at_its_field_and_what_was_typed_stays() {
    let site = site().await;
    let before = saved(&site, ARTICLE);
    let form = site.get(&address(ARTICLE)).await.text().await.unwrap();
    let typed = [
        ("title", ""),
        ("date", "gisteren"),
        ("event.sessions.0.end", "2028-11-28T15:00"),
        ("body", "Zie [dit](/nergens/).\n\nEn <b>dit</b>."),
    ];
    let (status, html) = pressed(&site, &form, "Bewaar", &typed).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(saved(&site, ARTICLE), before);
    for told in [
        "<a href=\"#veld-title\">Titel: Vul dit in.</a>",
        "<a href=\"#veld-date\">Datum van het bericht: Vul een datum in zoals 2028-11-28.</a>",
        "<a href=\"#veld-event.sessions.0.end\">Sessie 1, Einde: ",
        "<a href=\"#veld-body\">Regel 1: ",
        "value=\"gisteren\"",
        "Zie [dit](/nergens/).",
    ] {
        assert!(html.contains(told), "{told}: {html}");
    }
}

#[tokio::test]
async fn a_preview_shows_the_typed_text_in_the_page_and_writes_nothing() {
    let site = site().await;
    let before = saved(&site, ARTICLE);
    let form = site.get(&address(ARTICLE)).await.text().await.unwrap();
    let (status, html) =
        pressed(&site, &form, "Bekijk het voorbeeld", &[("title", "Een nieuwe titel"), ("draft", "on")])
            .await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains("<h1>Een nieuwe titel</h1>") || html.contains(">Een nieuwe titel</h1>"), "{html}");
    assert!(html.contains("Niet openbaar: concept") && html.contains("site-header"));
    assert_eq!(saved(&site, ARTICLE), before);
    // In the frame of the form, and nowhere else.
    let shown = site.get(&format!("{}&voorbeeld=ja", address(ARTICLE))).await;
    assert!(header(&shown, "content-security-policy").contains("frame-ancestors 'self'"));
    assert_eq!(header(&shown, "x-frame-options"), "SAMEORIGIN");
    let form = site.get(&address(ARTICLE)).await;
    assert!(header(&form, "content-security-policy").contains("frame-ancestors 'none'"));
}

#[tokio::test]
async fn what_somebody_else_saved_is_merged_or_shown() {
    let site = site().await;
    let form = site.get(&address(ARTICLE)).await.text().await.unwrap();
    let theirs = saved(&site, ARTICLE)
        .replace("over meetbare en merkbare indicatoren\"", "in november\"")
        .replace("Het is informeel, digitaal en kosteloos.", "Het is informeel en kosteloos.");
    fs::write(site.root.path().join(ARTICLE), &theirs).unwrap();
    let (status, _) = pressed(&site, &form, "Bewaar", &[("description", "Twee sessies.")]).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let merged = saved(&site, ARTICLE);
    assert!(merged.contains("title = \"Lerend Netwerk in november\""));
    assert!(merged.contains("description = \"Twee sessies.\"") && merged.contains("informeel en kosteloos"));
    let (status, html) = pressed(&site, &form, "Bewaar", &[("title", "Mijn titel")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(saved(&site, ARTICLE), merged);
    assert!(html.contains("Iemand anders maakte hiervan: <q>Lerend Netwerk in november</q>"), "{html}");
    assert!(html.contains("value=\"Mijn titel\""));
    // Whoever has seen it decides.
    let (status, _) = pressed(&site, &html, "Bewaar", &[]).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(saved(&site, ARTICLE), merged.replace("Lerend Netwerk in november", "Mijn titel"));
}

#[tokio::test]
async fn what_would_break_the_site_elsewhere_is_not_saved() {
    let site = site().await;
    let path = "content/privacyverklaring.md";
    let before = saved(&site, path);
    let form = site.get(&address(path)).await.text().await.unwrap();
    let (status, html) = pressed(&site, &form, "Bewaar", &[("draft", "on")]).await;
    assert_eq!((status, saved(&site, path)), (StatusCode::UNPROCESSABLE_ENTITY, before));
    assert!(html.contains("Dit is nog niet bewaard") && html.contains(" checked"), "{html}");
    // An unknown key has no field, but is told too.
    let path = "content/contact.md";
    let text = saved(&site, path).replace("description", "beschrijving");
    fs::write(site.root.path().join(path), &text).unwrap();
    let form = site.get(&address(path)).await.text().await.unwrap();
    let (status, html) = pressed(&site, &form, "Bewaar", &[("title", "Bel ons")]).await;
    assert_eq!((status, saved(&site, path)), (StatusCode::UNPROCESSABLE_ENTITY, text));
    assert!(html.contains("Onbekende sleutel `beschrijving`"), "{html}");
}

#[tokio::test]
async fn what_was_typed_stays_when_somebody_else_breaks_the_file() {
    let site = site().await;
    let form = site.get(&address(ARTICLE)).await.text().await.unwrap();
    fs::write(site.root.path().join(ARTICLE), "+++\ntitle = \"Stuk\n+++\n").unwrap();
    let (status, html) =
        pressed(&site, &form, "Bewaar", &[("title", "Mijn titel"), ("body", "Mijn tekst.")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(html.contains("value=\"Mijn titel\"") && html.contains("Mijn tekst."), "{html}");
    assert!(html.contains("Wat je typte, staat hier nog"), "{html}");
}

#[tokio::test]
async fn an_event_with_two_sessions_is_announced() {
    let site = site().await;
    let path = "content/nieuws/terugblik-lerend-netwerk-2022.md";
    let form = site.get(&address(path)).await.text().await.unwrap();
    let (_, one) = pressed(&site, &form, "Kondig hier een bijeenkomst aan", &[]).await;
    assert!(
        one.contains("value=\"terugblik-lerend-netwerk-2022\"") && !one.contains("Dit is nog niet bewaard")
    );
    let first = [
        ("event.sessions.0.start", "2028-12-05T16:00"),
        ("event.sessions.0.end", "2028-12-05T17:30"),
        ("event.sessions.0.capacity", "20"),
        ("event.sessions.0.opens", "2026-11-01T09:00"),
        ("event.sessions.0.closes", "2028-12-05T16:00"),
    ];
    let (_, two) = pressed(&site, &one, "Voeg een sessie toe", &first).await;
    assert!(two.contains("<legend>Sessie 2</legend>") && two.contains("value=\"20\""));
    let second: Vec<(String, &str)> = first
        .iter()
        .map(|(name, value)| (name.replace(".0.", ".1."), *value))
        .filter(|(name, _)| !name.ends_with("capacity"))
        .collect();
    let second: Vec<(&str, String)> =
        second.iter().map(|(name, value)| (name.as_str(), value.replace("12-05", "12-07"))).collect();
    let second: Vec<(&str, &str)> = second.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let (status, html) = pressed(&site, &two, "Bewaar", &second).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{html}");
    let text = saved(&site, path);
    assert!(text.contains("[event]\nid = \"terugblik-lerend-netwerk-2022\""), "{text}");
    assert!(text.contains("id = \"5-december\"\nstart = 2028-12-05T16:00:00\n"), "{text}");
    assert!(text.contains("id = \"7-december\"") && text.matches("capacity = 20").count() == 2, "{text}");
}

#[tokio::test]
async fn what_was_typed_but_not_saved_is_kept_until_it_is_saved_or_thrown_away() {
    let site = site().await;
    let path = address("content/contact.md");
    let form = site.get(&path).await.text().await.unwrap();
    let (action, sent) = press(&form, "Bewaar");
    let typed = sent.replace("doe=bewaar", "doe=houd").replace("title=Contact", "title=Bel+ons");
    assert_eq!(site.post(&action, &typed).await.status(), StatusCode::NO_CONTENT);
    let again = site.get(&path).await.text().await.unwrap();
    assert!(again.contains("iets getypt dat niet is bewaard") && again.contains("value=\"Contact\""));
    assert!(site.get("/_dev/redactie/").await.text().await.unwrap().contains("nog niet bewaard"));
    let restored = site.get(&format!("{path}&terug=ja")).await.text().await.unwrap();
    assert!(restored.contains("value=\"Bel ons\""), "{restored}");
    assert_eq!(pressed(&site, &restored, "Bewaar", &[]).await.0, StatusCode::SEE_OTHER);
    assert!(saved(&site, "content/contact.md").contains("title = \"Bel ons\""));
    assert!(!site.get(&path).await.text().await.unwrap().contains("iets getypt"));
}

#[tokio::test]
async fn a_file_whose_fields_cannot_be_told_apart_is_edited_as_a_whole() {
    let site = site().await;
    let path = "content/contact.md";
    fs::write(site.root.path().join(path), "+++\ntitle = \"Contact\n+++\n\nTekst.\n").unwrap();
    let form = site.get(&address(path)).await.text().await.unwrap();
    assert!(form.contains("Het formulier kan dit bestand niet lezen"), "{form}");
    let (status, html) = pressed(&site, &form, "Bewaar", &[]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(html.contains("<a href=\"#veld-bestand\">Regel 2: "), "{html}");
    let (status, _) = pressed(
        &site,
        &form,
        "Bewaar",
        &[("bestand", "+++\r\ntitle = \"Contact\"\r\n+++\r\n\r\nTekst.\r\n")],
    )
    .await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(saved(&site, path), "+++\ntitle = \"Contact\"\n+++\n\nTekst.\n");
}

#[tokio::test]
async fn another_site_can_neither_read_nor_write() {
    let site = site().await;
    let path = address("content/contact.md");
    let form = site.get(&path).await.text().await.unwrap();
    let before = saved(&site, "content/contact.md");
    let (action, sent) = press(&form, "Bewaar");
    let post = |origin: &'static str| {
        let request =
            site.request("POST", &action).header("content-type", "application/x-www-form-urlencoded");
        let request = if origin.is_empty() { request } else { request.header("origin", origin) };
        request.body(sent.replace("title=Contact", "title=Gekaapt")).send()
    };
    for origin in ["https://elders.example", "null", "", "http://127.0.0.1:1"] {
        assert_eq!(post(origin).await.unwrap().status(), StatusCode::FORBIDDEN, "{origin}");
    }
    let renamed = site.request("GET", &path).header("host", "elders.example").send().await.unwrap();
    assert_eq!(renamed.status(), StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(saved(&site, "content/contact.md"), before);
    for outside in ["content/../Cargo.toml", "templates/base.html", "/etc/passwd", "content/site.toml"] {
        assert_eq!(site.get(&address(outside)).await.status(), StatusCode::NOT_FOUND, "{outside}");
        assert_eq!(site.post(&address(outside), &sent).await.status(), StatusCode::NOT_FOUND, "{outside}");
    }
}

#[tokio::test]
async fn what_waits_is_neither_replaced_nor_forgotten_until_the_editor_has_chosen() {
    let site = site().await;
    let at = address("content/contact.md");
    let opened = saved(&site, "content/contact.md");
    let typed = [("doe", "houd"), ("geopend", opened.as_str()), ("title", "Een uur werk"), ("body", "x")];
    let sent = form_urlencoded::Serializer::new(String::new()).extend_pairs(typed).finish();
    site.post(&at, &sent).await;
    let form = site.get(&at).await.text().await.unwrap();
    assert!(form.contains("iets getypt dat niet is bewaard"));
    let waits = async || {
        let restored = site.get(&format!("{at}&terug=ja")).await.text().await.unwrap();
        restored.contains("Een uur werk")
    };
    let (status, html) = pressed(&site, &form, "Bewaar", &[("title", "")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(waits().await && html.contains("iets getypt dat niet is bewaard"), "{html}");
    let (_, html) = pressed(&site, &html, "Bewaar", &[("title", "Bereikbaar")]).await;
    assert!(waits().await && saved(&site, "content/contact.md").contains("title = \"Bereikbaar\""), "{html}");
    // Whoever saves a chosen picture without adding it is told.
    let form = site.get(&at).await.text().await.unwrap();
    let (status, html) = pressed(&site, &form, "Bewaar", &[("foto-alt", "Een klas")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(html.contains("Kies eerst Voeg toe") && html.contains("value=\"Een klas\""), "{html}");
    site.post(&at, "doe=vergeet").await;
    assert!(!waits().await);
}

//! The editor: a picture is put beside its page.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod support;

use std::fs;

use reqwest::StatusCode;
use support::{Tried, project, site_with_real_content};

const ARTICLE: &str = "content/nieuws/lerend-netwerk-november-2028.md";

/// Sends a page's form with a picture, as a browser does. Returns the status and the page.
async fn added(site: &Tried, body: &str, (name, bytes): (&str, &[u8]), alt: &str) -> (StatusCode, String) {
    let opened = fs::read_to_string(site.root.path().join(ARTICLE)).unwrap();
    let mut sent = Vec::new();
    for (name, value) in [
        ("geopend", opened.as_str()),
        ("title", "Getypt"),
        ("body", body),
        ("foto-alt", alt),
        ("doe", "foto"),
    ] {
        let value = value.replace('\n', "\r\n");
        sent.extend(
            format!("--grens\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    let head = format!(
        "--grens\r\ncontent-disposition: form-data; name=\"foto\"; filename=\"{name}\"\r\ncontent-type: text/plain\r\n\r\n"
    );
    sent.extend(head.bytes().chain(bytes.iter().copied()).chain("\r\n--grens--\r\n".bytes()));
    let path = format!("/_dev/redactie/pagina?pad={}", ARTICLE.replace('/', "%2F"));
    let request = site.request("POST", &path).header("content-type", "multipart/form-data; boundary=grens");
    let answer =
        request.header("origin", site.url("").trim_end_matches('/')).body(sent).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

fn names(site: &Tried) -> Vec<String> {
    let entries = fs::read_dir(site.root.path().join("content/nieuws")).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_picture_gets_its_name_from_its_bytes_and_its_place_in_the_text() {
    let site = Tried::start_in(site_with_real_content()).await;
    let png = fs::read(project().join("docs/redactie-formulier.png")).unwrap();
    // The name of the file says something else than its bytes, and leads elsewhere.
    let (status, html) =
        added(&site, "Een regel.", ("../../Foto ÉÉN.jpeg", &png), " Een [lijn]\n die stijgt ").await;
    assert_eq!(status, StatusCode::OK, "{html}");
    let name = names(&site).into_iter().find(|name| name.ends_with(".png")).unwrap();
    assert_eq!(name, "foto-een.png");
    assert_eq!(fs::read(site.root.path().join("content/nieuws").join(&name)).unwrap(), png);
    assert!(html.contains("Een regel.\n\n![Een (lijn) die stijgt](foto-een.png)</textarea>"), "{html}");
    assert!(html.contains("value=\"Getypt\"") && html.contains("data-changed"));
    let saved = fs::read_to_string(site.root.path().join(ARTICLE)).unwrap();
    assert!(!saved.contains("foto-een") && !saved.contains("Getypt"), "the page itself is not saved");
    // A second one of the same name stands beside the first.
    let (_, html) = added(&site, "x", ("foto-een.png", &png), "Nog een").await;
    assert!(html.contains("(foto-een-2.png)"), "{html}");
}

#[tokio::test]
async fn what_is_no_picture_or_has_no_words_is_refused_and_what_was_typed_stays() {
    let site = Tried::start_in(site_with_real_content()).await;
    let before = names(&site);
    let png = fs::read(project().join("docs/redactie-formulier.png")).unwrap();
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0";
    for (name, bytes, alt, told) in [
        ("a.png", &b"<svg onload=alert(1)>"[..], "x", "Dit bestand is geen foto of tekening."),
        ("a.jpg", &heic[..], "x", "Bewaar die als JPG of PNG."),
        ("a.png", &png[..], "  ", "Schrijf wat er te zien is"),
        ("", &b""[..], "x", "Kies een foto of tekening."),
        ("a.jpg", &[0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1][..], "x", "niet heel"),
    ] {
        let (status, html) = added(&site, "Wat ik <typte>.", (name, bytes), alt).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
        assert!(html.contains(told) && html.contains("Wat ik &lt;typte&gt;."), "{told}: {html}");
        assert_eq!(names(&site), before);
    }
}

//! The editor with JavaScript: a preview while typing, and nothing typed is lost.

use std::fs;
use std::path::Path;
use std::time::Duration;

use fantoccini::Locator;
use fantoccini::key::Key;

use crate::states::State;
use crate::support::{self, Tried};
use crate::visitor::{Screen, Visitor};

const FORM: &str = "/_dev/redactie/pagina?pad=content/nieuws/open.md";

const LEAVING: &str = "/_dev/redactie/adres?pad=content/nieuws/";

/// Gives a site a history: a version that others have, one that they do not have yet, and a change.
pub fn with_history(site: &Path) {
    let shared = site.join(".data/shared");
    fs::create_dir_all(&shared).unwrap();
    support::record(site, &shared);
    let page = site.join("content/contact.md");
    let text = fs::read_to_string(&page).unwrap();
    fs::write(&page, format!("{text}\nEen regel.\n")).unwrap();
    support::git(site, &["commit", "--quiet", "--all", "--message", "Een regel erbij"]);
    fs::write(&page, format!("{text}\nEen andere regel.\n")).unwrap();
    // Nobody else can be reached any more.
    fs::rename(shared, site.join(".data/gone")).unwrap();
}

/// Returns the states of the editor.
pub fn states() -> Vec<(String, State)> {
    let at = |path: &str| State::At(path.to_owned());
    let opened = "%2B%2B%2B%0Atitle=1%0A%2B%2B%2B%0A";
    let typed = "title=&date=x&draft=on&body=%5Bx%5D(/nergens/)&event.id=e&event.sessions.0.capacity=veel";
    let sent_to = |to: &str, form: &str| State::Sent { to: to.to_owned(), form: form.to_owned() };
    let sent = |form: String| State::Sent { to: FORM.to_owned(), form };
    [
        ("editor, all pages", at("/_dev/redactie/")),
        ("editor, form", at(FORM)),
        ("editor, a page that is not an article", at("/_dev/redactie/pagina?pad=content/contact.md")),
        ("editor, the whole file", at(&format!("{FORM}&bestand=ja"))),
        ("editor, saved", at(&format!("{FORM}&bewaard=ja"))),
        ("editor, no such page", at("/_dev/redactie/pagina?pad=content/er-niet.md")),
        ("editor, new article", at("/_dev/redactie/nieuw")),
        ("editor, new article refused", sent_to("/_dev/redactie/nieuw", "titel=&soort=bijeenkomst")),
        ("editor, another address", at(&format!("{LEAVING}open.md"))),
        ("editor, no such address", sent_to(&format!("{LEAVING}open.md"), "doe=hernoem&naam=later")),
        ("editor, a page that stays", at("/_dev/redactie/adres?pad=content/contact.md")),
        ("editor, a fixed page", at("/_dev/redactie/adres?pad=content/_index.md")),
        ("editor, a page taken away", at("/_dev/redactie/?weg=ja")),
        ("editor, no picture", sent_to(FORM, &format!("doe=foto&geopend={opened}&title=x&body=x"))),
        ("editor, publishing", at("/_dev/redactie/publiceren")),
        (
            "editor, publishing refused",
            sent_to("/_dev/redactie/publiceren", "doe=vastleggen&pad=content/contact.md&zin="),
        ),
        ("editor, nothing to send to", sent_to("/_dev/redactie/publiceren", "doe=insturen")),
        ("editor, a collision", at("/_dev/redactie/publiceren?gedaan=botsing")),
        ("editor, versions", at("/_dev/redactie/geschiedenis?pad=content/contact.md")),
        ("editor, refused", sent(format!("doe=bewaar&geopend={opened}&{typed}"))),
    ]
    .map(|(name, state)| (name.to_owned(), state))
    .into()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_editor_sees_the_page_while_typing_and_loses_nothing() {
    let site = Tried::start_in(support::site_with_everything()).await;
    let visitor = Visitor::with_scripts(1280, 800, true).await;
    let file = site.root.path().join("content/nieuws/open.md");
    visitor.client.goto(&site.url(FORM)).await.unwrap();
    // The first tool makes a heading of the first line.
    visitor.run("document.getElementById('veld-body').setSelectionRange(0, 0)").await;
    visitor.run("document.querySelector('.tools button').click()").await;
    visitor.run("document.getElementById('veld-title').focus()").await;
    visitor.press("in de werkplaats: ").await;
    let in_frame = "return document.querySelector('iframe').contentDocument.body.innerText";
    let mut seen = String::new();
    for _ in 0..100 {
        seen = visitor.run(in_frame).await.as_str().unwrap_or_default().to_owned();
        if seen.contains("in de werkplaats") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(seen.contains("in de werkplaats"), "{seen}");
    assert!(
        visitor
            .run("return document.getElementById('veld-body').value")
            .await
            .as_str()
            .unwrap()
            .starts_with("## ")
    );
    for (name, screen) in
        [("editor-desk", Screen::DESK), ("editor-phone", Screen::PHONE), ("editor-dark", Screen::DARK_DESK)]
    {
        visitor.look_at(screen).await;
        visitor.screenshot(name).await;
        let overflow = "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
        assert_eq!(visitor.run(overflow).await, false, "{name}");
    }
    // The tab is closed before anything is saved.
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert!(!std::fs::read_to_string(&file).unwrap().contains("in de werkplaats"));
    let other = Visitor::new(390, 800).await;
    other.client.goto(&site.url(FORM)).await.unwrap();
    other.shows("iets getypt dat niet is bewaard").await;
    other.client.goto(&site.url(&format!("{FORM}&terug=ja"))).await.unwrap();
    other.shows("Dit is wat je typte").await;
    let save = other.client.find(Locator::Css(".actions .main")).await.unwrap();
    save.send_keys(&Key::Enter.to_string()).await.unwrap();
    other.shows("Bewaard op deze computer.").await;
    let saved = std::fs::read_to_string(&file).unwrap();
    assert!(
        saved.contains("title = \"in de werkplaats: Open bijeenkomst\"") && saved.contains("\n## "),
        "{saved}"
    );
    // Otherwise, the browser asks whether to leave without saving.
    visitor.run("document.getElementById('pagina').dispatchEvent(new SubmitEvent('submit'))").await;
    for browser in [visitor, other] {
        browser.client.clone().close().await.unwrap();
    }
}

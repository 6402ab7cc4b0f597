//! The search page.

use fantoccini::Locator;

use crate::support::{self, Tried};
use crate::visitor::Visitor;

#[tokio::test(flavor = "multi_thread")]
async fn search_finds_pages_by_any_form_of_a_word() {
    let site = Tried::start_in(support::site_with_real_content()).await;
    let visitor = Visitor::with_scripts(360, 800, true).await;
    visitor.client.goto(&site.url("/zoeken/?q=indicator")).await.unwrap();
    visitor.shows("pagina’s gevonden").await;
    visitor.shows("Wat maakt een doel bespreekbaar?").await;
    visitor.screenshot("search-360").await;
    for (query, found) in [
        ("FINANCIEN", "Ons aanbod"),
        ("schoolbestuur", "Onze klanten"),
        ("verband", "Over ons"),
        ("privacy gegevens", "Privacyverklaring"),
        // What the article has besides its text, a synonym, a compound, and a letter too many.
        ("aanmelden november", "Lerend Netwerk over meetbare en merkbare indicatoren"),
        ("inschrijven", "Lerend Netwerk over meetbare en merkbare indicatoren"),
        ("avg", "Privacyverklaring"),
        ("indicattor", "Wat maakt een doel bespreekbaar?"),
        ("privacy xyzzy", "Geen pagina heeft alle woorden."),
        ("xyzzy", "Niets gevonden voor “xyzzy”. Probeer een ander woord, of kies hieronder."),
    ] {
        let field = visitor.client.find(Locator::Id("zoekwoorden")).await.unwrap();
        field.clear().await.unwrap();
        field.send_keys(query).await.unwrap();
        visitor.shows(found).await;
    }
    let list = visitor.client.find_all(Locator::Css("#paginas li")).await.unwrap();
    assert!(list.len() > 5, "the way on is every page");
    let more = visitor.client.find(Locator::Css("#paginas + button")).await.unwrap();
    assert!(!more.is_displayed().await.unwrap(), "there is nothing more to show");
    visitor.client.clone().close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_javascript_the_search_page_lists_every_page() {
    let site = Tried::start_in(support::site_with_real_content()).await;
    let visitor = Visitor::new(360, 800).await;
    visitor.client.goto(&site.url("/zoeken/")).await.unwrap();
    visitor.shows("Lerend Netwerk over meetbare en merkbare indicatoren").await;
    visitor.shows("Toegankelijkheid").await;
    let form = visitor.client.find(Locator::Css("form.search")).await.unwrap();
    assert!(!form.is_displayed().await.unwrap());
    visitor.client.clone().close().await.unwrap();
}

/// Adds so many articles that the index comes in parts, each with words of its own.
fn many_articles() -> tempfile::TempDir {
    let root = support::site_with_real_content();
    let syllables = ["be", "ka", "lo", "mi", "nu", "pra", "ro", "sta", "ti", "vo"];
    let word = |number: usize| [7, 77, 777].map(|times| syllables[number * times / 10 % 10]).concat();
    for number in 0..1_500 {
        let body: Vec<String> = (0..80).map(|at| word(number * 13 + at * 7)).collect();
        let text = format!(
            "+++\ntitle = \"Bericht {number}\"\ndate = {}\n+++\n\n{} Uniek{number}.\n",
            jiff::civil::date(2020, 1, 1)
                .saturating_add(jiff::SignedDuration::from_hours(24 * i64::try_from(number).unwrap())),
            body.join(" ")
        );
        let file = root.path().join(format!("content/nieuws/bericht-{number}.md"));
        std::fs::write(file, text).unwrap();
    }
    root
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_large_index_a_visitor_downloads_only_what_a_query_needs() {
    let site = Tried::start_in(many_articles()).await;
    let visitor = Visitor::with_scripts(360, 800, true).await;
    visitor.client.goto(&site.url("/zoeken/")).await.unwrap();
    visitor.shows("de nieuwste berichten").await;
    let first = "#paginas li:first-child a";
    for (query, found) in
        [("uniek777", "Bericht 777"), ("bericht 1234", "Bericht 1234"), ("berihct 42", "Bericht 42")]
    {
        let field = visitor.client.find(Locator::Id("zoekwoorden")).await.unwrap();
        field.clear().await.unwrap();
        field.send_keys(query).await.unwrap();
        visitor.shows(found).await;
        let link = visitor.client.find(Locator::Css(first)).await.unwrap();
        assert_eq!(link.text().await.unwrap(), found, "{query}");
    }
    let field = visitor.client.find(Locator::Id("zoekwoorden")).await.unwrap();
    field.clear().await.unwrap();
    field.send_keys("bericht").await.unwrap();
    visitor.shows("Toon meer").await;
    let count = "return document.querySelectorAll('#paginas li').length";
    assert_eq!(visitor.run(count).await, 20);
    // Of pages that match equally well, the newest come first.
    let link = visitor.client.find(Locator::Css(first)).await.unwrap();
    assert_eq!(link.text().await.unwrap(), "Bericht 1499");
    visitor.client.find(Locator::Css("#paginas + button")).await.unwrap().send_keys(" ").await.unwrap();
    visitor.client.wait().for_element(Locator::Css("#paginas li:nth-child(40)")).await.unwrap();
    assert_eq!(visitor.run("return document.activeElement.closest('li') !== null").await, true);
    visitor.screenshot("search-many-360").await;

    // A visitor who opens the page with a query.
    visitor.client.goto(&site.url("/zoeken/?q=uniek777")).await.unwrap();
    visitor.shows("pagina’s gevonden").await;
    let bytes = visitor
        .run("return performance.getEntriesByType('resource').filter((one) => one.name.includes('zoeken') && one.name.endsWith('.json')).reduce((sum, one) => sum + one.decodedBodySize, 0)")
        .await;
    assert!(bytes.as_u64().is_some_and(|bytes| (1_000..100_000).contains(&bytes)), "{bytes}");
    visitor.client.clone().close().await.unwrap();
}

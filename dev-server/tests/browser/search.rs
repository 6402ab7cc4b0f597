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
        ("xyzzy", "Niets gevonden. Probeer een ander woord."),
    ] {
        let field = visitor.client.find(Locator::Id("zoekwoorden")).await.unwrap();
        field.clear().await.unwrap();
        field.send_keys(query).await.unwrap();
        visitor.shows(found).await;
    }
    let list = visitor.client.find_all(Locator::Css("#paginas li")).await.unwrap();
    assert!(list.is_empty());
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

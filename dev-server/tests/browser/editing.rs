//! Live reload: an editor saves a file and looks at the page.

use crate::support::{self, Tried};
use crate::visitor::Visitor;

#[tokio::test(flavor = "multi_thread")]
async fn the_browser_reloads_and_shows_problems_over_the_page() {
    let site = Tried::start_in(support::site_with_real_content()).await;
    let visitor = Visitor::with_scripts(390, 800, true).await;
    visitor.client.goto(&site.url("/contact/")).await.unwrap();
    visitor.shows("Zo bereik je").await;
    let file = site.root.path().join("content/contact.md");
    std::fs::write(&file, "+++\ntitel = \"Bel ons\"\n+++\n").unwrap();
    visitor.shows("onbekende sleutel `titel`").await;
    visitor.shows("Zo bereik je").await;
    visitor.screenshot("problem").await;
    std::fs::write(&file, "+++\ntitle = \"Bel ons\"\n+++\n").unwrap();
    visitor.shows("Bel ons").await;
    visitor.client.clone().close().await.unwrap();
}

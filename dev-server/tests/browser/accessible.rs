//! Accessibility: axe-core on every page, in every state.

use std::fmt::Write as _;

use serde_json::json;

use crate::states;
use crate::visitor::{Screen, Visitor};

/// The rules of WCAG 2.0 to 2.2 at levels A and AA, and axe's best practices.
const TAGS: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_on_any_page_in_any_state() {
    let axe = std::env::var("AXE").unwrap_or_else(|_| panic!("set `AXE` to the path of `axe.min.js`"));
    let axe = std::fs::read_to_string(&axe).unwrap_or_else(|error| panic!("{axe}: {error}"));
    let (site, states) = states::all().await;
    let visitor = Visitor::with_scripts(1280, 800, true).await;
    let mut found = String::new();
    let mut looks = 0;
    for (name, state) in &states {
        state.show(&site, &visitor).await;
        for screen in [Screen::PHONE, Screen::DARK_PHONE, Screen::DESK, Screen::DARK_DESK] {
            visitor.look_at(screen).await;
            visitor.client.execute(&axe, vec![]).await.unwrap();
            let script = "
                const [tags, done] = arguments;
                axe.run({ runOnly: tags }).then(({ violations }) => done(violations.flatMap(({ id, nodes }) =>
                    nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`))));";
            let violations = visitor.client.execute_async(script, vec![json!(TAGS)]).await.unwrap();
            for violation in violations.as_array().unwrap() {
                let _ = writeln!(found, "{name}, {}, {}: {violation}", screen.width, screen.scheme);
            }
            looks += 1;
        }
    }
    assert!(found.is_empty(), "{found}");
    println!("axe: {} pages and states, {looks} runs, no violations", states.len());
    visitor.client.clone().close().await.unwrap();
}

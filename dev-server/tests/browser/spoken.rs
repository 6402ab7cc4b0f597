//! What a screen reader says: the accessibility tree of the states that a participant passes through, in order.
//!
//! `BLESS=1` rewrites the expected trees in `tests/browser/spoken`. Read a changed one aloud before accepting it.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::states;
use crate::visitor::Visitor;

/// The states, each with the name of its file.
const STATES: [(&str, &str); 12] = [
    ("/nieuws/open/", "article"),
    ("/agenda/", "agenda"),
    ("/zoeken/", "search"),
    ("refused", "refused"),
    ("full", "full"),
    ("not open yet", "not-open-yet"),
    ("received", "received"),
    ("confirm", "confirm"),
    ("manage", "own-page"),
    ("manage, waiting", "own-page-waiting"),
    ("manage, cancelled", "own-page-cancelled"),
    ("manage, refused", "own-page-refused"),
];

/// Roles that a screen reader does not say, or that Chromium names differently from one version to the next. What
/// is in them counts.
const SILENT: [&str; 15] = [
    "generic",
    "none",
    "InlineTextBox",
    "LineBreak",
    "ListMarker",
    "paragraph",
    "LabelText",
    "Legend",
    "listitem",
    "time",
    "strong",
    "emphasis",
    "sectionheader",
    "DescriptionList",
    "group",
];
/// Roles whose contents are their names.
const NAMED_BY_CONTENT: [&str; 5] = ["heading", "link", "button", "DisclosureTriangle", "radio"];
/// States of an element that a screen reader says.
const SAID: [&str; 6] = ["checked", "expanded", "invalid", "required", "disabled", "level"];

#[tokio::test(flavor = "multi_thread")]
async fn each_state_reads_as_it_was_read_aloud() {
    let (site, states) = states::all().await;
    let visitor = Visitor::new(390, 844).await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/spoken");
    let mut different = String::new();
    for (name, file) in STATES {
        let (_, state) = states.iter().find(|(known, _)| known == name).unwrap();
        state.show(&site, &visitor).await;
        let tree = visitor.devtools("Accessibility.getFullAXTree", json!({})).await;
        let spoken = spoken(&tree);
        let file = folder.join(format!("{file}.txt"));
        if std::env::var_os("BLESS").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&file, &spoken).unwrap();
        }
        let expected = std::fs::read_to_string(&file).unwrap_or_default();
        if expected != spoken {
            let _ = writeln!(different, "{}\n--- now\n{spoken}\n--- expected\n{expected}", file.display());
        }
    }
    assert!(different.is_empty(), "{different}");
    println!("screen reader: {} states", STATES.len());
    visitor.client.clone().close().await.unwrap();
}

/// Returns what is said from the main content on, a line for each element.
fn spoken(tree: &Value) -> String {
    let nodes = tree["nodes"].as_array().unwrap();
    let by_id: HashMap<&str, &Value> =
        nodes.iter().map(|node| (node["nodeId"].as_str().unwrap(), node)).collect();
    let main = nodes.iter().find(|node| node["role"]["value"] == "main").unwrap();
    let mut out = String::new();
    say(main, &by_id, false, &mut out);
    out
}

fn say(node: &Value, by_id: &HashMap<&str, &Value>, is_named: bool, out: &mut String) {
    let role = node["role"]["value"].as_str().unwrap_or_default();
    let name = quiet(node["name"]["value"].as_str().unwrap_or_default());
    let is_said = node["ignored"] != json!(true) && !SILENT.contains(&role);
    if is_said && role == "StaticText" {
        if !is_named && !name.trim().is_empty() {
            let _ = writeln!(out, "{}", name.trim());
        }
    } else if is_said {
        let _ = write!(out, "{role}");
        if !name.is_empty() {
            let _ = write!(out, " \"{name}\"");
        }
        let description = quiet(node["description"]["value"].as_str().unwrap_or_default());
        if !description.is_empty() {
            let _ = write!(out, " ({description})");
        }
        for property in node["properties"].as_array().into_iter().flatten() {
            let (property, value) =
                (property["name"].as_str().unwrap_or_default(), &property["value"]["value"]);
            if SAID.contains(&property) && *value != json!("false") && *value != json!(false) {
                let _ = write!(out, " [{property} {}]", value.to_string().trim_matches('"'));
            }
        }
        out.push('\n');
    }
    let is_named = is_named || (is_said && NAMED_BY_CONTENT.contains(&role));
    for child in node["childIds"].as_array().into_iter().flatten() {
        if let Some(child) = child.as_str().and_then(|id| by_id.get(id)) {
            say(child, by_id, is_named, out);
        }
    }
}

/// Replaces what differs each time: a participant's reference.
fn quiet(text: &str) -> String {
    let is_reference = |word: &str| {
        word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    let words = text.split_whitespace().map(|word| if is_reference(word) { "KENMERK" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

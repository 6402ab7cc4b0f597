//! What every site needs besides its pages: `site.toml`, a home page, a page for what is not found.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use toml::{Table, Value};

use super::front;
use super::plan::NEWS;

/// The files with the configuration of a site, by their usual names.
const CONFIGS: [&str; 10] = [
    "config.toml",
    "zola.toml",
    "hugo.toml",
    "hugo.yaml",
    "hugo.yml",
    "config.yaml",
    "config.yml",
    "config/_default/hugo.toml",
    "config/_default/config.toml",
    "hugo.json",
];

/// Reads the configuration of a site; a site without one has an empty one.
pub(super) fn config(from: &Path) -> Table {
    let read = |name: &&str| {
        let text = fs::read_to_string(from.join(name)).ok()?;
        match name.rsplit('.').next() {
            Some("toml") => text.parse().ok(),
            Some("json") => serde_json::from_str(&text).ok(),
            _ => front::yaml(&text).ok(),
        }
    };
    CONFIGS.iter().find_map(read).unwrap_or_default()
}

/// Returns the text of `site.toml`.
pub(super) fn toml(config: &Table) -> String {
    let text = |names: &[&str]| {
        names.iter().find_map(|name| config.get(*name)?.as_str()).filter(|text| !text.is_empty())
    };
    let quoted = |text: &str| Value::from(text.split_whitespace().collect::<Vec<_>>().join(" ")).to_string();
    let title = text(&["title"]).unwrap_or("[vul in: de naam]");
    let origin = text(&["base_url", "baseURL", "baseurl"]).unwrap_or_default().trim_end_matches('/');
    // An origin has no path.
    let host = origin.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    let origin = if host.starts_with("http") { host } else { "https://www.voorbeeld.example".to_owned() };
    format!(
        "title = {title}\nshort_title = {title}\ndescription = {}\norigin = {}\ntime_zone = \"Europe/Amsterdam\"\n\
         paginate_by = 10\nprivacy_notice_version = \"1\"\n\n[login]\ntitle = \"inloggen\"\nurl = \"/\"\n\n\
         [[menu]]\ntitle = \"home\"\nurl = \"/\"\n\n[[footer]]\ntitle = \"home\"\nurl = \"/\"\n",
        quoted(text(&["description"]).unwrap_or(title)),
        quoted(&origin),
        title = quoted(title),
    )
}

/// Returns the pages that every site needs and this one has not, with their texts: those that the templates link
/// to are among them.
pub(super) fn missing_pages(
    config: &Table,
    has: impl Fn(&str) -> bool,
    sections: &BTreeSet<String>,
    linked: &BTreeSet<String>,
) -> Vec<(String, String)> {
    let title = config.get("title").and_then(Value::as_str).unwrap_or("[vul in: de naam]");
    let page = |title: &str, text: &str| format!("+++\ntitle = {}\n+++\n\n{text}\n", Value::from(title));
    let mut pages = vec![
        ("_index.md".to_owned(), page(title, "[vul in: waar de site over gaat]")),
        ("404.md".to_owned(), page("Deze pagina is er niet", "Ga naar [de eerste pagina](/).")),
        (
            "503.md".to_owned(),
            page("De site is even niet bereikbaar", "Probeer het over een paar minuten nog eens."),
        ),
    ];
    pages.retain(|(path, _)| !has(path));
    let named = |path: &str| path.rsplit('/').next().unwrap_or(path).replace('-', " ");
    for section in sections {
        pages.push((format!("{section}/_index.md"), page(&named(section), "")));
    }
    for path in linked.iter().map(|url| url.trim_matches('/')).filter(|path| !path.is_empty()) {
        let files = [format!("{path}.md"), format!("{path}/index.md"), format!("{path}/_index.md")];
        if !sections.contains(path) && !files.iter().any(|file| has(file)) {
            let file = if path == NEWS { &files[2] } else { &files[0] };
            pages.push((
                file.clone(),
                page(&named(path), "[vul in: de tekst; het sjabloon linkt naar deze pagina]"),
            ));
        }
    }
    pages
}

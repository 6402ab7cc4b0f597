//! Properties of the editor's form: what nobody changes stays as it is, byte for byte.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod support;

use std::fs;
use std::path::PathBuf;

use dev_server::editor::form::changes::{Change, change};
use dev_server::editor::form::document::{Document, full_name};
use dev_server::editor::form::field::ON;
use dev_server::editor::form::values::{BODY, Values, keys};
use proptest::prelude::*;
use site_gen::page::schema::Kind;

/// Sends the form of a text as a browser does, with some values changed.
fn sent(text: &str, changes: &[(String, String)]) -> Change {
    let document = Document::read(text).unwrap();
    let mut values = Values::of(&document);
    changes.iter().for_each(|(name, value)| values.set(name.clone(), value.clone()));
    let mut pairs = Vec::new();
    for table in values.tables() {
        for key in keys(&table) {
            let name = full_name(&table, key.name);
            // A box that is not ticked is not sent.
            if !matches!(key.kind, Kind::Flag) || values.get(&name) == ON {
                pairs.push((name.clone(), values.get(&name).replace('\n', "\r\n")));
            }
        }
    }
    pairs.push((BODY.to_owned(), values.get(BODY).replace('\n', "\r\n")));
    // A browser sends the opened text with its own line ends too.
    let opened = Document::read(&text.replace("\r\n", "\n")).unwrap();
    change(&opened, &document, &Values::typed(pairs))
}

fn pages(folder: PathBuf) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let below = entries.flat_map(|path| if path.is_dir() { pages(path) } else { vec![path] });
    below.filter(|path| path.extension().is_some_and(|end| end == "md")).collect()
}

#[test]
fn saving_a_page_of_this_site_without_a_change_leaves_it_as_it_was() {
    let all = pages(support::project().join("content"));
    assert!(all.len() > 10);
    for path in all {
        let text = fs::read_to_string(&path).unwrap();
        for text in [text.replace('\n', "\r\n"), text] {
            let change = sent(&text, &[]);
            assert_eq!(change.text, text, "{}", path.display());
            assert!(change.faults.is_empty() && change.theirs.is_empty());
        }
    }
}

/// A line of front matter, in one of the ways in which TOML can be written.
fn line(key: &'static str, values: &'static [&'static str]) -> impl Strategy<Value = String> {
    let comment = prop::sample::select(vec!["", "", "  # waarom", "\t#é"]);
    let before = prop::sample::select(vec!["", "", "\n", "# uitleg\n", "  "]);
    let equals = prop::sample::select(vec![" = ", "=", "   =  "]);
    let quoted = prop::sample::select(vec![key.to_owned(), format!("\"{key}\"")]);
    (before, quoted, equals, prop::sample::select(values.to_vec()), comment)
        .prop_map(|(before, key, equals, value, comment)| format!("{before}{key}{equals}{value}{comment}\n"))
}

const TEXTS: &[&str] = &[
    "\"Een titel\"",
    "'Letterlijk \"zo\"'",
    "\"\\u00e9\\n\\ttwee\"",
    "\"\"\"\nmeer\nregels\"\"\"",
    "'''a\n b'''",
    "\"  ruim  \"",
];
const LISTS: &[&str] = &["[]", "[\"a\", 'b']", "[\n  \"a\", # een\n  \"b\",\n]", "[ \"één\" ]"];
const MOMENTS: &[&str] =
    &["2028-11-28T16:00:00", "2028-11-28 16:00:00", "2028-11-28T16:00:30.5", "2028-11-28T16:00:00+02:00"];

fn maybe(line: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    prop::option::of(line).prop_map(Option::unwrap_or_default)
}

/// A page's file as people write them.
fn page() -> impl Strategy<Value = String> {
    let head = (
        line("title", TEXTS),
        maybe(line("description", TEXTS)),
        maybe(line("date", &["2026-11-20", "2026-11-20T10:00:00"])),
        maybe(line("tags", LISTS)),
        maybe(line("draft", &["true", "false"])),
        maybe(line("publish_at", MOMENTS)),
    )
        .prop_map(|(a, b, c, d, e, f)| vec![a, b, c, d, e, f])
        .prop_shuffle();
    let session = (
        line("id", &["\"a\"", "'b'", "\"c\""]),
        maybe(line("start", MOMENTS)),
        maybe(line("capacity", &["40", "4_0", "0x28"])),
        maybe(line("called_off", &["true", "false"])),
    )
        .prop_map(|(a, b, c, d)| format!("\n[[ event.sessions ]] # sessie\n{a}{b}{c}{d}"));
    let event = (line("id", &["\"e\""]), maybe(line("place", LISTS)), prop::collection::vec(session, 0..3))
        .prop_map(|(id, place, sessions)| {
            format!("\n# De bijeenkomst\n[event]\n{id}{place}{}", sessions.concat())
        });
    let body = prop::sample::select(vec![
        "",
        "\n",
        "\nTekst.\n",
        "\n\n\n  Inspringing.\n\nMeer.  \n\n\n",
        "Direct",
        "\nÉén\ttwee\n",
    ]);
    (head, maybe(event), body, any::<bool>()).prop_map(|(head, event, body, is_windows)| {
        let text = format!("+++\n{}{event}+++\n{body}", head.concat());
        if is_windows { text.replace('\n', "\r\n") } else { text }
    })
}

/// Returns the lines that are not in both, in order.
fn differing<'a>(one: &'a str, other: &'a str) -> (Vec<&'a str>, Vec<&'a str>) {
    let (one, other): (Vec<&str>, Vec<&str>) = (one.split('\n').collect(), other.split('\n').collect());
    let same = one.iter().zip(&other).take_while(|(one, other)| one == other).count();
    let rest = (&one[same..], &other[same..]);
    let after = rest.0.iter().rev().zip(rest.1.iter().rev()).take_while(|(one, other)| one == other).count();
    (rest.0[..rest.0.len() - after].to_vec(), rest.1[..rest.1.len() - after].to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn saving_any_page_without_a_change_leaves_it_as_it_was(text in page()) {
        prop_assert_eq!(sent(&text, &[]).text, text);
    }

    #[test]
    fn changing_one_value_changes_only_its_own_lines(
        text in page(),
        (key, new, line) in prop::sample::select(vec![
            ("title", "Nieuw", "\"Nieuw\""),
            ("description", "Nieuw", "\"Nieuw\""),
            ("date", "2027-01-02", "2027-01-02"),
            ("tags", "x\ny", "[\"x\", \"y\"]"),
            ("publish_at", "2027-01-02T03:04", "2027-01-02T03:04:00"),
            ("event.place", "Ergens", "\"Ergens\""),
            ("event.sessions.0.capacity", "7", "7"),
            ("event.sessions.1.start", "2027-01-02T03:04", "2027-01-02T03:04:00"),
        ])
    ) {
        let document = Document::read(&text).unwrap();
        let table = key.rsplit_once('.').map_or("", |(table, _)| table);
        // Two sessions with one id cannot be told apart.
        let ids: Vec<&str> = (0..3).filter_map(|at| document.value(&format!("event.sessions.{at}.id"))).collect();
        let is_clear = (1..ids.len()).all(|at| !ids[..at].contains(&ids[at]));
        prop_assume!(document.has_table(table) && is_clear);
        let change = sent(&text, &[(key.to_owned(), new.to_owned())]);
        let (gone, come) = differing(&text, &change.text);
        let is_there = document.value(key).is_some();
        prop_assert_eq!(come.len(), 1, "{:?} {:?}", gone, come);
        prop_assert!(come[0].contains(line), "{:?}", come);
        prop_assert_eq!(gone.is_empty(), !is_there, "{:?}", gone);
        let after = Document::read(&change.text).unwrap();
        let values = Values::of(&after);
        prop_assert_eq!(values.get(key), new);
        // A comment behind the value stays.
        prop_assert!(gone.iter().all(|line| !line.contains("# waarom") || come[0].contains("# waarom")));
    }

    #[test]
    fn any_text_that_is_typed_comes_back_as_it_was(title in "[^\r\n\\p{Cc}]{1,40}", body in "(?s)[^\r]{0,200}") {
        prop_assume!(!title.trim().is_empty());
        let change = sent("+++\ntitle = \"Een\"\n+++\n\nTekst.\n", &[
            ("title".to_owned(), title.clone()),
            (BODY.to_owned(), body.clone()),
        ]);
        let after = Values::of(&Document::read(&change.text).unwrap());
        prop_assert_eq!(after.get("title"), title.trim());
        prop_assert_eq!(after.get(BODY), body.trim_start_matches('\n').trim_end());
    }
}

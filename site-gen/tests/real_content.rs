//! The real site: the project's own content and templates.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use site_gen::output::staging::Written;
use site_gen::page::publication::Wanted;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Builds the site into a folder as the public sees it.
fn build(out: &Path) -> Written {
    let now = "2026-11-24T12:00:00Z".parse().unwrap();
    let built = site_gen::build(root(), out, Wanted::public(now));
    built.unwrap_or_else(|problems| panic!("\n{problems}")).written
}

#[test]
fn the_real_content_has_no_problems_and_a_second_build_writes_nothing() {
    let out = tempfile::tempdir().unwrap();
    let first = build(out.path());
    assert!(first.written > 0);
    let second = build(out.path());
    assert_eq!((second.written, second.unchanged, second.removed), (0, first.written, 0));
}

#[test]
fn a_session_that_is_called_off_says_so_everywhere() {
    let site = tempfile::tempdir().unwrap();
    for folder in ["content", "templates"] {
        let copied = Command::new("cp").arg("-r").arg(root().join(folder)).arg(site.path()).status();
        assert!(copied.unwrap().success());
    }
    let article = site.path().join("content/nieuws/lerend-netwerk-november-2028.md");
    let text = fs::read_to_string(&article).unwrap();
    let off = "capacity = 40\ncalled_off = true\ncalled_off_because = \"De spreker is ziek.\"";
    fs::write(&article, text.replacen("capacity = 40", off, 1)).unwrap();
    let out = tempfile::tempdir().unwrap();
    let now = "2026-11-24T12:00:00Z".parse().unwrap();
    site_gen::build(site.path(), out.path(), Wanted::public(now)).unwrap();
    let read = |file: &str| fs::read_to_string(out.path().join(file)).unwrap();
    let page = read("site/nieuws/lerend-netwerk-november-2028/index.html");
    assert!(page.contains("<strong>Gaat niet door.</strong> De spreker is ziek."), "{page}");
    assert_eq!(page.matches("https://schema.org/EventCancelled").count(), 1);
    assert_eq!(page.matches("https://schema.org/EventScheduled").count(), 1);
    assert_eq!(page.matches("data-seats=").count(), 1, "only the other session has seats");
    assert!(read("site/agenda.ics").contains("STATUS:CANCELLED"));
    assert!(read("site/index.html").contains("gaat niet door"));
    let mail = |kind: &str| read(&format!("function/mails/{kind}.txt"));
    assert!(mail("called_off").contains("<< session.called_off_because >>"));
    assert!(
        mail("called_off").contains("agenda")
            && read("function/catalog.json").contains("De spreker is ziek.")
    );
    assert!(!mail("called_off_unseated").contains("agenda"));
    // A session that was moved says so too.
    let moved = "capacity = 40\nmoved_from = 2028-11-21T16:00:00";
    fs::write(&article, text.replacen("capacity = 40", moved, 1)).unwrap();
    site_gen::build(site.path(), out.path(), Wanted::public(now)).unwrap();
    let page = read("site/nieuws/lerend-netwerk-november-2028/index.html");
    assert!(page.contains("Verplaatst. Eerst: 21 november 2028, 16.00 uur."), "{page}");
    assert_eq!(page.matches("https://schema.org/EventRescheduled").count(), 1);
    assert!(page.contains("\"previousStartDate\":\"2028-11-21T16:00:00+01:00\""), "{page}");
    // A reason without the decision is a mistake.
    let undecided = "capacity = 40\ncalled_off_because = \"De spreker is ziek.\"";
    fs::write(&article, text.replacen("capacity = 40", undecided, 1)).unwrap();
    let problems = site_gen::build(site.path(), out.path(), Wanted::public(now)).unwrap_err().to_string();
    assert!(problems.contains("lerend-netwerk-november-2028.md:22:22"), "{problems}");
}

/// Weight budget of a page for a slow connection, in bytes after gzip: its HTML, its styles, its
/// scripts, and all of these plus the font.
const MOST: (u64, u64, u64, u64) = (15_000, 12_000, 10_000, 60_000);

#[test]
fn every_page_stays_within_its_weight_budget() {
    let out = tempfile::tempdir().unwrap();
    build(out.path());
    let site = out.path().join("site");
    let mut pages = 0;
    for file in walkdir::WalkDir::new(&site).into_iter().map(Result::unwrap) {
        if file.path().extension().is_none_or(|ending| ending != "html") {
            continue;
        }
        let html = fs::read_to_string(file.path()).unwrap();
        let asked = |ending: &str| -> u64 {
            let parts = html.split('"').filter(|part| part.starts_with('/') && part.ends_with(ending));
            parts.map(|part| compressed(&fs::read(site.join(&part[1..])).unwrap())).sum()
        };
        let (page, styles, scripts) = (compressed(html.as_bytes()), asked(".css"), asked(".js"));
        let weight = (page, styles, scripts, page + styles + scripts + asked(".woff2"));
        let is_light = weight.0 <= MOST.0 && weight.1 <= MOST.1 && weight.2 <= MOST.2 && weight.3 <= MOST.3;
        assert!(is_light, "{}: {weight:?} bytes", file.path().display());
        assert!(weight.1 > 0 && weight.3 > weight.1 + page, "styles and font are counted");
        pages += 1;
    }
    assert!(pages > 10);
}

fn compressed(bytes: &[u8]) -> u64 {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().len() as u64
}

/// The properties that search engines expect of each type.
///
/// See <https://developers.google.com/search/docs/appearance/structured-data>.
const ASKED: [(&str, &[&str]); 7] = [
    ("BreadcrumbList", &["itemListElement"]),
    ("ListItem", &["position", "name", "item"]),
    ("NewsArticle", &["headline", "datePublished", "dateModified", "author", "url"]),
    (
        "Event",
        &[
            "name",
            "startDate",
            "endDate",
            "location",
            "eventAttendanceMode",
            "eventStatus",
            "organizer",
            "offers",
        ],
    ),
    ("VirtualLocation", &["url"]),
    ("Offer", &["price", "priceCurrency", "url", "validFrom"]),
    ("Organization", &["name", "url"]),
];

#[test]
fn structured_data_has_the_properties_that_search_engines_expect() {
    let out = tempfile::tempdir().unwrap();
    build(out.path());
    let mut seen = BTreeSet::new();
    for page in ["", "nieuws/", "nieuws/lerend-netwerk-november-2028/", "contact/"] {
        let html = fs::read_to_string(out.path().join(format!("site/{page}index.html"))).unwrap();
        let (_, rest) = html.split_once("<script type=\"application/ld+json\">").unwrap();
        let data: Value = serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap();
        assert_eq!(data["@context"], "https://schema.org");
        let graph = data["@graph"].as_array().unwrap();
        graph.iter().for_each(|thing| check(thing, &mut seen));
    }
    for kind in ["BreadcrumbList", "NewsArticle", "Event", "Organization"] {
        assert!(seen.contains(kind), "no page has a {kind}");
    }
}

fn check(value: &Value, seen: &mut BTreeSet<String>) {
    match value {
        Value::Object(thing) => {
            let kind = thing["@type"].as_str().unwrap();
            let (_, asked) = ASKED.iter().find(|(known, _)| *known == kind).unwrap();
            for name in *asked {
                assert!(
                    thing.get(*name).is_some_and(|value| !value.is_null()),
                    "{kind} without {name}: {value}"
                );
            }
            for name in ["startDate", "endDate", "datePublished", "dateModified", "validFrom"] {
                if let Some(moment) = thing.get(name) {
                    moment.as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
                }
            }
            for address in ["url", "item"].iter().filter_map(|name| thing.get(*name)) {
                assert!(address.as_str().unwrap().starts_with("https://"), "{address}");
            }
            seen.insert(kind.to_owned());
            thing.values().filter(|value| value.is_object() || value.is_array()).for_each(|v| check(v, seen));
        }
        Value::Array(things) => things.iter().for_each(|thing| check(thing, seen)),
        _ => {}
    }
}

#[test]
fn style_sheets_use_no_physical_properties_id_selectors_or_important() {
    let mut lines = 0;
    for file in fs::read_dir(root().join("templates/static")).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_none_or(|ending| ending != "css") {
            continue;
        }
        for (at, line) in fs::read_to_string(&file).unwrap().lines().enumerate() {
            let place = format!("{}:{}: {line}", file.display(), at + 1);
            let line = line.trim();
            assert!(!line.contains("!important"), "{place}");
            let is_selector = line.ends_with('{') || line.ends_with(',');
            assert!(!(is_selector && line.contains('#')), "{place}");
            let property = line.split_once(':').map_or("", |(name, _)| name);
            let is_physical = ["width", "height", "left", "right", "top", "bottom"].contains(&property)
                || property.ends_with("-left")
                || property.ends_with("-right")
                || property.ends_with("-top")
                || property.ends_with("-bottom");
            assert!(!is_physical, "{place}");
            let is_fluid_without_rem = line
                .split("clamp(")
                .skip(1)
                .any(|clamp| !clamp.split(',').nth(1).is_some_and(|middle| middle.contains("rem")));
            assert!(!is_fluid_without_rem, "sizes must scale with the reader's font size: {place}");
            lines += 1;
        }
    }
    assert!(lines > 500);
}

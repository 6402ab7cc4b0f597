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

/// Copies the project's own content and templates.
fn copy() -> tempfile::TempDir {
    let site = tempfile::tempdir().unwrap();
    for folder in ["content", "templates"] {
        let copied = Command::new("cp").arg("-r").arg(root().join(folder)).arg(site.path()).status();
        assert!(copied.unwrap().success());
    }
    site
}

/// A session with its id, its day in 2026, when sign-up opens, and when it closes.
fn session(id: &str, day: &str, opens: &str, closes: &str) -> String {
    format!(
        "[[event.sessions]]\nid = \"{id}\"\nstart = 2026-{day}T13:00:00\nend = 2026-{day}T14:00:00\ncapacity = 4\n\
         opens = 2026-{opens}T09:00:00\ncloses = 2026-{closes}T09:00:00\n"
    )
}

#[test]
fn one_word_stands_for_one_thing() {
    let list = fs::read_to_string(root().join("templates/woorden.md")).unwrap();
    let rows = list.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "));
    let never: Vec<&str> = rows.skip(1).flat_map(|(_, never)| never.split(", ")).collect();
    assert!(never.len() > 10, "{never:?}");
    let mut found = Vec::new();
    for folder in ["templates", "content", "docs"] {
        for entry in walkdir::WalkDir::new(root().join(folder)).into_iter().map(Result::unwrap) {
            let path = entry.path();
            let name = path.file_name().unwrap().to_str().unwrap();
            let is_english = ["operate.md", "performance.md", "quality.md", "watching.md"].contains(&name);
            let is_text = [".html", ".txt", ".md"].iter().any(|end| name.ends_with(end));
            if !is_text || is_english || name == "woorden.md" || name == "OFL.txt" {
                continue;
            }
            // The names of keys and of values in templates are English.
            let text = fs::read_to_string(path).unwrap().to_lowercase();
            let code = ["`", "<%", "<<", "{%", "{{"];
            for (number, line) in text.lines().enumerate() {
                let is_word = |word: &&&str| {
                    line.match_indices(**word).any(|(at, _)| {
                        let is_start =
                            !line[..at].ends_with(|c: char| c.is_alphanumeric() || "-._".contains(c));
                        let after = line[at + word.len()..].chars().next();
                        let is_end = word.ends_with(':')
                            || !after.is_some_and(|c| c.is_alphanumeric() || "-._]=\"".contains(c));
                        // Within code, the last opening mark before the word is not closed.
                        let opened = code.iter().filter_map(|mark| line[..at].rfind(mark)).max();
                        let closes = ["`", "%>", ">>", "%}", "}}"];
                        let is_code = opened.is_some_and(|open| {
                            !closes.iter().any(|close| line[open + 1..at].contains(close))
                        });
                        is_start && is_end && !is_code
                    })
                };
                found.extend(
                    never
                        .iter()
                        .filter(is_word)
                        .map(|word| format!("{}:{}: {word}", path.display(), number + 1)),
                );
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_phase_of_a_session_reads_the_same_in_every_place() {
    let site = copy();
    let event = |sessions: &[String]| {
        let head = "+++\ntitle = \"Proef\"\ndate = 2026-11-01\n[event]\nid = \"proef\"\ntitle = \"Proefbijeenkomst\"\n\
                    time_zone = \"Europe/Amsterdam\"\n";
        let article = site.path().join("content/nieuws/proef.md");
        fs::write(article, format!("{head}{}+++\n\nTekst.\n", sessions.concat())).unwrap();
        let out = tempfile::tempdir().unwrap();
        // 13.30 in Amsterdam.
        let now = "2026-11-24T12:30:00Z".parse().unwrap();
        site_gen::build(site.path(), out.path(), Wanted::public(now)).unwrap();
        ["nieuws/proef/", "", "agenda/"].map(|page| {
            let html = fs::read_to_string(out.path().join(format!("site/{page}index.html"))).unwrap();
            // Only what is about this event.
            let (start, end) = match page {
                "nieuws/proef/" => (html.find("<h1>Proef</h1>"), "</main>"),
                _ => (html.find("Proefbijeenkomst"), "</section>"),
            };
            start.map_or_else(String::new, |start| html[start..].split(end).next().unwrap().to_owned())
        })
    };
    let not_yet = session("not-yet", "12-20", "12-01", "12-20");
    let open = session("open", "12-21", "11-01", "12-21");
    let closed = session("closed", "11-25", "11-01", "11-20");
    let under_way = session("under-way", "11-24", "11-01", "11-24");
    let over = session("over", "11-02", "10-01", "11-02");
    let called_off = session("called-off", "12-22", "11-01", "12-22") + "called_off = true\n";
    let [article, home, agenda] =
        event(&[not_yet.clone(), open.clone(), closed.clone(), under_way.clone(), over.clone(), called_off]);
    let (card, form) = article.split_once("<form").unwrap();
    for (words, is_coming) in [
        ("Aanmelden kan vanaf 1 december 2026, 9.00 uur.", true),
        ("Je kunt je aanmelden.", true),
        ("De aanmelding is gesloten.", true),
        ("De sessie is nu bezig.", true),
        ("De sessie is geweest.", false),
        ("De sessie gaat niet door.", true),
    ] {
        assert!(card.contains(words), "card: {words}\n{card}");
        assert_eq!(form.contains(words), words != "Je kunt je aanmelden.", "form: {words}\n{form}");
        assert_eq!(
            (home.contains(words), agenda.contains(words)),
            (is_coming, is_coming),
            "lists: {words}\n{home}"
        );
    }
    assert_eq!(
        form.matches("name=\"session\"").count(),
        1,
        "only a session that is open can be chosen: {form}"
    );
    assert!(
        form.contains("id=\"session\" name=\"session\" value=\"open\""),
        "the summary of errors links to it"
    );
    assert!(home.contains(">Meld je aan</a>"));
    // Nothing is open, and something opens later.
    let [article, home, agenda] = event(&[not_yet, closed]);
    assert!(
        !article.contains("<form") && article.contains("Kijk of je je inmiddels kunt aanmelden"),
        "{article}"
    );
    assert!(!home.contains("Meld je aan") && home.contains("Lees waar het over gaat"), "{home}");
    assert!(agenda.contains("Aanmelden kan vanaf"));
    // Everything is over.
    let [article, home, agenda] = event(&[over]);
    assert!(
        !article.contains("Kijk of") && article.contains("lees je over volgende bijeenkomsten"),
        "{article}"
    );
    assert!(home.is_empty() && agenda.is_empty());
    // Two sessions on one day are told apart by their times.
    let evening = open.replace("\"open\"", "\"avond\"").replace("T13:", "T19:").replace("T14:", "T20:");
    let [article, ..] = event(&[open, evening]);
    assert!(article.contains("Welke sessie kies je?") && article.contains("19.00–20.00 uur"), "{article}");
}

#[test]
fn a_place_and_costs_are_told_everywhere() {
    let site = copy();
    let article = site.path().join("content/nieuws/lerend-netwerk-november-2028.md");
    let text = fs::read_to_string(&article).unwrap();
    let out = tempfile::tempdir().unwrap();
    let now = "2026-11-24T12:00:00Z".parse().unwrap();
    let place = |line: &str| {
        fs::write(&article, text.replacen("[event]\n", &format!("[event]\n{line}\n"), 1)).unwrap();
        site_gen::build(site.path(), out.path(), Wanted::public(now)).map_err(|error| error.to_string())
    };
    let read = |file: &str| fs::read_to_string(out.path().join(file)).unwrap();
    place("place = [\"De Werf, Plein 1, Utrecht\", \"online\"]\ncosts = \"Deelname kost 25 euro.\"").unwrap();
    let page = read("site/nieuws/lerend-netwerk-november-2028/index.html");
    for words in [
        "Waar: De Werf, Plein 1, Utrecht, of digitaal",
        "Deelname kost 25 euro.",
        "MixedEventAttendanceMode",
        "\"address\":\"Plein 1, Utrecht\",\"name\":\"De Werf\"",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    assert!(!page.contains("isAccessibleForFree") && !page.contains("Deelname is kosteloos"));
    assert!(read("site/agenda.ics").contains("LOCATION:De Werf\\, Plein 1\\, Utrecht\\, of digitaal"));
    place("place = \"De Werf, Plein 1, Utrecht\"").unwrap();
    let page = read("site/nieuws/lerend-netwerk-november-2028/index.html");
    assert!(page.contains("OfflineEventAttendanceMode") && page.contains("Deelname is kosteloos."), "{page}");
    let told = place("place = [\"De Werf\", \"De Pol\"]").unwrap_err();
    assert!(told.contains("hier staan twee adressen"), "{told}");
}

#[test]
fn a_session_that_is_called_off_says_so_everywhere() {
    let site = copy();
    let article = site.path().join("content/nieuws/lerend-netwerk-november-2028.md");
    let text = fs::read_to_string(&article).unwrap();
    let off = "capacity = 40\ncalled_off = true\ncalled_off_because = \"De spreker is ziek.\"";
    fs::write(&article, text.replacen("capacity = 40", off, 1)).unwrap();
    let out = tempfile::tempdir().unwrap();
    let now = "2026-11-24T12:00:00Z".parse().unwrap();
    site_gen::build(site.path(), out.path(), Wanted::public(now)).unwrap();
    let read = |file: &str| fs::read_to_string(out.path().join(file)).unwrap();
    let page = read("site/nieuws/lerend-netwerk-november-2028/index.html");
    assert!(page.contains("<strong>De sessie gaat niet door.</strong> De spreker is ziek."), "{page}");
    assert_eq!(page.matches("https://schema.org/EventCancelled").count(), 1);
    assert_eq!(page.matches("https://schema.org/EventScheduled").count(), 1);
    assert_eq!(page.matches("data-seats=").count(), 1, "only the other session has seats");
    assert!(read("site/agenda.ics").contains("STATUS:CANCELLED"));
    assert!(read("site/index.html").contains("De sessie gaat niet door."));
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

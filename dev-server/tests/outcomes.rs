//! Every outcome of the sign-up form, over HTTP, from the real server with the project's own templates.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod support;

use std::sync::Arc;

use catalog::answer::Field;
use catalog::headers::SECURITY_HEADERS;
use dev_server::builder::Live;
use dev_server::routes::served::Served;
use jiff::Timestamp;
use signup_fn::participant::function::Function;
use signup_fn::people::identity::Identity;
use signup_fn::people::token::TokenKeys;
use signup_fn::settings::local;
use signup_fn::store::client::Store;
use site_gen::page::publication::Wanted;
use support::{Tried, form, header, press, text};

const OPEN: &str = "/aanmelden/open/";

#[tokio::test]
async fn a_complete_form_is_stored_and_leads_to_a_page_that_is_safe_to_reload() {
    let site = Tried::start().await;
    let answer = site.post(OPEN, &form("ruim", "r%40voorbeeld.nl")).await;
    assert_eq!(answer.status(), 303);
    let location = header(&answer, "location").to_owned();
    assert!(!location.contains("voorbeeld") && !location.contains("Vos"), "no personal data: {location}");
    for _ in 0..2 {
        let page = site.get(&location).await;
        assert_eq!(page.status(), 200);
        assert_eq!(header(&page, "cache-control"), "no-store");
        let html = page.text().await.unwrap();
        let reference = location.trim_end_matches('/').rsplit('/').next().unwrap();
        assert!(html.contains("Je aanmelding is binnen") && html.contains(reference), "{html}");
        assert!(html.contains("zondag 30 november 2098") && html.contains("16.00–17.30 uur"), "{html}");
    }
    let items = site.items().await;
    let person = items.iter().find(|item| text(item, "sk").starts_with("person#")).unwrap();
    assert_eq!(text(person, "full_name"), "Renée Vos");
    assert_eq!(text(person, "session"), "ruim");
    assert_eq!(text(person, "privacy_notice_version"), "proef-1");
    assert_eq!(items.len(), 2, "the person and the counter");
}

#[tokio::test]
async fn a_repeated_sign_up_looks_like_the_first_and_changes_nothing() {
    let site = Tried::start().await;
    let first = site.post(OPEN, &form("ruim", "r%40voorbeeld.nl")).await;
    let items = site.items().await;
    let again = site.post(OPEN, &form("ruim", "R%40Voorbeeld.nl")).await;
    let headers = |answer: &reqwest::Response| {
        let mut headers = answer.headers().clone();
        headers.remove("date");
        headers
    };
    assert_eq!((first.status(), headers(&first)), (again.status(), headers(&again)));
    assert_eq!(first.text().await.unwrap(), again.text().await.unwrap());
    assert_eq!(site.items().await, items);
}

#[tokio::test]
async fn a_refused_form_comes_back_with_every_value_and_every_problem() {
    let site = Tried::start().await;
    let sent = "session=ruim&full_name=%3Cscript%3E%22%27+%3C%3C+x+%3E%3E+%7B%7B&email=renee&organisation=\
                &role=other&role_other=&question=%0D%0Aeen%0D%0Atwee";
    let answer = site.post(OPEN, sent).await;
    assert_eq!(answer.status(), 422);
    let html = answer.text().await.unwrap();
    assert!(html.contains("<title>Fout: Open bijeenkomst"), "{html}");
    assert!(html.contains("value=\"&lt;script&gt;&quot;&#39; &lt;&lt; x &gt;&gt; {{\""), "{html}");
    assert!(html.contains("value=\"renee\""), "{html}");
    assert!(html.contains("value=\"ruim\" checked") && html.contains("value=\"other\" checked"), "{html}");
    assert!(html.contains(">\n\r\neen\r\ntwee</textarea>"), "a first line break is kept: {html}");
    let main = html.find("<main").unwrap();
    let summary = html.find("role=\"alert\" tabindex=\"-1\" autofocus").unwrap();
    assert!(summary > main && summary < html.find("<h1>").unwrap(), "the summary comes first in main");
    for (field, message) in [
        ("email", "Vul een e-mailadres in zoals naam@voorbeeld.nl."),
        ("organisation", "Vul de naam van je organisatie in."),
        ("role_other", "Vul in wat je functie is."),
    ] {
        assert!(
            html.contains(&format!("<a href=\"#{field}\">{message}</a>")),
            "{field} in the summary: {html}"
        );
        assert_eq!(html.matches(message).count(), 2, "the same words at the field");
        assert!(html.contains(&format!("id=\"{field}-error\"")), "{html}");
    }
    assert_eq!(html.matches("aria-invalid=\"true\"").count(), 3, "{html}");
    assert_eq!(site.items().await.len(), 0);
}

#[tokio::test]
async fn each_error_has_a_sentence_of_its_own_in_the_summary_and_at_the_field() {
    let site = Tried::start().await;
    let long = "a".repeat(1001);
    let all_empty = "session=&full_name=&email=&organisation=&role=&role_other=&question=";
    let all_too_long = format!(
        "session=ruim&full_name={long}&email={long}@voorbeeld.nl&organisation={long}&role=other\
         &role_other={long}&question={long}"
    );
    let cases = [
        (
            all_empty,
            &[
                ("session", "Kies een datum."),
                ("full_name", "Vul je voor- en achternaam in."),
                ("email", "Vul je e-mailadres in."),
                ("organisation", "Vul de naam van je organisatie in."),
                ("role", "Kies je functie."),
            ][..],
        ),
        (
            &all_too_long,
            &[
                ("full_name", "Je naam is te lang: gebruik hooguit 80 tekens."),
                ("email", "Je e-mailadres is te lang: gebruik hooguit 254 tekens."),
                ("organisation", "De naam van je organisatie is te lang: gebruik hooguit 120 tekens."),
                ("role_other", "Je functie is te lang: gebruik hooguit 80 tekens."),
                ("question", "Je vraag of inbreng is te lang: gebruik hooguit 1000 tekens."),
            ],
        ),
    ];
    for (form, expected) in cases {
        let html = site.post(OPEN, form).await.text().await.unwrap();
        let start = html.find("<div class=\"summary\"").unwrap();
        let summary = &html[start..start + html[start..].find("</ul>").unwrap()];
        let lines: Vec<String> = expected
            .iter()
            .map(|(field, words)| format!("<li><a href=\"#{field}\">{words}</a></li>"))
            .collect();
        assert!(
            summary.ends_with(&format!("<ul>\n{}\n", lines.join("\n"))),
            "in the order of the page: {summary}"
        );
        for (field, words) in expected {
            let at_field =
                format!("id=\"{field}-error\"><span class=\"visually-hidden\">Fout: </span>{words}</p>");
            assert!(html.contains(&at_field), "{field}: {html}");
        }
    }
}

#[tokio::test]
async fn the_static_page_and_the_page_of_the_function_are_byte_identical() {
    let site = Tried::start().await;
    // The server adds a script and a link to it.
    let visited = std::fs::read_to_string(site.root.path().join("dist/site/nieuws/open/index.html")).unwrap();
    assert_eq!(visited, site.get(OPEN).await.text().await.unwrap());
    for field in Field::ALL {
        assert!(visited.contains(&format!("name=\"{}\"", field.name())), "{field:?} is on the page");
        assert!(visited.contains(&format!("id=\"{}\"", field.name())), "{field:?} can be linked to");
    }
}

#[tokio::test]
async fn every_choice_on_the_page_is_accepted() {
    let site = Tried::start().await;
    let page = site.get("/nieuws/open/").await.text().await.unwrap();
    let roles: Vec<&str> =
        page.split("name=\"role\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(roles.len(), 4);
    for (number, role) in roles.iter().enumerate() {
        let form = form("ruim", &format!("r{number}%40voorbeeld.nl"))
            .replace("role=director", &format!("role={role}"));
        let answer = site.post(OPEN, &form.replace("role_other=", "role_other=IB")).await;
        assert_eq!(answer.status(), 303, "{role}");
    }
}

#[tokio::test]
async fn a_full_session_offers_the_other_date_with_everything_that_was_typed() {
    let site = Tried::start().await;
    assert_eq!(site.post(OPEN, &form("klein", "a%40voorbeeld.nl")).await.status(), 303);
    let answer = site.post(OPEN, &form("klein", "b%40voorbeeld.nl")).await;
    assert_eq!(answer.status(), 409);
    let html = answer.text().await.unwrap();
    assert!(html.contains("<h1>Deze sessie is vol</h1>"), "{html}");
    // The button sends everything that was typed, and the function accepts it.
    let (action, sent) = press(&html, "Meld je aan voor zondag 30 november 2098");
    assert_eq!(action, OPEN);
    assert_eq!(site.post(&action, &sent).await.status(), 303);
    let items = site.items().await;
    let person = items.iter().find(|item| text(item, "email") == "b@voorbeeld.nl").unwrap();
    let stored = ["session", "full_name", "organisation", "role"].map(|name| text(person, name));
    assert_eq!(stored, ["ruim", "Renée Vos", "SWV Noord", "director"]);
    // A participant who already has a seat gets the same answer as everybody else.
    assert_eq!(site.post(OPEN, &form("klein", "a%40voorbeeld.nl")).await.status(), 409);
}

/// Returns what an observer can compare between responses: the status, the names and lengths of the
/// headers, and the length of the body.
///
/// Leaves out header values and the body itself, because they may identify the sign-up.
async fn seen(answer: reqwest::Response) -> (u16, Vec<(String, usize)>, usize) {
    let mut headers: Vec<(String, usize)> =
        answer.headers().iter().map(|(name, value)| (name.to_string(), value.len())).collect();
    headers.retain(|(name, _)| name != "date");
    headers.sort();
    (answer.status().as_u16(), headers, answer.bytes().await.unwrap().len())
}

#[tokio::test]
async fn a_known_email_address_gets_the_same_answer_as_an_unknown_one() {
    let site = Tried::start().await;
    site.post(OPEN, &form("klein", "aa%40voorbeeld.nl")).await;
    site.post(OPEN, &(form("klein", "bb%40voorbeeld.nl") + "&wait=yes")).await;
    // A session with free seats, a full session, and a full session with a place on the waiting list.
    // Each gets a form from a participant with a seat, one who is waiting, and a new one.
    for (session, wait, status) in [("ruim", "", 303), ("klein", "", 409), ("klein", "&wait=yes", 303)] {
        let mut answers = Vec::new();
        for (number, who) in ["aa", "bb", "xx"].into_iter().enumerate() {
            // A different address for each sign-up that is stored.
            let who = if who == "xx" {
                format!("x{}", number + answers.len() + wait.len())
            } else {
                who.to_owned()
            };
            let answer = site.post(OPEN, &(form(session, &format!("{who}%40voorbeeld.nl")) + wait)).await;
            answers.push(seen(answer).await);
        }
        assert_eq!(answers[0].0, status, "{session}{wait}");
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{session}{wait}: {answers:?}");
    }
    let people = site.items().await.iter().filter(|item| text(item, "sk").starts_with("person#")).count();
    assert_eq!(people, 4, "the first two, a new one with a seat and a new one who waits");
}

#[tokio::test]
async fn the_answer_outside_the_sign_up_window_explains_what_the_visitor_can_do() {
    let site = Tried::start().await;
    let early = site.post("/aanmelden/later/", &form("een", "a%40voorbeeld.nl")).await;
    assert_eq!(early.status(), 409);
    let html = early.text().await.unwrap();
    assert!(
        html.contains("Je kunt je nu niet aanmelden")
            && html.contains("Aanmelden kan vanaf 1 januari 2098, 9.00 uur."),
        "{html}"
    );
    let late = site.post("/aanmelden/voorbij/", &form("toen", "a%40voorbeeld.nl")).await;
    assert_eq!(late.status(), 409);
    let html = late.text().await.unwrap();
    assert!(html.contains("De sessie is geweest."), "{html}");
    assert_eq!(site.items().await.len(), 0);
    assert_eq!(
        site.post("/aanmelden/voorbij/", &press(&html, "Meld je aan voor zondag 30 november 2098").1)
            .await
            .status(),
        303
    );
    assert_eq!(site.items().await.len(), 2);
    let page = site.get("/nieuws/later/").await.text().await.unwrap();
    assert!(page.contains("Je kunt je nu niet aanmelden") && !page.contains("<form"), "{page}");
    let page = site.get("/nieuws/voorbij/").await.text().await.unwrap();
    assert!(page.contains("De sessie is geweest.") && page.contains("<form"), "{page}");
}

#[tokio::test]
async fn requests_that_our_own_form_never_sends_are_refused_and_store_nothing() {
    let site = Tried::start().await;
    let post = |origin: &'static str, site_header: &'static str, kind: &'static str, body: String| {
        let request = site.request("POST", OPEN).header("content-type", kind).header("origin", origin);
        request.header("sec-fetch-site", site_header).body(body).send()
    };
    let url_encoded = "application/x-www-form-urlencoded";
    let good = form("ruim", "a%40voorbeeld.nl");
    for (origin, site_header, kind, body, status, words) in [
        (
            "https://evil.example",
            "cross-site",
            url_encoded,
            good.clone(),
            403,
            "We kunnen niet zien of het formulier van onze eigen site kwam",
        ),
        (
            "https://evil.example",
            "same-origin",
            url_encoded,
            good.clone(),
            403,
            "We kunnen niet zien of het formulier van onze eigen site kwam",
        ),
        ("null", "same-origin", "text/plain", good.clone(), 415, "konden niet lezen"),
        ("null", "same-origin", url_encoded, "a".repeat(16 * 1024 + 1), 413, "te groot"),
        ("null", "same-origin", url_encoded, "email=a&email=b".into(), 400, "konden niet lezen"),
    ] {
        let answer = post(origin, site_header, kind, body).await.unwrap();
        assert_eq!(answer.status(), status);
        let html = answer.text().await.unwrap();
        assert!(html.contains(words) && html.contains("<html lang=\"nl\">"), "{html}");
    }
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS"] {
        let answer = site.request(method, OPEN).send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), header(&answer, "allow")),
            (405, "GET, HEAD, POST"),
            "{method}"
        );
    }
    for path in [
        "/aanmelden/elders/",
        "/aanmelden/open/ruim/",
        "/aanmelden/open/elders/ontvangen/K7QF2M9D/",
        "/aanmelden/open/ruim/ontvangen/%3Cb%3E/",
        "/nergens/",
    ] {
        assert_eq!(site.get(path).await.status(), 404, "{path}");
    }
    assert_eq!(site.items().await.len(), 0);
}

#[tokio::test]
async fn a_get_of_the_form_address_shows_the_current_form_and_changes_nothing() {
    let site = Tried::start().await;
    let answer = site.get(OPEN).await;
    assert_eq!(answer.status(), 200);
    let html = answer.text().await.unwrap();
    assert!(
        html.contains("<form method=\"post\" action=\"/aanmelden/open/\"") && !html.contains("Fout:"),
        "{html}"
    );
    let early = site.get("/aanmelden/later/").await.text().await.unwrap();
    assert!(early.contains("Je kunt je nu niet aanmelden") && !early.contains("<form"), "{early}");
    let answer = site.request("HEAD", OPEN).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(site.items().await.len(), 0);
}

#[tokio::test]
async fn every_answer_has_the_security_headers_and_sets_no_cookie() {
    let site = Tried::start().await;
    let received = site.post(OPEN, &form("ruim", "r%40voorbeeld.nl")).await;
    let answers = [
        site.get("/").await,
        site.get("/sitemap.xml").await,
        site.get("/nieuws").await,
        site.get("/nergens/").await,
        site.get(header(&received, "location")).await,
        site.post(OPEN, "").await,
        site.post("/", "").await,
        received,
    ];
    for answer in answers {
        // The page after a sign-up sends no referrer, not even to our own pages.
        let is_personal = answer.url().path().contains("/ontvangen/");
        for (name, value) in SECURITY_HEADERS {
            let value = if is_personal && name == "referrer-policy" { "no-referrer" } else { value };
            assert_eq!(header(&answer, name), value, "{}", answer.url());
        }
        assert!(!answer.headers().contains_key("set-cookie"));
    }
}

#[tokio::test]
async fn an_unreachable_store_gives_a_friendly_page_with_an_incident_id() {
    let root = support::site();
    let out = root.path().join("dist");
    site_gen::build(root.path(), &out, Wanted::public(Timestamp::now())).unwrap();
    // The listener is dropped at once, so nothing listens on this port.
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let store = Store::new(local::connection(&format!("http://{gone}")));
    let keys = TokenKeys::new([8; 32]);
    let mut function = Function::open(&out.join("function"), store, Identity::new([7; 32]), keys).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    function.origins = vec![origin.clone()];
    let live = Live {
        site: out.join("site"),
        function: Some(Arc::new(function)),
        area: None,
        mailer: None,
        problems: None,
        build: 1,
        until: None,
    };
    let (_keep, live) = tokio::sync::watch::channel(live);
    let desk = Arc::new(dev_server::editor::desk::Desk::new(&support::settings(&root)));
    let served = Served { live, wake: Arc::default(), mail: out.join("mail"), desk };
    tokio::spawn(async move { axum::serve(listener, dev_server::routes::routes(served)).await });
    let sent = form("ruim", "r%40voorbeeld.nl");
    let answer = support::post(&support::client(), &(origin + OPEN), &sent).await.unwrap();
    assert_eq!(answer.status(), 507);
    let html = answer.text().await.unwrap();
    assert!(
        html.contains("We weten niet zeker of je aanmelding is bewaard") && html.contains("noem dit kenmerk"),
        "{html}"
    );
    assert!(
        html.contains("name=\"email\" value=\"r@voorbeeld.nl\""),
        "what was typed can be sent again: {html}"
    );
    assert!(!html.contains("attempts") && !html.contains("connection"), "no internals: {html}");
}

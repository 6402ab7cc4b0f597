//! The participant's path from sign-up to erasure, over HTTP, with every mail on the way.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod support;

use support::letter::{Letter, letter};
use support::{Tried, form, header, press, text};

const OPEN: &str = "/aanmelden/open/";

/// Presses a button on a page and returns the page that it redirects to.
async fn press_on(site: &Tried, path: &str, words: &str) -> String {
    let html = site.get(path).await.text().await.unwrap();
    let (action, sent) = press(&html, words);
    let answer = site.post(&action, &sent).await;
    assert_eq!(answer.status(), 303, "{words}");
    let location = header(&answer, "location").to_owned();
    let answer = site.get(&location).await;
    assert_eq!(answer.status(), 200);
    answer.text().await.unwrap()
}

#[tokio::test]
async fn participants_wait_get_promoted_switch_edit_cancel_and_are_erased() {
    let site = Tried::start().await;
    // Jan takes the only seat. Renée sees that the session is full and joins the waiting list.
    assert_eq!(site.post(OPEN, &form("klein", "jan%40voorbeeld.nl")).await.status(), 303);
    let jan = letter(&site, "jan@voorbeeld.nl", "Je bent aangemeld").await;
    assert_eq!(jan.calendar_line("METHOD:"), "REQUEST");
    let full = site.post(OPEN, &form("klein", "renee%40voorbeeld.nl")).await;
    assert_eq!(full.status(), 409);
    let (action, sent) = press(&full.text().await.unwrap(), "Zet me op de wachtlijst");
    let waiting = site.post(&action, &sent).await;
    assert_eq!(waiting.status(), 303);
    let page = site.get(header(&waiting, "location")).await.text().await.unwrap();
    assert!(page.contains("<h1>Je staat op de wachtlijst</h1>"), "{page}");
    let mail = letter(&site, "renee@voorbeeld.nl", "Je staat op de wachtlijst").await;
    let manage = mail.link("/wijzigen/");
    let page = site.get(&manage).await.text().await.unwrap();
    assert!(page.contains("Je nummer op de wachtlijst") && page.contains("<dd>1</dd>"), "{page}");

    // Jan cancels, and Renée gets the seat.
    let page = press_on(&site, &jan.link("/wijzigen/"), "Ja, meld me af").await;
    assert!(page.contains("<h1>Je bent afgemeld</h1>"), "{page}");
    let cancelled = letter(&site, "jan@voorbeeld.nl", "Je bent afgemeld").await;
    assert_eq!(cancelled.calendar_line("METHOD:"), "CANCEL");
    assert_eq!(cancelled.calendar_line("STATUS:"), "CANCELLED");
    assert_eq!(cancelled.calendar_line("UID:"), jan.calendar_line("UID:"));
    let sequence = |letter: &Letter| letter.calendar_line("SEQUENCE:").parse::<i64>().unwrap();
    assert!(sequence(&cancelled) > sequence(&jan));
    let promoted = letter(&site, "renee@voorbeeld.nl", "Er is een plek vrijgekomen").await;
    assert_eq!(promoted.calendar_line("DTSTART;TZID=Europe/Amsterdam:"), "20981128T160000");

    // Renée switches to the other date, which replaces the entry in her calendar.
    let page = press_on(&site, &manage, "Verzet mijn aanmelding naar zondag 30 november 2098").await;
    assert!(page.contains("zondag 30 november 2098, 16.00–17.30 uur"), "{page}");
    let changed = letter(&site, "renee@voorbeeld.nl", "Je datum is gewijzigd").await;
    let left = letter(&site, "renee@voorbeeld.nl", "Je plek is vervallen").await;
    assert_eq!(left.calendar_line("METHOD:"), "CANCEL");
    assert_eq!(left.calendar_line("UID:"), promoted.calendar_line("UID:"));
    // Whoever took the session from the page has the same entry, and not a second one.
    let file = site.get("/nieuws/open/ruim.ics").await.text().await.unwrap();
    assert!(file.contains(&format!("UID:{}\r\n", changed.calendar_line("UID:"))), "{file}");
    let on_page = file.lines().find_map(|line| line.strip_prefix("SEQUENCE:")).unwrap();
    assert!(on_page.parse::<i64>().unwrap() < sequence(&changed), "{on_page}");
    assert_eq!(changed.calendar_line("DTSTART;TZID=Europe/Amsterdam:"), "20981130T160000");
    assert!(sequence(&changed) > sequence(&promoted));

    // She corrects her name. A form with a mistake comes back with the typed values.
    let html = site.get(&manage).await.text().await.unwrap();
    let (action, sent) = press(&html, "Bewaar je wijzigingen");
    let wrong = site.post(&action, &sent.replace("SWV+Noord", "").replace("Ren%C3%A9e+Vos", "R.+Vos")).await;
    assert_eq!(wrong.status(), 422);
    let html = wrong.text().await.unwrap();
    assert!(html.contains("<title>Fout: ") && html.contains("value=\"R. Vos\""), "{html}");
    assert!(html.contains("<a href=\"#organisation\">Vul de naam van je organisatie in.</a>"), "{html}");
    let saved = site.post(&action, &sent.replace("Ren%C3%A9e+Vos", "Ren%C3%A9e+de+Vos")).await;
    let page = site.get(header(&saved, "location")).await.text().await.unwrap();
    assert!(
        page.contains("Je wijzigingen zijn bewaard.") && page.contains("value=\"Renée de Vos\""),
        "{page}"
    );

    // She submits the sign-up form again. It leads to the same page and sends no repeat mail within the hour.
    let sent = form("ruim", "renee%40voorbeeld.nl").replace("Ren%C3%A9e+Vos", "Renee+de+Vos");
    let again = site.post(OPEN, &sent).await;
    assert_eq!(again.status(), 303);
    assert!(header(&again, "location").contains("/ruim/ontvangen/"));

    // She erases her data, and her links stop working.
    let page = press_on(&site, &manage, "Ja, wis alles").await;
    assert!(page.contains("Je gegevens zijn gewist"), "{page}");
    assert_eq!(site.get(&manage).await.status(), 410);
    let (action, sent) = press(&html, "Ja, meld me af");
    assert_eq!(site.post(&action, &sent).await.status(), 410);
    let items = support::all_items(&site.server.store.endpoint).await;
    assert!(items.iter().all(|item| !format!("{item:?}").contains("renee@")), "{items:?}");
    let people = items.iter().filter(|item| text(item, "sk").starts_with("person#"));
    assert_eq!(people.count(), 1, "Jan, who cancelled");
}

#[tokio::test]
async fn opening_a_link_changes_nothing_and_only_our_own_form_does() {
    let site = Tried::start().await;
    site.post(OPEN, &form("klein", "jan%40voorbeeld.nl")).await;
    let manage = letter(&site, "jan@voorbeeld.nl", "Je bent aangemeld").await.link("/wijzigen/");
    let before = support::all_items(&site.server.store.endpoint).await.len();
    for method in ["GET", "HEAD"] {
        assert_eq!(site.request(method, &manage).send().await.unwrap().status(), 200);
    }
    let foreign = site
        .request("POST", &manage)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", "https://evil.example")
        .body("action=cancel");
    assert_eq!(foreign.send().await.unwrap().status(), 403);
    assert_eq!(site.post(&manage, "action=boss").await.status(), 400);
    assert_eq!(site.request("DELETE", &manage).send().await.unwrap().status(), 405);
    for (wrong, status) in [("x", 410), (&*"A".repeat(70), 410), ("%00", 404)] {
        assert_eq!(site.get(&format!("/aanmelden/open/wijzigen/{wrong}/")).await.status(), status, "{wrong}");
    }
    // The token of a manage link does not confirm an email address.
    let confirm = manage.replace("/wijzigen/", "/bevestigen/");
    assert_eq!(site.get(&confirm).await.status(), 410);
    let page = site.get(&manage).await;
    assert_eq!(
        (header(&page, "referrer-policy"), header(&page, "cache-control")),
        ("no-referrer", "no-store")
    );
    assert!(page.text().await.unwrap().contains("<h1>Je bent aangemeld</h1>"));
    assert_eq!(support::all_items(&site.server.store.endpoint).await.len(), before);
}

#[tokio::test]
async fn form_input_stays_inert_in_mail() {
    let site = Tried::start().await;
    let name = "Jan%0D%0ABcc:+x+evil.example%0D%0A%0D%0A%3Cscript%3E%E2%80%AE%3C%3C+reference+%3E%3E%00";
    let sent = form("ruim", "jan%40voorbeeld.nl").replace("Ren%C3%A9e+Vos", name);
    assert_eq!(site.post(OPEN, &sent).await.status(), 303);
    let mail = letter(&site, "jan@voorbeeld.nl", "Je bent aangemeld").await;
    let headers = mail.raw.split("\r\n\r\n").next().unwrap();
    assert!(!headers.lines().any(|line| line.to_lowercase().starts_with("bcc")), "{headers}");
    assert!(mail.text.contains("<script><< reference >>"), "{}", mail.text);
    let html = mail_parser::MessageParser::default().parse(mail.raw.as_bytes()).unwrap();
    let html = html.body_html(0).unwrap();
    assert!(html.contains("&lt;script&gt;") && !html.contains("<script>"), "{html}");
    assert!(!mail.subject.contains("Bcc"));
}

#[tokio::test]
async fn a_seat_is_held_until_the_address_is_confirmed() {
    let site = Tried::start().await;
    let answer = site.post("/aanmelden/bevestigen/", &form("een", "jan%40voorbeeld.nl")).await;
    let page = site.get(header(&answer, "location")).await.text().await.unwrap();
    assert!(page.contains("binnen 24 uur"), "{page}");
    let mail = letter(&site, "jan@voorbeeld.nl", "Bevestig je aanmelding").await;
    assert_eq!(mail.calendar, None);
    let confirm = mail.link("/bevestigen/bevestigen/");
    let page = press_on(&site, &confirm, "Bevestig je aanmelding").await;
    assert!(
        page.contains("Je aanmelding is bevestigd.") && page.contains("<h1>Je bent aangemeld</h1>"),
        "{page}"
    );
    letter(&site, "jan@voorbeeld.nl", "Je bent aangemeld").await;
    let page = site.get(&confirm).await.text().await.unwrap();
    assert!(page.contains("Je aanmelding is bevestigd") && !page.contains("<form"), "{page}");
}

#[tokio::test]
async fn whether_seats_are_left_is_public_and_cacheable_but_not_their_number() {
    let site = Tried::start().await;
    let seats = async || {
        let answer = site.get("/aanmelden/open/plekken.json").await;
        assert_eq!(header(&answer, "cache-control"), "public, max-age=10");
        answer.text().await.unwrap()
    };
    assert_eq!(seats().await, r#"{"seats_left":{"klein":"few","ruim":"enough"}}"#);
    site.post(OPEN, &form("klein", "jan%40voorbeeld.nl")).await;
    assert_eq!(seats().await, r#"{"seats_left":{"klein":"none","ruim":"enough"}}"#);
}

#[tokio::test]
async fn the_inbox_shows_what_was_sent() {
    let site = Tried::start().await;
    assert!(site.get("/_dev/inbox/").await.text().await.unwrap().contains("Er is nog geen mail"));
    site.post(OPEN, &form("klein", "jan%40voorbeeld.nl")).await;
    letter(&site, "jan@voorbeeld.nl", "Je bent aangemeld").await;
    let page = site.get("/_dev/inbox/").await.text().await.unwrap();
    assert!(page.contains("Aan jan@voorbeeld.nl") && page.contains("/wijzigen/"), "{page}");
    assert!(page.contains("komt in de agenda: ") && page.contains("Zoals verstuurd"), "{page}");
    let start = page.find("/_dev/mail/").unwrap();
    let mail = site.get(page[start..].split('"').next().unwrap()).await;
    assert!(header(&mail, "content-security-policy").starts_with("default-src 'none'"));
    assert!(mail.text().await.unwrap().contains("<p>Beste Renée Vos,</p>"));
    assert_eq!(site.get("/_dev/mail/nergens").await.status(), 404);
}

#[tokio::test]
async fn a_form_with_the_honeypot_field_filled_in_is_not_stored() {
    let site = Tried::start().await;
    let answer =
        site.post(OPEN, &(form("ruim", "jan%40voorbeeld.nl") + "&website=https://evil.example")).await;
    assert_eq!(answer.status(), 422);
    assert_eq!(site.items().await.len(), 0);
}

#[tokio::test]
async fn where_everything_is_full_the_other_session_is_offered_with_its_waiting_list() {
    let root = support::site();
    let article = root.path().join("content/nieuws/open.md");
    let text = std::fs::read_to_string(&article).unwrap();
    let small = text.lines().map(|line| if line.starts_with("capacity") { "capacity = 1" } else { line });
    std::fs::write(&article, small.collect::<Vec<_>>().join("\n") + "\n").unwrap();
    let site = Tried::start_in(root).await;
    for (session, who) in [("klein", "a"), ("ruim", "b")] {
        assert_eq!(site.post(OPEN, &form(session, &format!("{who}%40voorbeeld.nl"))).await.status(), 303);
    }
    let html = site.post(OPEN, &form("klein", "c%40voorbeeld.nl")).await.text().await.unwrap();
    assert!(html.contains("is ook vol") && !html.contains("Meld je aan voor"), "{html}");
    let (_, waiting) = press(&html, "Zet me op de wachtlijst voor zondag 30 november 2098");
    assert!(waiting.contains("session=ruim") && waiting.contains("wait=yes"), "{waiting}");
    assert_eq!(site.post(OPEN, &waiting).await.status(), 303);
}

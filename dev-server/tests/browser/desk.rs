//! The pages of the organisers' area, in the states that an organiser meets.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::states::State;
use crate::support::{Tried, all_items, form, put, text};

const SESSION: &str = "/beheer/bijeenkomst/open/sessie/ruim/";
const FULL: &str = "/beheer/bijeenkomst/open/sessie/klein/";
const BEGUN: &str = "/beheer/bijeenkomst/voorbij/sessie/straks/";

/// Returns the states that anybody can reach.
pub fn log_in() -> Vec<(String, State)> {
    let at = |path: &str| State::At(path.to_owned());
    let sent = |to: &str, form: &str| State::Sent { to: to.to_owned(), form: form.to_owned() };
    [
        ("log in", at("/beheer/inloggen/")),
        ("log in, refused", sent("/beheer/inloggen/", "email=jan")),
        ("code", at("/beheer/inloggen/code/")),
        ("code, refused", sent("/beheer/inloggen/code/", "code=00000000")),
        ("log-in link", at("/beheer/inloggen/link/x/")),
        ("log-in link, refused", sent("/beheer/inloggen/link/x/", "")),
    ]
    .map(|(name, state)| (name.to_owned(), state))
    .into()
}

/// Returns the states behind the log-in. Somebody has a seat in the session, and somebody waits in the full one.
pub async fn behind_the_log_in(site: &Tried) -> Vec<(String, State)> {
    for (session, email) in [("klein", "plek"), ("klein", "wacht"), ("ruim", "vera"), ("ruim", "wim")] {
        let typed = form(session, &format!("{email}%40beheer.nl")) + "&wait=yes";
        site.post("/aanmelden/open/", &typed).await;
    }
    site.post("/aanmelden/voorbij/", &form("straks", "vera%40beheer.nl")).await;
    bounce(site).await;
    let cookie = site.log_in().await;
    let was_there = begin(site, &cookie).await;
    let read = async |path: &str| site.read(path, &cookie).await;
    let list = read(SESSION).await;
    let key = between(&list, "name=\"form_key\" value=\"");
    let person = between(&list, "<th scope=\"row\"><a href=\"");
    let waiting = read(&format!("{FULL}wacht/")).await;
    let waiting = between(&waiting, "<th scope=\"row\"><a href=\"");
    let at = |path: &str| State::At(path.to_owned());
    let sent =
        |to: &str, fields: &str| State::Sent { to: to.to_owned(), form: format!("form_key={key}&{fields}") };
    let part = |part: &str| format!("{SESSION}{part}/");
    let ticked = between(&list, "name=\"who\" value=\"");
    let there = "date=2099-01-05&start=16:00&end=17:30";
    let message = "to=komt&subject=Tot+%7Bdatum%7D&text=Dag+%7Bnaam%7D%2C+**tot+dan**";
    let states = [
        ("overview", at("/beheer/")),
        ("list", at(SESSION)),
        ("list, waiting", at(&format!("{FULL}wacht/"))),
        ("list, nobody", at(&part("afgemeld"))),
        ("ticked", sent(&part("gekozen"), &format!("who={ticked}"))),
        ("ticked, nobody", sent(&part("gekozen"), "")),
        ("ticked, moved", sent(&part("gekozen"), &format!("who={ticked}&move=klein"))),
        ("search", sent(&part("zoeken"), "query=vera")),
        ("search, nobody", sent(&part("zoeken"), "query=niemand")),
        ("person", at(&person)),
        ("person, waiting", at(&waiting)),
        ("person, saved", at(&format!("{person}bewaard/"))),
        ("person, address refused", sent(&person, "action=address&email=jan")),
        ("person, refused", sent(&person, "action=details&full_name=")),
        ("person, reason refused", sent(&waiting, "action=let_in&note=")),
        ("add", at(&part("toevoegen"))),
        ("add, refused", sent(&part("toevoegen"), "session=ruim&email=jan")),
        ("add, full", sent(&format!("{FULL}toevoegen/"), &form("klein", "x%40beheer.nl"))),
        ("join link", at(&part("deelnamelink"))),
        ("join link, sent", at(&part("deelnamelink/verstuurd"))),
        ("join link, refused", sent(&part("deelnamelink"), "join_url=meet.example.nl")),
        ("message", at(&part("bericht"))),
        ("message to who was ticked", sent(&part("bericht"), &format!("action=chosen&who={ticked}"))),
        ("message, refused", sent(&part("bericht"), "action=preview&to=komt&subject=&text=%7Bx%7D")),
        ("message, preview", sent(&part("bericht"), &format!("action=preview&{message}"))),
        ("change", at(&part("wijzigen"))),
        ("change, refused", sent(&part("wijzigen"), &format!("action=preview&{there}&capacity=x"))),
        ("change, no day", sent(&part("wijzigen"), "action=preview&date=&capacity=60")),
        (
            "change, no such time",
            sent(&part("wijzigen"), "action=preview&date=2099-01-05&start=16:00&end=15:00&capacity=60"),
        ),
        (
            "change, preview",
            sent(&part("wijzigen"), &format!("action=preview&{there}&capacity=60&closed=yes&called_off=yes")),
        ),
        ("attendance", at(&format!("{BEGUN}aanwezig/"))),
        ("attendance, too early", at(&part("aanwezig"))),
        ("certificate", at(&format!("{was_there}bewijs/"))),
        ("gone", at("/beheer/bijeenkomst/open/deelnemer/00000000/")),
        ("sheet to sign", at(&part("tekenlijst"))),
        ("questions", at(&part("vragen"))),
        ("log", at("/beheer/logboek/")),
        ("log of the session", at(&part("logboek"))),
        ("log-ins", at("/beheer/inlogs/")),
        ("held", at("/beheer/gegevens/")),
        ("held, found", sent("/beheer/gegevens/", "email=vera%40beheer.nl")),
        ("held, refused", sent("/beheer/gegevens/", "email=jan")),
        ("fresh code", at("/beheer/bevestigen/")),
        ("fresh code, refused", sent("/beheer/bevestigen/", "action=check&code=00000000&back=/beheer/")),
    ];
    let as_organiser = |(name, state): (&str, State)| {
        let state = State::AsOrganiser { cookie: cookie.clone(), state: Box::new(state) };
        (format!("organiser: {name}"), state)
    };
    states.map(as_organiser).into()
}

/// Notes that the mails that were sent so far bounced, as SES reports it in the cloud.
async fn bounce(site: &Tried) {
    let store = &site.server.store.endpoint;
    let wait = tokio::time::timeout(Duration::from_secs(30), async {
        loop {
            let mut mails = all_items(store).await;
            mails.retain(|item| text(item, "sk").starts_with("mail#"));
            if mails.iter().all(|mail| mail.contains_key("sent_at")) {
                return mails;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    for mut mail in wait.await.unwrap() {
        mail.insert("report".to_owned(), AttributeValue::S("bounce".to_owned()));
        put(store, mail).await;
    }
}

/// Lets the session of somebody begin, and notes that they were there. Returns the address of their page.
async fn begin(site: &Tried, cookie: &str) -> String {
    let file = site.root.path().join("content/nieuws/voorbij.md");
    let text = std::fs::read_to_string(&file).unwrap();
    let begun = text
        .replace("start = 2098-11-30T16:00:00", "start = 2020-11-30T16:00:00")
        .replace("closes = 2098-11-30T16:00:00", "closes = 2020-11-30T16:00:00");
    std::fs::write(file, begun).unwrap();
    let path = format!("{BEGUN}aanwezig/");
    let page = tokio::time::timeout(Duration::from_secs(30), async {
        loop {
            let page = site.read(&path, cookie).await;
            if page.contains("name=\"was\"") {
                return page;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    let page = page.await.unwrap();
    let key = between(&page, "name=\"form_key\" value=\"");
    let reference = between(&page, "name=\"was\" value=\"");
    let fields = format!("form_key={key}&noted=yes&listed={reference}&was={reference}");
    assert_eq!(site.post_with_cookie(&path, &fields, cookie).await.status(), 303);
    format!("/beheer/bijeenkomst/voorbij/deelnemer/{reference}/")
}

/// Returns the text between these words and the next quotation mark.
fn between(page: &str, words: &str) -> String {
    let rest = page.split(words).nth(1).unwrap_or_else(|| panic!("no `{words}`: {page}"));
    rest.split('"').next().unwrap().to_owned()
}

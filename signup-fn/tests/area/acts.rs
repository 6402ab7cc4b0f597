//! What organisers can do with sign-ups, and what the log says about it.

use catalog::answer::Status;
use jiff::SignedDuration;
use signup_fn::store::change::Change;

use crate::browser::{Browser, LIST, area, page_of, pass};
use crate::support::{at, now, table};

#[tokio::test]
async fn the_list_shows_who_comes_waits_and_cancelled() {
    let table = table().await.with_capacity(1);
    let store = table.store();
    for email in ["a@x.nl", "b@x.nl", "c@x.nl"] {
        table.wait(&store, email, "a").await.unwrap();
    }
    table.change(&store, "c@x.nl", &Change::Cancel).await.unwrap();
    table.claim(&store, "other@x.nl", "b").await.unwrap();
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "ria@pos.example").await;
    let page = browser.get(LIST).await.body;
    for line in ["coming 1", "waiting 1", "cancelled 1", "person a@x.nl confirmed"] {
        assert!(page.contains(line), "{line}: {page}");
    }
    assert!(!page.contains("b@x.nl") && !page.contains("other@x.nl"), "{page}");
    assert!(browser.get(&format!("{LIST}wacht/")).await.body.contains("person b@x.nl waiting"));
    assert!(browser.get(&format!("{LIST}afgemeld/")).await.body.contains("person c@x.nl cancelled"));
}

#[tokio::test]
async fn a_search_finds_every_status_and_puts_nothing_into_an_address() {
    let table = table().await;
    let store = table.store();
    let form = |name: &str, email: &str| {
        format!("session=a&full_name={name}&email={email}&organisation=SWV+de+Eem&role=director")
    };
    for (name, email) in [("Zo%C3%AB+Vos", "zoe@x.nl"), ("Jan+Bos", "jan@x.nl")] {
        table.claim_form(&store, &form(name, email), now(), crate::support::PATIENCE).await.unwrap();
    }
    table.change(&store, "jan@x.nl", &Change::Cancel).await.unwrap();
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "ria@pos.example").await;
    let reference = table.participant("jan@x.nl").await.unwrap().person.reference();
    for (query, found) in [
        ("zoe", &["zoe@x.nl"][..]),
        ("VOS+eem", &["zoe@x.nl"]),
        ("x.nl", &["zoe@x.nl", "jan@x.nl"]),
        (reference.as_str(), &["jan@x.nl"]),
        ("niemand", &[]),
    ] {
        let page = browser.submit(LIST, &format!("{LIST}zoeken/"), &format!("query={query}")).await;
        assert_eq!((page.status, page.location.as_str()), (200, ""));
        assert_eq!(page.body.matches("person ").count(), found.len(), "{query}: {}", page.body);
        assert!(found.iter().all(|email| page.body.contains(email)), "{query}: {}", page.body);
    }
}

#[tokio::test]
async fn a_long_list_has_pages() {
    let table = table().await.with_capacity(150);
    let store = table.store();
    for number in 0..120 {
        table.claim(&store, &format!("p{number}@x.nl"), "a").await.unwrap();
    }
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "ria@pos.example").await;
    let first = browser.get(LIST).await.body;
    assert!(first.contains("1/2"), "{first}");
    assert_eq!(first.matches("person ").count(), 100);
    assert_eq!(browser.get(&format!("{LIST}komt/2/")).await.body.matches("person ").count(), 20);
    assert_eq!(browser.get(&format!("{LIST}komt/4294967295/")).await.body.matches("person ").count(), 0);
}

#[tokio::test]
async fn every_act_happens_once_and_enters_the_log_with_it() {
    let table = table().await;
    let store = table.store();
    table.claim(&store, "vera@x.nl", "a").await.unwrap();
    let path = page_of(&table, "vera@x.nl").await;
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "ria@pos.example").await;

    let details = "action=details&full_name=Vera+Bos&organisation=SWV&role=director";
    assert_eq!(browser.submit(&path, &path, details).await.location, format!("{path}bewaard/"));
    assert_eq!(table.participant("vera@x.nl").await.unwrap().signup.details.full_name.as_str(), "Vera Bos");
    let refused =
        browser.submit(&path, &path, "action=details&full_name=&organisation=SWV&role=director").await;
    assert_eq!(refused.status, 422);

    // The same form twice, as by a double click: moved once, whatever happened in between.
    let key = browser.get(&path).await.form_key();
    let moved = format!("form_key={key}&action=move&session=b");
    assert_eq!(browser.post(&path, &moved).await.location, format!("{path}verplaatst/"));
    browser.submit(&path, &path, "action=move&session=a").await;
    assert_eq!(browser.post(&path, &moved).await.location, format!("{path}verplaatst/"));
    assert_eq!(table.participant("vera@x.nl").await.unwrap().signup.session.as_str(), "a");

    let mails = table.mails("vera@x.nl").await.len();
    assert_eq!(browser.submit(&path, &path, "action=resend").await.location, format!("{path}verstuurd/"));
    assert_eq!(table.mails("vera@x.nl").await.len(), mails + 1);

    assert_eq!(browser.submit(&path, &path, "action=cancel").await.location, format!("{path}afgemeld/"));
    let history = browser.get(&path).await.body;
    assert!(
        history.contains("did cancelled\ndid resent\ndid moved\ndid moved\ndid corrected\n"),
        "{history}"
    );
    let of_session = browser.get(&format!("{LIST}logboek/")).await.body;
    assert!(
        of_session.contains("act cancelled Ria Vos") && !of_session.contains("logged_in"),
        "{of_session}"
    );
    assert_eq!(table.participant("vera@x.nl").await.unwrap().status, Status::Cancelled);
    assert_eq!(browser.submit(&path, &path, "action=erase").await.location, LIST);
    assert!(table.participant("vera@x.nl").await.is_none());
    assert_eq!(browser.get(&path).await.status, 410);

    let log = browser.get("/beheer/logboek/").await.body;
    let acts: Vec<&str> =
        log.lines().filter_map(|line| line.split("act ").nth(1)?.split(' ').next()).collect();
    assert_eq!(acts, ["erased", "cancelled", "resent", "moved", "moved", "corrected", "logged_in"]);
    assert!(!log.contains("Vera") && !log.contains("vera@"), "{log}");
}

#[tokio::test]
async fn somebody_can_be_added_by_hand_with_the_participants_rules() {
    let table = table().await.with_capacity(1);
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "ria@pos.example").await;
    let path = format!("{LIST}toevoegen/");
    let fields =
        |email: &str| format!("session=a&full_name=Jan+Vos&email={email}&organisation=SWV&role=director");
    let added = browser.submit(&path, &path, &fields("jan%40x.nl")).await;
    assert!(added.location.ends_with("/toegevoegd/"), "{added:?}");
    assert_eq!(table.mails("jan@x.nl").await.len(), 1);
    assert_eq!(browser.submit(&path, &path, &fields("geen-adres")).await.status, 422);
    let full = browser.submit(&path, &path, &fields("piet%40x.nl")).await;
    assert!(full.status == 409 && full.body.contains("full"), "{full:?}");
    let waits = browser.submit(&path, &path, &format!("{}&wait=yes", fields("piet%40x.nl"))).await;
    assert!(waits.location.ends_with("/toegevoegd/"), "{waits:?}");
    assert_eq!(table.participant("piet@x.nl").await.unwrap().status, Status::Waiting);
}

#[tokio::test]
async fn an_export_needs_a_fresh_code_and_a_place_in_the_log() {
    let table = table().await;
    table.claim(&table.store(), "=vera@x.nl", "a").await.unwrap();
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "ria@pos.example").await;
    let path = format!("{LIST}export/");
    let csv = browser.submit(LIST, &path, "kind=csv").await;
    assert_eq!(csv.status, 200);
    assert_eq!(csv.headers["content-disposition"], "attachment; filename=\"deelnemers-e-a.csv\"");
    assert!(csv.body.contains(";'=vera@x.nl;"), "{}", csv.body);
    let xlsx = browser.submit(LIST, &path, "kind=xlsx").await;
    assert!(xlsx.bytes.starts_with(b"PK"), "a workbook is a zip");

    browser.now += SignedDuration::from_mins(15);
    let asks = browser.submit(LIST, &path, "kind=csv").await;
    assert!(asks.body.contains("organiser/confirm.html") && asks.body.contains(LIST), "{}", asks.body);
    let back = format!("back={LIST}");
    browser.submit("/beheer/bevestigen/", "/beheer/bevestigen/", &format!("action=ask&{back}")).await;
    let code = pass(&table).await.code;
    let confirm = |code: &str| format!("code={code}&{back}");
    let wrong = browser.submit("/beheer/bevestigen/", "/beheer/bevestigen/", &confirm("00000000")).await;
    assert_eq!(wrong.status, 422);
    let right = browser.submit("/beheer/bevestigen/", "/beheer/bevestigen/", &confirm(code.as_str())).await;
    assert_eq!(right.location, LIST);
    assert_eq!(
        browser.submit(LIST, &path, "kind=csv").await.headers["content-type"],
        "text/csv; charset=utf-8"
    );
    let log = browser.get("/beheer/logboek/").await.body;
    assert_eq!(log.matches("act exported Ria Vos").count(), 3, "{log}");
}

#[tokio::test]
async fn a_fresh_code_leads_only_to_our_own_pages() {
    let table = table().await;
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "ria@pos.example").await;
    for back in ["https://evil.example/", "//evil.example/beheer/", "/beheer/../x", ""] {
        browser
            .submit("/beheer/bevestigen/", "/beheer/bevestigen/", &format!("action=ask&back={back}"))
            .await;
        let code = pass(&table).await.code;
        let fields = format!("code={code}&back={back}");
        let page = browser.submit("/beheer/bevestigen/", "/beheer/bevestigen/", &fields).await;
        assert_eq!(page.location, "/beheer/", "{back}");
        browser.now += SignedDuration::from_mins(31);
    }
}

#[tokio::test]
async fn what_is_held_is_listed_and_found_by_address() {
    let table = table().await;
    table.claim(&table.store(), "vera@x.nl", "a").await.unwrap();
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "ria@pos.example").await;
    assert!(browser.get("/beheer/gegevens/").await.body.contains("held 1 1"));
    let found = browser.submit("/beheer/gegevens/", "/beheer/gegevens/", "email=VERA%40x.nl").await;
    assert!(found.body.contains("person vera@x.nl"), "{}", found.body);
    let nobody = browser.submit("/beheer/gegevens/", "/beheer/gegevens/", "email=x%40x.nl").await;
    assert!(!nobody.body.contains("person "), "{}", nobody.body);
    assert_eq!(browser.submit("/beheer/gegevens/", "/beheer/gegevens/", "email=x").await.status, 422);
}

#[tokio::test]
async fn two_organisers_who_act_at_once_do_both_or_one_thing() {
    let table = table().await.with_capacity(1);
    let store = table.store();
    table.wait(&store, "vera@x.nl", "a").await.unwrap();
    table.wait(&store, "wim@x.nl", "a").await.unwrap();
    let path = page_of(&table, "vera@x.nl").await;
    let area = area(&table);
    let (mut ria, mut jan) = (Browser::new(&area), Browser::new(&area));
    ria.log_in(&table, "ria@pos.example").await;
    jan.log_in(&table, "jan@pos.example").await;
    let (one, other) = tokio::join!(
        ria.submit(&path, &path, "action=cancel"),
        jan.submit(&path, &path, "action=move&session=b"),
    );
    let vera = table.participant("vera@x.nl").await.unwrap();
    assert_eq!(one.status, 303);
    match other.status {
        303 => assert_eq!((vera.signup.session.as_str(), vera.status), ("b", Status::Cancelled)),
        410 => assert_eq!((vera.signup.session.as_str(), vera.status), ("a", Status::Cancelled)),
        status => panic!("{status}"),
    }
    assert_eq!(table.participant("wim@x.nl").await.unwrap().status, Status::Confirmed);
    assert_eq!(table.taken("a").await, 1);
}

#[tokio::test]
async fn somebody_who_waits_can_be_let_in_beyond_the_capacity_for_a_reason() {
    let table = table().await.with_capacity(1);
    let store = table.store();
    for email in ["a@x.nl", "b@x.nl", "c@x.nl"] {
        table.wait(&store, email, "a").await.unwrap();
    }
    let path = page_of(&table, "c@x.nl").await;
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "ria@pos.example").await;
    assert_eq!(browser.submit(&path, &path, "action=let_in&note=").await.status, 422);
    let page = browser.submit(&path, &path, "action=let_in&note=Spreekt+zelf").await;
    assert_eq!(page.location, format!("{path}toegelaten/"));
    let let_in = table.participant("c@x.nl").await.unwrap();
    assert_eq!(
        (let_in.status, table.taken("a").await, table.waiting("a").await.len()),
        (Status::Confirmed, 2, 1)
    );
    assert_eq!(let_in.note.unwrap().as_str(), "Spreekt zelf");
    // Whoever waits does not get the seat above the capacity.
    table.change(&store, "a@x.nl", &Change::Cancel).await.unwrap();
    assert_eq!((table.taken("a").await, table.waiting("a").await.len()), (1, 1));
    assert_eq!(table.participant("b@x.nl").await.unwrap().status, Status::Waiting);
    assert_eq!(
        browser.submit(&path, &path, "action=let_in&note=Nog+eens").await.location,
        format!("{path}toegelaten/")
    );
    assert_eq!(table.taken("a").await, 1);
}

#[tokio::test]
async fn a_note_is_for_organisers_and_goes_with_the_sign_up() {
    let table = table().await;
    table.claim(&table.store(), "vera@x.nl", "a").await.unwrap();
    let path = page_of(&table, "vera@x.nl").await;
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "ria@pos.example").await;
    let long = format!("action=note&note={}", "x".repeat(1001));
    assert!(browser.submit(&path, &path, &long).await.body.contains("too_long"));
    assert_eq!(
        browser.submit(&path, &path, "action=note&note=Belt+terug").await.location,
        format!("{path}genoteerd/")
    );
    assert!(browser.get(&path).await.body.contains("note Belt terug"));
    browser.submit(&path, &path, "action=note&note=").await;
    assert!(table.participant("vera@x.nl").await.unwrap().note.is_none());
}

#[tokio::test]
async fn who_was_there_is_noted_for_all_at_once_and_can_be_taken_back() {
    const PEOPLE: usize = 200;
    let table = table().await.with_capacity(PEOPLE);
    let store = table.store();
    for number in 0..PEOPLE {
        table.claim(&store, &format!("p{number}@x.nl"), "a").await.unwrap();
    }
    let area = area(&table);
    let mut browser = Browser::new(&area);
    let path = format!("{LIST}aanwezig/");
    browser.log_in(&table, "ria@pos.example").await;
    let early = browser.submit(LIST, &path, "was=x").await;
    assert_eq!((early.status, browser.get(&path).await.status), (410, 410), "the session has not begun");
    browser.now = table.event.sessions()[0].ends_at();
    browser.log_in(&table, "ria@pos.example").await;
    let key = browser.get(&path).await.form_key();
    let first = table.participant("p0@x.nl").await.unwrap();
    // Somebody is erased between the page and the button.
    table.change(&store, "p1@x.nl", &Change::Erase).await.unwrap();
    let listed: String = table
        .store()
        .participants(&table.event, at(now()))
        .await
        .unwrap()
        .readable
        .iter()
        .map(|one| format!("&listed={}", one.person.reference()))
        .collect();
    let fields = format!("form_key={key}&was={}&was=00000000{listed}", first.person.reference());
    assert_eq!(browser.post(&path, &fields).await.location, format!("{path}bewaard/"));
    let list = browser.get(LIST).await.body;
    assert!(
        list.contains("was_there 1\n") && list.contains(&format!("was_not_there {}\n", PEOPLE - 2)),
        "{list}"
    );
    let certificate = format!("/beheer/bijeenkomst/e/deelnemer/{}/bewijs/", first.person.reference());
    assert!(browser.get(&certificate).await.body.contains("certificate Jan Vos"));
    let other = table.participant("p2@x.nl").await.unwrap().person.reference();
    assert_eq!(browser.get(&format!("/beheer/bijeenkomst/e/deelnemer/{other}/bewijs/")).await.status, 410);
    // A colleague who saw only the first tick takes nothing back, and adds one.
    let second = table.participant("p3@x.nl").await.unwrap().person.reference();
    let fields = format!("noted=yes&before={0}&was={0}&was={second}{listed}", first.person.reference());
    browser.submit(&path, &path, &fields).await;
    let fields = format!("noted=yes&before={0}&was={0}{listed}", first.person.reference());
    browser.submit(&path, &path, &fields).await;
    assert!(browser.get(LIST).await.body.contains("was_there 2\n"));
    browser.submit(&path, &path, &format!("action=clear{listed}")).await;
    assert!(!browser.get(LIST).await.body.contains("was_there"));
    assert!(browser.get(&format!("{LIST}tekenlijst/")).await.body.contains("Jan Vos"));
}

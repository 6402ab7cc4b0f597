//! The link of a session, and messages.

use std::time::Duration;

use catalog::mail::{MailKind, Report};
use jiff::SignedDuration;
use signup_fn::mail::report::ReportEvent;
use signup_fn::mail::transport::Transport;
use signup_fn::people::timing::Timing;
use signup_fn::store::change::{Change, Changed};
use tokio::time::Instant;

use crate::browser::{Browser, area, page_of, pass};
use crate::support::{Table, at, identity, mailer, now, table, text};

const LIST: &str = "/beheer/bijeenkomst/e/sessie/a/";
const URL: &str = "https://meet.example.nl/a?b=1";
const TYPED: &str = "join_url=https%3A%2F%2Fmeet.example.nl%2Fa%3Fb%3D1";

/// Sends everything that is due, and returns the mails.
async fn letters(table: &Table) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let mailer = mailer(table, Transport::Folder(folder.path().into()));
    mailer.sweep(SignedDuration::ZERO, at(now() + SignedDuration::from_hours(2))).await.unwrap();
    let files = std::fs::read_dir(folder.path()).unwrap();
    files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap().replace("=\r\n", "")).collect()
}

#[tokio::test]
async fn who_has_a_seat_gets_the_link_once_it_is_set() {
    let table = table().await.with_capacity(2);
    let store = table.store();
    for email in ["a@x.nl", "b@x.nl", "waits@x.nl"] {
        table.wait(&store, email, "a").await.unwrap();
    }
    letters(&table).await;
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "ria@pos.example").await;
    let path = format!("{LIST}deelnamelink/");
    let page = browser.submit(&path, &path, "join_url=http%3A%2F%2Fmeet.example.nl").await;
    assert!(page.status == 422 && page.body.contains("malformed"), "{page:?}");
    browser.now += SignedDuration::from_secs(60);
    assert_eq!(browser.submit(&path, &path, TYPED).await.location, format!("{path}bewaard/"));
    let page = browser.get(&path).await.body;
    assert!(page.contains(URL.split('?').next().unwrap()) && page.contains("untold 2 "), "{page}");
    // The same form twice: everybody gets one mail.
    let key = browser.get(&path).await.form_key();
    for _ in 0..2 {
        browser.post(&path, &format!("form_key={key}&action=send")).await;
    }
    let sent = letters(&table).await;
    assert_eq!(sent.iter().filter(|letter| letter.contains("join_link")).count(), 2, "{sent:?}");
    assert!(sent.iter().all(|letter| !letter.contains("waits@x.nl")));
    let letter = &sent[0];
    assert!(letter.contains("meet.example.nl") && letter.contains("METHOD:REQUEST"), "{letter}");
    assert!(browser.get(&path).await.body.contains("untold 0 "));

    // Who gets a seat later finds it in the mail about that.
    table.change(&store, "a@x.nl", &Change::Cancel).await.unwrap();
    let promoted = letters(&table).await;
    let letter = promoted.iter().find(|letter| letter.contains("waits@x.nl")).unwrap();
    assert!(letter.contains("meet.example.nl"), "{letter}");
    let cancelled = promoted.iter().find(|letter| letter.contains("<a@x.nl>")).unwrap();
    assert!(!cancelled.contains("meet.example.nl"), "{cancelled}");

    // Another link: everybody with a seat is to be told again.
    browser.now += SignedDuration::from_secs(60);
    browser.submit(&path, &path, "join_url=https%3A%2F%2Fmeet.example.nl%2Fnieuw").await;
    assert!(browser.get(&path).await.body.contains("untold 2 "));
    browser.submit(&path, &path, "join_url=").await;
    assert!(browser.get(&path).await.body.contains("untold 0 "));
}

#[tokio::test]
async fn a_message_is_checked_shown_tried_and_sent_to_the_number_on_the_button() {
    let table = table().await;
    let store = table.store();
    for email in ["a@x.nl", "b@x.nl", "c@x.nl"] {
        table.claim(&store, email, "a").await.unwrap();
    }
    table.claim(&store, "elsewhere@x.nl", "b").await.unwrap();
    letters(&table).await;
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "ria@pos.example").await;
    let path = format!("{LIST}bericht/");
    for (fields, problem) in [
        ("to=komt&subject=&text=x", "empty"),
        ("to=komt&subject=x&text=", "empty"),
        ("to=komt&subject=x&text=%7Bvoornaam%7D", "unknown_placeholder {voornaam}"),
        ("to=komt&subject=x&text=%7Blink%7D", "no_link"),
        (&format!("to=komt&subject={}&text=x", "x".repeat(121)), "too_long"),
    ] {
        for action in ["preview", "proof", "send&count=3"] {
            let page = browser.submit(&path, &path, &format!("action={action}&{fields}")).await;
            assert!(page.status == 422 && page.body.contains(problem), "{fields} {action}: {}", page.body);
        }
    }
    let fields =
        "to=komt&subject=Tot+%7Bdatum%7D&text=Dag+%7Bnaam%7D%2C+%3Cscript%3Ex%3C%2Fscript%3E+**tot+dan**";
    let preview = browser.submit(&path, &path, &format!("action=preview&{fields}")).await.body;
    assert!(preview.contains("<strong>tot dan</strong>") && preview.contains("&lt;script&gt;"), "{preview}");
    assert!(preview.contains("count 3 "), "{preview}");
    assert!(letters(&table).await.is_empty(), "a preview sends nothing");

    browser.submit(&path, &path, &format!("action=proof&{fields}")).await;
    let proof = letters(&table).await;
    assert!(proof.len() == 1 && proof[0].contains("To: \"Jan Vos\" <ria@pos.example>"), "{proof:?}");
    assert!(!proof[0].contains("wijzigen/"), "no link to somebody else's sign-up: {}", proof[0]);

    // Somebody signs up between the page and the button.
    table.claim(&store, "d@x.nl", "a").await.unwrap();
    letters(&table).await;
    let changed = browser.submit(&path, &path, &format!("action=send&count=3&{fields}")).await;
    assert!(changed.status == 409 && changed.body.contains("changed true"), "{changed:?}");
    let key = browser.get(&path).await.form_key();
    for _ in 0..2 {
        let sent = browser.post(&path, &format!("form_key={key}&action=send&count=4&{fields}")).await;
        assert_eq!(sent.location, format!("{path}verstuurd/"));
    }
    let letters = letters(&table).await;
    assert_eq!(letters.len(), 4, "{letters:?}");
    assert!(letters.iter().all(|letter| !letter.contains("elsewhere@x.nl")));
    let page = browser.get(&path).await.body;
    assert!(page.contains("4/4 failed 0 bounced 0 under way 0"), "{page}");
}

#[tokio::test]
async fn a_message_needs_a_fresh_code() {
    let table = table().await;
    table.claim(&table.store(), "a@x.nl", "a").await.unwrap();
    letters(&table).await;
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "ria@pos.example").await;
    browser.now += SignedDuration::from_mins(20);
    let path = format!("{LIST}bericht/");
    let fields = "to=komt&subject=x&text=y&count=1";
    let refused = browser.submit(&path, &path, &format!("action=send&{fields}")).await;
    assert_eq!(refused.status, 422);
    let asked = browser.submit(&path, &path, &format!("action=code&{fields}")).await;
    assert_eq!(asked.status, 200);
    let code = pass(&table).await.code;
    let wrong = browser.submit(&path, &path, &format!("action=send&code=00000000&{fields}")).await;
    assert!(wrong.status == 422 && wrong.body.contains("wrong"), "{wrong:?}");
    let sent = browser.submit(&path, &path, &format!("action=send&code={code}&{fields}")).await;
    assert_eq!(sent.location, format!("{path}verstuurd/"));
}

#[tokio::test]
async fn who_cancels_or_is_erased_after_a_message_was_sent_off_does_not_get_it() {
    let table = table().await;
    let store = table.store();
    for email in ["stays@x.nl", "cancels@x.nl", "erased@x.nl"] {
        table.claim(&store, email, "a").await.unwrap();
    }
    letters(&table).await;
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "ria@pos.example").await;
    let path = format!("{LIST}bericht/");
    browser.submit(&path, &path, "action=send&count=3&to=komt&subject=x&text=y").await;
    table.change(&store, "cancels@x.nl", &Change::Cancel).await.unwrap();
    table.change(&store, "erased@x.nl", &Change::Erase).await.unwrap();
    let letters = letters(&table).await;
    let messages: Vec<_> = letters.iter().filter(|letter| letter.contains("message a")).collect();
    assert_eq!(messages.len(), 1, "{letters:?}");
    assert!(messages[0].contains("stays@x.nl"));
    // No hash of anybody is left where it would outlive an erasure.
    for item in table.items().await {
        assert!(!item.contains_key("recipients"), "{item:?}");
    }
}

#[tokio::test]
async fn a_message_to_a_thousand_people_reaches_everybody_once_however_often_it_is_interrupted() {
    const PEOPLE: usize = 1000;
    let table = table().await.with_capacity(PEOPLE);
    let store = table.store();
    for number in 0..PEOPLE {
        table.claim(&store, &format!("p{number}@x.nl"), "a").await.unwrap();
    }
    letters(&table).await;
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "ria@pos.example").await;
    let path = format!("{LIST}bericht/");
    let fields = format!("action=send&count={PEOPLE}&to=komt&subject=x&text=y");
    let key = browser.get(&path).await.form_key();
    assert_eq!(browser.post(&path, &format!("form_key={key}&{fields}")).await.status, 303);
    let folder = tempfile::tempdir().unwrap();
    let mailer = mailer(&table, Transport::Folder(folder.path().into()));
    for _ in 0..10 {
        let timing = Timing { now: now(), deadline: Instant::now() + Duration::from_millis(120) };
        // Killed in between: whatever it was doing is lost.
        let _ = tokio::time::timeout(Duration::from_millis(150), mailer.sweep(SignedDuration::ZERO, timing))
            .await;
    }
    // Leases of killed mailers run out after half a minute.
    let later = at(now() + SignedDuration::from_secs(60));
    mailer.rounds(later).await.unwrap();
    mailer.sweep(SignedDuration::ZERO, later).await.unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), PEOPLE);
    let mails = store.mails(&table.event, at(now()).deadline).await.unwrap().readable;
    let messages: Vec<_> = mails.iter().filter(|mail| mail.kind == MailKind::Message).collect();
    assert!(messages.len() == PEOPLE && messages.iter().all(|mail| mail.is_sent));
}

#[tokio::test]
async fn whoever_lost_the_mail_gets_the_link_again_and_nobody_learns_who_signed_up() {
    use signup_fn::participant::function::Function;

    let table = table().await;
    table.claim(&table.store(), "vera@x.nl", "a").await.unwrap();
    letters(&table).await;
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "ria@pos.example").await;
    let path = format!("{LIST}deelnamelink/");
    browser.submit(&path, &path, TYPED).await;
    let keys = (crate::support::identity(), crate::browser::keys());
    let mut function =
        Function::open(crate::support::function_folder(), table.store(), keys.0, keys.1).unwrap();
    function.origins = vec![crate::browser::ORIGIN.to_owned()];
    let sender = Some("192.0.2.1".parse().unwrap());
    let ask = |email: &str, now| {
        let request = http::Request::post("/aanmelden/e/link/")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", crate::browser::ORIGIN)
            .body(format!("email={email}").into_bytes())
            .unwrap();
        signup_fn::participant::answer(&function, request, sender, at(now))
    };
    let known = ask("vera%40x.nl", now()).await;
    let unknown = ask("niemand%40x.nl", now()).await;
    assert_eq!((known.status(), known.body()), (unknown.status(), unknown.body()));
    let sent = letters(&table).await;
    assert!(
        sent.len() == 1 && sent[0].contains("vera@x.nl") && sent[0].contains("meet.example.nl"),
        "{sent:?}"
    );
    assert!(sent[0].contains("/wijzigen/"), "{sent:?}");
    // Nobody can fill a mailbox.
    ask("vera%40x.nl", now() + SignedDuration::from_mins(9)).await;
    assert!(letters(&table).await.is_empty());
    ask("vera%40x.nl", now() + SignedDuration::from_mins(10)).await;
    assert_eq!(letters(&table).await.len(), 1);
    assert_eq!(ask("x", now()).await.status(), 422);
    for _ in 0..6 {
        ask("niemand%40x.nl", now()).await;
    }
    assert_eq!(ask("niemand%40x.nl", now()).await.status(), 429);
}

#[tokio::test]
async fn a_mail_that_bounces_is_shown_until_another_one_arrives() {
    let table = table().await;
    let store = table.store();
    for email in ["a@x.nl", "b@x.nl"] {
        table.claim(&store, email, "a").await.unwrap();
    }
    letters(&table).await;
    let report = |email: &'static str, kind: &'static str| {
        let table = table.clone();
        async move {
            let mail = table.mails(email).await.remove(0);
            let event: ReportEvent = serde_json::from_value(serde_json::json!({
                "source": "aws.ses",
                "detail": {
                    "eventType": "Bounce",
                    "bounce": { "bounceType": kind, "bouncedRecipients": [{ "emailAddress": email }] },
                    "mail": { "destination": [email], "tags": {
                        "event": ["e"], "person": [mail.key.person.key()], "mail": [mail.key.id],
                    } },
                },
            }))
            .unwrap();
            let mailer = mailer(&table, Transport::Folder("/nonexistent".into()));
            event.note(&mailer, at(now())).await.unwrap();
        }
    };
    report("a@x.nl", "Permanent").await;
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "ria@pos.example").await;
    let (path, other) = (page_of(&table, "a@x.nl").await, page_of(&table, "b@x.nl").await);
    let overview = browser.get("/beheer/").await.body;
    assert!(overview.contains(&format!("! bounced Jan Vos {path}\n")), "{overview}");
    assert!(browser.get(&path).await.body.contains("mail confirmation bounce"));
    assert!(!browser.get(&other).await.body.contains("bounce"));

    // The organiser knows the right address. Its owner confirms it, and then all is well.
    let page = browser.submit(&path, &path, "action=address&email=a").await;
    assert!(page.status == 422, "{page:?}");
    let form = format!("form_key={}&action=address&email=c%40x.nl", browser.get(&path).await.form_key());
    for _ in 0..2 {
        assert_eq!(browser.post(&path, &form).await.location, format!("{path}gevraagd/"));
    }
    let asked = table.participant("a@x.nl").await.unwrap().new_address.unwrap();
    browser.now += SignedDuration::from_secs(1);
    let again = browser.submit(&path, &path, "action=address&email=d%40x.nl").await;
    assert_eq!(again.status, 409, "too soon");
    let mailbox = identity().mailbox(table.event.id(), &asked.email);
    let take = Change::TakeAddress { id: asked.id, mailbox };
    assert_eq!(table.change(&store, "a@x.nl", &take).await.unwrap(), Changed::Done);
    let sent = letters(&table).await;
    assert!(sent.iter().any(|letter| letter.contains("c@x.nl")), "{sent:?}");
    let overview = browser.get("/beheer/").await.body;
    assert!(!overview.contains("! bounced"), "{overview}");

    // A report about somebody who was erased since changes nothing.
    let person = table.participant("b@x.nl").await.unwrap();
    let mail = table.mails("b@x.nl").await.remove(0);
    table.change(&store, "b@x.nl", &Change::Erase).await.unwrap();
    store.note_report(&table.event, &mail.key, Report::Bounce, at(now()).deadline).await.unwrap();
    let left = table.items().await;
    assert!(left.iter().all(|item| !text(item, "sk").contains(&person.person.key())), "{left:?}");
}

#[tokio::test]
async fn an_organiser_who_wants_it_gets_one_digest_a_day_if_anything_happened() {
    let table = table().await.with_capacity(1);
    let store = table.store();
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "jan@pos.example").await;
    let path = "/beheer/inlogs/";
    assert!(browser.get(path).await.body.contains("digest true"));
    assert_eq!(browser.submit(path, path, "digest=no").await.location, path);
    assert!(browser.get(path).await.body.contains("digest false"));

    // Seven in the morning, in the time zone of the event.
    let seven = |day: i64, minute: i64| {
        let midnight: jiff::Timestamp = "2026-11-24T23:00:00Z".parse().unwrap();
        midnight + SignedDuration::from_hours(24 * day + 7) + SignedDuration::from_mins(minute)
    };
    let digests = |at_moment: jiff::Timestamp| {
        let table = table.clone();
        async move {
            let folder = tempfile::tempdir().unwrap();
            let mailer = mailer(&table, Transport::Folder(folder.path().into()));
            mailer.rounds(at(at_moment)).await.unwrap();
            let files = std::fs::read_dir(folder.path()).unwrap();
            let read = |file: std::io::Result<std::fs::DirEntry>| {
                std::fs::read_to_string(file.unwrap().path()).unwrap()
            };
            files.map(read).filter(|letter| letter.contains("digest")).collect::<Vec<_>>()
        }
    };
    assert_eq!(digests(seven(0, 10)).await.len(), 0, "nothing happened");
    for email in ["a@x.nl", "b@x.nl", "c@x.nl"] {
        table.wait(&store, email, "a").await.unwrap();
    }
    table.change(&store, "c@x.nl", &Change::Cancel).await.unwrap();
    table.change(&store, "a@x.nl", &Change::Cancel).await.unwrap();
    for minute in [-1, 61] {
        assert_eq!(digests(seven(0, minute)).await.len(), 0, "too early or too late");
    }
    let sent = digests(seven(0, 25)).await;
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert!(
        sent[0].contains("ria@pos.example") && sent[0].contains("28 november 2098 +3 -2 ^1"),
        "{}",
        sent[0]
    );
    assert!(!sent[0].contains("x.nl"), "{}", sent[0]);
    assert_eq!(digests(seven(0, 40)).await.len(), 0, "once a day");
    assert_eq!(digests(seven(1, 10)).await.len(), 0, "nothing new");

    assert_eq!(browser.submit(path, path, "digest=yes").await.location, path);
    let sent = digests(seven(0, 50)).await;
    assert!(sent.len() == 1 && sent[0].contains("jan@pos.example"), "{sent:?}");
    assert!(browser.get("/beheer/logboek/").await.body.contains("act digest_chosen Jan Bos"));
}

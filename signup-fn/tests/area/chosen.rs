//! Lists in different orders, and what organisers do with several people at once.

use catalog::answer::Status;
use jiff::SignedDuration;

use crate::browser::{Browser, LIST, area};
use crate::support::{PATIENCE, now, table};

#[tokio::test]
async fn who_is_ticked_is_moved_cancelled_or_written_to_once() {
    let table = table().await.edited(|event| {
        for at in 0..2 {
            event["sessions"][at]["capacity"] = 2.into();
        }
    });
    let store = table.store();
    for email in ["a@x.nl", "b@x.nl", "waits@x.nl"] {
        table.wait(&store, email, "a").await.unwrap();
    }
    table.claim(&store, "there@x.nl", "b").await.unwrap();
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "ria@pos.example").await;
    let path = format!("{LIST}gekozen/");
    let mut who = Vec::new();
    for email in ["a@x.nl", "b@x.nl", "waits@x.nl", "there@x.nl"] {
        who.push(format!("who={}", table.participant(email).await.unwrap().person.reference().as_str()));
    }
    // Whoever is not in this session is not listed.
    let page = browser.submit(LIST, &path, &who.join("&")).await.body;
    assert_eq!(page.matches("chosen ").count(), 3, "{page}");
    assert_eq!(browser.submit(LIST, &path, "who=XXXXXXXX").await.body.matches("chosen ").count(), 0);
    assert_eq!(browser.get(&path).await.status, 405);

    // One seat is left in the other session.
    let page = browser.submit(LIST, &path, &format!("move=b&{}&{}", who[0], who[1])).await.body;
    assert_eq!((page.matches(" done").count(), page.matches(" full").count()), (1, 1), "{page}");
    let moved = ["a@x.nl", "b@x.nl"];
    let mut session = Vec::new();
    for email in moved {
        session.push(table.participant(email).await.unwrap().signup.session.to_string());
    }
    let gone = session.iter().position(|session| session == "b").unwrap();
    session.sort();
    assert_eq!(session, ["a", "b"]);

    // A message to those who were ticked, and to nobody else.
    let message = format!("{LIST}bericht/");
    let page = browser.submit(LIST, &message, &format!("action=chosen&{}", who[2])).await.body;
    assert!(page.contains("count 1") && !page.contains("empty"), "{page}");
    let fields = format!("action=send&to=gekozen&count=1&subject=Hallo&text=Dag&{}", who[2]);
    assert_eq!(browser.submit(&message, &message, &fields).await.location, format!("{message}verstuurd/"));
    let written = |mails: Vec<signup_fn::store::mail::Mail>| {
        mails.iter().filter(|mail| mail.kind == catalog::mail::MailKind::Message).count()
    };
    assert_eq!(written(table.mails("waits@x.nl").await), 1);
    assert_eq!(written(table.mails("a@x.nl").await) + written(table.mails("b@x.nl").await), 0);

    // The same form twice: everybody is cancelled once, and the log has each of them.
    let key = browser.get(LIST).await.form_key();
    let form = format!("form_key={key}&action=cancel&{}", who[..3].join("&"));
    for _ in 0..2 {
        // Whoever is in the other session by now keeps that seat.
        let page = browser.post(&path, &form).await.body;
        assert_eq!((page.matches(" done").count(), page.matches(" gone").count()), (2, 1), "{page}");
    }
    for (at, email) in ["a@x.nl", "b@x.nl", "waits@x.nl"].into_iter().enumerate() {
        let status = table.participant(email).await.unwrap().status;
        assert_eq!(status, if at == gone { Status::Confirmed } else { Status::Cancelled });
    }
    // A message to people who have all gone since goes to nobody, and not to everybody.
    let fields = format!("action=preview&to=gekozen&subject=Hallo&text=Dag&{}", who[gone]);
    assert!(browser.submit(&message, &message, &fields).await.body.contains("count 0"));
    let log = browser.get("/beheer/logboek/").await.body;
    assert_eq!(log.matches("act cancelled Ria Vos").count(), 2, "{log}");
    assert_eq!(log.matches("act moved Ria Vos").count(), 1, "{log}");
}

#[tokio::test]
async fn a_list_is_in_the_order_of_the_sign_ups_of_the_names_or_of_the_organisations() {
    let table = table().await;
    let store = table.store();
    let people =
        [("Zo%C3%AB", "z@x.nl", "Beta"), ("anna", "a@x.nl", "Gamma"), ("Bo", "b@x.nl", "%C3%84lpha")];
    for (at, (name, email, organisation)) in people.into_iter().enumerate() {
        let form =
            format!("session=a&full_name={name}&email={email}&organisation={organisation}&role=director");
        let moment = now() + SignedDuration::from_mins(i64::try_from(at).unwrap());
        table.claim_form(&store, &form, moment, PATIENCE).await.unwrap();
    }
    let area = area(&table);
    let mut browser = Browser::new(&area);
    browser.log_in(&table, "ria@pos.example").await;
    for (order, expected) in [("", "zab"), ("komt/op-naam/", "abz"), ("komt/op-organisatie/", "bza")] {
        let page = browser.get(&format!("{LIST}{order}")).await.body;
        let rows = page.split("person ").skip(1);
        let seen: String = rows.filter_map(|row| row.chars().next()).collect();
        assert_eq!(seen, expected, "{order}: {page}");
    }
}

//! The real server process, killed during sign-ups: every acknowledged sign-up is still there.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod support;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use mail_parser::MessageParser;
use support::{client, form, post, site, text};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// Starts the server process on a free port; returns the process and its address.
async fn start(root: &Path) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_dev-server"))
        .args(["--port", "0"])
        .arg(root)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let line = BufReader::new(child.stdout.take().unwrap()).lines().next_line().await.unwrap().unwrap();
    let address = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap();
    (child, address.trim_end_matches('/').to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_loses_no_acknowledged_sign_up() {
    let root = site();
    const PEOPLE: usize = 12;
    let mut acknowledged = BTreeSet::new();
    let mut cut_off = 0;
    for round in 0..4 {
        let (mut child, address) = start(root.path()).await;
        let answered: Arc<Mutex<BTreeSet<String>>> = Arc::default();
        let people: Vec<_> = (0..PEOPLE)
            .map(|number| {
                let (address, answered) = (address.clone(), Arc::clone(&answered));
                tokio::spawn(async move {
                    let email = format!("p{round}-{number}@voorbeeld.nl");
                    let form = form("ruim", &email.replace('@', "%40"));
                    let answer = post(&client(), &format!("{address}/aanmelden/open/"), &form).await;
                    if answer.is_ok_and(|answer| answer.status() == 303) {
                        answered.lock().unwrap().insert(email);
                    }
                })
            })
            .collect();
        // Kill it while some requests are acknowledged and others in flight, a little later each round.
        let enough = async {
            while answered.lock().unwrap().len() < 1 + round * 2 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), enough).await.unwrap();
        child.kill().await.unwrap();
        let at_the_kill = answered.lock().unwrap().len();
        cut_off += PEOPLE - at_the_kill;
        for person in people {
            person.await.unwrap();
        }
        acknowledged.append(&mut answered.lock().unwrap());
    }
    assert!(cut_off > 0, "some requests were in flight at the kill");

    let settings = support::settings(&root);
    let server = dev_server::start(settings).await.unwrap();
    let items = support::items(&server.store.endpoint).await;
    let mut people = BTreeMap::new();
    let mut taken = BTreeMap::new();
    for item in &items {
        if let Some(session) = text(item, "sk").strip_prefix("session#") {
            taken.insert(session.to_owned(), item["taken"].as_n().unwrap().parse::<usize>().unwrap());
        } else {
            *people.entry(text(item, "session").to_owned()).or_insert(0) += 1;
        }
    }
    assert_eq!(people, taken, "the counters match the rows");
    let stored: BTreeSet<String> = items.iter().map(|item| text(item, "email").to_owned()).collect();
    let lost: Vec<_> = acknowledged.difference(&stored).collect();
    assert!(lost.is_empty(), "acknowledged but not stored: {lost:?}");
    server.stop().await.unwrap();
}

/// Waits for a participant's first mail and returns the path of its manage link.
async fn link_to_manage(mail: &Path, email: &str) -> Option<String> {
    for _ in 0..100 {
        for file in std::fs::read_dir(mail).into_iter().flatten().flatten().map(|entry| entry.path()) {
            let bytes = std::fs::read(file).unwrap_or_default();
            let message = MessageParser::default().parse(&bytes)?;
            let is_theirs = message.to().and_then(|to| to.first()).and_then(|to| to.address()) == Some(email);
            if is_theirs {
                let text = message.body_text(0)?.into_owned();
                let link = text.split_whitespace().find(|word| word.contains("/wijzigen/"))?;
                return Some(format!("/{}", link.splitn(4, '/').nth(3)?));
            }
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    None
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_loses_or_repeats_no_mail_and_keeps_the_waiting_list_intact() {
    let root = site();
    let mail = root.path().join(".data/mail");
    const PEOPLE: usize = 12;
    let acknowledged: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    for round in 0..4 {
        let (mut child, address) = start(root.path()).await;
        let people: Vec<_> = (0..PEOPLE)
            .map(|number| {
                let (address, mail, acknowledged) =
                    (address.clone(), mail.clone(), Arc::clone(&acknowledged));
                tokio::spawn(async move {
                    let email = format!("p{round}-{number}@voorbeeld.nl");
                    let session = if number % 2 == 0 { "klein" } else { "ruim" };
                    let form = form(session, &email.replace('@', "%40")) + "&wait=yes";
                    let answer = post(&client(), &format!("{address}/aanmelden/open/"), &form).await;
                    if !answer.is_ok_and(|answer| answer.status() == 303) {
                        return;
                    }
                    acknowledged.lock().unwrap().insert(email.clone());
                    // Every third participant cancels as soon as the mail is there.
                    if number % 3 == 0
                        && let Some(link) = link_to_manage(&mail, &email).await
                    {
                        let _ = post(&client(), &format!("{address}{link}"), "action=cancel").await;
                    }
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(150 + 130 * round)).await;
        child.kill().await.unwrap();
        for person in people {
            person.await.unwrap();
        }
    }

    let server = dev_server::start(support::settings(&root)).await.unwrap();
    // A mailer that was killed while sending keeps its lease on the mail for up to half a minute.
    let mut items = Vec::new();
    for _ in 0..120 {
        items = support::all_items(&server.store.endpoint).await;
        let is_mail = |item: &&HashMap<String, AttributeValue>| text(item, "sk").starts_with("mail#");
        if items.iter().filter(is_mail).all(|item| item.contains_key("sent_at")) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let of_kind =
        |kind: &str| items.iter().filter(move |item| text(item, "sk").starts_with(kind)).collect::<Vec<_>>();
    for session in ["klein", "ruim"] {
        let with = |status: &str| {
            let people = of_kind("person#").into_iter();
            let people =
                people.filter(|item| text(item, "session") == session && text(item, "status") == status);
            people
                .map(|item| text(item, "sk").trim_start_matches("person#").to_owned())
                .collect::<BTreeSet<_>>()
        };
        let counter =
            of_kind("session#").into_iter().find(|item| text(item, "sk") == format!("session#{session}"));
        let Some(counter) = counter else { continue };
        let taken: usize = counter["taken"].as_n().unwrap().parse().unwrap();
        assert_eq!(taken, with("confirmed").len(), "seats of {session}");
        let line = counter.get("waiting").map(|line| line.as_l().unwrap().clone()).unwrap_or_default();
        let line: BTreeSet<String> = line.iter().map(|person| person.as_s().unwrap().clone()).collect();
        assert_eq!(line, with("waiting"), "waiting list of {session}");
        assert!(session != "klein" || taken <= 1);
    }
    let stored: BTreeSet<String> =
        of_kind("person#").iter().map(|item| text(item, "email").to_owned()).collect();
    let acknowledged = acknowledged.lock().unwrap().clone();
    let lost: Vec<_> = acknowledged.difference(&stored).collect();
    assert!(lost.is_empty() && !acknowledged.is_empty(), "acknowledged but not stored: {lost:?}");
    let put: BTreeSet<String> = of_kind("mail#")
        .iter()
        .map(|item| format!("{}-{}.eml", text(item, "sk").split('#').nth(2).unwrap(), text(item, "kind")))
        .collect();
    let sent: BTreeSet<String> = std::fs::read_dir(&mail)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let sent: BTreeSet<String> = sent.into_iter().filter(|name| name.ends_with(".eml")).collect();
    assert_eq!(put, sent, "each mail was sent once");
    let welcomed: BTreeSet<&str> = of_kind("mail#")
        .iter()
        .filter(|item| matches!(text(item, "kind"), "confirmation" | "waiting"))
        .map(|item| text(item, "sk").split('#').nth(1).unwrap())
        .collect();
    assert_eq!(welcomed.len(), stored.len(), "everybody got a mail");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_restart_keeps_the_sign_up_and_still_recognises_the_person() {
    let root = site();
    let settings = support::settings(&root);
    for _ in 0..2 {
        let server = dev_server::start(settings.clone()).await.unwrap();
        let url = format!("http://{}/aanmelden/open/", server.address);
        assert_eq!(post(&client(), &url, &form("ruim", "r%40voorbeeld.nl")).await.unwrap().status(), 303);
        assert_eq!(support::items(&server.store.endpoint).await.len(), 2);
        server.stop().await.unwrap();
    }
}

#[tokio::test]
async fn ctrl_c_stops_the_server_cleanly_even_while_a_browser_waits_for_a_reload() {
    let root = site();
    let (mut child, address) = start(root.path()).await;
    let waiting = client().get(format!("{address}/_dev/events")).send().await.unwrap();
    assert_eq!(waiting.status(), 200);
    let pid = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().await.unwrap().success());
    let status = tokio::time::timeout(Duration::from_secs(10), child.wait()).await.unwrap().unwrap();
    assert!(status.success(), "{status}");
}

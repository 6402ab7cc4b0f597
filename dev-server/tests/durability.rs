//! The real program, killed in the middle of sign-ups: what was acknowledged is there.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use support::{client, form, post, site, text};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// Starts the program on a free port; returns it with its address.
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
async fn killed_in_the_middle_no_acknowledged_sign_up_is_lost() {
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
        // Killed once some are answered and others under way; a little later each round.
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
    assert!(cut_off > 0, "some were under way when it was killed");

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
    assert_eq!(people, taken, "the counters equal the rows");
    let stored: BTreeSet<String> = items.iter().map(|item| text(item, "email").to_owned()).collect();
    let lost: Vec<_> = acknowledged.difference(&stored).collect();
    assert!(lost.is_empty(), "acknowledged and not stored: {lost:?}");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_sign_up_is_still_there_after_a_restart_and_the_person_still_known() {
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
async fn ctrl_c_ends_it_cleanly_even_while_a_browser_waits_for_a_reload() {
    let root = site();
    let (mut child, address) = start(root.path()).await;
    let waiting = client().get(format!("{address}/_dev/events")).send().await.unwrap();
    assert_eq!(waiting.status(), 200);
    let pid = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().await.unwrap().success());
    let status = tokio::time::timeout(Duration::from_secs(10), child.wait()).await.unwrap().unwrap();
    assert!(status.success(), "{status}");
}

//! The life of an event: what can happen after people have signed up.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod build;
mod edits;
mod mailbox;
mod new_address;
mod odd_items;
mod offline;
mod people;
#[path = "../support/mod.rs"]
mod support;

use catalog::answer::Status;
use catalog::mail::MailKind;
use signup_fn::mail::mailer::Mailer;
use signup_fn::mail::transport::Transport;
use signup_fn::store::change::{Change, Changed};
use support::{Table, mailer, table};

pub(crate) const JAN: &str = "jan@voorbeeld.nl";
pub(crate) const ELS: &str = "els@voorbeeld.nl";
pub(crate) const PIET: &str = "piet@voorbeeld.nl";

/// A table whose first session has one seat, which Jan has. Els and Piet wait.
pub(crate) async fn jan_before_els_and_piet() -> Table {
    let table = table().await.with_capacity(1);
    table.claim(&table.store(), JAN, "a").await.unwrap();
    for email in [ELS, PIET] {
        table.wait(&table.store(), email, "a").await.unwrap();
    }
    table
}

pub(crate) fn into_folder(table: &Table) -> (Mailer, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (mailer(table, Transport::Folder(folder.path().to_owned())), folder)
}

/// The subjects of the mails in a folder, sorted.
pub(crate) fn subjects(folder: &tempfile::TempDir) -> Vec<String> {
    let files = std::fs::read_dir(folder.path()).into_iter().flatten().flatten();
    let subject =
        |text: String| text.lines().find_map(|line| line.strip_prefix("Subject: ").map(str::to_owned));
    let mut all: Vec<String> =
        files.filter_map(|file| subject(std::fs::read_to_string(file.path()).unwrap())).collect();
    all.sort();
    all
}

pub(crate) async fn status(table: &Table, email: &str) -> Option<Status> {
    table.participant(email).await.map(|participant| participant.status)
}

pub(crate) async fn kinds(table: &Table, email: &str) -> Vec<MailKind> {
    table.mails(email).await.iter().map(|mail| mail.kind).collect()
}

pub(crate) async fn cancel(table: &Table, email: &str) {
    assert_eq!(table.change(&table.store(), email, &Change::Cancel).await.unwrap(), Changed::Done);
}

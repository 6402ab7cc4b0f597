//! Mail on this machine: the mailer's own code, with a folder for a mailbox.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, watch};

use crate::live::Live;

/// Who mail on this machine is from; `.example` belongs to nobody.
pub const SENDER: &str = "Aanmelden <aanmelden@pos.example>";

/// The folder that keeps mail, within the folder that keeps the sign-ups.
pub fn folder(data: &Path) -> PathBuf {
    data.join("mail")
}

/// How often seats, holds and reminders are looked at; in the cloud it is every quarter of an hour.
const ROUNDS: Duration = Duration::from_secs(20);
/// As much as the function in the cloud has.
const TIME: Duration = Duration::from_secs(60);

/// Delivers what the function puts into the outbox, whenever it is woken, until nobody watches any more.
pub async fn run(mut live: watch::Receiver<Live>, wake: Arc<Notify>) {
    loop {
        let mailer = live.borrow_and_update().mailer.clone();
        if let Some(mailer) = mailer {
            let now = Timestamp::now();
            let deadline = (Instant::now() + TIME).into();
            if let Err(error) = mailer.rounds(now, deadline).await {
                tracing::error!("de ronde langs de aanmeldingen is niet af: {error}");
            }
            if let Err(error) = mailer.sweep(SignedDuration::ZERO, now, deadline).await {
                tracing::error!("de post is niet bezorgd: {error}");
            }
        }
        tokio::select! {
            () = wake.notified() => {}
            () = tokio::time::sleep(ROUNDS) => {}
            changed = live.changed() => if changed.is_err() { return },
        }
    }
}

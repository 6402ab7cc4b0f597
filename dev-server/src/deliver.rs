//! Delivers mail on this machine with the mailer's own code, into a folder.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use signup_fn::people::timing::Timing;
use tokio::sync::{Notify, watch};

use crate::builder::Live;

/// How often the rounds are made; in the cloud it is every quarter of an hour.
const ROUNDS: Duration = Duration::from_secs(20);
/// The same as the timeout of the function in the cloud.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Makes the rounds and delivers the outbox whenever it is woken, until `live` ends.
pub async fn run(mut live: watch::Receiver<Live>, wake: Arc<Notify>) {
    loop {
        let mailer = live.borrow_and_update().mailer.clone();
        if let Some(mailer) = mailer {
            let timing = Timing { now: Timestamp::now(), deadline: (Instant::now() + TIMEOUT).into() };
            if let Err(error) = mailer.rounds(timing).await {
                tracing::error!("de ronde langs de aanmeldingen is niet af: {error}");
            }
            if let Err(error) = mailer.sweep(SignedDuration::ZERO, timing).await {
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

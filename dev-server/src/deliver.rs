//! Delivers mail into a folder on this machine, with the code of the mailer in the cloud.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use signup_fn::people::timing::Timing;
use tokio::sync::{Notify, watch};

use crate::builder::Live;

/// The longest pause between two rounds. In the cloud, the mailer makes its rounds every 15 minutes.
const ROUNDS: Duration = Duration::from_secs(20);
/// The time limit of one run. In the cloud, the mailer's timeout is 25 s (`infra/mailer.tf`).
const TIMEOUT: Duration = Duration::from_secs(25);

/// Makes the rounds and delivers the outbox: when woken, after each build, and after `ROUNDS` at the latest.
///
/// Returns once the sender of `live` is dropped.
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

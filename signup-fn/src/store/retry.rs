//! Trying again while there is time.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use super::StoreError;

/// What one attempt came to.
#[derive(Debug)]
pub(super) enum Attempt<T> {
    /// It is decided.
    Done(T),
    /// Not this time, for a reason that passes.
    Again(String),
    /// Not ever, for this reason.
    Failed(String),
}

/// The first pause is up to this long; each further one up to twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
/// No pause is longer.
const LONGEST_PAUSE: Duration = Duration::from_millis(640);

/// Attempts until one decides or the time is up.
///
/// Pauses between attempts are drawn between nothing and a limit that doubles
/// ("full jitter", Exponential Backoff And Jitter, AWS Architecture Blog,
/// 2015), so that those who collided once do not collide again.
pub(super) async fn until<T, F: Future<Output = Attempt<T>>>(
    deadline: Instant,
    attempt: impl Fn() -> F,
) -> Result<T, StoreError> {
    let mut attempts = 0;
    let mut limit = FIRST_PAUSE;
    let mut last = "no answer in time".to_owned();
    loop {
        attempts += 1;
        match timeout_at(deadline, attempt()).await {
            Ok(Attempt::Done(value)) => return Ok(value),
            Ok(Attempt::Failed(reason)) => return Err(StoreError::Refused(reason)),
            Ok(Attempt::Again(reason)) => last = reason,
            Err(_) => return Err(StoreError::TimeUp { attempts, last }),
        }
        let pause = limit.mul_f64(fastrand::f64());
        if Instant::now() + pause >= deadline {
            return Err(StoreError::TimeUp { attempts, last });
        }
        sleep(pause).await;
        limit = (limit * 2).min(LONGEST_PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_tries_until_it_is_decided() {
        let tried = Cell::new(0);
        let decided = until(Instant::now() + Duration::from_secs(10), || async {
            tried.set(tried.get() + 1);
            if tried.get() == 5 { Attempt::Done("done") } else { Attempt::Again("busy".into()) }
        });
        assert_eq!(decided.await.ok(), Some("done"));
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_before_the_deadline_and_tells_the_last_reason() {
        let deadline = Instant::now() + Duration::from_secs(3);
        let error = until(deadline, || async { Attempt::<()>::Again("busy".into()) }).await.unwrap_err();
        assert!(Instant::now() <= deadline);
        assert!(matches!(error, StoreError::TimeUp { attempts, last } if attempts > 5 && last == "busy"));
    }

    #[tokio::test(start_paused = true)]
    async fn an_attempt_that_hangs_is_cut_off_at_the_deadline() {
        let deadline = Instant::now() + Duration::from_secs(3);
        let hang = || async {
            sleep(Duration::from_secs(60)).await;
            Attempt::Done(())
        };
        assert!(until(deadline, hang).await.is_err());
        assert_eq!(Instant::now(), deadline);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_ends_it_at_once() {
        let error =
            until(Instant::now() + Duration::from_secs(3), || async { Attempt::<()>::Failed("no".into()) });
        assert!(matches!(error.await, Err(StoreError::Refused(reason)) if reason == "no"));
    }
}

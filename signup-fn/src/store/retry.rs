//! Retries with full jitter until the deadline.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use super::error::{Setback, StoreError};

/// The upper limit of the first pause. The limit doubles for each further pause.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
/// The upper limit of every pause.
const LONGEST_PAUSE: Duration = Duration::from_millis(640);

/// Retries an attempt until it succeeds, fails permanently, or the deadline is near.
///
/// Pauses are drawn at random between zero and a limit that doubles ("full jitter", Exponential
/// Backoff And Jitter, AWS Architecture Blog, 2015), so that requests that collided once do not
/// collide again.
///
/// # Errors
/// Returns the permanent error of an attempt, or [`StoreError::TimeUp`] with the last transient reason.
pub(super) fn until<T, F: Future<Output = Result<T, Setback>>>(
    deadline: Instant,
    attempt: impl Fn() -> F,
) -> impl Future<Output = Result<T, StoreError>> {
    with(deadline, None::<()>, move |_| attempt())
}

/// Does the same, and passes what is known already to the first attempt. The later ones get nothing: it may be out of date
/// by then.
///
/// # Errors
/// Fails like [`until`].
pub(super) async fn with<K, T, F: Future<Output = Result<T, Setback>>>(
    deadline: Instant,
    mut known: Option<K>,
    attempt: impl Fn(Option<K>) -> F,
) -> Result<T, StoreError> {
    let mut attempts = 0;
    let mut limit = FIRST_PAUSE;
    let mut last = "timed out".to_owned();
    loop {
        attempts += 1;
        match timeout_at(deadline, attempt(known.take())).await {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(Setback::Final(error))) => return Err(error),
            Ok(Err(Setback::Passing(reason))) => last = reason,
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
    async fn it_retries_until_an_attempt_succeeds() {
        let tried = Cell::new(0);
        let decided = until(Instant::now() + Duration::from_secs(10), || async {
            tried.set(tried.get() + 1);
            if tried.get() == 5 { Ok("done") } else { Err(Setback::Passing("busy".into())) }
        });
        assert_eq!(decided.await.ok(), Some("done"));
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_before_the_deadline_and_returns_the_last_reason() {
        let deadline = Instant::now() + Duration::from_secs(3);
        let error = until(deadline, || async { Err::<(), _>(Setback::Passing("busy".into())) });
        let error = error.await.unwrap_err();
        assert!(Instant::now() <= deadline);
        assert!(matches!(error, StoreError::TimeUp { attempts, last } if attempts > 5 && last == "busy"));
    }

    #[tokio::test(start_paused = true)]
    async fn an_attempt_that_hangs_is_cut_off_at_the_deadline() {
        let deadline = Instant::now() + Duration::from_secs(3);
        let hang = || async {
            sleep(Duration::from_secs(60)).await;
            Ok(())
        };
        assert!(until(deadline, hang).await.is_err());
        assert_eq!(Instant::now(), deadline);
    }

    #[tokio::test(start_paused = true)]
    async fn it_stops_at_once_after_a_permanent_error() {
        let refused = || async { Err::<(), _>(StoreError::Refused("no".into()).into()) };
        let error = until(Instant::now() + Duration::from_secs(3), refused).await;
        assert!(matches!(error, Err(StoreError::Refused(reason)) if reason == "no"));
    }
}

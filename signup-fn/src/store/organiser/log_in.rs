//! Log-ins: how one begins, how long it lasts, and how it ends.

use jiff::SignedDuration;
use tokio::time::Instant;

use super::acts::enter;
use super::record::{self, LOG_IN, ORGANISERS, REQUEST};
use super::requests::latest_key;
use crate::people::act::Act;
use crate::people::identity::OrganiserId;
use crate::people::log_in::{LogIn, LogInRequest};
use crate::people::pass::Presented;
use crate::people::secret::SecretHash;
use crate::people::timing::Timing;
use crate::people::token::TokenKeys;
use crate::store::client::{Store, attempt_id};
use crate::store::error::StoreError;
use crate::store::expression::{Changes, Condition, equals};
use crate::store::item::{number, text};
use crate::store::listing::Listing;
use crate::store::retry;
use crate::store::transaction::{Outcome, Write};

/// The reason why a link or a code is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// This browser did not ask for one, or it was used, replaced or tried too often, or is too old.
    Over,
    /// It is another code.
    Wrong,
}

/// The minimum time between two notes of when a log-in was used.
const BETWEEN_NOTES: SignedDuration = SignedDuration::from_mins(1);
/// The maximum number of codes that may be tried (OWASP ASVS 5.0, 6.5.1).
const MAX_TRIES: i64 = 5;

impl Store {
    /// Begins a log-in with a link or a code that `browser` asked for, and enters it in the log. Exactly one of
    /// several attempts with the same link succeeds.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses a request, or if the request is unreadable.
    pub async fn log_in(
        &self,
        (browser, presented): (&SecretHash, &Presented<'_>),
        keys: &TokenKeys,
        begin: impl Fn(&OrganiserId) -> (LogIn, Act),
        timing: Timing,
    ) -> Result<Result<LogIn, Refusal>, StoreError> {
        let request = match self.presented(browser, presented, keys, timing).await? {
            Ok(request) => request,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let (log_in, act) = begin(&request.organiser);
        let put = Write::put(record::log_in_item(&log_in)?, Condition::Absent("pk"));
        let used = self.use_up((browser, &request), vec![put, enter(&act)?], timing.deadline).await?;
        Ok(used.map(|()| log_in))
    }

    /// Notes that the organiser presented a fresh code in a running log-in.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses a request, or if the request is unreadable.
    pub async fn refresh(
        &self,
        log_in: &LogIn,
        presented: &Presented<'_>,
        keys: &TokenKeys,
        timing: Timing,
    ) -> Result<Result<(), Refusal>, StoreError> {
        let request = match self.presented(&log_in.hash, presented, keys, timing).await? {
            Ok(request) if request.organiser == log_in.organiser => request,
            Ok(_) => return Ok(Err(Refusal::Over)),
            Err(refusal) => return Ok(Err(refusal)),
        };
        let fresh = Changes::default().set("fresh_at", number(timing.now.as_second()));
        let key = record::key(LOG_IN, log_in.hash.as_str());
        let update = Write::update(key, fresh, Condition::Exists("pk"));
        self.use_up((&log_in.hash, &request), vec![update], timing.deadline).await
    }

    /// Uses up the latest request of a browser, so that nothing opens it again, together with `rest`: both or
    /// neither. Refuses if the request was used or replaced, or if the first write of `rest` has become impossible.
    async fn use_up(
        &self,
        (browser, request): (&SecretHash, &LogInRequest),
        rest: Vec<Write>,
        deadline: Instant,
    ) -> Result<Result<(), Refusal>, StoreError> {
        let is_same = || equals("request", text(request.id.to_string()));
        let mut writes = vec![
            Write::delete(record::key(REQUEST, browser.as_str()), is_same()),
            Write::delete(latest_key(browser, request), is_same()),
        ];
        writes.extend(rest);
        let id = attempt_id();
        retry::until(deadline, || async {
            match self.transact(writes.clone(), &id).await? {
                Outcome::Committed => Ok(Ok(())),
                Outcome::Cancelled(cancelled) if (0..3).any(|write| cancelled.condition_failed(write)) => {
                    Ok(Err(Refusal::Over))
                }
                Outcome::Cancelled(cancelled) => Err(cancelled.setback()),
            }
        })
        .await
    }

    /// Returns the request of a browser if what was presented opens it. Counts every code before comparing it,
    /// so that attempts at the same time cannot try more.
    async fn presented(
        &self,
        browser: &SecretHash,
        presented: &Presented<'_>,
        keys: &TokenKeys,
        timing: Timing,
    ) -> Result<Result<LogInRequest, Refusal>, StoreError> {
        let key = record::key(REQUEST, browser.as_str());
        let found = self.item_until(timing.deadline, key).await?;
        let request = found.as_ref().map(record::request).transpose()?;
        let Some(request) = request.filter(|request| timing.now < request.forget_at) else {
            return Ok(Err(Refusal::Over));
        };
        let is_code = matches!(presented, Presented::Code(_));
        if is_code && !self.count_try(browser, &request, timing.deadline).await? {
            return Ok(Err(Refusal::Over));
        }
        match (keys.opens(&request.id, presented), is_code) {
            (true, _) => Ok(Ok(request)),
            (false, true) => Ok(Err(Refusal::Wrong)),
            (false, false) => Ok(Err(Refusal::Over)),
        }
    }

    /// Counts a code that is tried. Returns whether it may be compared.
    async fn count_try(
        &self,
        browser: &SecretHash,
        request: &LogInRequest,
        deadline: Instant,
    ) -> Result<bool, StoreError> {
        let id = attempt_id();
        retry::until(deadline, || async {
            let may_try = Condition::All(vec![
                equals("request", text(request.id.to_string())),
                Condition::Less("tries", number(MAX_TRIES)),
            ]);
            let key = record::key(REQUEST, browser.as_str());
            let counted = Write::update(key, Changes::default().add("tries", 1), may_try);
            match self.transact(vec![counted], &id).await? {
                Outcome::Committed => Ok(true),
                Outcome::Cancelled(cancelled) if cancelled.condition_failed(0) => Ok(false),
                Outcome::Cancelled(cancelled) => Err(cancelled.setback()),
            }
        })
        .await
    }

    /// Returns the log-in of a cookie, if it lasts. Notes that it is used, at most once a minute.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses a request, or if the log-in is unreadable.
    pub async fn log_in_of(&self, hash: &SecretHash, timing: Timing) -> Result<Option<LogIn>, StoreError> {
        let Timing { now, deadline } = timing;
        let found = self.item_until(deadline, record::key(LOG_IN, hash.as_str())).await?;
        let log_in = found.as_ref().map(record::log_in).transpose()?;
        let Some(log_in) = log_in.filter(|log_in| !log_in.is_over(now)) else { return Ok(None) };
        if now.duration_since(log_in.used_at) < BETWEEN_NOTES {
            return Ok(Some(log_in));
        }
        let id = attempt_id();
        retry::until(deadline, || async {
            let used = Changes::default().set("used_at", number(now.as_second()));
            let key = record::key(LOG_IN, hash.as_str());
            match self.transact(vec![Write::update(key, used, Condition::Exists("pk"))], &id).await? {
                Outcome::Committed => Ok(Some(LogIn { used_at: now, ..log_in.clone() })),
                // It was ended a moment ago.
                Outcome::Cancelled(cancelled) if cancelled.condition_failed(0) => Ok(None),
                Outcome::Cancelled(cancelled) => Err(cancelled.setback()),
            }
        })
        .await
    }

    /// Reads the log-ins of an organiser that last, the newest first.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses a request.
    pub async fn log_ins(
        &self,
        organiser: &OrganiserId,
        timing: Timing,
    ) -> Result<Listing<Vec<LogIn>>, StoreError> {
        let items = self.query_until(timing.deadline, ORGANISERS, LOG_IN).await?;
        let mut listing: Listing<Vec<LogIn>> = items.iter().map(record::log_in).collect();
        listing.readable.retain(|log_in| log_in.organiser == *organiser && !log_in.is_over(timing.now));
        listing.readable.sort_by_key(|log_in| std::cmp::Reverse(log_in.since));
        Ok(listing)
    }

    /// Ends a log-in.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses the request.
    pub async fn log_out(&self, hash: &SecretHash, deadline: Instant) -> Result<(), StoreError> {
        retry::until(deadline, || self.delete(record::key(LOG_IN, hash.as_str()))).await
    }
}

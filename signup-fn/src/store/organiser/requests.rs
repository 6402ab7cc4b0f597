//! A request to log in: the mail that it causes, and how often it may be made.

use jiff::Timestamp;
use tokio::time::Instant;

use super::passes;
use super::record::{self, LATEST};
use crate::people::identity::{OrganiserId, Source};
use crate::people::log_in::{LogInRequest, VALID};
use crate::people::pass::RequestId;
use crate::people::secret::SecretHash;
use crate::store::client::{Store, attempt_id};
use crate::store::count::count;
use crate::store::error::StoreError;
use crate::store::expression::Condition;
use crate::store::item::{Item, number, text};
use crate::store::retry;
use crate::store::transaction::{Outcome, Write};

/// What a request needs besides its id.
#[derive(Debug)]
pub struct Asked<'a> {
    /// The cookie of the browser that asked.
    pub browser: &'a SecretHash,
    /// Who asked, or claims to be.
    pub organiser: &'a OrganiserId,
    /// Whether it asks for a fresh code in a running log-in.
    pub is_fresh: bool,
    /// The count of this address, or of fresh codes in this log-in, in this hour.
    pub by_address: &'a Source,
    /// The count of this network in this hour, if it is known.
    pub by_network: Option<&'a Source>,
    /// The time of the request.
    pub now: Timestamp,
}

/// The outcome of a request to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// The mail is in the outbox.
    Sent,
    /// The address or the network has asked too often in this hour. Nothing was stored.
    TooOften,
}

/// The maximum number of requests in an hour for one address (OWASP ASVS 5.0, 6.6.3).
const MAX_BY_ADDRESS: i64 = 5;
/// The maximum number of requests in an hour from one network.
const MAX_BY_NETWORK: i64 = 20;

impl Store {
    /// Stores a request to log in and puts the mail about it into the outbox. Does the same work whether or not
    /// the address is that of an organiser: only the mailer knows. The request replaces earlier ones for
    /// the address.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses a request, or if the operating system supplies no
    /// random bits.
    pub async fn ask_to_log_in(&self, asked: &Asked<'_>, deadline: Instant) -> Result<Asking, StoreError> {
        let Asked { browser, organiser, is_fresh, by_address, by_network, now } = *asked;
        let (id, forget_at) = (RequestId::random()?, now + VALID);
        let request = LogInRequest { id, organiser: *organiser, is_fresh, forget_at };
        let mut latest = latest_key(browser, &request);
        latest.insert("request".to_owned(), text(request.id.to_string()));
        latest.insert("forget_at".to_owned(), number(request.forget_at.as_second()));
        let mut writes = vec![
            Write::put(record::request_item(browser, &request)?, Condition::always()),
            Write::put(latest, Condition::always()),
            passes::put(&request)?,
            count(by_address, "asked", MAX_BY_ADDRESS),
        ];
        let limits = writes.len() - 1;
        writes.extend(by_network.map(|network| count(network, "asked", MAX_BY_NETWORK)));
        let id = attempt_id();
        retry::until(deadline, || async {
            match self.transact(writes.clone(), &id).await? {
                Outcome::Committed => Ok(Asking::Sent),
                Outcome::Cancelled(cancelled)
                    if (limits..writes.len()).any(|write| cancelled.condition_failed(write)) =>
                {
                    Ok(Asking::TooOften)
                }
                Outcome::Cancelled(cancelled) => Err(cancelled.setback()),
            }
        })
        .await
    }
}

/// Returns the key of the note of the latest request: that of the address or, for a fresh code, of the log-in.
pub(super) fn latest_key(browser: &SecretHash, request: &LogInRequest) -> Item {
    match request.is_fresh {
        true => record::key(LATEST, browser.as_str()),
        false => record::key(LATEST, &request.organiser.key()),
    }
}

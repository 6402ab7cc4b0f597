//! What organisers have chosen about the daily digest.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use tokio::time::Instant;

use super::record;
use crate::people::act::Act;
use crate::people::digest::Digest;
use crate::people::identity::OrganiserId;
use crate::store::client::{Store, attempt_id};
use crate::store::error::StoreError;
use crate::store::expression::{Changes, Condition};
use crate::store::item::{Item, number};
use crate::store::retry;
use crate::store::transaction::{Outcome, Write};

pub(in crate::store) const DIGEST: &str = "digest#";

fn key(organiser: &OrganiserId) -> Item {
    record::key(DIGEST, &organiser.key())
}

fn digest(item: &Item) -> Digest {
    let until = item.get("until").and_then(|at| at.as_n().ok()?.parse().ok());
    Digest {
        is_wanted: item.get("is_off").is_none_or(|is_off| is_off.as_bool() != Ok(&true)),
        until: until.and_then(|second| Timestamp::from_second(second).ok()),
    }
}

impl Store {
    /// Reads what an organiser has chosen; by default they get the digest.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses the request.
    pub async fn digest_of(&self, organiser: &OrganiserId, deadline: Instant) -> Result<Digest, StoreError> {
        let found = self.item_until(deadline, key(organiser)).await?;
        Ok(found.as_ref().map(digest).unwrap_or_default())
    }

    /// Notes whether an organiser wants the digest, and enters the act in the log.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses the request.
    pub async fn choose_digest(
        &self,
        act: &Act,
        is_wanted: bool,
        deadline: Instant,
    ) -> Result<(), StoreError> {
        let chosen = Changes::default().set("is_off", AttributeValue::Bool(!is_wanted));
        self.do_once(act, vec![Write::update(key(&act.who), chosen, Condition::always())], deadline).await
    }

    /// Notes up to which moment the last digest told an organiser what happened.
    ///
    /// # Errors
    /// Fails if the deadline passes or if the table refuses the request.
    pub async fn mark_digest(
        &self,
        organiser: &OrganiserId,
        until: Timestamp,
        deadline: Instant,
    ) -> Result<(), StoreError> {
        let marked = Changes::default().set("until", number(until.as_second()));
        let write = Write::update(key(organiser), marked, Condition::always());
        let id = attempt_id();
        retry::until(deadline, || async {
            match self.transact(vec![write.clone()], &id).await? {
                Outcome::Committed => Ok(()),
                Outcome::Cancelled(cancelled) => Err(cancelled.setback()),
            }
        })
        .await
    }
}

//! One transaction: its writes, and its outcome.

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    CancellationReason, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
    Update,
};

use super::client::{Store, attempt_id};
use super::error::{Setback, StoreError};
use super::expression::{Changes, Condition, Placeholders};
use super::item::Item;

/// One write of a transaction, with the condition under which it may happen.
#[derive(Debug, Clone)]
pub(super) struct Write {
    action: Action,
    condition: Condition,
}

#[derive(Debug, Clone)]
enum Action {
    Put(Item),
    Update(Item, Changes),
    Delete(Item),
    Check(Item),
}

impl Write {
    /// Writes a whole item.
    pub(super) fn put(item: Item, condition: Condition) -> Self {
        Self { action: Action::Put(item), condition }
    }

    /// Changes attributes of the item at a key.
    pub(super) fn update(key: Item, changes: Changes, condition: Condition) -> Self {
        Self { action: Action::Update(key, changes), condition }
    }

    /// Deletes the item at a key.
    pub(super) fn delete(key: Item, condition: Condition) -> Self {
        Self { action: Action::Delete(key), condition }
    }

    /// Writes nothing, but makes the transaction depend on a condition.
    pub(super) fn check(key: Item, condition: Condition) -> Self {
        Self { action: Action::Check(key), condition }
    }

    fn into_item(self, table: &str) -> Result<TransactWriteItem, StoreError> {
        let mut placeholders = Placeholders::default();
        let condition = placeholders.condition(&self.condition);
        let returned = ReturnValuesOnConditionCheckFailure::AllOld;
        let builder = TransactWriteItem::builder();
        let builder = match self.action {
            Action::Put(item) => builder.put(
                Put::builder()
                    .table_name(table)
                    .set_item(Some(item))
                    .condition_expression(condition)
                    .set_expression_attribute_names(placeholders.names())
                    .set_expression_attribute_values(placeholders.values())
                    .return_values_on_condition_check_failure(returned)
                    .build()?,
            ),
            Action::Update(key, changes) => {
                let update = placeholders.changes(&changes);
                builder.update(
                    Update::builder()
                        .table_name(table)
                        .set_key(Some(key))
                        .update_expression(update)
                        .condition_expression(condition)
                        .set_expression_attribute_names(placeholders.names())
                        .set_expression_attribute_values(placeholders.values())
                        .return_values_on_condition_check_failure(returned)
                        .build()?,
                )
            }
            Action::Delete(key) => builder.delete(
                Delete::builder()
                    .table_name(table)
                    .set_key(Some(key))
                    .condition_expression(condition)
                    .set_expression_attribute_names(placeholders.names())
                    .set_expression_attribute_values(placeholders.values())
                    .return_values_on_condition_check_failure(returned)
                    .build()?,
            ),
            Action::Check(key) => builder.condition_check(
                ConditionCheck::builder()
                    .table_name(table)
                    .set_key(Some(key))
                    .condition_expression(condition)
                    .set_expression_attribute_names(placeholders.names())
                    .set_expression_attribute_values(placeholders.values())
                    .return_values_on_condition_check_failure(returned)
                    .build()?,
            ),
        };
        Ok(builder.build())
    }
}

/// The outcome of a transaction that DynamoDB decided.
pub(super) enum Outcome {
    /// All writes happened.
    Committed,
    /// None happened.
    Cancelled(Cancelled),
}

/// The reasons for the cancellation of a transaction: one for each of its writes, in their order.
pub(super) struct Cancelled(Vec<CancellationReason>);

const CONDITION: &str = "ConditionalCheckFailed";
const CONFLICT: &str = "TransactionConflict";

impl Cancelled {
    fn code(&self, write: usize) -> &str {
        self.0.get(write).and_then(CancellationReason::code).unwrap_or("None")
    }

    /// Returns whether the condition of a write did not hold.
    pub(super) fn condition_failed(&self, write: usize) -> bool {
        self.code(write) == CONDITION
    }

    /// Returns whether a write did not contribute to the cancellation.
    pub(super) fn would_succeed(&self, write: usize) -> bool {
        self.code(write) == "None"
    }

    /// Returns whether another transaction was at work on the item of a write.
    pub(super) fn conflicts(&self, write: usize) -> bool {
        self.code(write) == CONFLICT
    }

    /// Returns the item whose state did not meet the condition of a write.
    pub(super) fn item(&self, write: usize) -> Option<&Item> {
        self.0.get(write)?.item()
    }

    /// Returns the setback of a cancellation that does not decide the outcome. It is transient if all its
    /// reasons are.
    pub(super) fn setback(&self) -> Setback {
        let codes: Vec<&str> = (0..self.0.len()).map(|write| self.code(write)).collect();
        let passes = |code: &&str| {
            matches!(
                *code,
                "None" | CONDITION | CONFLICT | "ThrottlingError" | "ProvisionedThroughputExceeded"
            )
        };
        let reason = format!("TransactionCanceledException {codes:?}");
        match codes.iter().all(passes) {
            true => Setback::Passing(reason),
            false => Setback::Final(StoreError::Refused(reason)),
        }
    }
}

impl Store {
    /// Sends a transaction of which a cancellation decides nothing: another attempt reads the table again.
    pub(super) async fn commit(&self, writes: Vec<Write>) -> Result<(), Setback> {
        match self.transact(writes, &attempt_id()).await? {
            Outcome::Committed => Ok(()),
            Outcome::Cancelled(cancelled) => Err(cancelled.setback()),
        }
    }

    /// Sends a transaction.
    ///
    /// The token is DynamoDB's idempotency key: for ten minutes, sending the same writes with the
    /// same token again changes nothing. Different writes need a different token.
    pub(super) async fn transact(&self, writes: Vec<Write>, token: &str) -> Result<Outcome, Setback> {
        let items = writes.into_iter().map(|write| write.into_item(&self.table));
        let sent = self
            .client
            .transact_write_items()
            .set_transact_items(Some(items.collect::<Result<_, _>>()?))
            .client_request_token(token)
            .send();
        match sent.await {
            Ok(_) => Ok(Outcome::Committed),
            Err(error) => match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    Ok(Outcome::Cancelled(Cancelled(cancelled.cancellation_reasons().to_vec())))
                }
                _ => Err(Setback::from(&error)),
            },
        }
    }
}

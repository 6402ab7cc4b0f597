//! One transaction: its parts, and what became of it.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
    Update,
};

use super::item::Item;
use super::retry::Attempt;
use super::{Store, StoreError};

/// The values and names that an expression stands for.
pub(super) type Values = Vec<(&'static str, AttributeValue)>;

/// What a transaction came to.
pub(super) enum Sent {
    /// Carried out.
    Done,
    /// Not carried out; each part tells why.
    Cancelled(Cancelled),
    /// Perhaps carried out, perhaps not.
    Unknown(String),
    /// Not carried out, whatever one does.
    Refused(String),
}

impl Sent {
    /// What an attempt came to by it, where `judge` decides about one that was cancelled.
    pub(super) fn decide<T>(self, done: T, judge: impl FnOnce(&Cancelled) -> Attempt<T>) -> Attempt<T> {
        match self {
            Self::Done => Attempt::Done(done),
            Self::Cancelled(cancelled) => judge(&cancelled),
            Self::Unknown(reason) => Attempt::Again(reason),
            Self::Refused(reason) => Attempt::Failed(reason),
        }
    }
}

/// The reasons of the parts, in their order.
pub(super) struct Cancelled(Vec<CancellationReason>);

const CONDITION: &str = "ConditionalCheckFailed";

impl Cancelled {
    fn code(&self, part: usize) -> &str {
        self.0.get(part).and_then(CancellationReason::code).unwrap_or("None")
    }

    /// Whether the condition of a part did not hold.
    pub(super) fn is_unmet(&self, part: usize) -> bool {
        self.code(part) == CONDITION
    }

    /// Whether a part would have been carried out.
    pub(super) fn is_fine(&self, part: usize) -> bool {
        self.code(part) == "None"
    }

    /// The item that a part with an unmet condition met.
    pub(super) fn item(&self, part: usize) -> Option<&Item> {
        self.0.get(part)?.item()
    }

    /// Whether a part met what an attempt of this id has written.
    pub(super) fn met_own(&self, part: usize, attempt_id: &str) -> bool {
        let stored = self.item(part).and_then(|item| item.get("attempt_id"));
        stored.and_then(|id| id.as_s().ok()).is_some_and(|id| id == attempt_id)
    }

    /// What is left when no part decides: another try, if all of the reasons pass.
    pub(super) fn undecided<T>(&self) -> Attempt<T> {
        let codes: Vec<&str> = (0..self.0.len()).map(|part| self.code(part)).collect();
        let passes = |code: &&str| {
            matches!(
                *code,
                "None"
                    | CONDITION
                    | "TransactionConflict"
                    | "ThrottlingError"
                    | "ProvisionedThroughputExceeded"
            )
        };
        let told = format!("TransactionCanceledException {codes:?}");
        if codes.iter().all(passes) { Attempt::Again(told) } else { Attempt::Failed(told) }
    }
}

impl Store {
    /// Sends a transaction; the token makes sending the same once more harmless for ten minutes.
    pub(super) async fn transact(&self, parts: Vec<TransactWriteItem>, token: &str) -> Sent {
        let sent = self
            .client
            .transact_write_items()
            .set_transact_items(Some(parts))
            .client_request_token(token)
            .send();
        match sent.await {
            Ok(_) => Sent::Done,
            Err(error) => judge(error),
        }
    }

    /// A part that puts an item, on a condition.
    pub(super) fn put(
        &self,
        item: Item,
        condition: &str,
        values: Values,
    ) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression(condition)
            .set_expression_attribute_names(names(&[condition]))
            .set_expression_attribute_values(given(values))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build();
        Ok(TransactWriteItem::builder().put(put.map_err(refused)?).build())
    }

    /// A part that updates an item, on a condition.
    pub(super) fn update(
        &self,
        key: Item,
        update: &str,
        condition: &str,
        values: Values,
    ) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key))
            .update_expression(update)
            .condition_expression(condition)
            .set_expression_attribute_names(names(&[update, condition]))
            .set_expression_attribute_values(given(values))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build();
        Ok(TransactWriteItem::builder().update(update.map_err(refused)?).build())
    }

    /// A part that deletes an item, on a condition.
    pub(super) fn delete(
        &self,
        key: Item,
        condition: &str,
        values: Values,
    ) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(key))
            .condition_expression(condition)
            .set_expression_attribute_names(names(&[condition]))
            .set_expression_attribute_values(given(values))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build();
        Ok(TransactWriteItem::builder().delete(delete.map_err(refused)?).build())
    }
}

/// The names in expressions that begin with `#`: those of attributes whose name DynamoDB reserves.
pub(super) fn names(expressions: &[&str]) -> Option<HashMap<String, String>> {
    let words = expressions
        .iter()
        .flat_map(|text| text.split(|c: char| c != '#' && c != '_' && !c.is_alphanumeric()));
    let names: HashMap<String, String> =
        words.filter_map(|word| Some((word.to_owned(), word.strip_prefix('#')?.to_owned()))).collect();
    (!names.is_empty()).then_some(names)
}

pub(super) fn given(values: Values) -> Option<HashMap<String, AttributeValue>> {
    let values: HashMap<String, AttributeValue> =
        values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    (!values.is_empty()).then_some(values)
}

fn refused(error: aws_sdk_dynamodb::error::BuildError) -> StoreError {
    StoreError::Refused(error.to_string())
}

/// What an attempt that the SDK calls failed really came to.
fn judge(error: SdkError<TransactWriteItemsError>) -> Sent {
    if let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() {
        return Sent::Cancelled(Cancelled(cancelled.cancellation_reasons().to_vec()));
    }
    match reason(&error) {
        Attempt::Failed(reason) => Sent::Refused(reason),
        Attempt::Again(reason) => Sent::Unknown(reason),
        Attempt::Done(()) => Sent::Done,
    }
}

/// Whether another try may help, and why this one did not.
///
/// The message of a service error may quote an item, so only its code is kept.
pub(super) fn reason<E: ProvideErrorMetadata>(error: &SdkError<E>) -> Attempt<()> {
    let Some(service) = error.as_service_error() else {
        return match error {
            SdkError::ConstructionFailure(_) => Attempt::Failed("request can't be made".to_owned()),
            SdkError::TimeoutError(_) => Attempt::Again("no answer in time".to_owned()),
            SdkError::DispatchFailure(_) => Attempt::Again("no connection".to_owned()),
            // Sent perhaps, answered not: the same token and attempt id make another try safe.
            _ => Attempt::Again("no readable answer".to_owned()),
        };
    };
    let again = matches!(
        service.code(),
        Some(
            "TransactionInProgressException"
                | "TransactionConflictException"
                | "ProvisionedThroughputExceededException"
                | "RequestLimitExceeded"
                | "ThrottlingException"
        )
    );
    let by_server = error.raw_response().is_some_and(|response| response.status().is_server_error());
    let code = service.code().unwrap_or("unknown").to_owned();
    if again || by_server { Attempt::Again(code) } else { Attempt::Failed(code) }
}

//! What can go wrong at the table.

use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata, SdkError};

/// Why an operation on the table failed.
///
/// Messages of the service may quote an item, so only codes are kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The deadline passed before an attempt succeeded. The outcome of the last attempt is
    /// unknown; a further attempt finds out.
    #[error("not stored in time, after {attempts} attempts; last cause: {last}")]
    TimeUp {
        /// The number of attempts.
        attempts: u32,
        /// Why the last attempt failed.
        last: String,
    },
    /// The table refused the request for a reason that no retry will change. Nothing was stored.
    #[error("refused by the table: {0}")]
    Refused(String),
    /// An item in the table is not as this version writes it.
    #[error("item `{key}` is not readable: {reason}")]
    Unreadable {
        /// The sort key of the item.
        key: String,
        /// The attribute at fault.
        reason: String,
    },
    /// The catalogue has no such session.
    #[error("event `{event}` has no session `{session}`")]
    UnknownSession {
        /// The event.
        event: String,
        /// The session.
        session: String,
    },
    /// The operating system has no random bits.
    #[error("no random bits: {0}")]
    NoRandomness(#[from] getrandom::Error),
}

/// Why a single attempt failed.
#[derive(Debug)]
pub(super) enum Setback {
    /// For a reason that passes: another attempt may succeed.
    Passing(String),
    /// For good.
    Final(StoreError),
}

impl From<StoreError> for Setback {
    fn from(error: StoreError) -> Self {
        Self::Final(error)
    }
}

impl From<BuildError> for StoreError {
    fn from(error: BuildError) -> Self {
        Self::Refused(error.to_string())
    }
}

impl From<BuildError> for Setback {
    fn from(error: BuildError) -> Self {
        Self::Final(error.into())
    }
}

impl<E: ProvideErrorMetadata> From<&SdkError<E>> for Setback {
    /// Decides whether another attempt may help.
    fn from(error: &SdkError<E>) -> Self {
        let Some(service) = error.as_service_error() else {
            return match error {
                SdkError::ConstructionFailure(_) => {
                    Self::Final(StoreError::Refused("request cannot be built".to_owned()))
                }
                SdkError::TimeoutError(_) => Self::Passing("no answer in time".to_owned()),
                SdkError::DispatchFailure(_) => Self::Passing("no connection".to_owned()),
                // The request may have been carried out. The idempotency token and the attempt id
                // make another attempt safe.
                _ => Self::Passing("no readable answer".to_owned()),
            };
        };
        let passes = matches!(
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
        if passes || by_server { Self::Passing(code) } else { Self::Final(StoreError::Refused(code)) }
    }
}

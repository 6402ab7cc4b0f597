//! The errors of operations on the table.

use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata, SdkError};

/// The reason why an operation on the table failed.
///
/// Keeps only the service's error codes, because its messages may quote an item.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The deadline passed before an attempt succeeded. The outcome of the last attempt is unknown, and
    /// the caller may try again.
    #[error("deadline passed after {attempts} attempts; last cause: {last}")]
    TimeUp {
        /// The number of attempts.
        attempts: u32,
        /// Why the last attempt failed.
        last: String,
    },
    /// The table refused the request, or the request could not be built. A retry would fail in the same
    /// way. The request stored nothing.
    #[error("request to the table was refused: {0}")]
    Refused(String),
    /// This version cannot read an item in the table.
    #[error("cannot read item `{key}`: {reason}")]
    Unreadable {
        /// The sort key of the item.
        key: String,
        /// The name of the invalid attribute, or the message of the deserialiser.
        reason: String,
    },
    /// The event has no such session in the catalogue.
    #[error("event `{event}` has no session `{session}`")]
    UnknownSession {
        /// The event.
        event: String,
        /// The session.
        session: String,
    },
    /// The operating system did not supply random bits.
    #[error("cannot get random bits from the operating system: {0}")]
    NoRandomness(#[from] getrandom::Error),
}

/// The reason why a single attempt failed.
#[derive(Debug)]
pub(super) enum Setback {
    /// A transient failure: another attempt may succeed.
    Passing(String),
    /// A permanent failure: another attempt would fail in the same way.
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
    /// Classifies an error as transient or permanent.
    fn from(error: &SdkError<E>) -> Self {
        let Some(service) = error.as_service_error() else {
            return match error {
                SdkError::ConstructionFailure(_) => {
                    Self::Final(StoreError::Refused("request cannot be built".to_owned()))
                }
                SdkError::TimeoutError(_) => Self::Passing("timed out".to_owned()),
                SdkError::DispatchFailure(_) => Self::Passing("connection failed".to_owned()),
                // DynamoDB may have carried out the request. The idempotency key and the attempt id make
                // a retry safe.
                _ => Self::Passing("invalid response".to_owned()),
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

//! A store that misbehaves.
//!
//! A stub on the way to the real store answers some requests itself, or drops the real answer.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use super::way::{Answer, Sent, Way, error};

/// A fault that the stub injects into one request.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// The session's item is part of another transaction. The stub uses DynamoDB's own reason codes.
    Conflict,
    /// The person's item exists already, and the session's item is part of another transaction.
    KnownAndConflict,
    /// The whole request is throttled.
    Throttled,
    /// One write of the transaction is throttled.
    ThrottledPart,
    /// A transaction with the same idempotency token is still in progress.
    InProgress,
    /// An internal error.
    Internal,
    /// The store executes the request, but its answer is lost.
    LostAnswer,
    /// The request is invalid.
    Validation,
    /// No fault: the request is passed on.
    Pass,
}

/// Returns a way to the table with faults on it. If they go on forever, the list starts over once it ends.
pub fn stub(way: Way, faults: &[Fault], forever: bool) -> Way {
    let faults: Mutex<VecDeque<Fault>> = Mutex::new(faults.iter().copied().collect());
    Arc::new(move |sent| {
        let fault = {
            let mut faults = faults.lock().unwrap();
            let fault = faults.pop_front();
            if forever {
                faults.extend(fault);
            }
            fault
        };
        let way = Arc::clone(&way);
        Box::pin(async move { answer(&way, sent, fault.unwrap_or(Fault::Pass)).await })
    })
}

/// Returns the answer to a sign-up whose session is part of another transaction.
pub fn conflict() -> Answer {
    cancelled("None", "TransactionConflict")
}

fn cancelled(person: &str, seat: &str) -> Answer {
    let body = format!(
        r#"{{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"Transaction cancelled","CancellationReasons":[{{"Code":"{person}"}},{{"Code":"{seat}"}}]}}"#
    );
    Answer { status: 400, body }
}

async fn answer(way: &Way, sent: Sent, fault: Fault) -> Answer {
    // Only a transaction can meet these faults. Any other request is throttled instead.
    let fault = match fault {
        Fault::Conflict | Fault::KnownAndConflict | Fault::ThrottledPart | Fault::InProgress
            if sent.operation != "TransactWriteItems" =>
        {
            Fault::Throttled
        }
        fault => fault,
    };
    match fault {
        Fault::Conflict => conflict(),
        Fault::KnownAndConflict => cancelled("ConditionalCheckFailed", "TransactionConflict"),
        Fault::Throttled => error(400, "ThrottlingException"),
        Fault::ThrottledPart => cancelled("ThrottlingError", "None"),
        Fault::InProgress => error(400, "TransactionInProgressException"),
        Fault::Internal => error(500, "InternalServerError"),
        Fault::Validation => error(400, "ValidationException"),
        Fault::LostAnswer => {
            pass(way, sent).await;
            error(503, "ServiceUnavailable")
        }
        Fault::Pass => pass(way, sent).await,
    }
}

/// Sends a request on.
///
/// DynamoDB remembers an idempotency token for ten minutes. A new token each time has the same effect as waiting until
/// it has forgotten the old one.
pub async fn pass(way: &Way, mut sent: Sent) -> Answer {
    if let Some(token) = sent.body.get_mut("ClientRequestToken") {
        *token = format!("{:032x}", fastrand::u128(..)).into();
    }
    way(sent).await
}

/// Returns a way to the table on which the first transaction finds its session in use by another one.
pub fn busy_at_first(way: Way) -> Way {
    let is_first = AtomicBool::new(true);
    Arc::new(move |sent| {
        let is_busy = sent.operation == "TransactWriteItems" && is_first.swap(false, Ordering::Relaxed);
        let (way, fault) = (Arc::clone(&way), if is_busy { Fault::Conflict } else { Fault::Pass });
        Box::pin(async move { answer(&way, sent, fault).await })
    })
}

/// Returns a way to the table on which a sign-up finds its session in use, and dies when it has left a ticket or would
/// change anything else.
pub fn dies_at_the_desk(way: Way) -> Way {
    let is_dead = Arc::new(AtomicBool::new(false));
    Arc::new(move |sent| {
        let (way, is_dead) = (Arc::clone(&way), Arc::clone(&is_dead));
        Box::pin(async move {
            if is_dead.load(Ordering::Relaxed) {
                return error(503, "ServiceUnavailable");
            }
            let first = sent.body["TransactItems"][0]["Put"]["Item"]["sk"]["S"].as_str().unwrap_or_default();
            if sent.operation != "TransactWriteItems" {
                return pass(&way, sent).await;
            }
            if first.starts_with("person#") {
                return answer(&way, sent, Fault::Conflict).await;
            }
            is_dead.store(true, Ordering::Relaxed);
            if first.starts_with("desk#") {
                return pass(&way, sent).await;
            }
            error(503, "ServiceUnavailable")
        })
    })
}

//! A store that misbehaves.
//!
//! A stub in front of the real store answers some requests itself, or drops the real answer.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use tokio::net::TcpListener;

use super::Table;

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

struct Stub {
    faults: Mutex<VecDeque<Fault>>,
    /// Whether the list of faults starts over once it ends.
    forever: bool,
    target: Target,
}

/// The real store behind a stub.
pub struct Target {
    endpoint: String,
    client: reqwest::Client,
}

/// Starts a stub in front of the table's store and returns its address.
pub async fn stub(table: &Table, faults: &[Fault], forever: bool) -> String {
    let stub =
        Stub { faults: Mutex::new(faults.iter().copied().collect()), forever, target: Target::new(table) };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(pass).with_state(Arc::new(stub));
    tokio::spawn(async move { axum::serve(listener, router).await });
    endpoint
}

async fn pass(State(stub): State<Arc<Stub>>, headers: HeaderMap, body: Bytes) -> Response {
    let fault = {
        let mut faults = stub.faults.lock().unwrap();
        let fault = faults.pop_front();
        if stub.forever {
            faults.extend(fault);
        }
        fault
    };
    let cancelled = |person: &str, seat: &str| {
        let body = format!(
            r#"{{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"Transaction cancelled","CancellationReasons":[{{"Code":"{person}"}},{{"Code":"{seat}"}}]}}"#
        );
        (StatusCode::BAD_REQUEST, body).into_response()
    };
    let error = |status: StatusCode, kind: &str| {
        (status, format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{kind}","message":"stub"}}"#))
            .into_response()
    };
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    // Only a transaction can meet these faults. Any other request is throttled instead.
    let fault = match fault {
        Some(Fault::Conflict | Fault::KnownAndConflict | Fault::ThrottledPart | Fault::InProgress)
            if !target.ends_with("TransactWriteItems") =>
        {
            Some(Fault::Throttled)
        }
        fault => fault,
    };
    match fault {
        Some(Fault::Conflict) => cancelled("None", "TransactionConflict"),
        Some(Fault::KnownAndConflict) => cancelled("ConditionalCheckFailed", "TransactionConflict"),
        Some(Fault::Throttled) => error(StatusCode::BAD_REQUEST, "ThrottlingException"),
        Some(Fault::ThrottledPart) => cancelled("ThrottlingError", "None"),
        Some(Fault::InProgress) => error(StatusCode::BAD_REQUEST, "TransactionInProgressException"),
        Some(Fault::Internal) => error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError"),
        Some(Fault::Validation) => error(StatusCode::BAD_REQUEST, "ValidationException"),
        Some(Fault::LostAnswer) => {
            stub.target.forward(headers, body).await;
            error(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable")
        }
        Some(Fault::Pass) | None => stub.target.forward(headers, body).await,
    }
}

impl Target {
    /// The store of a table.
    pub fn new(table: &Table) -> Self {
        Self { endpoint: table.endpoint.clone(), client: reqwest::Client::new() }
    }

    /// Sends a request on to the store, and returns its response.
    pub async fn forward(&self, headers: HeaderMap, body: Bytes) -> Response {
        // DynamoDB remembers an idempotency token for ten minutes. A new token each time has the same effect as
        // waiting until it has forgotten the old one.
        let mut request: serde_json::Value = serde_json::from_slice(&body).unwrap();
        if let Some(token) = request.get_mut("ClientRequestToken") {
            *token = format!("{:032x}", fastrand::u128(..)).into();
        }
        let mut forwarded = self.client.post(&self.endpoint).body(request.to_string());
        for (name, value) in
            headers.iter().filter(|(name, _)| !matches!(name.as_str(), "host" | "content-length"))
        {
            forwarded = forwarded.header(name, value);
        }
        let answer = forwarded.send().await.unwrap();
        (StatusCode::from_u16(answer.status().as_u16()).unwrap(), answer.bytes().await.unwrap())
            .into_response()
    }
}

//! A store that misbehaves: a stub before the real one answers some requests
//! itself, or swallows the real answer.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use tokio::net::TcpListener;

use super::Table;

/// What happens to one request.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// The seat's item is in another transaction (its reasons as DynamoDB words them).
    Conflict,
    /// The person's item is there already, and the seat's in another transaction.
    KnownAndConflict,
    /// Throttled as a whole.
    Throttled,
    /// Throttled within the transaction.
    ThrottledPart,
    /// The same token is at work elsewhere.
    InProgress,
    /// An internal error.
    Internal,
    /// The request is carried out, and the answer lost.
    LostAnswer,
    /// The request is wrong in itself.
    Validation,
}

struct Stub {
    faults: Mutex<VecDeque<Fault>>,
    /// Whether the list of faults begins anew when it is through.
    forever: bool,
    target: String,
    client: reqwest::Client,
}

/// The address of a stub before the table's store.
pub async fn stub(table: &Table, faults: &[Fault], forever: bool) -> String {
    let stub = Stub {
        faults: Mutex::new(faults.iter().copied().collect()),
        forever,
        target: table.endpoint.clone(),
        client: reqwest::Client::new(),
    };
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
    // What is no transaction can't be in conflict; it is throttled instead.
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
            forward(&stub, headers, body).await;
            error(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable")
        }
        None => forward(&stub, headers, body).await,
    }
}

async fn forward(stub: &Stub, headers: HeaderMap, body: Bytes) -> Response {
    // Another token each time, as if DynamoDB's ten minutes of remembering it had gone by.
    let mut request: serde_json::Value = serde_json::from_slice(&body).unwrap();
    if let Some(token) = request.get_mut("ClientRequestToken") {
        *token = format!("{:032x}", fastrand::u128(..)).into();
    }
    let mut forwarded = stub.client.post(&stub.target).body(request.to_string());
    for (name, value) in
        headers.iter().filter(|(name, _)| !matches!(name.as_str(), "host" | "content-length"))
    {
        forwarded = forwarded.header(name, value);
    }
    let answer = forwarded.send().await.unwrap();
    (StatusCode::from_u16(answer.status().as_u16()).unwrap(), answer.bytes().await.unwrap()).into_response()
}

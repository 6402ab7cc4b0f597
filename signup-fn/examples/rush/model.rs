//! A model of how DynamoDB handles many requests for the same items, in front of a real store.
//!
//! | rule | source: Amazon DynamoDB Developer Guide |
//! |---|---|
//! | a transaction is cancelled if another one is at work on one of its items | "Transaction conflict handling" |
//! | each item of a transaction costs two write units per kilobyte | "Capacity management for transactions" |
//! | a partition key takes 1,000 write units and 3,000 read units a second | "Designing partition keys" |
//!
//! A transaction takes 5 to 10 ms and a read 2 to 4: measurements of others, not of AWS. The model knows no splitting of
//! partitions, which takes DynamoDB minutes, and no burst beyond one second. A
//! transaction that conflicts or is throttled costs nothing; what conflicts cost is not documented.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::support::Table;
use crate::support::stub::Target;

/// The units that a partition key takes in a second.
const WRITES: f64 = 1_000.0;
const READS: f64 = 3_000.0;

struct Model {
    target: Target,
    /// The items that a transaction is at work on.
    busy: Mutex<HashSet<String>>,
    /// The write and read units that are left of each partition key, and since when.
    left: Mutex<HashMap<String, (f64, f64, Instant)>>,
}

/// Starts the model in front of a table's store and returns its address.
pub(crate) async fn start(table: &Table) -> String {
    let model = Model { target: Target::new(table), busy: Mutex::default(), left: Mutex::default() };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(answer).with_state(Arc::new(model));
    tokio::spawn(async move { axum::serve(listener, router).await });
    endpoint
}

async fn answer(State(model): State<Arc<Model>>, headers: HeaderMap, body: Bytes) -> Response {
    let operation = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let request: Value = serde_json::from_slice(&body).unwrap();
    if operation.ends_with("TransactWriteItems") {
        return model.transact(&request, headers, body).await;
    }
    let partition = request["Key"]["pk"]["S"].as_str().map(str::to_owned);
    if let Some(partition) = partition {
        if !model.has(&partition, 0.0, 1.0) {
            return error(json!({ "__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException" }));
        }
        model.take(&partition, 0.0, 1.0);
    }
    pause(2.0).await;
    model.target.forward(headers, body).await
}

impl Model {
    async fn transact(&self, request: &Value, headers: HeaderMap, body: Bytes) -> Response {
        let writes = request["TransactItems"].as_array().unwrap().iter().map(|write| {
            let (_, write) = write.as_object().unwrap().iter().next().unwrap();
            let key = write.get("Key").unwrap_or(&write["Item"]);
            let part = |name: &str| key[name]["S"].as_str().unwrap().to_owned();
            #[allow(clippy::cast_precision_loss, reason = "items are small")]
            let units = 2.0 * (write.to_string().len() as f64 / 1024.0).ceil();
            (part("pk"), part("sk"), units)
        });
        let writes: Vec<_> = writes.collect();
        let mut units: HashMap<&str, f64> = HashMap::new();
        for (partition, _, each) in &writes {
            *units.entry(partition).or_default() += each;
        }
        // A throttled transaction costs nothing, so all its partitions must have enough before it takes any.
        if !units.iter().all(|(partition, units)| self.has(partition, *units, 0.0)) {
            return cancelled(&vec![true; writes.len()], "ThrottlingError");
        }
        let keys: Vec<String> =
            writes.iter().map(|(partition, sort, _)| format!("{partition} {sort}")).collect();
        let taken = {
            let mut busy = self.busy.lock().unwrap();
            let taken: Vec<bool> = keys.iter().map(|key| busy.contains(key)).collect();
            if !taken.contains(&true) {
                busy.extend(keys.iter().cloned());
            }
            taken
        };
        if taken.contains(&true) {
            return cancelled(&taken, "TransactionConflict");
        }
        for (partition, units) in units {
            self.take(partition, units, 0.0);
        }
        pause(5.0).await;
        let response = self.target.forward(headers, body).await;
        self.busy.lock().unwrap().retain(|key| !keys.contains(key));
        response
    }

    /// Returns whether a partition key has these units left.
    fn has(&self, partition: &str, writes: f64, reads: f64) -> bool {
        let (mut all, now) = (self.left.lock().unwrap(), Instant::now());
        let left = all.entry(partition.to_owned()).or_insert((WRITES, READS, now));
        let seconds = now.duration_since(left.2).as_secs_f64();
        *left = ((left.0 + seconds * WRITES).min(WRITES), (left.1 + seconds * READS).min(READS), now);
        left.0 >= writes && left.1 >= reads
    }

    /// Takes units of a partition key.
    fn take(&self, partition: &str, writes: f64, reads: f64) {
        if let Some(left) = self.left.lock().unwrap().get_mut(partition) {
            (left.0, left.1) = (left.0 - writes, left.1 - reads);
        }
    }
}

/// Waits for between once and twice this many milliseconds.
async fn pause(least: f64) {
    tokio::time::sleep(Duration::from_secs_f64(least * (1.0 + fastrand::f64()) / 1_000.0)).await;
}

fn cancelled(at: &[bool], code: &str) -> Response {
    let reasons: Vec<Value> =
        at.iter().map(|is| json!({ "Code": if *is { code } else { "None" } })).collect();
    error(json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled",
        "CancellationReasons": reasons
    }))
}

fn error(body: Value) -> Response {
    (StatusCode::BAD_REQUEST, body.to_string()).into_response()
}

//! A model of how DynamoDB handles many requests for the same items, in front of a real store.
//!
//! | rule | source: Amazon DynamoDB Developer Guide |
//! |---|---|
//! | a transaction is cancelled if another one is at work on one of its items | "Transaction conflict handling" |
//! | each item of a transaction costs two write units per kilobyte | "Capacity management for transactions" |
//! | a partition key takes 1,000 write units and 3,000 read units a second | "Designing partition keys" |
//!
//! A transaction takes 5 to 10 ms, other writes and reads take 2 to 4: measurements of others, not of AWS. How much longer
//! many items make a transaction is an assumption. The model knows no splitting of
//! partitions, which takes DynamoDB minutes, and no burst beyond one second. A request may overdraw what is left of a
//! partition, and the next one waits for it. A transaction that conflicts or is throttled costs nothing; what conflicts
//! cost is not documented.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::stub::pass;
use super::way::{Answer, Sent, Way, error};

/// The units that a partition key takes in a second.
const WRITES: f64 = 1_000.0;
const READS: f64 = 3_000.0;

struct Model {
    way: Way,
    per_item: Duration,
    /// The items that a transaction is at work on.
    busy: Mutex<HashSet<String>>,
    /// The bytes of each item that a transaction wrote.
    sizes: Mutex<HashMap<String, usize>>,
    /// The write and read units that are left of each partition key, and since when.
    left: Mutex<HashMap<String, (f64, f64, Instant)>>,
}

/// Returns a way to the table with the model on it. Each item makes a transaction longer by between once and twice
/// `per_item`.
pub fn contention(way: Way, per_item: Duration) -> Way {
    let model = Arc::new(Model {
        way,
        per_item,
        busy: Mutex::default(),
        sizes: Mutex::default(),
        left: Mutex::default(),
    });
    Arc::new(move |sent| {
        let model = Arc::clone(&model);
        Box::pin(async move {
            match sent.operation.as_str() {
                "TransactWriteItems" => model.transact(sent).await,
                "PutItem" | "UpdateItem" | "DeleteItem" => model.write(sent).await,
                "BatchGetItem" => model.read_several(sent).await,
                _ => model.read(sent).await,
            }
        })
    })
}

/// Returns the partition key and the sort key of an item.
fn key(item: &Value) -> (String, String) {
    let part = |name: &str| item[name]["S"].as_str().unwrap_or_default().to_owned();
    (part("pk"), part("sk"))
}

impl Model {
    /// Handles a `Query`. What it read is known afterwards, so it takes that then.
    async fn read(&self, sent: Sent) -> Answer {
        let partition = &sent.body["ExpressionAttributeValues"][":pk"]["S"];
        let partition = partition.as_str().unwrap_or_default().to_owned();
        if !self.has(&partition, 0.0, 1.0) {
            return error(400, "ThrottlingException");
        }
        pause(2.0).await;
        let answer = pass(&self.way, sent).await;
        self.take(&partition, 0.0, kilobytes(answer.body.len(), 4));
        answer
    }

    /// Handles a `BatchGetItem`. It leaves out the items in partitions that have nothing left.
    async fn read_several(&self, mut sent: Sent) -> Answer {
        let (table, wanted) = sent.body["RequestItems"].as_object().unwrap().iter().next().unwrap();
        let (table, wanted) = (table.clone(), wanted["Keys"].as_array().unwrap().clone());
        let (read, left_out): (Vec<Value>, Vec<Value>) =
            wanted.into_iter().partition(|item| self.has(&key(item).0, 0.0, 1.0));
        if read.is_empty() {
            return error(400, "ProvisionedThroughputExceededException");
        }
        sent.body["RequestItems"][&table]["Keys"] = read.clone().into();
        pause(2.0).await;
        let mut answer = pass(&self.way, sent).await;
        let mut body: Value = serde_json::from_str(&answer.body).unwrap();
        for wanted in &read {
            let found = body["Responses"][&table].as_array().into_iter().flatten();
            let size = found.filter(|item| key(item) == key(wanted)).map(attributes).sum();
            self.take(&key(wanted).0, 0.0, kilobytes(size, 4));
        }
        if !left_out.is_empty() {
            body["UnprocessedKeys"] = json!({ table: { "Keys": left_out } });
            answer.body = body.to_string();
        }
        answer
    }

    /// Handles a write of one item outside a transaction.
    async fn write(&self, sent: Sent) -> Answer {
        let (partition, sort) = key(sent.body.get("Key").unwrap_or(&sent.body["Item"]));
        if !self.has(&partition, 1.0, 0.0) {
            return error(400, "ThrottlingException");
        }
        if self.busy.lock().unwrap().contains(&format!("{partition} {sort}")) {
            return error(400, "TransactionConflictException");
        }
        self.take(&partition, 1.0, 0.0);
        pause(2.0).await;
        pass(&self.way, sent).await
    }

    async fn transact(&self, sent: Sent) -> Answer {
        let mut sizes = Vec::new();
        let writes = sent.body["TransactItems"].as_array().unwrap().iter().map(|write| {
            let (kind, write) = write.as_object().unwrap().iter().next().unwrap();
            let (partition, sort) = key(write.get("Key").unwrap_or(&write["Item"]));
            let name = format!("{partition} {sort}");
            // An update costs as much as the whole item, which grows with each list that is appended.
            let known = if kind == "Update" { self.sizes.lock().unwrap().get(&name).copied() } else { None };
            let written = write.get("Item").unwrap_or(&write["ExpressionAttributeValues"]);
            let size = known.unwrap_or(0) + attributes(written);
            sizes.push((name, size));
            (partition, sort, 2.0 * kilobytes(size, 1))
        });
        let writes: Vec<_> = writes.collect();
        let mut units: HashMap<&str, f64> = HashMap::new();
        for (partition, _, each) in &writes {
            *units.entry(partition).or_default() += each;
        }
        // A throttled transaction costs nothing, so all its partitions must have something left before it takes any.
        if !units.keys().all(|partition| self.has(partition, 1.0, 0.0)) {
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
        #[allow(clippy::cast_precision_loss, reason = "at most a hundred")]
        pause(5.0 + self.per_item.as_secs_f64() * 1_000.0 * keys.len() as f64).await;
        let answer = pass(&self.way, sent).await;
        if answer.status == 200 {
            self.sizes.lock().unwrap().extend(sizes);
        }
        self.busy.lock().unwrap().retain(|key| !keys.contains(key));
        answer
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

fn cancelled(at: &[bool], code: &str) -> Answer {
    let reasons: Vec<Value> =
        at.iter().map(|is| json!({ "Code": if *is { code } else { "None" } })).collect();
    let body = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled",
        "CancellationReasons": reasons
    });
    Answer { status: 400, body: body.to_string() }
}

/// Returns the bytes of attributes ("DynamoDB item sizes and formats"). That of a number is an upper limit.
fn attributes(values: &Value) -> usize {
    let all = values.as_object().into_iter().flatten();
    all.map(|(name, value)| name.len() + bytes(value)).sum()
}

fn bytes(value: &Value) -> usize {
    match (&value["S"], &value["N"], &value["L"], &value["M"]) {
        (Value::String(text), ..) => text.len(),
        (_, Value::String(number), ..) => number.len() / 2 + 2,
        (_, _, Value::Array(list), _) => 3 + list.iter().map(|value| 1 + bytes(value)).sum::<usize>(),
        (_, _, _, map @ Value::Object(members)) => 3 + members.len() + attributes(map),
        _ => 1,
    }
}

/// Returns how many times this many kilobytes are begun.
#[allow(clippy::cast_precision_loss, reason = "items are small")]
fn kilobytes(bytes: usize, each: usize) -> f64 {
    bytes.div_ceil(each * 1024).max(1) as f64
}

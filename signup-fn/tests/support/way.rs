//! How a store reaches its table: within this process or, for another engine, over HTTP.

use std::fmt;
use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use dynoxide::{Database, DynoxideError};
use futures_util::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A request to the table.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The name of the operation: `Query`.
    pub operation: String,
    pub headers: Vec<(String, String)>,
    pub body: Value,
}

/// The table's answer: its HTTP status and its JSON.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub body: String,
}

/// The way of a request to the table, and of the answer back.
pub type Way = Arc<dyn Fn(Sent) -> BoxFuture<'static, Answer> + Send + Sync>;

/// Returns an error as DynamoDB words it.
pub fn error(status: u16, kind: &str) -> Answer {
    let body = format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{kind}","message":"stub"}}"#);
    Answer { status, body }
}

/// Returns the way to an engine in this process.
pub fn to_database(database: Database) -> Way {
    Arc::new(move |sent| {
        let answer = dispatch(&database, sent);
        Box::pin(async { answer })
    })
}

/// Returns the way to an engine at an address.
pub fn to_endpoint(endpoint: &str) -> Way {
    let (endpoint, client) = (endpoint.to_owned(), reqwest::Client::new());
    Arc::new(move |sent| {
        let mut request = client.post(&endpoint).body(sent.body.to_string());
        for (name, value) in sent.headers {
            request = request.header(name, value);
        }
        Box::pin(async {
            let answer = request.send().await.unwrap();
            Answer { status: answer.status().as_u16(), body: answer.text().await.unwrap() }
        })
    })
}

/// Returns an HTTP client whose requests go this way.
pub fn client(way: Way) -> SharedHttpClient {
    let connector = SharedHttpConnector::new(Connector(way));
    http_client_fn(move |_, _| connector.clone())
}

struct Connector(Way);

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector(…)")
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let headers =
            request.headers().iter().filter(|(name, _)| !matches!(*name, "host" | "content-length"));
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let body = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        let answer = self.0(Sent { operation, headers, body });
        HttpConnectorFuture::new(async {
            let Answer { status, body } = answer.await;
            let mut response = HttpResponse::new(status.try_into().unwrap(), body.into());
            response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
            Ok(response)
        })
    }
}

fn dispatch(database: &Database, Sent { operation, body, .. }: Sent) -> Answer {
    fn run<Q: DeserializeOwned, A: Serialize>(
        body: Value,
        act: impl FnOnce(Q) -> Result<A, DynoxideError>,
    ) -> Answer {
        match act(serde_json::from_value(body).unwrap()) {
            Ok(answer) => Answer { status: 200, body: serde_json::to_string(&answer).unwrap() },
            Err(error) => Answer { status: error.status_code(), body: error.to_json() },
        }
    }
    match operation.as_str() {
        "BatchGetItem" => run(body, |request| database.batch_get_item(request)),
        "CreateTable" => run(body, |request| database.create_table(request)),
        "DeleteItem" => run(body, |request| database.delete_item(request)),
        "DeleteTable" => run(body, |request| database.delete_table(request)),
        "DescribeTable" => run(body, |request| database.describe_table(request)),
        "PutItem" => run(body, |request| database.put_item(request)),
        "Query" => run(body, |request| database.query(request)),
        "Scan" => run(body, |request| database.scan(request)),
        "TransactWriteItems" => run(body, |request| database.transact_write_items(request)),
        "UpdateItem" => run(body, |request| database.update_item(request)),
        "UpdateTimeToLive" => run(body, |request| database.update_time_to_live(request)),
        other => panic!("the way to the database knows no {other}"),
    }
}

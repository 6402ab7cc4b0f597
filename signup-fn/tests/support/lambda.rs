//! Runs a built binary the way Lambda does.
//!
//! A stub of the Runtime API passes events to the binary and collects its responses.

use std::ffi::OsString;
use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use http::StatusCode;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};

use super::{Table, function_folder};

/// The secret by which the tests identify themselves as the CDN.
pub const ORIGIN_SECRET: &str = "a secret that only the test CDN knows";

/// A running function, and the stub of the Runtime API that it polls for events.
pub struct Lambda {
    process: Child,
    events: mpsc::Sender<Value>,
    answers: mpsc::Receiver<Result<Value, Value>>,
}

struct Api {
    events: Mutex<mpsc::Receiver<Value>>,
    answers: mpsc::Sender<Result<Value, Value>>,
}

impl Lambda {
    /// Starts a binary of the crate with the environment that Lambda and Terraform set, extended by `more`.
    pub async fn start(built: OsString, table: &Table, more: &[(&str, &str)]) -> Self {
        let (events, receiver) = mpsc::channel(1);
        let (sender, answers) = mpsc::channel(1);
        let api = Arc::new(Api { events: Mutex::new(receiver), answers: sender });
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .with_state(api);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let process = command(built)
            .envs(more.iter().copied())
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_ENDPOINT_URL_DYNAMODB", table.endpoint().await)
            .env("TABLE_NAME", &table.name)
            .spawn()
            .unwrap();
        Self { process, events, answers }
    }

    pub async fn answer(&mut self, event: Value) -> Result<Value, Value> {
        self.events.send(event).await.unwrap();
        tokio::time::timeout(Duration::from_secs(20), self.answers.recv()).await.unwrap().unwrap()
    }
}

impl Lambda {
    /// Stops the function and returns everything that it logged.
    pub fn end(mut self) -> String {
        self.process.kill().unwrap();
        let mut log = String::new();
        self.process.stdout.take().unwrap().read_to_string(&mut log).unwrap();
        self.process.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        log
    }
}

impl Drop for Lambda {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Returns the command that runs a binary with the environment that Lambda and Terraform set.
///
/// The caller adds the address of the Runtime API and, where needed, that of the store.
pub fn command(built: OsString) -> Command {
    let mut command = Command::new(built);
    command
        .env_clear()
        .env("AWS_LAMBDA_FUNCTION_NAME", "signup-fn")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/signup-fn")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "stream")
        .env("AWS_REGION", "eu-west-1")
        .env("AWS_ACCESS_KEY_ID", "local")
        .env("AWS_SECRET_ACCESS_KEY", "local")
        .env("AWS_SESSION_TOKEN", "local")
        .env("LAMBDA_TASK_ROOT", function_folder())
        .env("TABLE_NAME", "signups")
        .env("IDENTITY_KEY", "07".repeat(32))
        .env("TOKEN_KEYS", "08".repeat(32))
        .env("ORIGIN_SECRETS", format!("{ORIGIN_SECRET},{}", "b".repeat(32)))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

async fn next(State(api): State<Arc<Api>>) -> impl IntoResponse {
    let event = api.events.lock().await.recv().await.unwrap_or_default();
    let deadline = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + Duration::from_secs(10);
    let headers = [
        ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned()),
        ("lambda-runtime-deadline-ms", deadline.as_millis().to_string()),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-west-1:1:function:signup-fn".to_owned()),
        ("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700".to_owned()),
    ];
    (headers, event.to_string())
}

async fn response(State(api): State<Arc<Api>>, Path(_id): Path<String>, body: String) -> StatusCode {
    api.answers.send(Ok(serde_json::from_str(&body).unwrap())).await.unwrap();
    StatusCode::ACCEPTED
}

async fn error(State(api): State<Arc<Api>>, Path(_id): Path<String>, body: String) -> StatusCode {
    api.answers.send(Err(serde_json::from_str(&body).unwrap())).await.unwrap();
    StatusCode::ACCEPTED
}

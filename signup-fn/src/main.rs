//! The Lambda behind the form: calls [`signup_fn::participant::answer`] with the time and the deadline.

use std::sync::Arc;

use anyhow::Result;
use http::StatusCode;
use jiff::Timestamp;
use lambda_http::{Request, service_fn};
use signup_fn::participant::function::Function;
use signup_fn::people::timing::Timing;
use signup_fn::settings::{self, Settings};
use signup_fn::store::client::Store;
use signup_fn::web::gateway;
use signup_fn::web::origin::OriginSecrets;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    tracing_subscriber::fmt().json().flatten_event(true).with_current_span(false).without_time().init();
    let (function, secrets) =
        start().inspect_err(|error| tracing::error!(error = format!("{error:#}"), "start refused"))?;
    let (function, secrets) = (Arc::new(function), Arc::new(secrets));
    lambda_http::run(service_fn(|request: Request| {
        let (function, secrets) = (Arc::clone(&function), Arc::clone(&secrets));
        async move {
            if !secrets.admit(request.headers()) {
                return Ok(function.answers.error(StatusCode::FORBIDDEN));
            }
            let timing = Timing { now: Timestamp::now(), deadline: gateway::deadline(&request) };
            let (request, sender) = gateway::request_and_sender(request);
            let response = signup_fn::participant::answer(&function, request, sender, timing).await;
            Ok::<_, lambda_http::Error>(response)
        }
    }))
    .await
}

fn start() -> Result<(Function, OriginSecrets)> {
    let variable = |name: &str| std::env::var(name).ok();
    let settings = Settings::read(variable)?;
    let secrets = settings::origin_secrets(variable)?;
    let Settings { folder, token_keys, identity, connection } = settings;
    let function = Function::open(&folder, Store::new(connection), identity, token_keys)?;
    Ok((function, secrets))
}

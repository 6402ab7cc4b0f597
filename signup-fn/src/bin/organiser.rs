//! The Lambda behind the organisers' area: calls [`signup_fn::organiser::answer`] with the time and the deadline.

use std::sync::Arc;

use anyhow::Result;
use http::StatusCode;
use jiff::Timestamp;
use lambda_http::{Body, Request, service_fn};
use signup_fn::organiser::area::Area;
use signup_fn::people::timing::Timing;
use signup_fn::settings::{self, Settings};
use signup_fn::store::client::Store;
use signup_fn::web::gateway;
use signup_fn::web::origin::OriginSecrets;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    tracing_subscriber::fmt().json().flatten_event(true).with_current_span(false).without_time().init();
    let (area, secrets) =
        start().inspect_err(|error| tracing::error!(error = format!("{error:#}"), "start refused"))?;
    let (area, secrets) = (Arc::new(area), Arc::new(secrets));
    lambda_http::run(service_fn(|request: Request| {
        let (area, secrets) = (Arc::clone(&area), Arc::clone(&secrets));
        async move {
            if !secrets.admit(request.headers()) {
                return Ok(area.answers.error(StatusCode::FORBIDDEN).map(Body::from));
            }
            let timing = Timing { now: Timestamp::now(), deadline: gateway::deadline(&request) };
            let (request, sender) = gateway::request_and_sender(request);
            let response = signup_fn::organiser::answer(&area, request, sender, timing).await;
            Ok::<_, lambda_http::Error>(response.map(Body::from))
        }
    }))
    .await
}

fn start() -> Result<(Area, OriginSecrets)> {
    let variable = |name: &str| std::env::var(name).ok();
    let settings = Settings::read(variable)?;
    let (secrets, organisers) = (settings::origin_secrets(variable)?, settings::organisers(variable)?);
    let Settings { folder, token_keys, identity, connection } = settings;
    let area = Area::open(&folder, Store::new(connection), (identity, token_keys), organisers)?;
    Ok((area, secrets))
}

//! The Lambda around [`signup_fn::answer`].

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::Result;
use http::StatusCode;
use jiff::Timestamp;
use lambda_http::{Request, RequestExt, service_fn};
use signup_fn::Function;
use signup_fn::origin::OriginSecrets;
use signup_fn::settings::{self, Settings, StoreSettings};
use signup_fn::store::Store;
use tokio::time::Instant;

/// Kept back from Lambda's own deadline, to render an answer and send it.
const MARGIN: Duration = Duration::from_millis(300);

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
            let deadline = deadline(&request);
            let sender = sender(&request);
            let response =
                signup_fn::answer(&function, plain(request), sender, Timestamp::now(), deadline).await;
            Ok::<_, lambda_http::Error>(response)
        }
    }))
    .await
}

fn start() -> Result<(Function, OriginSecrets)> {
    let variable = |name: &str| std::env::var(name).ok();
    let settings = Settings::read(variable)?;
    let secrets = settings::origin_secrets(variable)?;
    let StoreSettings { identity, connection } = settings.store;
    let function = Function::open(&settings.folder, Store::new(connection), identity, settings.token_keys)?;
    Ok((function, secrets))
}

/// When Lambda stops waiting, less the margin.
fn deadline(request: &Request) -> Instant {
    let left = request
        .lambda_context_ref()
        .and_then(|context| context.deadline().duration_since(SystemTime::now()).ok())
        .unwrap_or_default();
    Instant::now() + left.saturating_sub(MARGIN)
}

/// Who the CDN says has sent it: `192.0.2.1:443` or `[2001:db8::1]:443`, or without a port.
///
/// Without it the API knows only the CDN, which is nobody.
fn sender(request: &Request) -> Option<IpAddr> {
    let viewer = request.headers().get("cloudfront-viewer-address")?.to_str().ok()?;
    viewer.parse::<SocketAddr>().map(|address| address.ip()).or_else(|_| viewer.parse()).ok().or_else(|| {
        // CloudFront writes addresses of version 6 without brackets.
        viewer.rsplit_once(':')?.0.parse().ok()
    })
}

/// The request without what is Lambda's own.
fn plain(request: Request) -> http::Request<Vec<u8>> {
    let (parts, body) = request.into_parts();
    http::Request::from_parts(parts, body.to_vec())
}

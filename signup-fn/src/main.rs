//! The Lambda behind the form: calls [`signup_fn::participant::answer`] with the time and the deadline.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::Result;
use http::StatusCode;
use jiff::Timestamp;
use lambda_http::{Request, RequestExt, service_fn};
use signup_fn::participant::function::Function;
use signup_fn::people::timing::Timing;
use signup_fn::settings::{self, Settings};
use signup_fn::store::client::Store;
use signup_fn::web::origin::OriginSecrets;
use tokio::time::Instant;

/// The time reserved before Lambda's own deadline for rendering and sending the response.
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
            let timing = Timing { now: Timestamp::now(), deadline: deadline(&request) };
            let sender = sender(&request);
            let response = signup_fn::participant::answer(&function, plain(request), sender, timing).await;
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

/// Returns Lambda's own deadline minus the margin.
fn deadline(request: &Request) -> Instant {
    let left = request
        .lambda_context_ref()
        .and_then(|context| context.deadline().duration_since(SystemTime::now()).ok())
        .unwrap_or_default();
    Instant::now() + left.saturating_sub(MARGIN)
}

/// Reads the sender's address from the CDN's header.
///
/// Returns `None` without the header: the connection's own address is the CDN's and identifies nobody.
fn sender(request: &Request) -> Option<IpAddr> {
    viewer(request.headers().get("cloudfront-viewer-address")?.to_str().ok()?)
}

/// Parses an address with a port: `192.0.2.1:443`, `[2001:db8::1]:443`, or `2001:db8::1:443` as
/// CloudFront writes it.
///
/// Removes the port before parsing, since all of `2001:db8::1:443` is a valid IPv6 address too, but
/// another one.
fn viewer(address: &str) -> Option<IpAddr> {
    let (host, _port) = address.rsplit_once(':')?;
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Converts a Lambda request into a plain HTTP request.
fn plain(request: Request) -> http::Request<Vec<u8>> {
    let (parts, body) = request.into_parts();
    http::Request::from_parts(parts, body.to_vec())
}

#[cfg(test)]
mod tests {
    use super::viewer;

    #[test]
    fn the_port_is_not_part_of_the_address() {
        for (header, expected) in [
            ("192.0.2.1:50000", "192.0.2.1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("2001:db8::1:443", "2001:db8::1"),
            ("2001:db8::1:50000", "2001:db8::1"),
            ("2001:db8:1:2:3:4:5:6:443", "2001:db8:1:2:3:4:5:6"),
        ] {
            assert_eq!(viewer(header), expected.parse().ok(), "{header}");
        }
        assert_eq!(viewer("somewhere"), None);
    }
}

//! The way to AWS: one HTTP client for all of its services.

use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

/// A client for an address, or for AWS itself.
pub fn http_client(endpoint: Option<&str>) -> SharedHttpClient {
    let http = aws_smithy_http_client::Builder::new();
    match endpoint {
        // A service on this machine needs no roots to trust, nor the time to load them.
        Some(endpoint) if endpoint.starts_with("http://") => http.build_http(),
        _ => http.tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https(),
    }
}

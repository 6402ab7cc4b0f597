//! The way to AWS: one HTTP client for all of its services.

use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

/// The authorities that AWS's own services are certified by (Amazon Trust Services, "Repository"),
/// valid until 2037 at least. Reading those of the system takes several times as long at each cold start.
const ROOTS: &str = include_str!("aws/roots.pem");

/// Names a file with other authorities, as for the AWS command line.
const OTHER_ROOTS: &str = "AWS_CA_BUNDLE";

/// A client for an address, or for AWS itself.
pub fn http_client(endpoint: Option<&str>) -> SharedHttpClient {
    let http = aws_smithy_http_client::Builder::new();
    // A service on this machine needs no roots to trust.
    if endpoint.is_some_and(|endpoint| endpoint.starts_with("http://")) {
        return http.build_http();
    }
    let http = http.tls_provider(Provider::Rustls(CryptoMode::Ring));
    let other = std::env::var_os(OTHER_ROOTS).and_then(|file| std::fs::read(file).ok());
    let roots = other.unwrap_or_else(|| ROOTS.as_bytes().to_vec());
    let roots = TrustStore::empty().with_pem_certificate(roots);
    match TlsContext::builder().with_trust_store(roots).build() {
        Ok(context) => http.tls_context(context).build_https(),
        // With the system's own then; where that fails too, each request tells why.
        Err(_) => http.build_https(),
    }
}

//! The HTTP client of all AWS services.

use aws_smithy_http_client::Builder;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

/// Returns a client for an endpoint, or for AWS itself.
///
/// Without the feature `tls` it reaches only services on this machine.
pub fn http_client(endpoint: Option<&str>) -> SharedHttpClient {
    let http = Builder::new();
    // A service on this machine is reached without TLS.
    #[cfg(feature = "tls")]
    if !endpoint.is_some_and(|endpoint| endpoint.starts_with("http://")) {
        return tls::client(http);
    }
    let _ = endpoint;
    http.build_http()
}

#[cfg(feature = "tls")]
mod tls {
    use aws_smithy_http_client::Builder;
    use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
    use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
    use aws_smithy_runtime_api::client::http::SharedHttpClient;

    /// The root certificates of Amazon Trust Services ("Repository"), valid until at least 2037.
    ///
    /// Reading the system's store instead takes several times as long at each cold start.
    const ROOTS: &str = include_str!("roots.pem");

    /// Names a file with other root certificates, as for the AWS command line.
    const OTHER_ROOTS: &str = "AWS_CA_BUNDLE";

    pub(super) fn client(http: Builder) -> SharedHttpClient {
        let http = http.tls_provider(Provider::Rustls(CryptoMode::Ring));
        let other = std::env::var_os(OTHER_ROOTS).and_then(|file| std::fs::read(file).ok());
        let roots = other.unwrap_or_else(|| ROOTS.as_bytes().to_vec());
        let roots = TrustStore::empty().with_pem_certificate(roots);
        match TlsContext::builder().with_trust_store(roots).build() {
            Ok(context) => http.tls_context(context).build_https(),
            // Falls back to the system's store; if that fails too, each request reports why.
            Err(_) => http.build_https(),
        }
    }
}

//! The HTTP client of all AWS services.

use aws_smithy_http_client::Builder;
pub use aws_smithy_runtime_api::client::http::SharedHttpClient;

/// Returns a client for an endpoint, or for AWS itself.
///
/// Without the feature `tls`, the client supports only plain HTTP, so only local services.
pub fn http_client(endpoint: Option<&str>) -> SharedHttpClient {
    let http = Builder::new();
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
    /// Loading the system's trust store instead would take several times as long at each cold start.
    const ROOTS: &str = include_str!("roots.pem");

    /// The variable that names a file with other root certificates, as in the AWS CLI.
    const OTHER_ROOTS: &str = "AWS_CA_BUNDLE";

    pub(super) fn client(http: Builder) -> SharedHttpClient {
        let http = http.tls_provider(Provider::Rustls(CryptoMode::Ring));
        let other = std::env::var_os(OTHER_ROOTS).and_then(|file| std::fs::read(file).ok());
        let roots = other.unwrap_or_else(|| ROOTS.as_bytes().to_vec());
        let roots = TrustStore::empty().with_pem_certificate(roots);
        match TlsContext::builder().with_trust_store(roots).build() {
            Ok(context) => http.tls_context(context).build_https(),
            // Falls back to the system's trust store. If that fails too, each request reports the cause.
            Err(_) => http.build_https(),
        }
    }
}

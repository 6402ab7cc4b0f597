//! Requests as API Gateway hands them to a Lambda.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use lambda_http::{Request, RequestExt};
use tokio::time::Instant;

/// The time reserved before Lambda's own deadline for rendering and sending the response.
const MARGIN: Duration = Duration::from_millis(300);

/// Returns Lambda's own deadline minus the margin.
pub fn deadline(request: &Request) -> Instant {
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

/// Returns a request as a plain HTTP request, and the address of its sender, if it is known.
pub fn request_and_sender(request: Request) -> (http::Request<Vec<u8>>, Option<IpAddr>) {
    let sender = sender(&request);
    let (parts, body) = request.into_parts();
    (http::Request::from_parts(parts, body.to_vec()), sender)
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

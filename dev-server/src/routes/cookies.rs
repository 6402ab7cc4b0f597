//! The cookies of organisers, for browsers that accept no `Secure` cookie on loopback.
//!
//! Chromium and Firefox do, since loopback cannot be eavesdropped. WebKit does not, so for it the attribute and the
//! prefix that demands it are left out. Only this server does that; the function always sets both.

use http::header::{COOKIE, SET_COOKIE, USER_AGENT};
use http::{HeaderMap, HeaderValue};

const PREFIX: &str = "__Host-";

/// Returns whether the browser accepts no `Secure` cookie on loopback: it is WebKit. Chromium says that it is WebKit
/// too.
pub(super) fn needs_plain(headers: &HeaderMap) -> bool {
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    agent.contains("AppleWebKit") && !agent.contains("Chrom")
}

/// Gives the cookies of a request the prefix that they have elsewhere.
pub(super) fn with_prefix(headers: &mut HeaderMap) {
    let sent = headers.get(COOKIE).and_then(|cookies| cookies.to_str().ok()).unwrap_or_default();
    let cookies: Vec<String> = sent
        .split(';')
        .map(|pair| pair.trim().trim_start_matches(PREFIX))
        .filter(|pair| !pair.is_empty())
        .map(|pair| format!("{PREFIX}{pair}"))
        .collect();
    if let Ok(cookies) = HeaderValue::try_from(cookies.join("; ")) {
        headers.insert(COOKIE, cookies);
    }
}

/// Takes the prefix and `Secure` from the cookies of a response.
pub(super) fn without_prefix(headers: &mut HeaderMap) {
    let set: Vec<HeaderValue> = headers.get_all(SET_COOKIE).iter().cloned().collect();
    headers.remove(SET_COOKIE);
    for cookie in set {
        let plain = cookie.to_str().unwrap_or_default().trim_start_matches(PREFIX).replace("; Secure", "");
        if let Ok(plain) = HeaderValue::try_from(plain) {
            headers.append(SET_COOKIE, plain);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_webkit_gets_plain_cookies() {
        let agent = |agent: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(USER_AGENT, agent.parse().unwrap());
            needs_plain(&headers)
        };
        assert!(agent(
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15"
        ));
        assert!(!agent(
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36"
        ));
        assert!(!agent("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"));
        assert!(!agent("curl/8"));
    }

    #[test]
    fn a_plain_cookie_comes_back_with_its_prefix() {
        let mut headers = HeaderMap::new();
        headers.append(SET_COOKIE, HeaderValue::from_static("__Host-beheer=x; Path=/; Secure; HttpOnly"));
        without_prefix(&mut headers);
        assert_eq!(headers[SET_COOKIE], "beheer=x; Path=/; HttpOnly");
        headers.insert(COOKIE, HeaderValue::from_static("beheer=x; aanvraag=y"));
        with_prefix(&mut headers);
        assert_eq!(headers[COOKIE], "__Host-beheer=x; __Host-aanvraag=y");
    }
}

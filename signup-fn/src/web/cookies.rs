//! Cookies: two, for organisers only. Visitors and participants get none.

use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Response};
use jiff::SignedDuration;

use crate::people::secret::Secret;

/// A cookie. The prefix makes browsers insist on `Secure`, `Path=/` and no `Domain` (RFC 6265bis, section 4.1.3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    /// Binds a request to log in to the browser that made it. `Lax`, since the link in a mail opens it.
    Asking,
    /// The log-in. `Strict`, so that no request from another site carries it.
    LogIn,
}

impl Cookie {
    /// Returns the name of the cookie.
    pub fn name(self) -> &'static str {
        match self {
            Self::Asking => "__Host-aanvraag",
            Self::LogIn => "__Host-beheer",
        }
    }

    /// Returns the secret that the browser sent, if it has the form of one.
    pub fn read(self, headers: &HeaderMap) -> Option<Secret> {
        let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(name, _)| *name == self.name())?.1.parse().ok()
    }

    /// Adds the cookie to a response.
    pub fn set(self, response: Response<String>, secret: &Secret, lasts: SignedDuration) -> Response<String> {
        self.add(response, &secret.value(), lasts.as_secs())
    }

    /// Makes the browser delete the cookie.
    pub fn clear(self, response: Response<String>) -> Response<String> {
        self.add(response, "", 0)
    }

    fn add(self, mut response: Response<String>, value: &str, seconds: i64) -> Response<String> {
        let site = match self {
            Self::Asking => "Lax",
            Self::LogIn => "Strict",
        };
        let cookie =
            format!("{}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite={site}", self.name());
        if let Ok(cookie) = HeaderValue::try_from(cookie) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_has_every_protection_and_comes_back() {
        let secret = Secret::random().unwrap();
        let response =
            Cookie::LogIn.set(Response::new(String::new()), &secret, SignedDuration::from_hours(12));
        let set = response.headers()[SET_COOKIE].to_str().unwrap().to_owned();
        let value = secret.value();
        assert_eq!(
            set,
            format!("__Host-beheer={value}; Path=/; Max-Age=43200; Secure; HttpOnly; SameSite=Strict")
        );
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, format!("a=b; __Host-beheer={value}").parse().unwrap());
        assert!(Cookie::LogIn.read(&headers) == Some(secret));
        assert!(Cookie::Asking.read(&headers).is_none());
        // Without the prefix, another site on the domain could have set it.
        headers.insert(COOKIE, format!("beheer={value}").parse().unwrap());
        assert!(Cookie::LogIn.read(&headers).is_none());
    }
}

//! Verifies that a request came through the CDN, which adds a secret header to prove it.
//!
//! Without this check, anybody could call the API directly. They would bypass the CDN's rate limits,
//! and could forge the sender's address, which only the CDN knows.

use std::str::FromStr;

use http::HeaderMap;
use subtle::{Choice, ConstantTimeEq};

/// The header in which the CDN sends the secret.
pub const ORIGIN_HEADER: &str = "x-origin-verify";

/// The minimum length of a secret.
const MIN_LENGTH: usize = 32;

/// The accepted secrets: one, or two during a rotation.
#[derive(Clone)]
pub struct OriginSecrets(Vec<String>);

/// The error for text that is not a list of secrets.
#[derive(Debug, thiserror::Error)]
#[error("expected one or two secrets of at least {MIN_LENGTH} characters, separated by a comma")]
pub struct BadSecrets;

impl OriginSecrets {
    /// Returns whether a request carries an accepted secret. Compares in constant time.
    pub fn admit(&self, headers: &HeaderMap) -> bool {
        let Some(said) = headers.get(ORIGIN_HEADER) else { return false };
        let equal = |secret: &String| secret.as_bytes().ct_eq(said.as_bytes());
        self.0.iter().map(equal).fold(Choice::from(0), |any, equal| any | equal).into()
    }
}

impl FromStr for OriginSecrets {
    type Err = BadSecrets;

    fn from_str(text: &str) -> Result<Self, BadSecrets> {
        let secrets: Vec<String> = text.split(',').map(|secret| secret.trim().to_owned()).collect();
        match secrets.len() <= 2 && secrets.iter().all(|secret| secret.len() >= MIN_LENGTH) {
            true => Ok(Self(secrets)),
            false => Err(BadSecrets),
        }
    }
}

impl std::fmt::Debug for OriginSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OriginSecrets")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "old-old-old-old-old-old-old-old-";
    const NEW: &str = "new-new-new-new-new-new-new-new-";

    fn admits(secrets: &str, said: Option<&str>) -> bool {
        let secrets: OriginSecrets = secrets.parse().unwrap();
        let mut headers = HeaderMap::new();
        if let Some(said) = said {
            headers.insert(ORIGIN_HEADER, said.parse().unwrap());
        }
        secrets.admit(&headers)
    }

    #[test]
    fn a_request_with_a_valid_secret_is_admitted() {
        assert!(admits(NEW, Some(NEW)));
        let both = format!("{NEW}, {OLD}");
        assert!(admits(&both, Some(NEW)) && admits(&both, Some(OLD)));
        for said in [None, Some(""), Some(OLD), Some(&NEW[1..]), Some("old-")] {
            assert!(!admits(NEW, said), "{said:?}");
        }
        assert!(!admits(&both, Some(&both)));
    }

    #[test]
    fn short_or_missing_secrets_are_refused() {
        for text in ["", "short", &format!("{NEW},"), &format!("{NEW},short"), &format!("{NEW},{NEW},{NEW}")]
        {
            assert!(text.parse::<OriginSecrets>().is_err(), "{text}");
        }
        let secrets: OriginSecrets = NEW.parse().unwrap();
        assert!(!format!("{secrets:?}").contains("new-"));
    }
}

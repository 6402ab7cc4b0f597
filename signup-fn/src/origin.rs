//! Whether a request came through the CDN: a secret that the CDN adds says so.
//!
//! Without it anybody could ask the API directly, past the CDN's limits, and say
//! of themselves what only the CDN knows: the sender's address.

use std::str::FromStr;

use http::HeaderMap;
use subtle::{Choice, ConstantTimeEq};

/// The header by which the CDN shows that it is the one who asks.
pub const ORIGIN_HEADER: &str = "x-origin-verify";

/// The fewest characters of a secret.
const SHORTEST: usize = 32;

/// What the CDN may say; two of them while one takes the other's place.
#[derive(Clone)]
pub struct OriginSecrets(Vec<String>);

/// The text holds no secrets.
#[derive(Debug, thiserror::Error)]
#[error("origin secrets are one or two texts of at least {SHORTEST} characters, separated by a comma")]
pub struct BadSecrets;

impl OriginSecrets {
    /// Whether a request's headers hold one of the secrets, in a time that tells nothing of them.
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
        match secrets.len() <= 2 && secrets.iter().all(|secret| secret.len() >= SHORTEST) {
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
    fn whoever_knows_a_secret_is_the_cdn() {
        assert!(admits(NEW, Some(NEW)));
        let both = format!("{NEW}, {OLD}");
        assert!(admits(&both, Some(NEW)) && admits(&both, Some(OLD)));
        for said in [None, Some(""), Some(OLD), Some(&NEW[1..]), Some("old-")] {
            assert!(!admits(NEW, said), "{said:?}");
        }
        assert!(!admits(&both, Some(&both)));
    }

    #[test]
    fn what_is_no_secret_is_refused() {
        for text in ["", "short", &format!("{NEW},"), &format!("{NEW},short"), &format!("{NEW},{NEW},{NEW}")]
        {
            assert!(text.parse::<OriginSecrets>().is_err(), "{text}");
        }
        let secrets: OriginSecrets = NEW.parse().unwrap();
        assert!(!format!("{secrets:?}").contains("new-"));
    }
}

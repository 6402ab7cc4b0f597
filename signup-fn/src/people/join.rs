//! The link with which participants join a session online.

use std::fmt;

use http::Uri;
use jiff::Timestamp;

use super::field::TextError;
use super::text;

/// A link with which participants join a session: `https`, with a host.
#[derive(Clone, PartialEq, Eq)]
pub struct JoinUrl(String);

/// The link of a session, and since when it is this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// The link.
    pub url: JoinUrl,
    /// When it was set.
    pub set_at: Timestamp,
}

impl JoinUrl {
    /// The maximum length in characters. The links of Teams have some 250.
    const MAX: usize = 800;

    /// Cleans a link and checks it.
    ///
    /// # Errors
    /// Returns [`TextError::Empty`], [`TextError::TooLong`], or [`TextError::Malformed`] if it is not a web
    /// address with `https` and a host, and without a name or password before the host.
    pub fn new(typed: &str) -> Result<Self, TextError> {
        let url = text::line(typed);
        match url.chars().count() {
            0 => return Err(TextError::Empty),
            count if count > Self::MAX => return Err(TextError::TooLong),
            _ => {}
        }
        let uri: Uri = url.parse().map_err(|_| TextError::Malformed)?;
        let has_host = uri.host().is_some_and(|host| host.contains('.') && !host.starts_with('.'));
        let has_user = uri.authority().is_some_and(|authority| authority.as_str().contains('@'));
        let is_safe = !url.contains(['"', '\'', '<', '>', '\\', '`', '{', '}']) && url.is_ascii();
        match uri.scheme_str() == Some("https") && has_host && !has_user && is_safe {
            true => Ok(Self(url)),
            false => Err(TextError::Malformed),
        }
    }

    /// Returns the link.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Prints nothing of the link, which only participants may know.
impl fmt::Debug for JoinUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JoinUrl(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_https_with_a_host() {
        for url in [
            "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%22Tid%22%7d",
            " https://meet.example.nl/a-b?pwd=1#x ",
        ] {
            assert_eq!(JoinUrl::new(url).map(|join| join.as_str().to_owned()), Ok(url.trim().to_owned()));
        }
        for (url, error) in [
            ("", TextError::Empty),
            ("http://meet.example.nl/", TextError::Malformed),
            ("meet.example.nl/x", TextError::Malformed),
            ("javascript:alert(1)", TextError::Malformed),
            ("https://", TextError::Malformed),
            ("https://localhost/", TextError::Malformed),
            ("https://a@evil.example/", TextError::Malformed),
            ("https://meet.example.nl/\"><script>", TextError::Malformed),
            ("https://meet.example.nl/a b", TextError::Malformed),
        ] {
            assert_eq!(JoinUrl::new(url).map(drop), Err(error), "{url}");
        }
        assert_eq!(
            JoinUrl::new(&format!("https://a.nl/{}", "x".repeat(800))).map(drop),
            Err(TextError::TooLong)
        );
    }
}

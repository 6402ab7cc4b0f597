//! The addresses on which the site and the function must agree.

use std::fmt;

use crate::id::{EventId, Reference, SessionId};

/// Path prefix that the CDN routes to the function; `infra/main.tf` has a copy of it.
pub const SIGNUP_PREFIX: &str = "/aanmelden/";

/// Id of the element on an event's page that contains its form.
pub const FORM_ANCHOR: &str = "aanmelden";

/// An address that the function answers.
///
/// ```
/// use catalog::address::SignupAddress;
///
/// let address: SignupAddress = "/aanmelden/lnpo-2028/".parse()?;
/// assert_eq!(address, SignupAddress::Form { event: "lnpo-2028".parse()? });
/// assert_eq!(address.to_string(), "/aanmelden/lnpo-2028/");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignupAddress {
    /// `/aanmelden/{event}/`: the address to which the form posts.
    Form {
        /// The event of the form.
        event: EventId,
    },
    /// `/aanmelden/{event}/{session}/ontvangen/{reference}/`: the page after a sign-up, safe to reload.
    Received {
        /// The event of the sign-up.
        event: EventId,
        /// The chosen session.
        session: SessionId,
        /// The reference that the participant can quote.
        reference: Reference,
    },
    /// `/aanmelden/{event}/{session}/wachtlijst/{reference}/`: the same for a place on the waiting list.
    Waiting {
        /// The event of the sign-up.
        event: EventId,
        /// The session with the waiting list.
        session: SessionId,
        /// The reference that the participant can quote.
        reference: Reference,
    },
    /// `/aanmelden/{event}/wijzigen/{token}/`: the participant's own sign-up.
    ///
    /// After a change the path has one more segment, such as `bewaard/`.
    Manage {
        /// The event of the sign-up.
        event: EventId,
        /// The token from the mail. Parsing the address does not verify it.
        token: String,
        /// The change that was just made, if any.
        done: Option<ManageDone>,
    },
    /// `/aanmelden/{event}/bevestigen/{token}/`: the page that confirms the participant's email address.
    Confirm {
        /// The event of the sign-up.
        event: EventId,
        /// The token from the mail. Parsing the address does not verify it.
        token: String,
    },
    /// `/aanmelden/{event}/adres/{token}/`: the page that confirms a participant's new email address.
    NewAddress {
        /// The event of the sign-up.
        event: EventId,
        /// The token from the mail. Parsing the address does not verify it.
        token: String,
    },
    /// `/aanmelden/{event}/gewist/`: the page after a sign-up was erased.
    Erased {
        /// The event of the erased sign-up.
        event: EventId,
    },
    /// `/aanmelden/{event}/link/`: asks for the mail with the links again.
    Again {
        /// The event.
        event: EventId,
    },
    /// `/aanmelden/{event}/plekken.json`: the number of seats left in each session.
    Seats {
        /// The event with the sessions.
        event: EventId,
    },
}

/// The change that a participant just made to a sign-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display, strum::EnumString)]
pub enum ManageDone {
    /// The details were saved.
    #[strum(serialize = "bewaard")]
    Saved,
    /// Another session was chosen.
    #[strum(serialize = "verplaatst")]
    Moved,
    /// The sign-up was cancelled.
    #[strum(serialize = "afgemeld")]
    Cancelled,
    /// The email address was confirmed.
    #[strum(serialize = "bevestigd")]
    Confirmed,
    /// A mail was sent to a new email address.
    #[strum(serialize = "adres-gevraagd")]
    Asked,
    /// The email address was changed.
    #[strum(serialize = "adres-gewijzigd")]
    Readdressed,
}

impl SignupAddress {
    /// Returns the event that the address belongs to.
    pub fn event(&self) -> &EventId {
        match self {
            Self::Form { event }
            | Self::Received { event, .. }
            | Self::Waiting { event, .. }
            | Self::Manage { event, .. }
            | Self::Confirm { event, .. }
            | Self::NewAddress { event, .. }
            | Self::Erased { event }
            | Self::Again { event }
            | Self::Seats { event } => event,
        }
    }

    /// Returns the session in the address, if there is one.
    pub fn session(&self) -> Option<&SessionId> {
        match self {
            Self::Received { session, .. } | Self::Waiting { session, .. } => Some(session),
            _ => None,
        }
    }
}

/// The error for a path that the function does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown sign-up address")]
pub struct UnknownAddress;

impl std::str::FromStr for SignupAddress {
    type Err = UnknownAddress;

    fn from_str(path: &str) -> Result<Self, UnknownAddress> {
        let rest = path.strip_prefix(SIGNUP_PREFIX).ok_or(UnknownAddress)?;
        let parts: Vec<&str> = rest.strip_suffix('/').unwrap_or(rest).split('/').collect();
        match parts.as_slice() {
            [event] => Ok(Self::Form { event: known(event)? }),
            [event, session, "ontvangen", reference] => Ok(Self::Received {
                event: known(event)?,
                session: known(session)?,
                reference: known(reference)?,
            }),
            [event, session, "wachtlijst", reference] => Ok(Self::Waiting {
                event: known(event)?,
                session: known(session)?,
                reference: known(reference)?,
            }),
            [event, "wijzigen", token] => {
                Ok(Self::Manage { event: known(event)?, token: as_token(token)?, done: None })
            }
            [event, "wijzigen", token, done] => {
                Ok(Self::Manage { event: known(event)?, token: as_token(token)?, done: Some(known(done)?) })
            }
            [event, "bevestigen", token] => {
                Ok(Self::Confirm { event: known(event)?, token: as_token(token)? })
            }
            [event, "adres", token] => Ok(Self::NewAddress { event: known(event)?, token: as_token(token)? }),
            [event, "gewist"] => Ok(Self::Erased { event: known(event)? }),
            [event, "link"] => Ok(Self::Again { event: known(event)? }),
            [event, "plekken.json"] => Ok(Self::Seats { event: known(event)? }),
            _ => Err(UnknownAddress),
        }
    }
}

fn known<T: std::str::FromStr>(part: &str) -> Result<T, UnknownAddress> {
    part.parse().map_err(|_| UnknownAddress)
}

/// Returns a path segment as a token if it is not empty and has only base64url characters
/// (RFC 4648, section 5).
fn as_token(part: &str) -> Result<String, UnknownAddress> {
    let has_form = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if part.is_empty() || !part.bytes().all(has_form) {
        return Err(UnknownAddress);
    }
    Ok(part.to_owned())
}

impl fmt::Display for SignupAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form { event } => write!(f, "{SIGNUP_PREFIX}{event}/"),
            Self::Received { event, session, reference } => {
                write!(f, "{SIGNUP_PREFIX}{event}/{session}/ontvangen/{reference}/")
            }
            Self::Waiting { event, session, reference } => {
                write!(f, "{SIGNUP_PREFIX}{event}/{session}/wachtlijst/{reference}/")
            }
            Self::Manage { event, token, done: None } => {
                write!(f, "{SIGNUP_PREFIX}{event}/wijzigen/{token}/")
            }
            Self::Manage { event, token, done: Some(done) } => {
                write!(f, "{SIGNUP_PREFIX}{event}/wijzigen/{token}/{done}/")
            }
            Self::Confirm { event, token } => write!(f, "{SIGNUP_PREFIX}{event}/bevestigen/{token}/"),
            Self::NewAddress { event, token } => write!(f, "{SIGNUP_PREFIX}{event}/adres/{token}/"),
            Self::Erased { event } => write!(f, "{SIGNUP_PREFIX}{event}/gewist/"),
            Self::Again { event } => write!(f, "{SIGNUP_PREFIX}{event}/link/"),
            Self::Seats { event } => write!(f, "{SIGNUP_PREFIX}{event}/plekken.json"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_survives_parsing_and_formatting() {
        for path in [
            "/aanmelden/lnpo-2028/",
            "/aanmelden/lnpo-2028/28-november/ontvangen/K7QF2M9D/",
            "/aanmelden/lnpo-2028/28-november/wachtlijst/K7QF2M9D/",
            "/aanmelden/lnpo-2028/wijzigen/AbC-_9/",
            "/aanmelden/lnpo-2028/wijzigen/AbC-_9/bewaard/",
            "/aanmelden/lnpo-2028/bevestigen/AbC-_9/",
            "/aanmelden/lnpo-2028/gewist/",
            "/aanmelden/lnpo-2028/link/",
            "/aanmelden/lnpo-2028/plekken.json",
        ] {
            let address = path.parse::<SignupAddress>();
            assert_eq!(address.map(|a| a.to_string()), Ok(path.to_owned()));
        }
    }

    #[test]
    fn the_trailing_slash_is_optional() {
        assert_eq!("/aanmelden/a".parse::<SignupAddress>(), "/aanmelden/a/".parse());
    }

    #[test]
    fn anything_else_is_unknown() {
        for path in [
            "/",
            "/aanmelden/",
            "/aanmelden/A/",
            "/aanmelden/a//",
            "/aanmelden/a/b/",
            "/aanmelden/a/b/ontvangen/x/",
            "/aanmelden/a/wijzigen/t/anders/",
            "/aanmelden/a/wijzigen//",
            "/aanmelden/a/bevestigen/%00/",
        ] {
            assert_eq!(path.parse::<SignupAddress>(), Err(UnknownAddress), "{path}");
        }
    }
}

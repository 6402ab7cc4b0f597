//! Every address that site and function must agree on.

use std::fmt;

use crate::id::{EventId, Reference, SessionId};

/// What the CDN sends to the function begins with this.
pub const SIGNUP_PREFIX: &str = "/aanmelden/";

/// The element of an event's page that holds its form.
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
    /// `/aanmelden/{event}/`: where the form is sent to.
    Form {
        /// The event one signs up for.
        event: EventId,
    },
    /// `/aanmelden/{event}/{session}/ontvangen/{reference}/`: the page after a sign-up, safe to reload.
    Received {
        /// The event one signed up for.
        event: EventId,
        /// The session one chose.
        session: SessionId,
        /// What to quote when asking about it.
        reference: Reference,
    },
}

/// The path is not one that the function answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such address")]
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
            _ => Err(UnknownAddress),
        }
    }
}

fn known<T: std::str::FromStr>(part: &str) -> Result<T, UnknownAddress> {
    part.parse().map_err(|_| UnknownAddress)
}

impl fmt::Display for SignupAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form { event } => write!(f, "{SIGNUP_PREFIX}{event}/"),
            Self::Received { event, session, reference } => {
                write!(f, "{SIGNUP_PREFIX}{event}/{session}/ontvangen/{reference}/")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_it_is_written() {
        for path in ["/aanmelden/lnpo-2028/", "/aanmelden/lnpo-2028/28-november/ontvangen/K7QF2M9D/"] {
            let address = path.parse::<SignupAddress>();
            assert_eq!(address.map(|a| a.to_string()), Ok(path.to_owned()));
        }
    }

    #[test]
    fn the_last_slash_may_be_missing() {
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
        ] {
            assert_eq!(path.parse::<SignupAddress>(), Err(UnknownAddress), "{path}");
        }
    }
}

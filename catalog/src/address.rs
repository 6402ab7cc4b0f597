//! Every address that site and function must agree on.

use std::fmt;

use crate::id::{EventId, Reference, SessionId};

/// What the CDN sends to the function begins with this; `infra/main.tf` says so too.
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
    /// `/aanmelden/{event}/{session}/wachtlijst/{reference}/`: the same for a place on the waiting list.
    Waiting {
        /// The event one signed up for.
        event: EventId,
        /// The session one waits for.
        session: SessionId,
        /// What to quote when asking about it.
        reference: Reference,
    },
    /// `/aanmelden/{event}/wijzigen/{token}/`: one's own sign-up; with another part once something was done.
    Manage {
        /// The event one signed up for.
        event: EventId,
        /// What the mail carried; whether it opens anything is not looked at here.
        token: String,
        /// What was just done.
        done: Option<ManageDone>,
    },
    /// `/aanmelden/{event}/bevestigen/{token}/`: whether the address is one's own.
    Confirm {
        /// The event one signed up for.
        event: EventId,
        /// What the mail carried.
        token: String,
    },
    /// `/aanmelden/{event}/gewist/`: nothing is remembered any more.
    Erased {
        /// The event one had signed up for.
        event: EventId,
    },
    /// `/aanmelden/{event}/plekken.json`: how many seats are left.
    Seats {
        /// The event.
        event: EventId,
    },
}

/// What was just done with one's own sign-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManageDone {
    /// `bewaard`
    Saved,
    /// `verplaatst`
    Moved,
    /// `afgemeld`
    Cancelled,
    /// `bevestigd`
    Confirmed,
}

impl ManageDone {
    const ALL: [Self; 4] = [Self::Saved, Self::Moved, Self::Cancelled, Self::Confirmed];

    fn name(self) -> &'static str {
        match self {
            Self::Saved => "bewaard",
            Self::Moved => "verplaatst",
            Self::Cancelled => "afgemeld",
            Self::Confirmed => "bevestigd",
        }
    }
}

impl SignupAddress {
    /// The event that it is about.
    pub fn event(&self) -> &EventId {
        match self {
            Self::Form { event }
            | Self::Received { event, .. }
            | Self::Waiting { event, .. }
            | Self::Manage { event, .. }
            | Self::Confirm { event, .. }
            | Self::Erased { event }
            | Self::Seats { event } => event,
        }
    }

    /// The session that it is about, if it names one.
    pub fn session(&self) -> Option<&SessionId> {
        match self {
            Self::Received { session, .. } | Self::Waiting { session, .. } => Some(session),
            _ => None,
        }
    }
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
            [event, session, "wachtlijst", reference] => Ok(Self::Waiting {
                event: known(event)?,
                session: known(session)?,
                reference: known(reference)?,
            }),
            [event, "wijzigen", token] => {
                Ok(Self::Manage { event: known(event)?, token: as_token(token)?, done: None })
            }
            [event, "wijzigen", token, done] => {
                let done = ManageDone::ALL.into_iter().find(|known| known.name() == *done);
                let done = Some(done.ok_or(UnknownAddress)?);
                Ok(Self::Manage { event: known(event)?, token: as_token(token)?, done })
            }
            [event, "bevestigen", token] => {
                Ok(Self::Confirm { event: known(event)?, token: as_token(token)? })
            }
            [event, "gewist"] => Ok(Self::Erased { event: known(event)? }),
            [event, "plekken.json"] => Ok(Self::Seats { event: known(event)? }),
            _ => Err(UnknownAddress),
        }
    }
}

fn known<T: std::str::FromStr>(part: &str) -> Result<T, UnknownAddress> {
    part.parse().map_err(|_| UnknownAddress)
}

/// Something of the characters that a token has (RFC 4648, section 5).
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
                write!(f, "{SIGNUP_PREFIX}{event}/wijzigen/{token}/{}/", done.name())
            }
            Self::Confirm { event, token } => write!(f, "{SIGNUP_PREFIX}{event}/bevestigen/{token}/"),
            Self::Erased { event } => write!(f, "{SIGNUP_PREFIX}{event}/gewist/"),
            Self::Seats { event } => write!(f, "{SIGNUP_PREFIX}{event}/plekken.json"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_it_is_written() {
        for path in [
            "/aanmelden/lnpo-2028/",
            "/aanmelden/lnpo-2028/28-november/ontvangen/K7QF2M9D/",
            "/aanmelden/lnpo-2028/28-november/wachtlijst/K7QF2M9D/",
            "/aanmelden/lnpo-2028/wijzigen/AbC-_9/",
            "/aanmelden/lnpo-2028/wijzigen/AbC-_9/bewaard/",
            "/aanmelden/lnpo-2028/bevestigen/AbC-_9/",
            "/aanmelden/lnpo-2028/gewist/",
            "/aanmelden/lnpo-2028/plekken.json",
        ] {
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
            "/aanmelden/a/wijzigen/t/anders/",
            "/aanmelden/a/wijzigen//",
            "/aanmelden/a/bevestigen/%00/",
        ] {
            assert_eq!(path.parse::<SignupAddress>(), Err(UnknownAddress), "{path}");
        }
    }
}

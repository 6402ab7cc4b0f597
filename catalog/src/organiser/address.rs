//! The addresses of the organisers' area.

use std::fmt;
use std::str::FromStr;

use strum::VariantArray;

use crate::address::UnknownAddress;
use crate::id::{EventId, Reference, SessionId};
use crate::organiser::part::known;
pub use crate::organiser::part::{JoinDone, Order, SessionPart, Tab};

/// Path prefix that the CDN routes to the organisers' function; `infra/main.tf` has a copy of it.
pub const ORGANISER_PREFIX: &str = "/beheer/";

/// An address of the organisers' area. No address contains a name or an email address.
///
/// ```
/// use catalog::organiser::address::OrganiserAddress;
///
/// let address: OrganiserAddress = "/beheer/".parse()?;
/// assert_eq!(address, OrganiserAddress::Overview);
/// assert_eq!(address.to_string(), "/beheer/");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrganiserAddress {
    /// `/beheer/`: the coming sessions, and what needs attention.
    Overview,
    /// `/beheer/inloggen/`: asks for a mail with a link and a code.
    LogIn,
    /// `/beheer/inloggen/code/`: takes the code from the mail.
    Code,
    /// `/beheer/inloggen/link/{token}/`: the link in the mail.
    Link {
        /// The token from the mail. Parsing the address does not verify it.
        token: String,
    },
    /// `/beheer/uitloggen/`: ends one log-in, or all of them.
    LogOut,
    /// `/beheer/bevestigen/`: asks for a fresh code before a sensitive action.
    Confirm,
    /// `/beheer/inlogs/`: the organiser's own log-ins.
    LogIns,
    /// `/beheer/logboek/`: what organisers did.
    Log,
    /// `/beheer/gegevens/`: what is stored about whom, and until when.
    Held,
    /// `/beheer/bijeenkomst/{event}/{session}/…`: a session.
    Session {
        /// The event.
        event: EventId,
        /// The session.
        session: SessionId,
        /// The page about it.
        part: SessionPart,
    },
    /// `/beheer/bijeenkomst/{event}/deelnemer/{reference}/…`: somebody who signed up.
    Person {
        /// The event.
        event: EventId,
        /// The person's reference.
        reference: Reference,
        /// The change that was just made, if any.
        done: Option<PersonDone>,
    },
    /// `/beheer/bijeenkomst/{event}/deelnemer/{reference}/bewijs/`: a certificate of attendance, for printing.
    Certificate {
        /// The event.
        event: EventId,
        /// The person's reference.
        reference: Reference,
    },
}

/// The change that an organiser just made to a sign-up.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    serde::Serialize,
    strum::Display,
    strum::EnumString,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
pub enum PersonDone {
    /// The details were corrected.
    #[strum(serialize = "bewaard")]
    Saved,
    /// The sign-up was moved to another session.
    #[strum(serialize = "verplaatst")]
    Moved,
    /// The sign-up was cancelled.
    #[strum(serialize = "afgemeld")]
    Cancelled,
    /// The mail about the sign-up was sent again.
    #[strum(serialize = "verstuurd")]
    Resent,
    /// The person was added.
    #[strum(serialize = "toegevoegd")]
    Added,
    /// The person was given a seat beyond the capacity or out of turn.
    #[strum(serialize = "toegelaten")]
    LetIn,
    /// A mail went to another address, to confirm it.
    #[strum(serialize = "gevraagd")]
    Asked,
    /// The note was saved.
    #[strum(serialize = "genoteerd")]
    Noted,
}

impl PersonDone {
    /// Every one.
    pub const ALL: &'static [Self] = Self::VARIANTS;
}

impl OrganiserAddress {
    /// Returns the address of a part of a session.
    pub fn session(event: &EventId, session: &SessionId, part: SessionPart) -> Self {
        Self::Session { event: event.clone(), session: session.clone(), part }
    }

    /// Returns the address of somebody's page.
    pub fn person(event: &EventId, reference: Reference) -> Self {
        Self::Person { event: event.clone(), reference, done: None }
    }

    /// Returns the address of the list of a session.
    pub fn list(event: &EventId, session: &SessionId) -> Self {
        Self::session(event, session, SessionPart::List { tab: Tab::Coming, order: Order::SignedUp, page: 1 })
    }
}

impl FromStr for OrganiserAddress {
    type Err = UnknownAddress;

    fn from_str(path: &str) -> Result<Self, UnknownAddress> {
        let rest = path.strip_prefix(ORGANISER_PREFIX).ok_or(UnknownAddress)?;
        let parts: Vec<&str> = rest.strip_suffix('/').unwrap_or(rest).split('/').collect();
        match parts.as_slice() {
            [""] => Ok(Self::Overview),
            ["inloggen"] => Ok(Self::LogIn),
            ["inloggen", "code"] => Ok(Self::Code),
            ["inloggen", "link", token] => Ok(Self::Link { token: as_token(token)? }),
            ["uitloggen"] => Ok(Self::LogOut),
            ["bevestigen"] => Ok(Self::Confirm),
            ["inlogs"] => Ok(Self::LogIns),
            ["logboek"] => Ok(Self::Log),
            ["gegevens"] => Ok(Self::Held),
            ["bijeenkomst", event, "deelnemer", reference] => {
                Ok(Self::Person { event: known(event)?, reference: known(reference)?, done: None })
            }
            ["bijeenkomst", event, "deelnemer", reference, "bewijs"] => {
                Ok(Self::Certificate { event: known(event)?, reference: known(reference)? })
            }
            ["bijeenkomst", event, "deelnemer", reference, done] => Ok(Self::Person {
                event: known(event)?,
                reference: known(reference)?,
                done: Some(known(done)?),
            }),
            ["bijeenkomst", event, "sessie", session, part @ ..] => Ok(Self::Session {
                event: known(event)?,
                session: known(session)?,
                part: SessionPart::of(part)?,
            }),
            _ => Err(UnknownAddress),
        }
    }
}

/// Returns a path segment as a token if it has only base64url characters (RFC 4648, section 5).
fn as_token(part: &str) -> Result<String, UnknownAddress> {
    let has_form = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    match !part.is_empty() && part.bytes().all(has_form) {
        true => Ok(part.to_owned()),
        false => Err(UnknownAddress),
    }
}

impl fmt::Display for OrganiserAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(ORGANISER_PREFIX)?;
        match self {
            Self::Overview => Ok(()),
            Self::LogIn => f.write_str("inloggen/"),
            Self::Code => f.write_str("inloggen/code/"),
            Self::Link { token } => write!(f, "inloggen/link/{token}/"),
            Self::LogOut => f.write_str("uitloggen/"),
            Self::Confirm => f.write_str("bevestigen/"),
            Self::LogIns => f.write_str("inlogs/"),
            Self::Log => f.write_str("logboek/"),
            Self::Held => f.write_str("gegevens/"),
            Self::Session { event, session, part } => {
                write!(f, "bijeenkomst/{event}/sessie/{session}/{part}")
            }
            Self::Certificate { event, reference } => {
                write!(f, "bijeenkomst/{event}/deelnemer/{reference}/bewijs/")
            }
            Self::Person { event, reference, done: None } => {
                write!(f, "bijeenkomst/{event}/deelnemer/{reference}/")
            }
            Self::Person { event, reference, done: Some(done) } => {
                write!(f, "bijeenkomst/{event}/deelnemer/{reference}/{done}/")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_survives_parsing_and_formatting() {
        for path in [
            "/beheer/",
            "/beheer/inloggen/",
            "/beheer/inloggen/code/",
            "/beheer/inloggen/link/AbC-_9/",
            "/beheer/uitloggen/",
            "/beheer/bevestigen/",
            "/beheer/inlogs/",
            "/beheer/logboek/",
            "/beheer/gegevens/",
            "/beheer/bijeenkomst/lnpo-2028/sessie/28-november/",
            "/beheer/bijeenkomst/lnpo-2028/sessie/28-november/komt/2/",
            "/beheer/bijeenkomst/lnpo-2028/sessie/28-november/komt/op-naam/",
            "/beheer/bijeenkomst/lnpo-2028/sessie/28-november/wacht/op-organisatie/2/",
            "/beheer/bijeenkomst/lnpo-2028/sessie/28-november/wacht/",
            "/beheer/bijeenkomst/lnpo-2028/sessie/28-november/afgemeld/3/",
            "/beheer/bijeenkomst/lnpo-2028/sessie/28-november/vragen/",
            "/beheer/bijeenkomst/lnpo-2028/sessie/28-november/zoeken/",
            "/beheer/bijeenkomst/lnpo-2028/sessie/28-november/gekozen/",
            "/beheer/bijeenkomst/lnpo-2028/sessie/28-november/toevoegen/",
            "/beheer/bijeenkomst/lnpo-2028/sessie/28-november/deelnamelink/",
            "/beheer/bijeenkomst/lnpo-2028/sessie/28-november/deelnamelink/bewaard/",
            "/beheer/bijeenkomst/lnpo-2028/sessie/28-november/deelnamelink/verstuurd/",
            "/beheer/bijeenkomst/lnpo-2028/sessie/28-november/export/",
            "/beheer/bijeenkomst/lnpo-2028/sessie/28-november/logboek/",
            "/beheer/bijeenkomst/lnpo-2028/sessie/28-november/wijzigen/",
            "/beheer/bijeenkomst/lnpo-2028/sessie/28-november/wijzigen/gedaan/",
            "/beheer/bijeenkomst/lnpo-2028/sessie/28-november/aanwezig/",
            "/beheer/bijeenkomst/lnpo-2028/sessie/28-november/aanwezig/bewaard/",
            "/beheer/bijeenkomst/lnpo-2028/sessie/28-november/tekenlijst/",
            "/beheer/bijeenkomst/lnpo-2028/sessie/28-november/was-er-niet/2/",
            "/beheer/bijeenkomst/lnpo-2028/deelnemer/K7QF2M9D/bewijs/",
            "/beheer/bijeenkomst/lnpo-2028/sessie/28-november/bericht/",
            "/beheer/bijeenkomst/lnpo-2028/sessie/28-november/bericht/verstuurd/",
            "/beheer/bijeenkomst/lnpo-2028/deelnemer/K7QF2M9D/",
            "/beheer/bijeenkomst/lnpo-2028/deelnemer/K7QF2M9D/bewaard/",
        ] {
            let address = path.parse::<OrganiserAddress>();
            assert_eq!(address.map(|address| address.to_string()), Ok(path.to_owned()));
        }
    }

    #[test]
    fn anything_else_is_unknown() {
        for path in [
            "/",
            "/beheer",
            "/beheer/x/",
            "/beheer/inloggen/link//",
            "/beheer/inloggen/link/%00/",
            "/beheer/bijeenkomst/A/sessie/b/",
            "/beheer/bijeenkomst/a/sessie/b/komt/0/",
            "/beheer/bijeenkomst/a/sessie/b/komt/1/",
            "/beheer/bijeenkomst/a/sessie/b/anders/",
            "/beheer/bijeenkomst/a/sessie/b/komt/op-aanmelding/",
            "/beheer/bijeenkomst/a/sessie/b/komt/op-naam/1/",
            "/beheer/bijeenkomst/a/deelnemer/k7qf2m9d/",
        ] {
            assert_eq!(path.parse::<OrganiserAddress>(), Err(UnknownAddress), "{path}");
        }
    }
}

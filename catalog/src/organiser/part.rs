//! The pages about a session.

use std::fmt;
use std::str::FromStr;

use strum::VariantArray;

use crate::address::UnknownAddress;

/// A page about a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionPart {
    /// The list of who signed up: nothing or the name of a tab, then the
    /// order if it is not the usual one, and then a page number if it is not 1.
    List {
        /// Who is listed.
        tab: Tab,
        /// In which order.
        order: Order,
        /// The number of the page, from 1.
        page: u32,
    },
    /// `vragen/`: what participants asked, together.
    Questions,
    /// `zoeken/`: the list with only those who match what was typed.
    Search,
    /// `gekozen/`: several people who were ticked in the list.
    Chosen,
    /// `toevoegen/`: adds somebody by hand.
    Add,
    /// `deelnamelink/`: the link with which participants join the session online.
    Join {
        /// What was just done, if anything.
        done: Option<JoinDone>,
    },
    /// `export/`: the list as a file.
    Export,
    /// `logboek/`: what organisers did about the session.
    Log,
    /// `wijzigen/`: changes the session.
    Amend {
        /// Whether it was just changed.
        is_done: bool,
    },
    /// `aanwezig/`: who was there.
    Attendance {
        /// Whether it was just noted.
        is_done: bool,
    },
    /// `tekenlijst/`: a sheet to sign, for printing.
    SignIn,
    /// `bericht/`: a message to participants.
    Message {
        /// Whether a message was just sent.
        is_done: bool,
    },
}

/// The order of a list.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    serde::Serialize,
    strum::Display,
    strum::EnumString,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// By the time of the sign-up, or the place on the waiting list.
    #[default]
    #[strum(serialize = "op-aanmelding")]
    SignedUp,
    /// By name.
    #[strum(serialize = "op-naam")]
    Name,
    /// By organisation, and then by name.
    #[strum(serialize = "op-organisatie")]
    Organisation,
}

impl Order {
    /// Every one.
    pub const ALL: &'static [Self] = Self::VARIANTS;
}

/// What an organiser just did with the link of a session.
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
pub enum JoinDone {
    /// Saved or removed it.
    #[strum(serialize = "bewaard")]
    Saved,
    /// Sent it.
    #[strum(serialize = "verstuurd")]
    Sent,
}

impl JoinDone {
    /// Every one.
    pub const ALL: &'static [Self] = Self::VARIANTS;
}

/// Some of the people of a session: who is listed together, and who gets a message together.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
    strum::Display,
    strum::EnumString,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
pub enum Tab {
    /// Who has a seat.
    #[strum(serialize = "komt")]
    Coming,
    /// Who waits, in order.
    #[strum(serialize = "wacht")]
    Waiting,
    /// Who cancelled.
    #[strum(serialize = "afgemeld")]
    Cancelled,
    /// Who had a seat and was there.
    #[strum(serialize = "was-er")]
    WasThere,
    /// Who had a seat and was not there.
    #[strum(serialize = "was-er-niet")]
    WasNotThere,
}

impl Tab {
    /// Every one.
    pub const ALL: &'static [Self] = Self::VARIANTS;
}

impl SessionPart {
    /// Returns the page with these path segments after those of the session.
    pub(super) fn of(parts: &[&str]) -> Result<Self, UnknownAddress> {
        let page = |text: &str| known::<u32>(text).ok().filter(|page| *page > 1).ok_or(UnknownAddress);
        match parts {
            [] => Ok(Self::List { tab: Tab::Coming, order: Order::SignedUp, page: 1 }),
            ["vragen"] => Ok(Self::Questions),
            ["zoeken"] => Ok(Self::Search),
            ["gekozen"] => Ok(Self::Chosen),
            ["toevoegen"] => Ok(Self::Add),
            ["deelnamelink"] => Ok(Self::Join { done: None }),
            ["deelnamelink", done] => Ok(Self::Join { done: Some(known(done)?) }),
            ["export"] => Ok(Self::Export),
            ["logboek"] => Ok(Self::Log),
            ["wijzigen"] => Ok(Self::Amend { is_done: false }),
            ["wijzigen", "gedaan"] => Ok(Self::Amend { is_done: true }),
            ["aanwezig"] => Ok(Self::Attendance { is_done: false }),
            ["aanwezig", "bewaard"] => Ok(Self::Attendance { is_done: true }),
            ["tekenlijst"] => Ok(Self::SignIn),
            ["bericht"] => Ok(Self::Message { is_done: false }),
            ["bericht", "verstuurd"] => Ok(Self::Message { is_done: true }),
            [tab] => Ok(Self::List { tab: known(tab)?, order: Order::SignedUp, page: 1 }),
            [tab, order] if known::<Order>(order).is_ok() => {
                Ok(Self::List { tab: known(tab)?, order: named(order)?, page: 1 })
            }
            [tab, number] => Ok(Self::List { tab: known(tab)?, order: Order::SignedUp, page: page(number)? }),
            [tab, order, number] => {
                Ok(Self::List { tab: known(tab)?, order: named(order)?, page: page(number)? })
            }
            _ => Err(UnknownAddress),
        }
    }
}

impl fmt::Display for SessionPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List { tab: Tab::Coming, order: Order::SignedUp, page: 1 } => Ok(()),
            Self::List { tab, order, page } => {
                write!(f, "{tab}/")?;
                if *order != Order::SignedUp {
                    write!(f, "{order}/")?;
                }
                if *page == 1 { Ok(()) } else { write!(f, "{page}/") }
            }
            Self::Questions => f.write_str("vragen/"),
            Self::Search => f.write_str("zoeken/"),
            Self::Chosen => f.write_str("gekozen/"),
            Self::Add => f.write_str("toevoegen/"),
            Self::Join { done: None } => f.write_str("deelnamelink/"),
            Self::Join { done: Some(done) } => write!(f, "deelnamelink/{done}/"),
            Self::Export => f.write_str("export/"),
            Self::Log => f.write_str("logboek/"),
            Self::Amend { is_done: false } => f.write_str("wijzigen/"),
            Self::Amend { is_done: true } => f.write_str("wijzigen/gedaan/"),
            Self::Attendance { is_done: false } => f.write_str("aanwezig/"),
            Self::Attendance { is_done: true } => f.write_str("aanwezig/bewaard/"),
            Self::SignIn => f.write_str("tekenlijst/"),
            Self::Message { is_done: false } => f.write_str("bericht/"),
            Self::Message { is_done: true } => f.write_str("bericht/verstuurd/"),
        }
    }
}

/// Reads a path segment.
pub(super) fn known<T: FromStr>(part: &str) -> Result<T, UnknownAddress> {
    part.parse().map_err(|_| UnknownAddress)
}

/// Reads an order that an address names: the usual one is not named.
fn named(part: &str) -> Result<Order, UnknownAddress> {
    known(part).ok().filter(|order| *order != Order::SignedUp).ok_or(UnknownAddress)
}

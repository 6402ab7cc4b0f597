//! The kinds of acts of organisers, for the log.

use serde::{Deserialize, Serialize};
use strum::VariantArray;

/// The kind of an act.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::IntoStaticStr, strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ActKind {
    /// Logged in.
    LoggedIn,
    /// Logged out.
    LoggedOut,
    /// Logged out everywhere.
    LoggedOutEverywhere,
    /// Chose whether to get the daily digest.
    DigestChosen,
    /// Corrected the details of a sign-up.
    Corrected,
    /// Asked somebody at a new address whether it is theirs.
    AddressAsked,
    /// Moved somebody to another session.
    Moved,
    /// Cancelled a sign-up.
    Cancelled,
    /// Erased everything about somebody.
    Erased,
    /// Sent the mail about a sign-up again.
    Resent,
    /// Added somebody by hand.
    Added,
    /// Gave somebody a seat beyond the capacity or out of turn.
    LetIn,
    /// Noted something about somebody.
    Noted,
    /// Noted who was there.
    AttendanceNoted,
    /// Saved the list as a file.
    Exported,
    /// Changed the seats or the sign-up of a session, or called it off.
    SessionChanged,
    /// Set or changed the link of a session.
    LinkSet,
    /// Sent the link of a session to participants.
    LinkSent,
    /// Sent a message to participants.
    MessageSent,
    /// Sent a message to themselves, to see what it looks like.
    ProofSent,
    /// Had mails sent again that could not be sent.
    Retried,
    /// Looked up what is stored about an address.
    LookedUp,
}

impl ActKind {
    /// Every kind.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Returns the name of the kind in the table and in templates.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

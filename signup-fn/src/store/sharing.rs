//! The list of people who share an address.

use jiff::Timestamp;

use crate::people::identity::Person;

/// The people who share a mailbox. Default: nobody yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sharing {
    /// The people, in the order of their sign-ups.
    pub(super) people: Vec<Person>,
    /// The time from which all of them are forgotten.
    pub(super) forget_at: Timestamp,
}

//! The list of people who share an address.

use jiff::Timestamp;

use super::item::Item;
use crate::people::identity::Person;

/// The people who share a mailbox. Default: nobody yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sharing {
    /// The people, in the order of their sign-ups.
    pub(super) people: Vec<Person>,
    /// The time from which all of them are forgotten.
    pub(super) forget_at: Timestamp,
}

/// The people who share a mailbox, and their items as far as they exist.
pub(super) type Read = (Sharing, Vec<Item>);

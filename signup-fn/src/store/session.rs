//! The state of a session.

use catalog::Session;
use serde::Serialize;

use crate::people::identity::Person;
use crate::people::join::Join;

/// The taken seats and the waiting list of a session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionState {
    /// The number of taken seats.
    pub taken: u32,
    /// The waiting list, head first.
    pub waiting: Vec<Person>,
    /// The link with which participants join the session online, if an organiser has set it.
    pub join: Option<Join>,
}

/// The approximate number of seats left.
///
/// The exact number would reveal who has signed up, because it stays the same when a known address is
/// submitted again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatsLeft {
    /// No seats, or only seats for the waiting list.
    None,
    /// At most [`FEW`].
    Few,
    /// More than [`FEW`].
    Enough,
}

/// The maximum number of seats that counts as few.
pub const FEW: u32 = 5;

impl SessionState {
    /// Returns whether a newcomer gets a seat: one is free, and nobody waits for it.
    pub fn has_seat(&self, session: &Session) -> bool {
        self.taken < session.capacity() && self.waiting.is_empty()
    }

    /// Returns the approximate number of seats that newcomers can get.
    pub fn seats_left(&self, session: &Session) -> SeatsLeft {
        let left = if self.waiting.is_empty() { session.capacity().saturating_sub(self.taken) } else { 0 };
        match left {
            0 => SeatsLeft::None,
            1..=FEW => SeatsLeft::Few,
            _ => SeatsLeft::Enough,
        }
    }
}

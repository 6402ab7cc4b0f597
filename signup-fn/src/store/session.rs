//! How full a session is.

use catalog::Session;

use crate::people::identity::Person;

/// The taken seats and the waiting list of a session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionState {
    /// The number of taken seats.
    pub taken: u32,
    /// The waiting list, first in line first.
    pub waiting: Vec<Person>,
}

impl SessionState {
    /// Returns whether a newcomer gets a seat: one is free, and nobody waits for it.
    pub fn has_seat(&self, session: &Session) -> bool {
        self.taken < session.capacity() && self.waiting.is_empty()
    }

    /// Returns the number of seats that newcomers can get.
    pub fn seats_left(&self, session: &Session) -> u32 {
        if self.waiting.is_empty() { session.capacity().saturating_sub(self.taken) } else { 0 }
    }
}

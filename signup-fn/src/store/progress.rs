//! How far a sign-up has come over all its attempts.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

/// How far a sign-up has come over all its attempts.
#[derive(Debug, Default)]
pub(super) struct Progress {
    taken_keys: AtomicU8,
    has_ticket: AtomicBool,
    is_counted: AtomicBool,
    is_turned_back: AtomicBool,
}

impl Progress {
    /// Returns the progress of a sign-up for which this number of people were found elsewhere.
    pub(super) fn with_taken_keys(number: u8) -> Self {
        Self { taken_keys: number.into(), ..Self::default() }
    }

    /// Returns the number of people with this name who were found elsewhere, since they have changed their address.
    pub(super) fn taken_keys(&self) -> u8 {
        self.taken_keys.load(Ordering::Relaxed)
    }

    /// Notes that one more person with this name was found elsewhere.
    pub(super) fn find_taken_key(&self) {
        let next = self.taken_keys().saturating_add(1);
        self.taken_keys.store(next, Ordering::Relaxed);
    }

    /// Returns whether there may be a ticket.
    pub(super) fn has_ticket(&self) -> bool {
        self.has_ticket.load(Ordering::Relaxed)
    }

    /// Notes whether there may be a ticket.
    pub(super) fn set_ticket(&self, has_ticket: bool) {
        self.has_ticket.store(has_ticket, Ordering::Relaxed);
    }

    /// Returns whether the request of the sender was counted.
    pub(super) fn is_counted(&self) -> bool {
        self.is_counted.load(Ordering::Relaxed)
    }

    /// Notes that the request of the sender was counted.
    pub(super) fn count(&self) {
        self.is_counted.store(true, Ordering::Relaxed);
    }

    /// Returns whether the desk could do nothing with the ticket since this was last asked.
    pub(super) fn was_turned_back(&self) -> bool {
        self.is_turned_back.swap(false, Ordering::Relaxed)
    }

    /// Notes that the desk could do nothing with the ticket, so that the next attempt does without.
    pub(super) fn turn_back(&self) {
        self.is_turned_back.store(true, Ordering::Relaxed);
    }
}

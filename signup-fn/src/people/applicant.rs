//! Somebody who asks for a place.

use catalog::SessionId;

use super::identity::Mailbox;

/// Somebody who asks for a place in a session of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applicant {
    /// The key of the mail address.
    pub mailbox: Mailbox,
    /// The session.
    pub session: SessionId,
}

//! Mail: from the outbox, through templates, to a mail service or a folder.
//!
//! Belongs here: making and sending mails, and the regular rounds. Does not belong here: the
//! decision to tell somebody something (see `store`).

pub mod mailer;
pub mod message;
pub mod send_error;
#[cfg(feature = "ses")]
pub mod ses;
pub mod transport;

//! Mail: from the outbox, through templates, to a mail service or a folder.
//!
//! Belongs here: building and sending mails, and the scheduled rounds. Does not belong here: which
//! mail a change to a sign-up causes (see `store`).

pub mod digest;
mod entry;
pub mod mailer;
pub mod message;
pub mod pass;
#[cfg(feature = "ses")]
pub mod report;
pub mod rounds;
pub mod send_error;
#[cfg(feature = "ses")]
pub mod ses;
pub mod transport;
pub mod written;

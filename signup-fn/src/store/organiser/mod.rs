//! What the table has about organisers: log-ins, the acts in the log, and the mails with links and codes,
//! and who wants the daily digest.
//!
//! ```text
//! pk            sk                      attributes
//! organisers    request#<hash>          request, organiser, tries, forget_at
//! organisers    latest#<organiser>      request, forget_at
//! organisers    log-in#<hash>           organiser, since, used_at, fresh_at, forget_at
//! organisers    act#<id>                who, what, event, session, reference, count, at, forget_at
//! organisers    digest#<organiser>      is_off, until
//! organisers    mail#<request>          organiser, created_at, forget_at
//! source#<…>    hour                    asked, forget_at
//! ```
//!
//! `<organiser>` is a keyed hash of the address, and `<hash>` is the hash of a cookie, so none of these items
//! contains a name, an address or anything with which one could log in.

pub mod acts;
mod digests;
pub mod log_in;
pub mod passes;
mod people;
mod record;
pub mod requests;

pub(super) use digests::DIGEST;
pub(super) use record::{ACT, LOG_IN, ORGANISERS};

//! The values that fill the pages of the organisers' area at request time.
//!
//! | module | contents |
//! |---|---|
//! | [`amend`] | changing a session |
//! | [`chosen`] | several people of a session |
//! | [`enter`] | logging in, and the log-ins |
//! | [`frame`] | what several pages share |
//! | [`message`] | a message to participants |
//! | [`overview`] | the sessions, and what needs attention |
//! | [`person`] | somebody who signed up, or is added |
//! | [`records`] | what is on record: the log, and what is stored |
//! | [`session`] | the pages of a session |

pub mod amend;
pub mod chosen;
pub mod enter;
pub mod frame;
pub mod message;
pub mod overview;
pub mod person;
pub mod records;
pub mod session;

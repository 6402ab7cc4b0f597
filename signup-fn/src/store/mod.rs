//! The table of sign-ups, and the only module that knows DynamoDB and its attribute names.
//!
//! ```text
//! pk                 sk                    attributes
//! event#lnpo-2028    session#28-november   taken, waiting: [<person>, …], join_url, join_set_at
//! event#lnpo-2028    person#<person>       status, session, full_name, email, …, version, forget_at
//! event#lnpo-2028    mail#<person>#<id>    kind, session, sequence, sent_at or parked, forget_at
//! event#lnpo-2028    broadcast#<act>       session, to, subject, text, recipients: [<person>, …], forget_at
//! event#lnpo-2028    mailbox#<mailbox>     people: [<person>, …], forget_at
//! source#<sender>    hour                  asked, forget_at
//! events             event#lnpo-2028       event (as JSON), forget_at
//! organisers         …                     see [`organiser`]
//! carried over       <table>               nothing: everything was carried over from that table
//! ```
//!
//! People, mails and mailboxes of a large event lie in sixteen partitions, `event#lnpo-2028#0` to `#f`, with the desks of its
//! sessions (`desk`).
//!
//! `<person>` is a keyed hash of event, address and name ([`crate::people::identity`]). It does not depend
//! on the session, so a person can sign up for only one of an event's sessions. `<mailbox>` is a keyed hash
//! of event and address, which several people may share. Every change to a sign-up is one
//! `TransactWriteItems`, which includes the mail about it, if any.
//!
//! | file | contents |
//! |---|---|
//! | [`claim`] [`ahead`] `sign_up` | taking a seat, or a place on the waiting list, and what that has to know |
//! | [`mailbox`] `sharing` `applicant` | the people who share an address, and the one among them who signs up |
//! | `desk` | signing up while everybody does |
//! | `again` | sending the links again |
//! | [`change`] `new_address` | changing, moving, cancelling, confirming, erasing |
//! | [`broadcast`] [`join`] | mails to several participants, and the link of a session |
//! | [`organiser`] | log-ins of organisers, and the log of what they did |
//! | `count` | how often a sender may ask in an hour |
//! | `waiting_list` | giving free seats to the waiting list |
//! | [`outbox`] [`mail`] [`stream`] | mails to send, and the stream that announces them |
//! | [`people`] [`session`] [`listing`] | reading participants and sessions |
//! | `kept` [`amend`] | the events as participants know them, and what organisers change about their sessions |
//! | [`carry_over`] | what happened to the old table after the moment to which a table was restored |
//! | [`client`] `create_table` | the connection |
//! | `record` `item` | conversion between items and domain types; keys |
//! | `transaction` `expression` `retry` [`error`] | one transaction; its conditions; attempts and their failures |
//!
//! Belongs here: everything that reads or writes the table. Does not belong here: HTTP, mail
//! transport, and the decision whether a request is allowed at this time.

mod again;
pub mod ahead;
pub mod amend;
mod applicant;
pub mod broadcast;
pub mod carry_over;
pub mod change;
pub mod claim;
pub mod client;
mod count;
mod create_table;
mod desk;
pub mod error;
mod expression;
mod item;
pub mod join;
mod kept;
pub mod listing;
pub mod mail;
pub mod mailbox;
mod new_address;
pub mod organiser;
pub mod outbox;
pub mod people;
mod progress;
mod record;
mod retry;
pub mod session;
mod sharing;
mod sign_up;
pub mod stream;
mod transaction;
mod waiting_list;

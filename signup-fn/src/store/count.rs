//! How often a sender may ask for something in an hour.

use super::expression::{Changes, Condition};
use super::item::{self, number};
use super::transaction::Write;
use crate::people::identity::Source;

/// Returns the write that counts a request of a sender under a name. Its condition fails once there were `limit` of
/// them in this hour.
pub(super) fn count(source: &Source, name: &'static str, limit: i64) -> Write {
    Write::update(
        item::source_key(source),
        Changes::default().add(name, 1).set("forget_at", number(source.forget_at().as_second())),
        Condition::Any(vec![Condition::Absent(name), Condition::Less(name, number(limit))]),
    )
}

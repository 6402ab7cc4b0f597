//! The reasons why a mail was not sent.

/// The reason why a mail was not sent. Contains no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendError {
    /// A transient failure: another attempt may succeed.
    Later(String),
    /// A permanent failure: the address or the mail itself is not accepted.
    Never(String),
}

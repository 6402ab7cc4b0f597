//! Why a mail was not sent.

/// Why a mail was not sent. The reasons contain no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendError {
    /// For a reason that passes.
    Later(String),
    /// For good: the address or the mail itself is not accepted.
    Never(String),
}

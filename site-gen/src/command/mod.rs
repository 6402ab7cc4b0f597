//! Features of the command line only: a new article, the external link check, the key reference.
//!
//! Belongs here: functions behind a subcommand that no build needs. Does not belong here:
//! anything that the development server uses.

pub mod external;
pub mod new;
pub mod reference;

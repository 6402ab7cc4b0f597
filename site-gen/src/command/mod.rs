//! Features of the command line only: a site of another generator, the external link check, the comparison with the last
//! build, the list of front matter keys.
//!
//! Belongs here: functions that only a subcommand uses, never a build. Does not belong here:
//! anything that the development server uses.

pub mod external;
pub mod import;
pub mod last_build;
pub mod reference;

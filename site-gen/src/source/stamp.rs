//! Detects whether a file has changed, without reading it.

use std::fs::Metadata;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// The length and modification time of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stamp {
    /// Length in bytes.
    length: u64,
    /// Modification time in nanoseconds since 1970.
    modified: u64,
}

/// The assumed granularity of file timestamps.
///
/// Two changes within one step can leave the same timestamp.
const STEP: Duration = Duration::from_millis(50);

impl Stamp {
    /// Returns the stamp of a file, or `None` if the file system keeps no usable modification time.
    pub fn new(metadata: &Metadata) -> Option<Self> {
        let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(Self { length: metadata.len(), modified: u64::try_from(modified.as_nanos()).ok()? })
    }

    /// Returns the stamp of a file that is about to be read, or `None` if the file has only just changed.
    ///
    /// Another change within the same timestamp step could leave the same stamp.
    pub fn settled(metadata: &Metadata) -> Option<Self> {
        let age = SystemTime::now().duration_since(metadata.modified().ok()?).ok()?;
        if age < STEP { None } else { Self::new(metadata) }
    }
}

//! Detects whether a file has changed, without reading it.

use std::fs::Metadata;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// The length of a file, its modification time and, where there is one, the time of its last change of any kind.
///
/// A program can set the modification time, but not the other one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stamp {
    /// Length in bytes.
    length: u64,
    /// Modification time in nanoseconds since 1970.
    modified: u64,
    /// Time of the last change in nanoseconds since 1970; 0 if the system does not keep it, or if an earlier
    /// version of site-gen noted the rest.
    #[serde(default)]
    changed: u64,
}

/// The assumed granularity of file timestamps.
///
/// Two changes within one step can leave the same timestamp.
const STEP: Duration = Duration::from_millis(50);

impl Stamp {
    /// Returns the stamp of a file, or `None` if the file system keeps no usable modification time.
    pub fn new(metadata: &Metadata) -> Option<Self> {
        let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        let modified = u64::try_from(modified.as_nanos()).ok()?;
        Some(Self { length: metadata.len(), modified, changed: changed(metadata) })
    }

    /// Returns the stamp of a file that is about to be read, or `None` if the file has only just changed.
    ///
    /// Another change within the same timestamp step could leave the same stamp.
    pub fn settled(metadata: &Metadata) -> Option<Self> {
        let now = SystemTime::now();
        let age = now.duration_since(metadata.modified().ok()?).ok()?;
        let since_change = now.duration_since(UNIX_EPOCH + Duration::from_nanos(changed(metadata))).ok()?;
        if age.min(since_change) < STEP { None } else { Self::new(metadata) }
    }
}

#[cfg(unix)]
fn changed(metadata: &Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt as _;

    let nanoseconds = i128::from(metadata.ctime()) * 1_000_000_000 + i128::from(metadata.ctime_nsec());
    u64::try_from(nanoseconds).unwrap_or(0)
}

#[cfg(not(unix))]
fn changed(_: &Metadata) -> u64 {
    0
}

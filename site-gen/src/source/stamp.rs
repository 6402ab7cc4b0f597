//! Whether a file is still as it was, without reading it.

use std::fs::Metadata;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// Length and time of the last change of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stamp {
    /// In bytes.
    length: u64,
    /// Nanoseconds since 1970.
    modified: u64,
}

/// File systems tell the time in steps: two changes within one can't be told apart.
const STEP: Duration = Duration::from_millis(50);

impl Stamp {
    /// The stamp of a file, where its system keeps the time.
    pub fn new(metadata: &Metadata) -> Option<Self> {
        let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(Self { length: metadata.len(), modified: u64::try_from(modified.as_nanos()).ok()? })
    }

    /// The same for a file that is about to be read; `None` when it was changed
    /// so recently that it could be changed once more without its stamp telling.
    pub fn settled(metadata: &Metadata) -> Option<Self> {
        let age = SystemTime::now().duration_since(metadata.modified().ok()?).ok()?;
        if age < STEP { None } else { Self::new(metadata) }
    }
}

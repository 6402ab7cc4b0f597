//! A lock on an output folder, so that two builds never write into it at once.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// The name of the locked file, which stays in the folder.
const FILE: &str = ".site-gen.lock";
/// How long a build waits for another one.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it looks.
const PAUSE: Duration = Duration::from_millis(20);

/// An exclusive hold on an output folder. It ends when this value is dropped, or when the process ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Locks a folder, and makes it if necessary. Waits for a build that is writing into it.
    ///
    /// # Errors
    /// Returns an error if another build still holds the lock after half a minute, or if the folder can't be
    /// made or locked.
    pub fn take(folder: &Path) -> Result<Self> {
        let name = folder.display();
        fs::create_dir_all(folder).with_context(|| format!("de map `{name}` is niet te maken"))?;
        let opened = OpenOptions::new().create(true).append(true).open(folder.join(FILE));
        let file = opened.with_context(|| format!("in de map `{name}` is niet te schrijven"))?;
        let begun = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => std::thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => {
                    bail!("een andere site-gen schrijft al in de map `{name}`; wacht tot die klaar is")
                }
                Err(TryLockError::Error(error)) => {
                    return Err(error).with_context(|| format!("de map `{name}` is niet te vergrendelen"));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_build_waits_for_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::take(folder.path()).unwrap();
        let path = folder.path().to_owned();
        let second = std::thread::spawn(move || Lock::take(&path).map(|_| Instant::now()));
        std::thread::sleep(Duration::from_millis(100));
        let released = Instant::now();
        drop(first);
        assert!(second.join().unwrap().unwrap() >= released);
    }
}

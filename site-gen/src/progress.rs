//! The progress of long work, shown on a terminal.
//!
//! There is one terminal, so there is one task at a time that says how far it is.

use std::io::{IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The task that runs now, if any.
static CURRENT: Mutex<Option<Arc<Counts>>> = Mutex::new(None);

/// The time between two updates. Work that takes less shows nothing.
const STEP: Duration = Duration::from_millis(250);

#[derive(Debug)]
struct Counts {
    what: &'static str,
    total: usize,
    done: AtomicUsize,
}

/// A task that is under way. It ends when this value is dropped.
#[derive(Debug)]
pub struct Task(Arc<Counts>);

impl Task {
    /// Begins a task of so many steps.
    pub fn begin(what: &'static str, total: usize) -> Self {
        let counts = Arc::new(Counts { what, total, done: AtomicUsize::new(0) });
        *CURRENT.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&counts));
        Self(counts)
    }

    /// Counts a step that is done.
    pub fn step(&self) {
        self.0.done.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        CURRENT.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// Does some work, and meanwhile shows its progress if standard error is a terminal.
pub fn shown<T>(work: impl FnOnce() -> T) -> T {
    if !std::io::stderr().is_terminal() {
        return work();
    }
    let (finished, done) = channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut is_shown = false;
            while done.recv_timeout(STEP) == Err(RecvTimeoutError::Timeout) {
                let line = line();
                is_shown |= line.is_some();
                if is_shown {
                    say(line.as_deref().unwrap_or_default());
                }
            }
            if is_shown {
                say("");
            }
        });
        let result = work();
        drop(finished);
        result
    })
}

/// Returns the line about the current task: `afbeeldingen: 12 van 40`.
fn line() -> Option<String> {
    let current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
    let Counts { what, total, done } = &**current.as_ref()?;
    Some(format!("{what}: {} van {total}", done.load(Ordering::Relaxed)))
}

/// Replaces the last line of the terminal; a failure is ignored.
fn say(line: &str) {
    let mut terminal = std::io::stderr();
    let _ = write!(terminal, "\r\x1b[2K{line}").and_then(|()| terminal.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_tells_how_far_the_task_is() {
        let task = Task::begin("afbeeldingen", 3);
        task.step();
        assert_eq!(line().as_deref(), Some("afbeeldingen: 1 van 3"));
        drop(task);
        assert_eq!(line(), None);
        assert_eq!(shown(|| 5), 5);
    }
}

//! Work that nobody waits for.

/// Frees a value on another thread: what a build of ten thousand pages leaves takes some twenty milliseconds.
pub(crate) fn free(value: impl Send + 'static) {
    rayon::spawn(move || drop(value));
}

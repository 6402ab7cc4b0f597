//! Work that nobody waits for.

/// Frees a value on another thread. To free what a build of a large site leaves takes as long as some of its steps.
pub(crate) fn free(value: impl Send + 'static) {
    rayon::spawn(move || drop(value));
}

//! The result of reading many items, some of which may be unreadable.

use catalog::EventId;

use super::error::StoreError;

/// The items that could be read, and the errors of those that could not.
///
/// After a rollback, for example, the table may contain an item of a newer version that this version
/// cannot read. Such an item is reported and left unchanged. It does not prevent reading the others.
#[derive(Debug)]
pub struct Listing<T> {
    /// The items that could be read.
    pub readable: T,
    /// The errors of the others.
    pub unreadable: Vec<StoreError>,
}

impl<T> Listing<T> {
    /// Logs the errors, and returns the items that could be read.
    pub fn logged(self, event: &EventId) -> T {
        for error in &self.unreadable {
            tracing::error!(event.id = %event, %error, "unreadable item skipped");
        }
        self.readable
    }
}

impl<T> FromIterator<Result<T, StoreError>> for Listing<Vec<T>> {
    fn from_iter<I: IntoIterator<Item = Result<T, StoreError>>>(items: I) -> Self {
        let mut listing = Self { readable: Vec::new(), unreadable: Vec::new() };
        for item in items {
            match item {
                Ok(item) => listing.readable.push(item),
                Err(error) => listing.unreadable.push(error),
            }
        }
        listing
    }
}

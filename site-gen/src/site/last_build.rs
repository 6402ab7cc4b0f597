//! What the last build on this machine left, to compare the sources with.

use catalog::Catalog;

use crate::output::pages::PublicPages;

/// The catalogue and the pages of the last build.
#[derive(Debug, Default)]
pub struct LastBuild {
    /// The catalogue, or `None` if there was no build, or if another version of this program made it.
    pub catalog: Option<Catalog>,
    /// The pages that were public.
    pub pages: PublicPages,
}

//! The last build on this machine, to compare the sources with.

use std::path::Path;

use catalog::Catalog;

/// Reads the catalogue of the last build from the folder `dist` of a site. Returns `None` if there was no
/// build, or if another version of this program made it.
pub fn catalog(root: &Path) -> Option<Catalog> {
    let json = std::fs::read_to_string(root.join("dist/function/catalog.json")).ok()?;
    Catalog::from_json(&json).ok()
}

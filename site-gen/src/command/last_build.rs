//! The last build on this machine, to compare the sources with.

use std::path::Path;

use catalog::Catalog;

use crate::output::manifest::Manifest;
use crate::site::last_build::LastBuild;

/// Reads what the last build left in the folder `dist` of a site.
pub fn read(root: &Path) -> LastBuild {
    let folder = root.join("dist");
    let json = std::fs::read_to_string(folder.join("function/catalog.json")).ok();
    LastBuild {
        catalog: json.and_then(|json| Catalog::from_json(&json).ok()),
        pages: Manifest::read(&folder).unwrap_or_default().pages,
    }
}

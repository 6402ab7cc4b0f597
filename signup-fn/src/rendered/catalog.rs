//! The catalogue of events.

use std::path::Path;

use anyhow::{Context as _, Result};
use catalog::Catalog;

/// Reads the catalogue from the folder that is deployed with the function.
///
/// # Errors
/// Fails if the file is missing or is not a catalogue.
pub fn read(folder: &Path) -> Result<Catalog> {
    let file = folder.join("catalog.json");
    std::fs::read_to_string(&file)
        .map_err(anyhow::Error::from)
        .and_then(|json| Ok(Catalog::from_json(&json)?))
        .with_context(|| format!("cannot read catalogue `{}`", file.display()))
}

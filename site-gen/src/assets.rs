//! The files that are no pages, under the names that the public asks for.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::Asset;

/// Gives each file of `templates/static/` that pages refer to a name with a
/// fingerprint of its bytes, so that a browser may keep it for good:
/// `style.css` becomes `style.0a1b2c3d4e.css`.
///
/// Returns the addresses by the names that templates know: `{{ site.files["style.css"] }}`.
/// What is asked for by a name of its own, such as `favicon.ico`, keeps it.
pub fn rename(assets: &mut [Arc<Asset>]) -> BTreeMap<String, String> {
    let mut addresses = BTreeMap::new();
    for asset in assets.iter_mut().filter(|asset| asset.source.starts_with("templates/static/")) {
        let name = asset.path.clone();
        if let Some((stem, "css" | "js" | "svg" | "png" | "woff2")) = name.rsplit_once('.') {
            let end = &name[stem.len()..];
            let path = format!("{stem}.{}{end}", asset.fingerprint.short());
            Arc::make_mut(asset).path = path;
        }
        addresses.insert(name, format!("/{}", asset.path));
    }
    addresses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_changes_with_the_bytes() {
        let asset = |source: &str, path: &str, bytes: &str| Arc::new(Asset::new(source, path, bytes.into()));
        let mut assets = [
            asset("templates/static/style.css", "style.css", "a"),
            asset("templates/static/favicon.ico", "favicon.ico", "a"),
            asset("content/plaat.png", "plaat.png", "a"),
        ];
        let addresses = rename(&mut assets);
        let named = addresses["style.css"].clone();
        assert!(named.starts_with("/style.") && named.len() == "/style.0a1b2c3d4e.css".len(), "{named}");
        assert_eq!(addresses["favicon.ico"], "/favicon.ico");
        let paths: Vec<&str> = assets.iter().map(|asset| asset.path.as_str()).collect();
        assert_eq!(paths, [&named[1..], "favicon.ico", "plaat.png"]);
        let mut changed = [asset("templates/static/style.css", "style.css", "b")];
        assert_ne!(rename(&mut changed)["style.css"], named);
    }
}

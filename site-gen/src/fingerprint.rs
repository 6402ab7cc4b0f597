//! Files whose name says what is in them, so that a browser may keep them for good.

use std::collections::BTreeMap;

use crate::source::Asset;

/// Characters of the fingerprint: 40 bits of BLAKE3.
const LENGTH: usize = 10;

/// Gives each file of `templates/static/` that pages refer to a name with a
/// fingerprint of its bytes: `style.css` becomes `style.0a1b2c3d4e.css`.
///
/// Returns the addresses by the names that templates know: `{{ site.files["style.css"] }}`.
/// What is asked for by a name of its own, such as `favicon.ico`, keeps it.
pub fn rename(assets: &mut [Asset]) -> BTreeMap<String, String> {
    let mut addresses = BTreeMap::new();
    for asset in assets.iter_mut().filter(|asset| asset.source.starts_with("templates/static/")) {
        let name = asset.path.clone();
        if let Some((stem, "css" | "js" | "svg" | "png" | "woff2")) = name.rsplit_once('.') {
            let end = &name[stem.len()..];
            let print = &blake3::hash(&asset.bytes).to_hex()[..LENGTH];
            asset.path = format!("{stem}.{print}{end}");
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
        let asset = |source: &str, path: &str, bytes: &str| Asset {
            source: source.into(),
            path: path.into(),
            bytes: bytes.into(),
        };
        let mut assets = [
            asset("templates/static/style.css", "style.css", "a"),
            asset("templates/static/favicon.ico", "favicon.ico", "a"),
            asset("content/plaat.png", "plaat.png", "a"),
        ];
        let addresses = rename(&mut assets);
        assert_eq!(addresses["style.css"], "/style.17762fddd9.css");
        assert_eq!(addresses["favicon.ico"], "/favicon.ico");
        let paths: Vec<&str> = assets.iter().map(|asset| asset.path.as_str()).collect();
        assert_eq!(paths, ["style.17762fddd9.css", "favicon.ico", "plaat.png"]);
    }
}

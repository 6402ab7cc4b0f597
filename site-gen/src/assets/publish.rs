//! The public names of files that are not pages.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::assets::stylesheet::Stylesheets;
use crate::source::file::Asset;
use crate::source::problem::Problems;

/// Adds a fingerprint to the name of each file in `templates/static/` that pages refer to:
/// `style.css` becomes `style.0a1b2c3d4e.css`. A browser may therefore cache the file forever.
///
/// Returns the addresses, keyed by the name that templates use: `{{ site.files["style.css"] }}`.
/// A file that is requested under a fixed name, such as `favicon.ico`, keeps that name. A style sheet is
/// bundled with its imports. If its name begins with `_`, it is published only as part of other style
/// sheets.
pub fn publish(assets: &mut Vec<Arc<Asset>>, problems: &mut Problems) -> BTreeMap<String, String> {
    let mut addresses = BTreeMap::new();
    let (sheets, others): (Vec<_>, Vec<_>) =
        std::mem::take(assets).into_iter().partition(|asset| is_fixed(asset) && asset.path.ends_with(".css"));
    for asset in others {
        let named = if is_fixed(&asset) { named(&asset, &mut addresses) } else { asset };
        assets.push(named);
    }
    let all = Stylesheets::new(sheets.iter().map(|sheet| &**sheet), problems);
    let is_part = |sheet: &Asset| sheet.path.rsplit('/').next().is_some_and(|name| name.starts_with('_'));
    for sheet in sheets.iter().filter(|sheet| !is_part(sheet)) {
        let Some(css) = all.bundle(&sheet.path, &addresses, problems) else { continue };
        let bundled = Asset::new(sheet.source.as_str(), sheet.path.as_str(), css.into());
        assets.push(named(&Arc::new(bundled), &mut addresses));
    }
    addresses
}

fn is_fixed(asset: &Asset) -> bool {
    asset.source.starts_with("templates/static/")
}

/// Returns the file under its public name, and adds its address to `addresses`.
fn named(asset: &Arc<Asset>, addresses: &mut BTreeMap<String, String>) -> Arc<Asset> {
    let mut named = Arc::clone(asset);
    if let Some((stem, "css" | "js" | "svg" | "png" | "woff2")) = asset.path.rsplit_once('.') {
        let end = &asset.path[stem.len()..];
        Arc::make_mut(&mut named).path = format!("{stem}.{}{end}", asset.fingerprint.short());
    }
    addresses.insert(asset.path.clone(), format!("/{}", named.path));
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_name_changes_with_the_bytes() {
        let asset = |source: &str, path: &str, bytes: &str| Arc::new(Asset::new(source, path, bytes.into()));
        let publish = |css: &str| {
            let mut assets = vec![
                asset("templates/static/style.css", "style.css", css),
                asset("templates/static/favicon.ico", "favicon.ico", "a"),
                asset("content/plaat.png", "plaat.png", "a"),
            ];
            let addresses = publish(&mut assets, &mut Problems::default());
            (assets, addresses)
        };
        let (assets, addresses) = publish("a { margin: 0 }");
        let named = addresses["style.css"].clone();
        assert!(named.starts_with("/style.") && named.len() == "/style.0a1b2c3d4e.css".len(), "{named}");
        assert_eq!(addresses["favicon.ico"], "/favicon.ico");
        let paths: Vec<&str> = assets.iter().map(|asset| asset.path.as_str()).collect();
        assert_eq!(paths, ["favicon.ico", "plaat.png", &named[1..]]);
        assert_ne!(publish("a { margin: 1px }").1["style.css"], named);
    }
}

//! Links in the sources, and the targets that they resolve to.

use std::ops::Range;
use std::sync::Arc;

use percent_encoding::percent_decode_str;

use super::file::Source;
use super::place;

/// A link or an image in a source.
#[derive(Debug)]
pub struct Link {
    /// Target of the link.
    pub target: Target,
    /// Byte range of the address in the source.
    pub span: Range<usize>,
}

/// A link to another site.
#[derive(Debug)]
pub struct ExternalLink {
    /// File that contains the link.
    pub source: Arc<Source>,
    /// Byte range of the address in that file.
    pub span: Range<usize>,
    /// Full address of the target.
    pub address: String,
}

/// The target of an address in a source.
#[derive(Debug, PartialEq, Eq)]
pub enum Target {
    /// Another site, with its full address.
    Outside(String),
    /// An email address or a telephone number.
    Person,
    /// A page or file of this site.
    Inside {
        /// Path of the target; empty for the current page.
        path: String,
        /// The fragment after `#`, such as the id of a heading.
        anchor: Option<String>,
    },
    /// An address with a scheme that is not allowed on the site, such as `javascript:`.
    Refused,
}

/// Resolves an address in a file of `folder`: `/`, `/nieuws`.
///
/// A relative path is resolved against that source folder, not against the address of the page. A path to
/// a Markdown file, either relative or from the content folder (`@/nieuws/lnpo.md`), resolves to the page
/// that is built from the file.
pub fn target(address: &str, folder: &str) -> Target {
    if let Some(scheme) = scheme(address) {
        return match scheme {
            "https" | "http" => Target::Outside(address.to_owned()),
            "mailto" | "tel" => Target::Person,
            _ => Target::Refused,
        };
    }
    if address.starts_with("//") {
        return Target::Outside(format!("https:{address}"));
    }
    let (path, anchor) = match address.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor.to_owned())),
        None => (address, None),
    };
    let path = percent_decode_str(path.split('?').next().unwrap_or_default()).decode_utf8_lossy();
    let path = path.as_ref();
    let path = match path.strip_prefix("@/") {
        _ if path.is_empty() => String::new(),
        Some(from_content) => format!("/{from_content}"),
        None if path.starts_with('/') => path.to_owned(),
        None => join(folder, path),
    };
    let path = match path.strip_suffix(".md") {
        Some(_) => place::of(path.trim_start_matches('/')).map_or(path, |place| place.url),
        None => path,
    };
    Target::Inside { path, anchor }
}

/// Returns the links of a template whose address is a literal path, without template tags.
pub fn in_template(text: &str) -> impl Iterator<Item = Link> + '_ {
    ["href=\"", "src=\"", "action=\""].into_iter().flat_map(move |attribute| {
        text.match_indices(attribute).filter_map(move |(at, _)| {
            let start = at + attribute.len();
            let address = text[start..].split('"').next()?;
            let is_literal = address.starts_with('/') && !address.contains(['{', '<']);
            is_literal.then(|| Link { target: target(address, "/"), span: start..start + address.len() })
        })
    })
}

/// Returns the address to write into the page, if it differs from the one that the editor wrote.
pub fn rewritten(address: &str, target: &Target) -> Option<String> {
    let Target::Inside { path, anchor } = target else { return None };
    let written = address.split(['#', '?']).next().unwrap_or_default();
    if path.is_empty() || (written.starts_with('/') && !written.ends_with(".md")) {
        return None;
    }
    let path = path.replace('%', "%25").replace(' ', "%20").replace('?', "%3F");
    Some(match anchor {
        Some(anchor) => format!("{path}#{anchor}"),
        None => path,
    })
}

fn scheme(address: &str) -> Option<&str> {
    let (scheme, _) = address.split_once(':')?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    is_scheme.then_some(scheme)
}

/// Resolves a relative path against a folder.
pub fn join(folder: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = folder.trim_matches('/').split('/').filter(|part| !part.is_empty()).collect();
    let is_folder = relative.ends_with('/');
    for part in relative.trim_end_matches('/').split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let end = if is_folder { "/" } else { "" };
    format!("/{}{end}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, path: &str, anchor: Option<&str>, written: Option<&str>) {
        let target = target(address, "/nieuws/lnpo");
        assert_eq!(rewritten(address, &target).as_deref(), written, "{address}");
        assert_eq!(
            target,
            Target::Inside { path: path.into(), anchor: anchor.map(str::to_owned) },
            "{address}"
        );
    }

    #[test]
    fn an_address_within_the_site_resolves_to_a_path() {
        check("/contact/", "/contact/", None, None);
        check("/over-ons.md", "/over-ons/", None, Some("/over-ons/"));
        check("/contact/#route", "/contact/", Some("route"), None);
        check("#thema", "", Some("thema"), None);
        check("@/nieuws/_index.md", "/nieuws/", None, Some("/nieuws/"));
        check("@/over-ons.md#wie", "/over-ons/", Some("wie"), Some("/over-ons/#wie"));
        check("Foto%201.jpg", "/nieuws/lnpo/Foto 1.jpg", None, Some("/nieuws/lnpo/Foto%201.jpg"));
        check("schema.svg", "/nieuws/lnpo/schema.svg", None, Some("/nieuws/lnpo/schema.svg"));
        check("../ander.md#kop", "/nieuws/ander/", Some("kop"), Some("/nieuws/ander/#kop"));
        check("../../../../ander/", "/ander/", None, Some("/ander/"));
    }

    #[test]
    fn other_addresses_are_external_personal_or_refused() {
        for address in ["https://voorbeeld.nl/", "//voorbeeld.nl/"] {
            assert_eq!(target(address, "/"), Target::Outside("https://voorbeeld.nl/".into()), "{address}");
        }
        for address in ["mailto:a@b.nl", "tel:+31"] {
            assert_eq!(target(address, "/"), Target::Person, "{address}");
        }
        assert_eq!(target("javascript:alert(1)", "/"), Target::Refused);
    }
}

//! Where a link in a page leads to.

use std::ops::Range;
use std::sync::Arc;

use percent_encoding::percent_decode_str;

use super::file::Source;
use super::place;

/// A link or an image, as it stands in a source.
#[derive(Debug)]
pub struct Link {
    /// Where it leads to.
    pub target: Target,
    /// Its address, in bytes of the source.
    pub span: Range<usize>,
}

/// A link to another site.
#[derive(Debug)]
pub struct ExternalLink {
    /// The file that contains it.
    pub source: Arc<Source>,
    /// The bytes of its address in that file.
    pub span: Range<usize>,
    /// The whole address.
    pub address: String,
}

/// What an address in a source means.
#[derive(Debug, PartialEq, Eq)]
pub enum Target {
    /// Another site, by its whole address.
    Outside(String),
    /// A mail address, a telephone number.
    Person,
    /// Something of this site.
    Inside {
        /// Path of its address; empty for the page itself.
        path: String,
        /// The heading in it, after `#`.
        anchor: Option<String>,
    },
    /// An address of a kind that has no place on the site, such as `javascript:`.
    Refused,
}

/// Reads an address in a file of `folder`: `/`, `/nieuws`.
///
/// A relative path is seen from there, as files lie. A path to a Markdown
/// file, whether relative or from the content folder (`@/nieuws/lnpo.md`),
/// means the page that is made of it.
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

/// The links of a template that stand in it word for word.
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

/// The address to write into the page, where it differs from what the editor wrote.
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

/// The path that a relative one means in a folder.
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
    fn an_address_within_the_site_means_a_path() {
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
    fn other_addresses_lead_outside_or_nowhere() {
        for address in ["https://voorbeeld.nl/", "//voorbeeld.nl/"] {
            assert_eq!(target(address, "/"), Target::Outside("https://voorbeeld.nl/".into()), "{address}");
        }
        for address in ["mailto:a@b.nl", "tel:+31"] {
            assert_eq!(target(address, "/"), Target::Person, "{address}");
        }
        assert_eq!(target("javascript:alert(1)", "/"), Target::Refused);
    }
}

//! Links in the sources, and the targets that they resolve to.

use std::ops::Range;
use std::sync::Arc;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

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
        return match scheme.to_ascii_lowercase().as_str() {
            "https" | "http" => Target::Outside(address.to_owned()),
            "mailto" | "tel" => Target::Person,
            _ => Target::Refused,
        };
    }
    if address.starts_with("//") {
        return Target::Outside(format!("https:{address}"));
    }
    let (path, anchor) = match address.split_once('#') {
        Some((path, anchor)) => (path, Some(decoded(anchor))),
        None => (address, None),
    };
    let path = decoded(path.split('?').next().unwrap_or_default());
    let path = match path.strip_prefix("@/") {
        _ if path.is_empty() => String::new(),
        Some(from_content) => join("/", from_content),
        None if path.starts_with('/') => join("/", &path[1..]),
        None => join(folder, &path),
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
    let Target::Inside { path, .. } = target else { return None };
    if path.is_empty() {
        return None;
    }
    let rest = address.find(['#', '?']).map_or("", |at| &address[at..]);
    let written = format!("{}{rest}", encoded(path));
    (written != address).then_some(written)
}

/// Returns the path of an address as a browser requests it: everything that is not a plain character of a
/// path is percent-encoded.
pub fn encoded(path: &str) -> String {
    utf8_percent_encode(path, NOT_IN_PATH).to_string()
}

/// The characters of a path that browsers encode, and `%`, `?` and `#`, which would not be part of it.
///
/// Source: the path percent-encode set, <https://url.spec.whatwg.org/#path-percent-encode-set>.
const NOT_IN_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'}');

/// Returns a part of an address as the characters that it stands for.
pub fn decoded(part: &str) -> String {
    percent_decode_str(part).decode_utf8_lossy().into_owned()
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
    let is_folder =
        ["/", "/.", "/.."].iter().any(|end| relative.ends_with(end)) || [".", ".."].contains(&relative);
    for part in relative.strip_suffix('/').unwrap_or(relative).split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    match parts[..] {
        [] => "/".to_owned(),
        _ => format!("/{}{}", parts.join("/"), if is_folder { "/" } else { "" }),
    }
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
        check("/nieuws/../contact/", "/contact/", None, Some("/contact/"));
        check("/nieuws/..", "/", None, Some("/"));
        check("/", "/", None, None);
        check("..", "/nieuws/", None, Some("/nieuws/"));
        check("/a//b/", "/a//b/", None, None);
        check("/zoeken/?q=a#b", "/zoeken/", Some("b"), None);
        check(
            "Verslag%20%231.pdf",
            "/nieuws/lnpo/Verslag #1.pdf",
            None,
            Some("/nieuws/lnpo/Verslag%20%231.pdf"),
        );
        check("/a%2520b.svg", "/a%20b.svg", None, None);
        check("/schéma.pdf", "/schéma.pdf", None, Some("/sch%C3%A9ma.pdf"));
        check("#b%C3%A9", "", Some("bé"), None);
        check("schema.svg", "/nieuws/lnpo/schema.svg", None, Some("/nieuws/lnpo/schema.svg"));
        check("../ander.md#kop", "/nieuws/ander/", Some("kop"), Some("/nieuws/ander/#kop"));
        check("../../../../ander/", "/ander/", None, Some("/ander/"));
    }

    #[test]
    fn other_addresses_are_external_personal_or_refused() {
        for address in ["https://voorbeeld.nl/", "//voorbeeld.nl/"] {
            assert_eq!(target(address, "/"), Target::Outside("https://voorbeeld.nl/".into()), "{address}");
        }
        for address in ["mailto:a@b.nl", "tel:+31", "MAILTO:a@b.nl"] {
            assert_eq!(target(address, "/"), Target::Person, "{address}");
        }
        assert_eq!(target("javascript:alert(1)", "/"), Target::Refused);
    }
}

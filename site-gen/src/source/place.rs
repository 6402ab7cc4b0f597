//! The address and kind of a page, derived only from its path.

use crate::words::slug::slug;

/// The address and kind of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Address of the page within the site: `/nieuws/lnpo/`.
    pub url: String,
    /// Kind of the page.
    pub kind: Kind,
}

/// The kind of a page, which determines its template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `content/_index.md`
    Home,
    /// `content/<section>/_index.md`
    Section,
    /// `content/<section>/<page>.md`
    Article,
    /// `content/<page>.md`
    Page,
    /// `content/404.md`
    NotFound,
    /// `content/503.md`, which visitors get while the functions do not answer
    Outage,
}

impl Kind {
    /// Returns the name of the template that renders this kind of page.
    pub fn template(self) -> &'static str {
        match self {
            Self::Home => "home.html",
            Self::Section => "section.html",
            Self::Article => "article.html",
            Self::Page => "page.html",
            Self::NotFound => "not-found.html",
            Self::Outage => "outage.html",
        }
    }

    /// Returns whether visitors get the page instead of the one that they asked for. Nothing links to it or lists it.
    pub fn is_error(self) -> bool {
        matches!(self, Self::NotFound | Self::Outage)
    }
}

/// A path component that is not a slug.
#[derive(Debug, PartialEq, Eq)]
pub struct BadName {
    /// The invalid component.
    pub name: String,
    /// The slug to suggest instead.
    pub better: String,
}

/// Returns the place of a page, given its path from the project root.
///
/// # Errors
/// Returns an error if the name of a folder or file is not a slug: words of `a`–`z` and `0`–`9`, joined by
/// single hyphens.
pub fn of(path: &str) -> Result<Place, BadName> {
    let stem = path.strip_prefix("content/").unwrap_or(path);
    let stem = stem.strip_suffix(".md").unwrap_or(stem);
    let mut parts: Vec<&str> = stem.split('/').collect();
    let file = parts.pop().unwrap_or_default();
    let is_index = file == "_index";
    if !is_index && file != "index" {
        parts.push(file);
    }
    if let Some(name) = parts.iter().find(|part| slug(part) != **part || part.is_empty()) {
        return Err(BadName { name: (*name).to_owned(), better: slug(name) });
    }
    let kind = match (parts.as_slice(), is_index) {
        ([], _) => Kind::Home,
        (["404"], false) => return Ok(Place { url: "/404.html".to_owned(), kind: Kind::NotFound }),
        (["503"], false) => return Ok(Place { url: "/503.html".to_owned(), kind: Kind::Outage }),
        (_, true) => Kind::Section,
        ([_], false) => Kind::Page,
        (_, false) => Kind::Article,
    };
    let url = if parts.is_empty() { "/".to_owned() } else { format!("/{}/", parts.join("/")) };
    Ok(Place { url, kind })
}

/// Returns the address one level up: `/nieuws/` for `/nieuws/lnpo/`.
pub fn parent(url: &str) -> &str {
    let stem = url.strip_suffix('/').unwrap_or(url);
    &stem[..stem.rfind('/').map_or(0, |at| at + 1)]
}

/// Returns the folder, within `content/`, of the source at a path: `/nieuws`. Relative addresses in it count from there.
pub fn folder(path: &str) -> &str {
    let path = path.strip_prefix("content").unwrap_or(path);
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Returns the path, within the site folder, of the file that is served at an address.
pub fn file(url: &str) -> String {
    let path = url.trim_start_matches('/');
    if url.ends_with('/') { format!("{path}index.html") } else { path.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_determines_the_address_and_kind() {
        let check = |path: &str, url: &str, kind: Kind| {
            assert_eq!(of(path), Ok(Place { url: url.into(), kind }), "{path}");
        };
        check("content/_index.md", "/", Kind::Home);
        check("content/contact.md", "/contact/", Kind::Page);
        check("content/contact/index.md", "/contact/", Kind::Page);
        check("content/nieuws/_index.md", "/nieuws/", Kind::Section);
        check("content/nieuws/lnpo-2028.md", "/nieuws/lnpo-2028/", Kind::Article);
        check("content/nieuws/lnpo/index.md", "/nieuws/lnpo/", Kind::Article);
        check("content/404.md", "/404.html", Kind::NotFound);
        check("content/503.md", "/503.html", Kind::Outage);
    }

    #[test]
    fn a_name_that_is_not_a_slug_gets_a_suggestion() {
        let bad = BadName { name: "Ons Aanbod".into(), better: "ons-aanbod".into() };
        assert_eq!(of("content/Ons Aanbod.md"), Err(bad));
    }

    #[test]
    fn an_address_maps_to_its_file_and_its_parent() {
        assert_eq!(file("/"), "index.html");
        assert_eq!(file("/nieuws/lnpo/"), "nieuws/lnpo/index.html");
        assert_eq!(file("/404.html"), "404.html");
        assert_eq!((parent("/nieuws/lnpo/"), parent("/nieuws/"), parent("/")), ("/nieuws/", "/", ""));
    }
}

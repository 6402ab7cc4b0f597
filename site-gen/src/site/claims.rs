//! The addresses that sources claim: no two of them can be the same file, or a file and a folder of one name.

use std::sync::Arc;

use hashbrown::HashMap;

use crate::page::parse::Parsed;
use crate::site::{GENERATED, is_reserved};
use crate::source::file::Asset;
use crate::source::problem::{Problem, Problems};

/// The most bytes of an address. The store of the public site allows keys of 1,024 bytes.
const MAX_ADDRESS: usize = 800;
/// The most bytes of a name in an address. File systems allow 255, and an image gets a longer name.
const MAX_NAME: usize = 200;

/// Reports sources that would produce the same output file, or one at a reserved address.
pub(super) fn check(parsed: &[Arc<Parsed>], assets: &[Arc<Asset>], problems: &mut Problems) {
    let generated = GENERATED.map(|file| format!("/{file}"));
    let assets: Vec<(String, &str)> =
        assets.iter().map(|asset| (format!("/{}", asset.path), asset.source.as_str())).collect();
    let by = HashMap::with_capacity(generated.len() + parsed.len() + assets.len());
    let mut claims = Claims { by, folders: HashMap::new(), problems };
    for url in &generated {
        claims.by.insert(url, "de site zelf");
    }
    for page in parsed {
        for session in page.announcement().iter().flat_map(|announcement| &announcement.sessions) {
            claims.by.insert(&session.ics, &page.source.path);
        }
    }
    for page in parsed {
        let path = &page.source.path;
        let at_top = |message| Problem::at(&page.source, page.source.first_line(), message);
        claims.claim(&page.place.url, path, at_top);
        for alias in page.content.iter().flat_map(|content| &content.aliases) {
            let at_alias = |message| Problem::at(&page.source, alias.span(), message);
            claims.claim(alias.get_ref(), path, at_alias);
        }
    }
    for (url, source) in &assets {
        claims.claim(url, source, |message| Problem::in_file(source, message));
    }
}

/// The addresses so far, each as [`of_file`] writes it, with the source that claims it.
struct Claims<'a> {
    by: HashMap<&'a str, &'a str>,
    /// The folders of the files at these addresses, each with a source that needs it.
    folders: HashMap<&'a str, &'a str>,
    problems: &'a mut Problems,
}

impl<'a> Claims<'a> {
    fn claim(&mut self, url: &'a str, source: &'a str, problem: impl Fn(String) -> Problem) {
        if is_reserved(url) {
            let message = format!("het adres `{url}` is voor de site zelf gereserveerd");
            self.problems.push(problem(message).help("kies een andere naam"));
        }
        if url.len() > MAX_ADDRESS || url.split('/').any(|part| part.len() > MAX_NAME) {
            let message = format!("dit adres is te lang: {} tekens", url.chars().count());
            let help =
                format!("een adres heeft hooguit {MAX_ADDRESS} tekens, en een naam erin hooguit {MAX_NAME}");
            self.problems.push(problem(message).help(help));
        }
        let file = of_file(url);
        let folders = || url.match_indices('/').skip(1).map(|(at, _)| of_file(&url[..at]));
        if let Some(other) = self.by.get(file) {
            let message = format!("het adres `{url}` is al van `{other}`");
            self.problems.push(problem(message).help("geef een van beide een andere naam"));
        } else if let Some(other) =
            folders().find_map(|folder| self.by.get(folder)).or_else(|| self.folders.get(file))
        {
            let message = format!("het adres `{url}` kan niet naast een adres van `{other}` bestaan");
            let help = "het ene is een bestand en het andere een map met dezelfde naam; geef een van beide een andere naam";
            self.problems.push(problem(message).help(help));
        }
        for folder in folders() {
            self.folders.entry(folder).or_insert(source);
        }
        self.by.insert(file, source);
    }
}

/// Returns the address of a file in the one form that all its addresses have in common: `/contact/` for
/// `/contact/index.html`.
fn of_file(url: &str) -> &str {
    url.strip_suffix("index.html").filter(|folder| folder.ends_with('/')).unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clash(first: &str, second: &str) -> bool {
        let mut problems = Problems::default();
        let mut claims = Claims { by: HashMap::new(), folders: HashMap::new(), problems: &mut problems };
        for url in [first, second] {
            claims.claim(url, "content/a.md", |message| Problem::in_file("content/a.md", message));
        }
        !claims.problems.is_empty()
    }

    #[test]
    fn two_addresses_clash_if_they_are_one_file_or_a_file_and_a_folder_of_one_name() {
        for (one, other) in [
            ("/a/", "/a/"),
            ("/a/", "/a/index.html"),
            ("/", "/index.html"),
            ("/a", "/a/"),
            ("/a", "/a/b/c.pdf"),
            ("/a/", "/a/index.html/b/"),
            ("/a/index.html", "/a/index.html/b.pdf"),
        ] {
            assert!(clash(one, other) && clash(other, one), "{one} and {other}");
        }
        for (one, other) in [("/a/", "/a/b/"), ("/a/", "/aindex.html"), ("/a/b.pdf", "/a/"), ("/ab", "/a/")] {
            assert!(!clash(one, other) && !clash(other, one), "{one} and {other}");
        }
    }
}

//! Style sheets: bundled with what they import, minified, and with the public names of files.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::css::{self, Kind, Lexeme, Minified, NotCss};
use crate::source::file::{Asset, Source};
use crate::source::link::join;
use crate::source::problem::{Problem, Problems};

/// The style sheets of `templates/static/`.
pub struct Stylesheets {
    /// By path within `templates/static/`.
    sources: BTreeMap<String, Arc<Source>>,
}

const STATIC: &str = "templates/static/";

impl Stylesheets {
    /// Collects the style sheets; one that is not UTF-8 is a problem.
    pub fn new<'a>(sheets: impl IntoIterator<Item = &'a Asset>, problems: &mut Problems) -> Self {
        let mut sources = BTreeMap::new();
        for Asset { source, path, bytes, .. } in sheets {
            match std::str::from_utf8(bytes) {
                Ok(text) => _ = sources.insert(path.clone(), Arc::new(Source::new(source.as_str(), text))),
                Err(_) => problems.push(Problem::in_file(source, "dit bestand is geen UTF-8")),
            }
        }
        Self { sources }
    }

    /// Bundles the style sheet at a path with everything that it imports.
    ///
    /// `addresses` has the public address of each file by its path. Returns `None`, and reports the
    /// problem, if the style sheet has one.
    pub fn bundle(
        &self,
        path: &str,
        addresses: &BTreeMap<String, String>,
        problems: &mut Problems,
    ) -> Option<String> {
        let source = self.sources.get(path)?;
        let mut bundle = Bundle { sheets: self, addresses, minified: Minified::new(), open: Vec::new() };
        match bundle.sheet(path, source) {
            Ok(()) => Some(bundle.minified.css),
            Err(problem) => {
                problems.push(problem);
                None
            }
        }
    }
}

/// A bundle that is being written.
struct Bundle<'a> {
    sheets: &'a Stylesheets,
    addresses: &'a BTreeMap<String, String>,
    minified: Minified,
    /// The style sheets that are being imported, from the outermost to the innermost.
    open: Vec<String>,
}

impl Bundle<'_> {
    fn sheet(&mut self, path: &str, source: &Arc<Source>) -> Result<(), Problem> {
        let text = source.text.as_str();
        let lexemes = css::lex(text).map_err(|NotCss { at, message }| Problem::at(source, at, message))?;
        if let Some(at) = css::find_broken_declaration(&lexemes) {
            let problem = Problem::at(source, at, "in deze regel ontbreekt een dubbele punt");
            return Err(problem.help("schrijf het zo: `color: red;`"));
        }
        self.open.push(path.to_owned());
        let mut rest = lexemes.as_slice();
        let mut may_import = true;
        while let Some((lexeme, after)) = rest.split_first() {
            rest = after;
            let is_rule = |name: &str| {
                lexeme.kind == Kind::AtKeyword && text[lexeme.span.clone()][1..].eq_ignore_ascii_case(name)
            };
            if is_rule("charset") {
                // The server says that every style sheet is UTF-8.
                rest = &rest[statement(rest).len()..];
            } else if is_rule("import") {
                let import = statement(rest);
                rest = &rest[import.len()..];
                if !may_import {
                    let problem = Problem::at(source, lexeme.span.clone(), "een `@import` staat bovenaan");
                    return Err(problem.help("zet hem voor de eerste regel met een blok"));
                }
                self.import(path, source, import, lexeme.span.clone())?;
            } else {
                may_import &= lexeme.kind != Kind::BlockOpen;
                match lexeme.kind {
                    Kind::Url => {
                        let url = &text[lexeme.span.start + "url(".len()..lexeme.span.end - 1];
                        let start = lexeme.span.end - 1 - url.trim_start().len();
                        let place = start..start + url.trim().len();
                        let address = self.address(path, source, url.trim(), place)?;
                        self.minified.push_text(Kind::Url, &format!("url(\"{address}\")"));
                    }
                    Kind::UrlFunction => {
                        self.minified.push(lexeme, text);
                        if let Some(string) = rest.iter().find(|one| one.kind != Kind::Space)
                            && string.kind == Kind::Text
                        {
                            let url = unquoted(text, string);
                            let address = self.address(path, source, url, string.span.clone())?;
                            self.minified.push_text(Kind::Text, &format!("\"{address}\""));
                            let used = rest.iter().position(|one| one == string).map_or(0, |at| at + 1);
                            rest = &rest[used..];
                        }
                    }
                    _ => self.minified.push(lexeme, text),
                }
            }
        }
        self.open.pop();
        Ok(())
    }

    /// Inserts an imported style sheet, within the layer, the condition and the media that the import names.
    fn import(
        &mut self,
        path: &str,
        source: &Arc<Source>,
        import: &[Lexeme],
        place: Range<usize>,
    ) -> Result<(), Problem> {
        let text = source.text.as_str();
        let mut words =
            import.iter().filter(|one| !matches!(one.kind, Kind::Space | Kind::Comment)).peekable();
        let mut name = words.next();
        let is_function = name.is_some_and(|one| one.kind == Kind::UrlFunction);
        if is_function {
            name = words.next();
        }
        let Some(name) = name.filter(|one| one.kind == Kind::Text) else {
            let problem = Problem::at(source, place, "deze `@import` noemt geen bestand");
            return Err(problem.help("schrijf het zo: `@import \"knoppen.css\";`"));
        };
        if is_function {
            words.next();
        }
        let file = unquoted(text, name);
        let imported = join(folder(path), file).trim_start_matches('/').to_owned();
        let Some(target) = self.sheets.sources.get(&imported) else {
            let message = format!("er is geen bestand `{file}`");
            let known = self.sheets.sources.keys().map(String::as_str);
            return Err(Problem::at(source, place, message).suggest(file, known));
        };
        if self.open.contains(&imported) {
            let message = format!("`{file}` importeert dit bestand zelf ook");
            return Err(Problem::at(source, place, message).help("haal een van beide weg"));
        }
        let end =
            import.last().filter(|one| one.kind == Kind::Semicolon).map_or(text.len(), |one| one.span.start);
        let start = if is_function { words.peek().map_or(end, |one| one.span.start) } else { name.span.end };
        let wrappers = wrappers(text[start.min(end)..end].trim());
        for wrapper in &wrappers {
            self.minified.push_text(Kind::Other, wrapper);
            self.minified.push_text(Kind::BlockOpen, "{");
        }
        let target = Arc::clone(target);
        self.sheet(&imported, &target)?;
        wrappers.iter().for_each(|_| self.minified.push_text(Kind::BlockClose, "}"));
        Ok(())
    }

    /// Returns the public address of a file that a style sheet names.
    fn address(
        &self,
        path: &str,
        source: &Arc<Source>,
        url: &str,
        place: Range<usize>,
    ) -> Result<String, Problem> {
        if url.starts_with("data:") || url.starts_with('#') {
            return Ok(url.to_owned());
        }
        let (file, fragment) = url.split_at(url.find('#').unwrap_or(url.len()));
        let wanted = join(folder(path), file);
        match self.addresses.get(wanted.trim_start_matches('/')) {
            Some(address) => Ok(format!("{address}{fragment}")),
            None => {
                let message = format!("er is geen bestand `{file}` in `{STATIC}`");
                let known = self.addresses.keys().map(String::as_str);
                Err(Problem::at(source, place, message).suggest(file, known))
            }
        }
    }
}

/// Returns the tokens up to and including the next semicolon.
fn statement(lexemes: &[Lexeme]) -> &[Lexeme] {
    let end = lexemes.iter().position(|one| one.kind == Kind::Semicolon);
    &lexemes[..end.map_or(lexemes.len(), |at| at + 1)]
}

/// Returns the rules around an imported style sheet, outermost first, from what follows its name:
/// `layer(base) supports(display: grid) print` (CSS Cascading and Inheritance Level 5, section 2).
fn wrappers(clause: &str) -> Vec<String> {
    let (layer, rest) = match function(clause, "layer") {
        Some((name, rest)) => (Some(format!("@layer {name}")), rest),
        None => match clause.strip_prefix("layer").filter(|rest| rest.is_empty() || rest.starts_with(' ')) {
            Some(rest) => (Some("@layer".to_owned()), rest.trim_start()),
            None => (None, clause),
        },
    };
    let (supports, media) = match function(rest, "supports") {
        Some((condition, rest)) => (Some(format!("@supports ({condition})")), rest),
        None => (None, rest),
    };
    let media = (!media.is_empty()).then(|| format!("@media {media}"));
    [media, supports, layer].into_iter().flatten().collect()
}

/// Splits `name(arguments) rest`.
fn function<'a>(text: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    let inner = text.strip_prefix(name)?.strip_prefix('(')?;
    let mut depth = 1;
    for (at, c) in inner.char_indices() {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        if depth == 0 {
            return Some((inner[..at].trim(), inner[at + 1..].trim_start()));
        }
    }
    None
}

/// Returns the text between the quotes of a string.
fn unquoted<'a>(text: &'a str, string: &Lexeme) -> &'a str {
    &text[string.span.start + 1..string.span.end - 1]
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle(sheets: &[(&str, &str)]) -> (Option<String>, String) {
        let assets: Vec<Asset> = sheets
            .iter()
            .map(|(path, text)| Asset::new(format!("{STATIC}{path}"), *path, (*text).into()))
            .collect();
        let mut problems = Problems::default();
        let addresses = BTreeMap::from([("fonts/pos.woff2".to_owned(), "/fonts/pos.0a1b.woff2".to_owned())]);
        let css = Stylesheets::new(&assets, &mut problems).bundle("style.css", &addresses, &mut problems);
        (css, problems.to_string())
    }

    #[test]
    fn what_is_imported_is_put_in_and_files_get_their_public_names() {
        let style = "@layer base;\n@import \"css/_base.css\" layer(base);\n@import \"css/_fonts.css\";\n";
        let base = "body { margin: 0px; color: light-dark(#000000, #ffffff) }\n";
        let fonts = "@font-face { font-family: Pos; src: url(../fonts/pos.woff2) }\n";
        let (css, problems) =
            bundle(&[("style.css", style), ("css/_base.css", base), ("css/_fonts.css", fonts)]);
        let expected = "@layer base;@layer base{body{margin:0px;color:light-dark(#000000,#ffffff)}}\
                        @font-face{font-family:Pos;src:url(\"/fonts/pos.0a1b.woff2\")}";
        assert_eq!(css.as_deref(), Some(expected), "{problems}");
    }

    #[test]
    fn what_is_wrong_is_told_at_its_place() {
        let (_, problems) = bundle(&[("style.css", "a { color: red }\nb { background: url(plaat.png) }\n")]);
        assert!(problems.contains("templates/static/style.css:2:21"), "{problems}");
        let (_, problems) = bundle(&[("style.css", "@import 'weg.css';\n")]);
        assert!(problems.contains("style.css:1:1") && problems.contains("weg.css"), "{problems}");
        let (_, problems) = bundle(&[("style.css", "a { color: red }\nb } c {\n")]);
        assert!(problems.contains("style.css:2:"), "{problems}");
    }

    #[test]
    fn an_import_keeps_its_layer_and_its_conditions() {
        let style = "@import url('a.css') layer supports(display: grid) screen and (min-width: 1px);\na{b:c}";
        let (css, problems) = bundle(&[("style.css", style), ("a.css", "x { y: url( '#z' ) }")]);
        let expected =
            "@media screen and (min-width: 1px){@supports (display: grid){@layer{x{y:url(\"#z\")}}}}a{b:c}";
        assert_eq!(css.as_deref(), Some(expected), "{problems}");
    }

    #[test]
    fn an_import_that_cannot_be_followed_is_reported() {
        let check = |sheets: &[(&str, &str)], expected: &str| {
            let (css, problems) = bundle(sheets);
            assert!(css.is_none() && problems.contains(expected), "{problems}");
        };
        check(&[("style.css", "a { b: c }\n@import 'a.css';"), ("a.css", "")], "style.css:2:1");
        check(&[("style.css", "@import 'a.css';"), ("a.css", "@import 'style.css';")], "a.css:1:1");
        check(&[("style.css", "@import 'ab.css';"), ("abc.css", "")], "bedoel je `abc.css`?");
        check(&[("style.css", "@import;")], "noemt geen bestand");
    }
}

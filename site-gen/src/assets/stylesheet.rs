//! Style sheets: what they import is put into them, and what a browser can do without is left out.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lightningcss::bundler::{BundleErrorKind, Bundler, ResolveResult, SourceProvider};
use lightningcss::dependencies::{Dependency, DependencyOptions, UrlDependency};
use lightningcss::error::{Error, ErrorLocation};
use lightningcss::printer::PrinterOptions;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, ToCssResult};

use crate::source::file::{Asset, Source};
use crate::source::link::join;
use crate::source::problem::{Problem, Problems};

/// The style sheets among the files of `templates/static/`.
pub struct Stylesheets {
    texts: BTreeMap<PathBuf, Arc<Source>>,
}

const STATIC: &str = "templates/static/";

/// A style sheet imports a file that is not there.
#[derive(Debug, thiserror::Error)]
#[error("er is geen bestand `{0}`")]
pub struct NoFile(String);

impl Stylesheets {
    /// Takes in the style sheets among some files; one that is no text is a problem.
    pub fn new<'a>(assets: impl IntoIterator<Item = &'a Asset>, problems: &mut Problems) -> Self {
        let mut texts = BTreeMap::new();
        for asset in assets {
            match std::str::from_utf8(&asset.bytes) {
                Ok(text) => {
                    texts.insert(
                        PathBuf::from(&asset.path),
                        Arc::new(Source::new(asset.source.as_str(), text)),
                    );
                }
                Err(_) => problems.push(Problem::in_file(&asset.source, "dit bestand is geen UTF-8")),
            }
        }
        Self { texts }
    }

    /// The style sheet at a path with all that it imports, and with files under the names that the
    /// public knows them by; `None`, and a problem, when something is wrong with it.
    pub fn bundle(
        &self,
        path: &str,
        addresses: &BTreeMap<String, String>,
        problems: &mut Problems,
    ) -> Option<String> {
        let found = match self.print(path) {
            Ok(found) => found,
            Err(problem) => {
                problems.push(problem);
                return None;
            }
        };
        let mut css = found.code;
        for dependency in found.dependencies.unwrap_or_default() {
            let Dependency::Url(url) = dependency else { continue };
            let address = self.address(&url, addresses).unwrap_or_else(|problem| {
                problems.push(problem);
                String::new()
            });
            css = css.replace(&url.placeholder, &address);
        }
        Some(css)
    }

    fn print(&self, path: &str) -> Result<ToCssResult, Problem> {
        let bundled = Bundler::new(self, None, ParserOptions::default()).bundle(Path::new(path));
        let mut sheet = bundled.map_err(|error| self.problem(path, &error))?;
        let options = PrinterOptions {
            minify: true,
            analyze_dependencies: Some(DependencyOptions::default()),
            ..PrinterOptions::default()
        };
        let in_file = |error: &dyn Display| Problem::in_file(&format!("{STATIC}{path}"), error.to_string());
        sheet.minify(MinifyOptions::default()).map_err(|error| in_file(&error))?;
        sheet.to_css(options).map_err(|error| in_file(&error))
    }

    /// What a style sheet has to ask for, to get a file that it names.
    fn address(&self, url: &UrlDependency, addresses: &BTreeMap<String, String>) -> Result<String, Problem> {
        if url.url.starts_with("data:") {
            return Ok(url.url.clone());
        }
        let (file, fragment) = url.url.split_at(url.url.find('#').unwrap_or(url.url.len()));
        let path = join(folder(Path::new(&url.loc.file_path)), file);
        match addresses.get(path.trim_start_matches('/')) {
            Some(address) => Ok(format!("{address}{fragment}")),
            None => {
                let message = format!("er is geen bestand `{file}` in `{STATIC}`");
                let problem = self.at(&url.loc.file_path, url.loc.start.line, url.loc.start.column, message);
                Err(problem.suggest(file, addresses.keys().map(String::as_str)))
            }
        }
    }

    fn problem(&self, path: &str, error: &Error<BundleErrorKind<'_, NoFile>>) -> Problem {
        let message = match &error.kind {
            BundleErrorKind::ResolverError(error) => error.to_string(),
            kind => format!("dit is geen geldige CSS: {kind}"),
        };
        match &error.loc {
            Some(ErrorLocation { filename, line, column }) => self.at(filename, line + 1, *column, message),
            None => Problem::in_file(&format!("{STATIC}{path}"), message),
        }
    }

    /// A problem at a line and column, both from 1.
    fn at(&self, path: &str, line: u32, column: u32, message: String) -> Problem {
        let Some(source) = self.texts.get(Path::new(path)) else {
            return Problem::in_file(&format!("{STATIC}{path}"), message);
        };
        let (line, column) = (line.saturating_sub(1) as usize, column.saturating_sub(1) as usize);
        let before: usize = source.text.split_inclusive('\n').take(line).map(str::len).sum();
        let length = source.text[before..].lines().next().map_or(0, str::len);
        let start = source.text.floor_char_boundary(before + column.min(length));
        Problem::at(source, start..before + length, message)
    }
}

impl SourceProvider for Stylesheets {
    type Error = NoFile;

    fn read<'a>(&'a self, file: &Path) -> Result<&'a str, NoFile> {
        let source = self.texts.get(file).ok_or_else(|| NoFile(file.display().to_string()))?;
        Ok(&source.text)
    }

    fn resolve(&self, specifier: &str, from: &Path) -> Result<ResolveResult, NoFile> {
        let path = PathBuf::from(join(folder(from), specifier).trim_start_matches('/'));
        if self.texts.contains_key(&path) { Ok(path.into()) } else { Err(NoFile(specifier.to_owned())) }
    }
}

fn folder(file: &Path) -> &str {
    file.parent().and_then(Path::to_str).unwrap_or_default()
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
        let expected = "@layer base{body{color:light-dark(#000,#fff);margin:0}}\
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
}

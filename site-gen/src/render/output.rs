//! A rendered file on its way to the output folder.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::templates::Unfilled;
use crate::incremental::Rendered;
use crate::markdown::facts::Facts;
use crate::output::{FUNCTION, SITE};
use crate::source::fingerprint::Fingerprint;
use crate::source::place;
use crate::source::problem::Problem;

/// A file to write.
#[derive(Debug)]
pub struct Output {
    /// Its path within the output folder: `site/nieuws/index.html`.
    pub path: String,
    /// Its bytes; `None` when the file in place is up to date.
    pub bytes: Option<Vec<u8>>,
    /// The record that lets the next build reuse the file.
    pub rendered: Option<Rendered>,
}

/// The files that one step produces, or the problem that prevents them.
pub type Outputs = Result<Vec<Output>, Problem>;

/// Returns the output path of an address of the site.
pub(super) fn site_path(url: &str) -> String {
    format!("{SITE}/{}", place::file(url))
}

/// Creates a page at an address.
pub(super) fn page(url: &str, html: String) -> Output {
    reusable_page(url, html, None, None)
}

/// Creates a page at an address that the next build may reuse.
pub(super) fn reusable_page(
    url: &str,
    html: String,
    fingerprint: Option<Fingerprint>,
    facts: Option<Arc<Facts>>,
) -> Output {
    let rendered = fingerprint.map(|fingerprint| Rendered { fingerprint, facts });
    Output { path: site_path(url), bytes: Some(html.into()), rendered }
}

/// Creates a file of the site that is not a page.
pub(super) fn site_file(path: &str, text: String) -> Output {
    Output { path: format!("{SITE}/{path}"), bytes: Some(text.into()), rendered: None }
}

/// Creates a file that is deployed with the function.
pub(super) fn function_file(path: &str, text: String) -> Output {
    Output { path: format!("{FUNCTION}/{path}"), bytes: Some(text.into()), rendered: None }
}

/// Creates a settings file for the server or CDN that serves the site; it is not public.
pub(super) fn server_file(name: &str, value: &impl Serialize) -> Result<Output, Problem> {
    let json = serde_json::to_string_pretty(value);
    let json = json.map_err(|error| Problem::in_file(name, error.to_string()))? + "\n";
    Ok(Output { path: name.to_owned(), bytes: Some(json.into()), rendered: None })
}

/// Creates a page that the function fills in at request time.
///
/// Fills it with every given view first, so that an error in a template fails the build.
pub(super) fn answer(file: &str, text: String, views: &[impl Serialize]) -> Result<Output, Problem> {
    let page = Unfilled::new(file, &text)?;
    for view in views {
        page.fill(view)?;
    }
    Ok(function_file(file, text))
}

/// The views of a page with nothing to fill in: a single empty one.
pub(super) const NO_VALUES: [BTreeMap<&str, &str>; 1] = [BTreeMap::new()];

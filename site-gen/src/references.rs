//! The links of a site to its own pages and files.

use std::collections::HashSet;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use crate::incremental::Memory;
use crate::page::publication::Wanted;
use crate::prepared::{Prepared, Request};
use crate::source::file::Source;
use crate::source::link::{Link, Target, encoded, in_template, target};
use crate::source::load::load;
use crate::source::place;
use crate::source::problem::Problems;

/// A link to a page of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The path of the file with the link.
    pub path: String,
    /// The byte range of the address in that file's text.
    pub span: Range<usize>,
    /// The address as it is written there.
    pub address: String,
    /// What follows the address of the page: a file in its folder, an anchor.
    pub rest: String,
    /// Whether another address can be put in its place. It cannot if the address stands elsewhere, as in `[words][name]`.
    pub is_plain: bool,
}

/// Returns every link to a page, or to a file in its folder, in the pages, templates and configuration below `root`, in
/// the order of the files.
///
/// # Errors
/// Fails if the sources cannot be read.
pub fn references(root: &Path, url: &str, memory: &mut Memory) -> anyhow::Result<Vec<Reference>> {
    let mut references = Vec::new();
    for (source, link) in links(root, memory)? {
        let Target::Inside { path, .. } = &link.target else { continue };
        // A string in TOML has quotes around the address.
        let written = &source.text[link.span.clone()];
        let address = written.trim_matches(['"', '\'']);
        let start = link.span.start + written.find(address).unwrap_or_default();
        if let Some(below) = path.strip_prefix(url) {
            let end = address.find(['#', '?']).map_or("", |at| &address[at..]);
            references.push(Reference {
                path: source.path.clone(),
                span: start..start + address.len(),
                address: address.to_owned(),
                rest: format!("{}{end}", encoded(below)),
                is_plain: target(address, place::folder(&source.path)) == link.target,
            });
        }
    }
    references.sort_by(|one, other| (&one.path, one.span.start).cmp(&(&other.path, other.span.start)));
    references.dedup();
    Ok(references)
}

/// Returns the addresses within the site to which any page, template or the configuration below `root` has a link.
///
/// # Errors
/// Fails if the sources cannot be read.
pub fn linked(root: &Path, memory: &mut Memory) -> anyhow::Result<HashSet<String>> {
    let inside = |(_, link): (_, Link)| match link.target {
        Target::Inside { path, .. } => Some(path),
        _ => None,
    };
    Ok(links(root, memory)?.into_iter().filter_map(inside).collect())
}

/// Returns every link, each with the file that it is in.
fn links(root: &Path, memory: &mut Memory) -> anyhow::Result<Vec<(Arc<Source>, Link)>> {
    let mut problems = Problems::default();
    let sources = load(root, Some(&mut memory.read), &mut problems)?;
    let (templates, config_file) = (sources.templates.clone(), sources.config.clone());
    let wanted = Wanted { with_unpublished: true, ..Wanted::public(Timestamp::UNIX_EPOCH) };
    let request = Request::new(&sources, wanted, &mut problems);
    let of_config: Vec<Link> = request
        .links()
        .map(|link| Link { target: target(link.url.get_ref(), "/"), span: link.url.span() })
        .collect();
    let prepared = Prepared::new(sources, request, Some(memory), &mut problems);
    let mut links: Vec<(Arc<Source>, Link)> =
        prepared.links().map(|(source, link)| (Arc::clone(source), link)).collect();
    for template in &templates {
        links.extend(in_template(&template.text).map(|link| (Arc::clone(template), link)));
    }
    if let Some(source) = &config_file {
        links.extend(of_config.into_iter().map(|link| (Arc::clone(source), link)));
    }
    Ok(links)
}

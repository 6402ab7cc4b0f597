#![doc = include_str!("../README.md")]
//!
//! | module | what it is |
//! |---|---|
//! | [`load`] [`parse`] [`assemble`] [`render`] [`write`](mod@write) | the stages, one after the other |
//! | [`source`] [`problem`] [`site`] | the nouns that stages hand on |
//! | [`front_matter`] [`config`] [`schema`] | what an editor may write at the top of a page and in `site.toml` |
//! | [`place`] [`link`] [`slug`] | addresses |
//! | [`markdown`] [`templates`] | Markdown and Tera, each behind one door |
//! | [`event`] [`dutch`] | events, and their dates in words |

pub mod assemble;
pub mod config;
pub mod dutch;
pub mod event;
pub mod front_matter;
pub mod link;
pub mod load;
pub mod markdown;
pub mod parse;
pub mod place;
pub mod problem;
pub mod render;
pub mod schema;
pub mod site;
pub mod slug;
pub mod source;
pub mod templates;
pub mod write;

use std::path::Path;

use jiff::Timestamp;

use crate::problem::Problems;
use crate::templates::Templates;
use crate::write::{Staging, Written};

/// Why a site was not built. Nothing was written, unless the disk itself failed.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The sources have problems, for the editor to mend.
    #[error("{0}")]
    Problems(Problems),
    /// Reading or writing failed.
    #[error("{0:#}")]
    Failed(#[from] anyhow::Error),
}

/// Builds the site below `root` as it stands at `now` into the folder `out`.
///
/// `out/site` is what the public sees, `out/function` what travels with the function.
///
/// # Errors
/// With every problem of the sources at once, or with what went wrong on disk.
pub fn build(root: &Path, out: &Path, now: Timestamp) -> Result<Written, BuildError> {
    let mut problems = Problems::default();
    let sources = load::load(root, &mut problems)?;
    let config = config::read(&sources.config, &mut problems);
    let pages = parse::parse(&sources.pages, &mut problems);
    let site = assemble::assemble(config, &sources.config, pages, &sources.assets, &mut problems);
    let templates = Templates::compile(&sources.templates, &mut problems);
    let (Some(site), Some(templates), true) = (site, templates, problems.is_empty()) else {
        return Err(BuildError::Problems(problems));
    };
    let staging = Staging::begin(out)?;
    render::render(&site, sources.assets, &templates, now, &mut problems, |output| staging.put(&output))?;
    if problems.is_empty() {
        return Ok(staging.commit()?);
    }
    staging.abandon()?;
    Err(BuildError::Problems(problems))
}

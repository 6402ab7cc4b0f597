#![doc = include_str!("../README.md")]
//!
//! | module | what it is |
//! |---|---|
//! | [`load`] [`parse`] [`assemble`] [`render`] [`write`](mod@write) | the stages, one after the other |
//! | [`source`] [`problem`] [`site`] | the nouns that stages hand on |
//! | [`front_matter`] [`config`] [`schema`] | what an editor may write at the top of a page and in `site.toml` |
//! | [`place`] [`link`] [`slug`] | addresses |
//! | [`new`](mod@new) [`placeholder`] | what an editor begins with, and what is still to be filled in |
//! | [`markdown`] [`templates`] | Markdown and Tera, each behind one door |
//! | [`event`] [`publication`] [`clock`] [`dutch`] | events, what is public when, days and times, Dutch words for them |
//! | [`views`] [`json_ld`] [`ics`] [`search`] | what templates, search engines, calendars and the search page see |
//! | [`reference`](mod@reference) | the list of keys in the editors' guide |
//! | [`fingerprint`] | names that say what is in a file |

pub mod assemble;
pub mod clock;
pub mod config;
pub mod dutch;
pub mod event;
pub mod fingerprint;
pub mod front_matter;
pub mod ics;
pub mod json_ld;
pub mod link;
pub mod load;
pub mod markdown;
pub mod new;
pub mod parse;
pub mod place;
pub mod placeholder;
pub mod problem;
pub mod publication;
pub mod reference;
pub mod render;
pub mod schema;
pub mod search;
pub mod site;
pub mod slug;
pub mod source;
pub mod templates;
pub mod views;
pub mod write;

use std::path::Path;

use jiff::tz::TimeZone;

use crate::load::Sources;
use crate::problem::{Problems, Severity};
use crate::publication::{HeldBack, Moment, Wanted};
use crate::render::Output;
use crate::site::Site;
use crate::source::Asset;
use crate::templates::Templates;
use crate::views::SiteView;
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

/// What a build did.
#[derive(Debug)]
pub struct Built {
    /// Files written, left and removed.
    pub written: Written,
    /// Pages that the public does not see, and why.
    pub held_back: Vec<HeldBack>,
}

/// Builds the site below `root` as it is wanted into the folder `out`.
///
/// `out/site` is what the public sees, `out/function` what travels with the function.
///
/// # Errors
/// With every problem of the sources at once, or with what went wrong on disk.
pub fn build(root: &Path, out: &Path, wanted: Wanted) -> Result<Built, BuildError> {
    let mut problems = Problems::default();
    let sources = load::load(root, &mut problems)?;
    let placeholders = wanted.production.then_some(Severity::Error);
    let Some(prepared) = prepare(sources, wanted, placeholders, &mut problems) else {
        return Err(BuildError::Problems(problems));
    };
    if problems.has_errors() {
        // Nothing will be written; what is wrong in the templates is told all the same.
        prepared.render(&mut problems, |_| Ok(()))?;
        return Err(BuildError::Problems(problems));
    }
    let staging = Staging::begin(out)?;
    let rendered = prepared.render(&mut problems, |output| staging.put(&output));
    if rendered.is_err() || problems.has_errors() {
        staging.abandon()?;
        rendered?;
        return Err(BuildError::Problems(problems));
    }
    Ok(Built { written: staging.commit()?, held_back: prepared.site.held_back })
}

/// Tells everything that is wrong with the site below `root`, and everything
/// that keeps it from being put online, without writing anything.
///
/// # Errors
/// When the sources can't be read.
pub fn check(root: &Path, wanted: Wanted) -> anyhow::Result<Problems> {
    let mut problems = Problems::default();
    let sources = load::load(root, &mut problems)?;
    if let Some(prepared) = prepare(sources, wanted, Some(Severity::Warning), &mut problems) {
        prepared.render(&mut problems, |_| Ok(()))?;
    }
    Ok(problems)
}

/// A site that has only to be rendered; its sources have been let go.
struct Prepared {
    site: Site,
    templates: Templates,
    assets: Vec<Asset>,
    moment: Moment,
}

/// Everything before rendering; `None` when there is nothing to render.
///
/// Placeholders are told where they are problems of some severity.
fn prepare(
    mut sources: Sources,
    wanted: Wanted,
    placeholders: Option<Severity>,
    problems: &mut Problems,
) -> Option<Prepared> {
    let files = fingerprint::rename(&mut sources.assets);
    let config = sources.config.as_ref().and_then(|source| config::read(source, problems));
    let zone = config.as_ref().map_or(TimeZone::UTC, |config| config.zone.clone());
    let moment = wanted.moment(&zone);
    let pages = parse::parse(&sources.pages, &zone, problems);
    let templates = Templates::compile(&sources.templates, problems);
    let site = assemble::assemble(config, pages, &sources, moment, problems);
    if let (Some(severity), Some(site)) = (placeholders, &site) {
        placeholder::find(&sources, site, severity, problems);
    }
    let (site, mut templates) = (site?, templates?);
    templates.set_site(&SiteView::new(&site, &files));
    Some(Prepared { site, templates, assets: sources.assets, moment })
}

impl Prepared {
    fn render(
        &self,
        problems: &mut Problems,
        put: impl Fn(Output) -> anyhow::Result<()> + Sync,
    ) -> anyhow::Result<()> {
        render::render(&self.site, &self.assets, &self.templates, self.moment, problems, put)
    }
}

#![doc = include_str!("../README.md")]
//!
//! | folder | what it holds |
//! |---|---|
//! | `background` | work that nobody waits for |
//! | [`progress`] | how far long work is, for a terminal |
//! | [`words`] | Dutch dates, HTML escaping, slugs, search terms: pure text |
//! | [`source`] | the files that were read, addresses within the site, and problems with a place |
//! | [`page`] | front matter and `site.toml`, parsed into types that cannot be wrong |
//! | [`assets`] | style sheets, images and icons |
//! | [`markdown`] | a page's body as HTML, with its links and headings |
//! | [`output`] | the output folder: staged writes and the manifest |
//! | [`site`] | all pages together: lists, tags, addresses, link check |
//! | [`incremental`] | what one build leaves for the next |
//! | [`render`] | the site as files: pages, answers, feeds, calendars, search |
//! | [`new_article`] | an article for an editor to fill in |
//! | [`command`] | what only the command line offers (feature `command`) |
//!
//! Each folder imports only folders above it in this table.

pub mod assets;
mod background;
#[cfg(feature = "command")]
pub mod command;
pub mod incremental;
pub mod markdown;
pub mod new_article;
pub mod output;
pub mod page;
mod prepared;
pub mod preview;
pub mod profile;
pub mod progress;
mod publish;
pub mod references;
pub mod render;
pub mod site;
pub mod source;
pub mod words;

use std::path::Path;

use jiff::Timestamp;

use crate::incremental::Memory;
use crate::output::manifest::{BuildRecord, Manifest};
use crate::output::staging::Written;
use crate::page::publication::{Wanted, When};
use crate::prepared::{Prepared, Request};
use crate::profile::{Part, timed};
pub use crate::publish::{BuildError, Built};
use crate::site::last_build::LastBuild;
use crate::source::link::ExternalLink;
use crate::source::load::{Listing, load, read_listed};
use crate::source::problem::{Problems, Severity};

/// The result of a check.
#[derive(Debug)]
pub struct Checked {
    /// Everything that is wrong, or that has to be filled in before the site goes online.
    pub problems: Problems,
    /// Links to other sites, for a caller that wants to try them.
    pub external_links: Vec<ExternalLink>,
}

/// Builds the site below `root` into the folder `out`.
///
/// `out/site` holds the public files, `out/function` the files that are deployed with the
/// function. Does nothing when `out` already holds a build of the same sources and no file in
/// it has changed since.
///
/// # Errors
/// Returns all problems of the sources at once, or the first failure to read or write.
pub fn build(root: &Path, out: &Path, wanted: Wanted) -> Result<Built, BuildError> {
    let mut problems = Problems::default();
    let listing = Listing::new(root, &mut problems)?;
    let manifest = Manifest::read(out)?;
    // Reading files only to find out that they are the same takes longer than all else.
    let stamps = listing.stamps().map(|stamps| prepared::fingerprint(stamps, wanted));
    if problems.is_empty()
        && let (Some(_), When::At(now)) = (stamps, wanted.when)
        && let Some(built) = current(&manifest, out, now, |build| build.stamps == stamps)
    {
        return Ok(built);
    }
    let sources = timed(Part::Stage, "lezen", || read_listed(root, listing, None, &mut problems))?;
    let mut request = Request::new(&sources, wanted, &mut problems);
    request.stamps = stamps;
    let is_same = |build: &BuildRecord| build.fingerprint == request.fingerprint;
    if problems.is_empty()
        && let Some(built) = current(&manifest, out, request.moment.now, is_same)
    {
        return Ok(built);
    }
    let prepared =
        timed(Part::Stage, "ontleden en ordenen", || Prepared::new(sources, request, None, &mut problems));
    publish::publish(prepared, out, None, problems)
}

/// Returns the recorded build as the result of this one, if it is of the same inputs and still stands.
fn current(
    manifest: &Manifest,
    out: &Path,
    now: Timestamp,
    is_same: impl FnOnce(&BuildRecord) -> bool,
) -> Option<Built> {
    let build = manifest.current_build(out, now, is_same)?;
    let written = Written { written: 0, unchanged: manifest.files.len(), removed: 0 };
    Some(Built { written, held_back: build.held_back.clone(), until: build.until })
}

/// Builds the site again in the same process, reading and rendering only what has changed.
///
/// The result is the same as that of [`build`]. It does not notice whether somebody else has changed a file in `out`;
/// [`Memory::stands`] does.
///
/// # Errors
/// Fails as [`build`] does.
pub fn rebuild(root: &Path, out: &Path, wanted: Wanted, memory: &mut Memory) -> Result<Built, BuildError> {
    let mut problems = Problems::default();
    let sources = load(root, Some(&mut memory.read), &mut problems)?;
    let request = Request::new(&sources, wanted, &mut problems);
    let prepared = Prepared::new(sources, request, Some(memory), &mut problems);
    publish::publish(prepared, out, Some(&mut memory.left), problems)
}

/// Finds everything that is wrong with the site below `root`, every placeholder that is left, what was there in
/// the last build but is not any more, and what will go wrong later, without writing anything.
///
/// # Errors
/// Fails when the sources cannot be read.
pub fn check(root: &Path, before: &LastBuild, wanted: Wanted) -> anyhow::Result<Checked> {
    let mut problems = Problems::default();
    let sources = load(root, None, &mut problems)?;
    let mut request = Request::new(&sources, wanted, &mut problems);
    request.placeholders = Some(Severity::Warning);
    let prepared = Prepared::new(sources, request, None, &mut problems);
    prepared.render(None, &mut problems, |_| Ok(()))?;
    problems.append(prepared.images.check(&prepared.assets));
    prepared.foresee(before, &mut problems);
    Ok(Checked { problems, external_links: prepared.external_links() })
}

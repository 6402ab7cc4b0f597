//! A page as it becomes once a text that is not saved yet is saved.

use std::path::Path;

use crate::incremental::Memory;
use crate::page::page_file::PageFile;
use crate::page::publication::{Wanted, When};
use crate::prepared::{Prepared, Request};
use crate::source::file::Source;
use crate::source::load::load;
use crate::source::problem::Problems;

/// A page as it becomes.
#[derive(Debug)]
pub struct Preview {
    /// The page, made with the site's own templates; `None` if anything is wrong with the site.
    pub html: Option<String>,
    /// What is wrong with the page and, if nothing could be shown, with the rest of the site.
    pub problems: Problems,
}

/// Renders one page of the site below `root` as of a moment, with an unsaved text in place of its file. Writes nothing.
///
/// A page that is not public is shown too, with a badge.
///
/// # Errors
/// Fails if the sources cannot be read.
pub fn preview(root: &Path, when: When, memory: &mut Memory, unsaved: Source) -> anyhow::Result<Preview> {
    let path = unsaved.path.clone();
    let wanted = Wanted { when, with_unpublished: true, production: false };
    let (prepared, mut problems) = prepared(root, wanted, memory, Some(unsaved))?;
    let html = prepared.render_page(&path, &mut problems);
    Ok(Preview { html, problems })
}

/// Returns what is wrong with the site below `root` as the public sees it or, with `with_unpublished`, with all its pages:
/// as its files say or, with an unsaved text, as it becomes. Templates are not tried.
///
/// # Errors
/// Fails if the sources cannot be read.
pub fn check(
    root: &Path,
    wanted: Wanted,
    memory: &mut Memory,
    unsaved: Option<Source>,
) -> anyhow::Result<Problems> {
    let (prepared, mut problems) = prepared(root, wanted, memory, unsaved)?;
    prepared.check_bodies(&mut problems);
    Ok(problems)
}

/// Returns the file of every page below `root`, as of a moment, in the order of their addresses.
///
/// # Errors
/// Fails if the sources cannot be read.
pub fn pages(root: &Path, when: When, memory: &mut Memory) -> anyhow::Result<Vec<PageFile>> {
    let wanted = Wanted { when, with_unpublished: false, production: false };
    let mut pages = prepared(root, wanted, memory, None)?.0.page_files();
    pages.sort_by(|one, other| one.url.cmp(&other.url));
    Ok(pages)
}

/// Returns the site below `root`, ready to be rendered, with an unsaved text in place of its file, and its problems so far.
fn prepared(
    root: &Path,
    wanted: Wanted,
    memory: &mut Memory,
    unsaved: Option<Source>,
) -> anyhow::Result<(Prepared, Problems)> {
    let mut problems = Problems::default();
    let mut sources = load(root, Some(&mut memory.read), &mut problems)?;
    if let Some(unsaved) = unsaved {
        sources.lay_over(unsaved);
    }
    let request = Request::new(&sources, wanted, &mut problems);
    let prepared = Prepared::new(sources, request, Some(memory), &mut problems);
    Ok((prepared, problems))
}

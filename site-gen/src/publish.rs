//! Writes a prepared site into the output folder, whole or not at all.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::background::free;
use crate::incremental::{Left, Previous, RenderedFiles};
use crate::output::lock::Lock;
use crate::output::manifest::{BuildRecord, Manifest};
use crate::output::pages::{self, PublicPages};
use crate::output::staging::{Staging, Written};
use crate::page::publication::{HeldBack, Moment};
use crate::prepared::{Prepared, Ready};
use crate::profile::{Part, timed};
use crate::render;
use crate::render::output::Output;
use crate::site::Site;
use crate::source::problem::Problems;

/// Why a site was not built. Nothing was written, unless the disk itself failed.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The sources have problems for the editor to fix.
    #[error("{0}")]
    Problems(Problems),
    /// Reading or writing failed.
    #[error("{0:#}")]
    Failed(#[from] anyhow::Error),
}

/// The result of a build.
#[derive(Debug)]
pub struct Built {
    /// How many files were written, left alone and removed.
    pub written: Written,
    /// Pages that are not public, with the reason.
    pub held_back: Vec<HeldBack>,
    /// When the same sources next produce a different site: a page is published, a session opens.
    pub until: Option<Timestamp>,
}

/// Renders the site and writes it into `out`; with any problem nothing is written.
///
/// `left` is what the last build in this process left; it is replaced by what this one leaves.
pub(crate) fn publish(
    prepared: Prepared,
    out: &Path,
    mut left: Option<&mut Left>,
    mut problems: Problems,
) -> Result<Built, BuildError> {
    let ready = prepared.ready.as_ref().filter(|_| !problems.has_errors());
    let _lock = ready.map(|_| Lock::take(out)).transpose()?;
    // Looked at only now: another build may have been writing. If this one fails half-way, what was left holds no more.
    let before = left.as_deref_mut().map(std::mem::take).unwrap_or_default().found_in(out)?;
    let rendered = left.is_some().then_some(&before.rendered);
    let previous = Previous { rendered, manifest: &before.manifest, folder: out };
    let written = match ready {
        Some(Ready { site, .. }) => write(&prepared, site, previous, &mut problems)?,
        None => {
            // Nothing will be written, but the bodies may have problems too.
            prepared.render(Some(previous), &mut problems, |_| Ok(()))?;
            None
        }
    };
    let (result, now) = match written {
        Some((built, now)) => {
            free(before);
            (Ok(built), now)
        }
        None => (Err(BuildError::Problems(problems)), before),
    };
    free(prepared);
    if let Some(left) = left {
        *left = now;
    }
    result
}

/// Renders the site and writes it, unless there is any problem.
fn write(
    prepared: &Prepared,
    site: &Site,
    previous: Previous<'_>,
    problems: &mut Problems,
) -> anyhow::Result<Option<(Built, Left)>> {
    let Previous { rendered, manifest, folder } = previous;
    let staging = Staging::begin(folder, manifest)?;
    let now_rendered = Mutex::new(RenderedFiles::with_capacity(rendered.map_or(0, RenderedFiles::len)));
    let put = |Output { path, bytes, rendered }| {
        let rendered = rendered.map(|rendered| (path.clone(), rendered));
        let is_ours = match bytes {
            Some(bytes) => staging.put(path, &bytes)?,
            None => {
                staging.keep(path);
                true
            }
        };
        if let Some((path, rendered)) = rendered.filter(|_| is_ours) {
            now_rendered.lock().unwrap_or_else(PoisonError::into_inner).insert(path, rendered);
        }
        Ok(())
    };
    let (mut done, pages) = rayon::join(
        || prepared.render(Some(previous), problems, put),
        || public_pages(site, &manifest.pages, prepared.moment),
    );
    if done.is_ok() && !problems.has_errors() {
        let Prepared { assets, images, pictures, .. } = prepared;
        done = timed(Part::Stage, "afbeeldingen en bestanden", || {
            render::assets(assets, images, pictures, previous, put).map(|found| problems.append(found))
        });
    }
    if done.is_err() || problems.has_errors() {
        staging.abandon()?;
        return done.map(|()| None);
    }
    let (held_back, until) = (site.held_back.clone(), site.until);
    let record = BuildRecord {
        fingerprint: prepared.fingerprint,
        stamps: prepared.stamps,
        from: prepared.moment.now,
        until,
        held_back: held_back.clone(),
    };
    let (written, manifest) = timed(Part::Stage, "op hun plaats zetten", || staging.commit(record, pages))?;
    let rendered = now_rendered.into_inner().unwrap_or_else(PoisonError::into_inner);
    let left = Left { rendered, manifest, stamp: Manifest::stamp(folder) };
    Ok(Some((Built { written, held_back, until }, left)))
}

/// Returns the pages that are or were public, given those of the last build. A preview changes none of them.
fn public_pages(site: &Site, before: &PublicPages, moment: Moment) -> PublicPages {
    if moment.is_preview {
        return before.clone();
    }
    let public = site.pages.iter().filter(|page| !page.place.kind.is_error());
    let public = public.map(|page| (page.place.url.as_str(), page.source.path.as_str()));
    pages::updated(before, public, moment.now)
}

#![doc = include_str!("../README.md")]
//!
//! | module | what it is |
//! |---|---|
//! | [`load`] [`parse`] [`assemble`] [`render`] [`write`](mod@write) | the stages, one after the other |
//! | [`source`] [`problem`] [`public`] [`site`] | the nouns that stages hand on |
//! | [`front_matter`] [`config`] [`schema`] | what an editor may write at the top of a page and in `site.toml` |
//! | [`place`] [`link`] [`slug`] [`addresses`] [`external`] | addresses, and links that lead nowhere |
//! | [`new`](mod@new) [`placeholder`] | what an editor begins with, and what is still to be filled in |
//! | [`markdown`] [`shortcode`] [`highlight`] [`html`] | a page's body, and the building blocks in it |
//! | [`templates`] | Tera |
//! | [`event`] [`publication`] [`clock`] [`day`] [`dutch`] | events, what is public when, days and times, Dutch words for them |
//! | [`views`] [`json_ld`] [`ics`] [`search`] | what templates, search engines, calendars and the search page see |
//! | [`reference`](mod@reference) | the list of keys in the editors' guide |
//! | [`assets`] [`stylesheet`] [`images`] | files that are no pages |
//! | [`memory`] [`manifest`] [`fingerprint`] [`stamp`] | what need not be done again |

pub mod addresses;
pub mod assemble;
pub mod assets;
pub mod clock;
pub mod config;
pub mod day;
pub mod dutch;
pub mod event;
pub mod external;
pub mod fingerprint;
pub mod front_matter;
pub mod highlight;
pub mod html;
pub mod ics;
pub mod images;
pub mod json_ld;
pub mod link;
pub mod load;
pub mod manifest;
pub mod markdown;
pub mod memory;
pub mod new;
pub mod parse;
pub mod pictures;
pub mod place;
pub mod placeholder;
pub mod problem;
pub mod public;
pub mod publication;
pub mod reference;
pub mod render;
pub mod schema;
pub mod search;
pub mod shortcode;
pub mod site;
pub mod slug;
pub mod source;
pub mod stamp;
pub mod stylesheet;
pub mod templates;
pub mod views;
pub mod write;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::addresses::{Addresses, LinkCheck};
use crate::config::Config;
use crate::external::{ExternalLink, Limits};
use crate::fingerprint::Fingerprint;
use crate::images::Images;
use crate::link::Target;
use crate::load::Sources;
use crate::manifest::{BuildRecord, Manifest};
use crate::markdown::{Body, Scope};
use crate::memory::{Before, Facts, Memory, RenderedBefore};
use crate::parse::Parsed;
use crate::pictures::Picture;
use crate::problem::{Problems, Severity};
use crate::public::Public;
use crate::publication::{HeldBack, Moment, Wanted};
use crate::render::{Output, Renderer};
use crate::search::Words;
use crate::site::Site;
use crate::source::Asset;
use crate::stamp::Stamp;
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
    /// When the same sources next make another site: a page appears, a session opens.
    pub until: Option<Timestamp>,
}

/// Builds the site below `root` as it is wanted into the folder `out`.
///
/// `out/site` is what the public sees, `out/function` what travels with the function.
/// Where the same sources made what is there, and nobody touched it since, nothing is done.
///
/// # Errors
/// With every problem of the sources at once, or with what went wrong on disk.
pub fn build(root: &Path, out: &Path, wanted: Wanted) -> Result<Built, BuildError> {
    let mut problems = Problems::default();
    let sources = load::load(root, None, &mut problems)?;
    let asked = Asked::new(&sources, wanted, &mut problems);
    let manifest = Manifest::read(out)?;
    if problems.is_empty()
        && let Some(build) = manifest.standing(out, asked.made_of, asked.moment.now)
    {
        let written = Written { written: 0, unchanged: manifest.files.len(), removed: 0 };
        return Ok(Built { written, held_back: build.held_back.clone(), until: build.until });
    }
    let prepared = Prepared::new(sources, asked, None, &mut problems);
    prepared.write(out, &manifest, None, problems)
}

/// Builds the site as [`build`] does, once more in the same process: what has
/// not changed since is neither read nor rendered again.
///
/// # Errors
/// As those of [`build`].
pub fn rebuild(root: &Path, out: &Path, wanted: Wanted, memory: &mut Memory) -> Result<Built, BuildError> {
    let mut problems = Problems::default();
    let sources = load::load(root, Some(&mut memory.read), &mut problems)?;
    let asked = Asked::new(&sources, wanted, &mut problems);
    let manifest = Manifest::read(out)?;
    let prepared = Prepared::new(sources, asked, Some(memory), &mut problems);
    prepared.write(out, &manifest, Some(&mut memory.rendered), problems)
}

/// Tells everything that is wrong with the site below `root`, and everything
/// that keeps it from being put online, without building it.
///
/// Within limits it also asks other sites whether links to them work, and keeps what they said.
///
/// # Errors
/// When the sources, or what other sites said before, can't be read.
pub fn check(root: &Path, wanted: Wanted, external: Option<&Limits>) -> anyhow::Result<Problems> {
    let mut problems = Problems::default();
    let sources = load::load(root, None, &mut problems)?;
    let asked =
        Asked { placeholders: Some(Severity::Warning), ..Asked::new(&sources, wanted, &mut problems) };
    let now = asked.moment.now;
    let prepared = Prepared::new(sources, asked, None, &mut problems);
    prepared.render(None, &mut problems, |_| Ok(()))?;
    problems.append(prepared.images.check(&prepared.assets));
    if let Some(limits) = external {
        let links = prepared.external_links();
        external::check(&links, &external::cache_file(root), limits, now, &mut problems)?;
    }
    Ok(problems)
}

/// What is asked for, once the site's own configuration is known.
struct Asked {
    config: Option<Config>,
    moment: Moment,
    /// How much a placeholder matters; `None` when not at all.
    placeholders: Option<Severity>,
    /// Of the sources, of the program, and of what was asked but for the time.
    made_of: Fingerprint,
}

impl Asked {
    fn new(sources: &Sources, wanted: Wanted, problems: &mut Problems) -> Self {
        let config = sources.config.as_ref().and_then(|source| config::read(source, problems));
        let zone = config.as_ref().map_or(TimeZone::UTC, |config| config.zone.clone());
        let program = std::env::current_exe().and_then(std::fs::metadata).ok();
        let program = program.and_then(|metadata| Stamp::new(&metadata));
        let flags = (wanted.with_unpublished, wanted.production);
        Self {
            config,
            moment: wanted.moment(&zone),
            placeholders: wanted.production.then_some(Severity::Error),
            made_of: Fingerprint::of(&(program, sources.fingerprint(), flags)),
        }
    }
}

/// A site that has only to be rendered.
struct Prepared {
    public: Public,
    links: LinkCheck,
    assets: Vec<Arc<Asset>>,
    images: Images,
    pictures: Vec<Picture>,
    moment: Moment,
    made_of: Fingerprint,
    /// `None` when something is wrong with it.
    ready: Option<Ready>,
}

struct Ready {
    site: Site,
    templates: Templates,
    /// Of what goes into every page.
    common: Fingerprint,
}

impl Prepared {
    /// Everything before rendering.
    fn new(
        mut sources: Sources,
        asked: Asked,
        mut memory: Option<&mut Memory>,
        problems: &mut Problems,
    ) -> Self {
        let Asked { config, moment, placeholders, made_of } = asked;
        let mut files = assets::publish(&mut sources.assets, problems);
        let pictures = pictures::of(&mut sources.assets, &mut files);
        let images = Images::new(&sources.assets, problems);
        if let Some(memory) = &mut memory
            && memory.config.as_ref().map(Arc::as_ptr) != sources.config.as_ref().map(Arc::as_ptr)
        {
            // Days depend on the zone.
            memory.parsed.clear();
            memory.config.clone_from(&sources.config);
        }
        let zone = config.as_ref().map_or(TimeZone::UTC, |config| config.zone.clone());
        let before = memory.as_deref().map(|memory| &memory.parsed);
        let pages = parse::parse(&sources.pages, before, &zone, problems);
        if let Some(memory) = memory {
            let by_path = |page: &Arc<Parsed>| (page.source.path.clone(), Arc::clone(page));
            memory.parsed = pages.iter().map(by_path).collect();
        }
        let templates = Templates::compile(&sources.templates, problems);
        let public = Public::new(pages, moment);
        let links = LinkCheck::new(Addresses::new(&public, &sources));
        links.around_pages(&sources, config.as_ref());
        let site = assemble::assemble(config, &public, &sources.assets, moment.now, problems);
        if let (Some(severity), Some(site)) = (placeholders, &site) {
            placeholder::find(&sources, site, severity, problems);
        }
        let ready = site.zip(templates).map(|(site, mut templates)| {
            let view = SiteView::new(&site, &files);
            let common = Fingerprint::of(&(templates.fingerprint(), &view, images.fingerprint));
            templates.set_site(&view);
            Ready { site, templates, common }
        });
        Self { public, links, assets: sources.assets, images, pictures, moment, made_of, ready }
    }

    /// Renders the site into a folder, or tells its problems.
    fn write(
        &self,
        out: &Path,
        manifest: &Manifest,
        rendered: Option<&mut RenderedBefore>,
        mut problems: Problems,
    ) -> Result<Built, BuildError> {
        let before = Before { rendered: rendered.as_deref(), manifest, folder: out };
        let Some(Ready { site, .. }) = self.ready.as_ref().filter(|_| !problems.has_errors()) else {
            // Nothing will be written; what else is wrong is told all the same.
            self.render(Some(before), &mut problems, |_| Ok(()))?;
            return Err(BuildError::Problems(problems));
        };
        let staging = Staging::begin(out, manifest)?;
        let known = Mutex::new(RenderedBefore::new());
        let put = |Output { path, bytes, rendered }| {
            if let Some(rendered) = rendered {
                known.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone(), rendered);
            }
            match bytes {
                Some(bytes) => staging.put(path, &bytes)?,
                None => staging.keep(path),
            }
            Ok(())
        };
        let mut done = self.render(Some(before), &mut problems, put);
        if done.is_ok() && !problems.has_errors() {
            done = render::assets(&self.assets, &self.images, &self.pictures, before, put)
                .map(|found| problems.append(found));
        }
        if done.is_err() || problems.has_errors() {
            staging.abandon()?;
            done?;
            return Err(BuildError::Problems(problems));
        }
        let held_back = site.held_back.clone();
        let from = self.moment.now;
        let record =
            BuildRecord { made_of: self.made_of, from, until: site.until, held_back: held_back.clone() };
        let written = staging.commit(record)?;
        if let Some(rendered) = rendered {
            *rendered = known.into_inner().unwrap_or_else(PoisonError::into_inner);
        }
        Ok(Built { written, held_back, until: site.until })
    }

    /// Renders what can be, and tells what is wrong.
    fn render(
        &self,
        before: Option<Before<'_>>,
        problems: &mut Problems,
        put: impl Fn(Output) -> anyhow::Result<()> + Sync,
    ) -> anyhow::Result<()> {
        let unseen = self.public.held.iter().map(|(page, _)| page);
        match &self.ready {
            Some(Ready { site, templates, common }) => {
                let renderer = Renderer {
                    site,
                    templates,
                    images: &self.images,
                    moment: self.moment,
                    links: &self.links,
                    before,
                    common: *common,
                    problems: Mutex::default(),
                };
                let rendered = renderer.render(put);
                problems.append(renderer.problems.into_inner().unwrap_or_else(PoisonError::into_inner));
                rendered?;
            }
            None => {
                for page in &self.public.shown {
                    let body = self.body(page, problems);
                    self.links.page(&page.source, &page.place.url, &Arc::new(Facts::new(body, Words::new())));
                }
            }
        }
        for page in unseen {
            self.body(page, problems);
        }
        self.links.finish(problems);
        Ok(())
    }

    /// The links of pages to other sites.
    fn external_links(&self) -> Vec<ExternalLink> {
        let links = self.public.shown.iter().flat_map(|page| {
            // What is wrong with the page has been told.
            let body = self.body(page, &mut Problems::default());
            body.links.into_iter().filter_map(|link| match link.target {
                Target::Outside(address) => {
                    Some(ExternalLink { source: Arc::clone(&page.source), span: link.span, address })
                }
                _ => None,
            })
        });
        links.collect()
    }

    fn body(&self, page: &Parsed, problems: &mut Problems) -> Body {
        // Where the front matter has a problem, there may be an event in it.
        let has_form = page.content.is_none() || page.announcement().is_some();
        let scope = Scope { images: &self.images, has_form };
        markdown::render(&page.source, page.body.clone(), scope, problems)
    }
}

//! A site that is ready to be rendered.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::tz::TimeZone;

use crate::assets::images::Images;
use crate::assets::pictures::{self, Picture};
use crate::assets::publish;
use crate::assets::share::Share;
use crate::background::free;
use crate::incremental::{Memory, Previous};
use crate::markdown;
use crate::markdown::body::{Body, Scope};
use crate::markdown::facts::Facts;
use crate::markdown::reserved::ReservedIds;
use crate::page::config::{self, Config, LinkTable};
use crate::page::page_file::PageFile;
use crate::page::parse::{self, Parsed, ParsedPages};
use crate::page::publication::{Moment, Wanted};
use crate::render::output::Output;
use crate::render::templates::Templates;
use crate::render::views::SiteView;
use crate::render::{Common, Renderer};
use crate::site::addresses::{Addresses, LinkCheck};
use crate::site::last_build::LastBuild;
use crate::site::public::Public;
use crate::site::{AGENDA_TEMPLATE, Site, assemble, foreseen, placeholder};
use crate::source::file::{Asset, Source};
use crate::source::fingerprint::Fingerprint;
use crate::source::link::{ExternalLink, Link, Target};
use crate::source::load::Sources;
use crate::source::problem::{Problems, Severity};
use crate::source::stamp::Stamp;
use crate::words::terms::Terms;
use crate::words::vocabulary::Vocabulary;

/// What the caller wants, resolved with the site's own configuration.
pub(crate) struct Request {
    config: Option<Arc<Config>>,
    /// The moment at which the site is built.
    pub(crate) moment: Moment,
    /// The severity of a placeholder; `None` ignores placeholders.
    pub(crate) placeholders: Option<Severity>,
    /// Covers the sources, this program and the caller's options, but not the time.
    pub(crate) fingerprint: Fingerprint,
    /// The same with the stamps of the sources, if the caller has asked for it.
    pub(crate) stamps: Option<Fingerprint>,
}

/// Returns a fingerprint of sources, of this program and of the caller's options.
pub(crate) fn fingerprint(sources: Fingerprint, wanted: Wanted) -> Fingerprint {
    let program = std::env::current_exe().and_then(std::fs::metadata).ok();
    let program = program.and_then(|metadata| Stamp::new(&metadata));
    Fingerprint::of(&(program, sources, wanted.with_unpublished, wanted.production))
}

impl Request {
    /// Returns the links that the configuration puts on every page.
    pub(crate) fn links(&self) -> impl Iterator<Item = &LinkTable> {
        self.config.iter().flat_map(|config| config.links())
    }

    /// Reads the configuration and combines it with the caller's options.
    pub(crate) fn new(sources: &Sources, wanted: Wanted, problems: &mut Problems) -> Self {
        let config = sources.config.as_ref().and_then(|source| config::read(source, problems));
        let zone = config.as_ref().map_or(TimeZone::UTC, |config| config.zone.clone());
        Self {
            config: config.map(Arc::new),
            moment: wanted.moment(&zone),
            placeholders: wanted.production.then_some(Severity::Error),
            fingerprint: fingerprint(sources.fingerprint(), wanted),
            stamps: None,
        }
    }
}

/// A site that is ready to be rendered.
pub(crate) struct Prepared {
    public: Public,
    links: LinkCheck,
    pub(crate) assets: Vec<Arc<Asset>>,
    pub(crate) images: Images,
    reserved: ReservedIds,
    vocabulary: Arc<Vocabulary>,
    pub(crate) pictures: Vec<Picture>,
    share: Option<Share>,
    pub(crate) moment: Moment,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) stamps: Option<Fingerprint>,
    /// `None` when any page, the configuration or a template has a problem.
    pub(crate) ready: Option<Ready>,
}

/// A site and its templates, all of them without problems.
pub(crate) struct Ready {
    pub(crate) site: Site,
    templates: Templates,
    /// Covers everything that every page depends on.
    common: Fingerprint,
}

impl Prepared {
    /// Runs every stage before rendering.
    pub(crate) fn new(
        mut sources: Sources,
        request: Request,
        mut memory: Option<&mut Memory>,
        problems: &mut Problems,
    ) -> Self {
        let Request { config, moment, placeholders, fingerprint, stamps } = request;
        let mut files = publish::publish(&mut sources.assets, problems);
        let share = Share::of(&sources.assets, &sources.templates);
        let pictures = pictures::of(&mut sources.assets, &mut files);
        let images = Images::new(&sources.assets, problems);
        let vocabulary = memory.as_deref().map(|memory| Arc::clone(&memory.vocabulary)).unwrap_or_default();
        if let Some(memory) = &mut memory {
            memory.forget_pages_of_another_config(sources.config.as_ref());
        }
        let zone = config.as_ref().map_or(TimeZone::UTC, |config| config.zone.clone());
        let before = memory.as_deref().map(|memory| &memory.parsed);
        let pages = parse::parse(&sources.pages, before, &zone, problems);
        if let Some(memory) = memory {
            free(std::mem::replace(&mut memory.parsed, ParsedPages::new(&pages)));
        }
        let templates = Templates::compile(&sources.templates, problems);
        let mut public = Public::new(pages, moment);
        let reserved = ReservedIds::new(&sources.templates);
        let links_of = |page: &Parsed| body(&images, &reserved, page, &mut Problems::default()).links;
        public.hold_files_back(&sources.assets, links_of);
        let (links, site) = rayon::join(
            || {
                let links = LinkCheck::new(Addresses::new(&public, &sources));
                links.around_pages(&sources, config.as_deref());
                links
            },
            || assemble::assemble(config.as_ref(), &public, &sources.assets, moment.now, problems),
        );
        if let (Some(severity), Some(site)) = (placeholders, &site) {
            placeholder::find(&sources, site, severity, problems);
        }
        let ready = site.zip(templates).map(|(site, mut templates)| {
            let view = SiteView::new(&site, &files, templates.has(AGENDA_TEMPLATE), share.as_ref());
            let common = Fingerprint::of(&(templates.fingerprint(), &view, images.fingerprint));
            templates.set_site(&view);
            Ready { site, templates, common }
        });
        let mut assets = sources.assets;
        assets.retain(|asset| !public.held_files.contains_key(&format!("/{}", asset.path)));
        Self {
            public,
            links,
            assets,
            images,
            reserved,
            vocabulary,
            pictures,
            share,
            moment,
            fingerprint,
            stamps,
            ready,
        }
    }

    /// Renders every page and hands each file to `put`; collects all problems on the way.
    ///
    /// Where the site is not ready, the bodies are still checked.
    pub(crate) fn render(
        &self,
        previous: Option<Previous<'_>>,
        problems: &mut Problems,
        put: impl Fn(Output) -> anyhow::Result<()> + Sync,
    ) -> anyhow::Result<()> {
        match &self.ready {
            Some(ready) => {
                let renderer = self.renderer(ready, previous);
                let rendered = renderer.render(put);
                problems.append(renderer.problems.into_inner().unwrap_or_else(PoisonError::into_inner));
                rendered?;
            }
            None => self.public.shown.iter().for_each(|page| self.check_body(page, problems)),
        }
        for (page, _) in &self.public.held {
            self.body(page, problems);
        }
        self.links.finish(problems);
        Ok(())
    }

    /// Returns the file of each page, with what its front matter says.
    pub(crate) fn page_files(&self) -> Vec<PageFile> {
        let file = |page: &Parsed, held_back: Option<&String>| {
            let content = page.content.as_ref();
            let tags = content.iter().flat_map(|content| &content.tags).map(|tag| tag.name.get_ref().clone());
            let aliases = content.iter().flat_map(|content| &content.aliases);
            PageFile {
                path: page.source.path.clone(),
                url: page.place.url.clone(),
                title: content.map(|content| content.title.clone()),
                tags: tags.collect(),
                aliases: aliases.map(|alias| alias.get_ref().clone()).collect(),
                has_event: page.announcement().is_some(),
                placeholders: placeholder::of(&page.source.text).map(str::to_owned).collect(),
                held_back: held_back.cloned(),
            }
        };
        let held = self.public.held.iter().map(|(page, reason)| file(page, Some(reason)));
        self.public.shown.iter().map(|page| file(page, None)).chain(held).collect()
    }

    /// Renders the page of one source file, and collects the problems of its body. Returns `None` if the site is not
    /// ready or if the page has a problem.
    pub(crate) fn render_page(&self, path: &str, problems: &mut Problems) -> Option<String> {
        let html = match &self.ready {
            Some(ready) => {
                let at = ready.site.pages.iter().position(|page| page.source.path == path)?;
                let renderer = self.renderer(ready, None);
                let html = renderer.render_page(at);
                problems.append(renderer.problems.into_inner().unwrap_or_else(PoisonError::into_inner));
                html
            }
            None => {
                let page = self.public.shown.iter().find(|page| page.source.path == path)?;
                self.check_body(page, problems);
                None
            }
        };
        self.links.finish(problems);
        html
    }

    /// Checks the bodies and the links of all pages, without rendering them.
    pub(crate) fn check_bodies(&self, problems: &mut Problems) {
        self.public.shown.iter().for_each(|page| self.check_body(page, problems));
        self.links.finish(problems);
    }

    /// Returns the links in the bodies of all pages, each with the file that it is in.
    pub(crate) fn links(&self) -> impl Iterator<Item = (&Arc<Source>, Link)> {
        let held = self.public.held.iter().map(|(page, _)| page);
        let links = |page: &'_ Arc<Parsed>| self.body(page, &mut Problems::default()).links;
        self.public
            .shown
            .iter()
            .chain(held)
            .flat_map(move |page| links(page).into_iter().map(move |link| (&page.source, link)))
    }

    fn renderer<'a>(&'a self, ready: &'a Ready, previous: Option<Previous<'a>>) -> Renderer<'a> {
        let Ready { site, templates, common } = ready;
        Renderer {
            common: Common {
                site,
                templates,
                images: &self.images,
                reserved: &self.reserved,
                vocabulary: &self.vocabulary,
                share: self.share.as_ref(),
                fingerprint: *common,
            },
            moment: self.moment,
            links: &self.links,
            previous,
            problems: Mutex::default(),
        }
    }

    fn check_body(&self, page: &Parsed, problems: &mut Problems) {
        let facts = Facts::new(self.body(page, problems), Terms::default());
        self.links.page(&page.source, &page.place.url, &Arc::new(facts));
    }

    /// Warns about what was there in the last build but is not any more, and about what will go wrong later.
    pub(crate) fn foresee(&self, before: &LastBuild, problems: &mut Problems) {
        let Some(Ready { site, .. }) = &self.ready else { return };
        // The problems of the bodies have been reported already.
        let links = |page: &Parsed| self.body(page, &mut Problems::default()).links;
        foreseen::warn(site, &self.public, before, self.moment.now, links, problems);
    }

    /// Returns every link of a public page to another site.
    pub(crate) fn external_links(&self) -> Vec<ExternalLink> {
        let links = self.public.shown.iter().flat_map(|page| {
            // The problems of this page have been reported already.
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
        body(&self.images, &self.reserved, page, problems)
    }
}

fn body(images: &Images, reserved: &ReservedIds, page: &Parsed, problems: &mut Problems) -> Body {
    // A page whose front matter has a problem may announce an event.
    let has_form = page.content.is_none() || page.announcement().is_some();
    let scope = Scope { images, reserved, has_form };
    markdown::render(&page.source, page.body.clone(), scope, problems)
}

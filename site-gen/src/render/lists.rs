//! Pages that list others: the home page, sections, tags.

use jiff::Timestamp;
use tera::Context;

use super::output::{self, Outputs};
use super::views::{EventView, PageView, PagerView, Summary, TagCount};
use super::{Common, Renderer, page_context};
use crate::page::event::Announcement;
use crate::page::topic::TAGS_URL;
use crate::site::{AGENDA_TEMPLATE, AGENDA_URL, Page, Tag};
use crate::source::place::Kind;

/// The number of articles on the home page.
const NEWS_ON_HOME: usize = 3;

/// The number of events on the home page. The others are in the agenda.
const EVENTS_ON_HOME: usize = 2;

/// The lists of other pages that a page shows.
#[derive(Default, Hash)]
pub(super) struct Lists<'a> {
    articles: Option<Vec<Summary<'a>>>,
    events: Option<Vec<EventView<'a>>>,
    pager: Option<PagerView>,
}

impl Lists<'_> {
    pub(super) fn context(&self) -> Context {
        let mut context = Context::new();
        if let Some(articles) = &self.articles {
            context.insert("articles", articles);
        }
        if let Some(events) = &self.events {
            context.insert("events", events);
        }
        if let Some(pager) = &self.pager {
            context.insert("pager", pager);
        }
        context
    }
}

impl Renderer<'_> {
    /// Collects the lists of other pages that a page shows.
    pub(super) fn lists<'p>(&'p self, page: &'p Page) -> Lists<'p> {
        let site = self.common.site;
        let url = page.place.url.as_str();
        match page.place.kind {
            Kind::Home => Lists {
                articles: Some(summaries(site.articles_below("/").take(NEWS_ON_HOME))),
                events: Some(self.upcoming_events().into_iter().take(EVENTS_ON_HOME).collect()),
                pager: None,
            },
            Kind::Section => {
                let by = site.config.table.paginate_by;
                let count = site.articles_below(url).count().div_ceil(by).max(1);
                Lists {
                    articles: Some(summaries(site.articles_below(url).take(by))),
                    events: None,
                    pager: Some(PagerView::new(url, 1, count)),
                }
            }
            Kind::Article | Kind::Page | Kind::NotFound | Kind::Outage => Lists::default(),
        }
    }

    /// Renders page `number` of `count` of a section.
    pub(super) fn section_page(
        &self,
        section: &Page,
        articles: &[&Page],
        number: usize,
        count: usize,
    ) -> Outputs {
        let url = PagerView::url(&section.place.url, number);
        let title = format!("{} (bladzijde {number} van {count})", section.content.title);
        let articles = summaries(articles.iter().copied());
        let pager = PagerView::new(&section.place.url, number, count);
        let output = self.file(&url, &(&title, &articles, &pager), || {
            let mut context = page_context(&PageView::generated(&title, &url));
            context.insert("articles", &articles);
            context.insert("pager", &pager);
            self.common.templates.render(Kind::Section.template(), &context)
        })?;
        Ok(vec![output])
    }

    /// Renders the page of a tag.
    pub(super) fn tag(&self, tag: &Tag) -> Outputs {
        let Common { site, templates, .. } = self.common;
        let articles = summaries(tag.articles.iter().map(|&at| &site.pages[at]));
        let output = self.file(&tag.url, &(&tag.name, &articles), || {
            let mut context = page_context(&PageView::generated(&tag.name, &tag.url));
            context.insert("articles", &articles);
            templates.render("tag.html", &context)
        })?;
        Ok(vec![output])
    }

    /// Renders the page that lists all tags, if there are any.
    pub(super) fn all_tags(&self) -> Outputs {
        let Common { site, templates, .. } = self.common;
        if site.tags.is_empty() {
            return Ok(Vec::new());
        }
        let mut context = page_context(&PageView::generated("Onderwerpen", TAGS_URL));
        context.insert("tags", &site.tags.iter().map(TagCount::new).collect::<Vec<_>>());
        Ok(vec![output::page(TAGS_URL, templates.render("tags.html", &context)?)])
    }

    /// Renders the page with the coming sessions.
    pub(super) fn agenda(&self) -> Outputs {
        let Common { templates, .. } = self.common;
        if !templates.has(AGENDA_TEMPLATE) {
            return Ok(Vec::new());
        }
        let mut view = PageView::generated("Agenda", AGENDA_URL);
        view.description = "De bijeenkomsten die komen, met de dagen en tijden.";
        let mut context = page_context(&view);
        context.insert("events", &self.upcoming_events());
        Ok(vec![output::page(AGENDA_URL, templates.render(AGENDA_TEMPLATE, &context)?)])
    }

    /// Returns the events with a session that has not ended yet, the next one first.
    fn upcoming_events(&self) -> Vec<EventView<'_>> {
        let now = self.moment.now;
        let announcements = self.common.site.announcements();
        let mut upcoming: Vec<_> = announcements
            .filter_map(|(page, announcement)| Some((next_end(announcement, now)?, page, announcement)))
            .collect();
        upcoming.sort_by_key(|(next, ..)| *next);
        upcoming.into_iter().map(|(_, page, announcement)| EventView::new(announcement, page, now)).collect()
    }
}

/// Returns when the next session of an event ends, if one is still to come.
fn next_end(announcement: &Announcement, now: Timestamp) -> Option<Timestamp> {
    announcement.event.sessions().iter().map(|session| session.ends_at()).filter(|end| now < *end).min()
}

fn summaries<'s>(pages: impl Iterator<Item = &'s Page>) -> Vec<Summary<'s>> {
    pages.map(Summary::new).collect()
}

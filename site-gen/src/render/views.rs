//! The values that templates see.

use std::collections::BTreeMap;

use catalog::Phase;
use catalog::address::{FORM_ANCHOR, SignupAddress};
use catalog::organiser::address::ORGANISER_PREFIX;
use jiff::Timestamp;
use serde::Serialize;

use crate::assets::share::Share;
use crate::markdown::body::{Body, Heading};
use crate::page::config::LinkTable;
use crate::page::day::Day;
use crate::page::event::{Announcement, SessionWords};
use crate::page::topic::{TAGS_URL, Topic};
use crate::site::{AGENDA_URL, Page, Site, Tag};
use crate::source::place::Kind;

/// The value `site`, on every page.
#[derive(Debug, Clone, Hash, Serialize)]
pub struct SiteView<'a> {
    title: &'a str,
    short_title: &'a str,
    description: &'a str,
    origin: &'a str,
    menu: &'a [LinkTable],
    login: Login<'a>,
    footer: &'a [LinkTable],
    /// The path of the feed; empty if there is no public article.
    feed: &'static str,
    /// The path of the page with the coming sessions; empty if the site has none.
    agenda: &'static str,
    /// The addresses of the files of `templates/static/`, by name.
    files: &'a BTreeMap<String, String>,
    /// The path of the page that lists all tags; empty if there are none.
    tags_url: &'static str,
    /// The path of the picture that other sites show with a link to a page without one of its own; empty if there
    /// is none.
    picture: String,
}

/// The link for those who log in.
#[derive(Debug, Clone, Hash, Serialize)]
struct Login<'a> {
    title: &'a str,
    url: &'a str,
}

impl<'a> Login<'a> {
    /// Returns the link that the site has set, or else that to the organisers' area.
    fn new(link: Option<&'a LinkTable>) -> Self {
        match link {
            Some(link) => Self { title: &link.title, url: link.url.get_ref() },
            None => Self { title: "inloggen", url: ORGANISER_PREFIX },
        }
    }
}

impl<'a> SiteView<'a> {
    /// Creates the view of the whole site.
    pub fn new(
        site: &'a Site,
        files: &'a BTreeMap<String, String>,
        has_agenda: bool,
        share: Option<&Share>,
    ) -> Self {
        let table = &site.config.table;
        Self {
            title: &table.title,
            short_title: &table.short_title,
            description: &table.description,
            origin: table.origin.get_ref(),
            menu: &table.menu,
            login: Login::new(table.login.as_ref()),
            footer: &table.footer,
            feed: if site.articles.iter().any(|&at| site.pages[at].badge.is_none()) {
                "/feed.xml"
            } else {
                ""
            },
            agenda: if has_agenda { AGENDA_URL } else { "" },
            files,
            tags_url: if site.tags.is_empty() { "" } else { TAGS_URL },
            picture: share
                .map_or_else(String::new, |share| format!("/{}", share.path(&table.title, &table.title))),
        }
    }
}

/// The value `page`: the page that is being rendered.
#[derive(Debug, Default, Clone, Hash, Serialize)]
pub struct PageView<'a> {
    /// The heading.
    pub title: &'a str,
    /// One or two sentences; may be empty.
    pub description: &'a str,
    /// The path of the address; empty for an answer that has no address of its own.
    pub url: &'a str,
    date: Option<&'a Day>,
    updated: Option<&'a Day>,
    /// The body, up to the place of the form if the body names one.
    html: &'a str,
    /// The rest of the body, after the form.
    html_after_form: &'a str,
    /// The second-level headings.
    toc: Vec<&'a Heading>,
    tags: Vec<LinkView<'a>>,
    /// The section that the page is in.
    section: Option<LinkView<'a>>,
    newer: Option<LinkView<'a>>,
    older: Option<LinkView<'a>>,
    /// Why the page is not public, if it is built nevertheless.
    badge: Option<&'a str>,
    /// The path of the picture that other sites show with a link to this page; empty if it has none of its own.
    picture: String,
    /// Structured data, safe within a `script` element.
    json_ld: String,
}

impl<'a> PageView<'a> {
    /// Creates the view of a page, given by its position, without its body.
    pub fn new(site: &'a Site, at: usize, share: Option<&Share>) -> Self {
        let page = &site.pages[at];
        let content = &page.content;
        let link = |at: usize| LinkView::page(&site.pages[at]);
        Self {
            title: &content.title,
            description: &content.description,
            url: &page.place.url,
            date: content.date.as_ref(),
            updated: content.updated.as_ref(),
            html: "",
            html_after_form: "",
            toc: Vec::new(),
            tags: content.tags.iter().map(LinkView::tag).collect(),
            section: site.section_of(page).map(LinkView::page),
            newer: site.neighbours[at].newer.map(link),
            older: site.neighbours[at].older.map(link),
            badge: page.badge.as_deref(),
            picture: share.filter(|share| has_picture(site, at, share)).map_or_else(String::new, |share| {
                format!("/{}", share.path(&content.title, &site.config.table.title))
            }),
            json_ld: String::new(),
        }
    }

    /// Adds the body and the structured data.
    #[must_use]
    pub fn with_body(self, body: &'a Body, json_ld: String) -> Self {
        let (html, html_after_form) = body.html.split_at(body.form_at.unwrap_or(body.html.len()));
        Self {
            html,
            html_after_form,
            toc: body.headings.iter().filter(|heading| heading.level == 2).collect(),
            json_ld,
            ..self
        }
    }

    /// Creates the view of a page that has no source file.
    pub fn generated(title: &'a str, url: &'a str) -> Self {
        Self { title, url, ..Self::default() }
    }
}

/// The number of the newest articles that have a picture of their own. People share news; drawing a picture takes as
/// long as a hundred pages.
const NEWEST: usize = 20;

/// Returns whether other sites show a picture of its own with a link to the page at this position. The others have the
/// picture of the site.
pub fn has_picture(site: &Site, at: usize, share: &Share) -> bool {
    let page = &site.pages[at];
    let is_shared = match page.place.kind {
        Kind::Home | Kind::NotFound | Kind::Outage => false,
        Kind::Section | Kind::Page => true,
        Kind::Article => {
            page.content.announcement.is_some()
                || site.articles.iter().take(NEWEST).any(|newest| *newest == at)
        }
    };
    is_shared && share.can_write(&page.content.title)
}

/// A link to a page or a tag.
#[derive(Debug, Clone, Hash, Serialize)]
pub struct LinkView<'a> {
    title: &'a str,
    url: &'a str,
}

impl<'a> LinkView<'a> {
    fn page(page: &'a Page) -> Self {
        Self { title: &page.content.title, url: &page.place.url }
    }

    fn tag(tag: &'a Topic) -> Self {
        Self { title: tag.name.get_ref(), url: &tag.url }
    }
}

/// A page in a list.
#[derive(Debug, Clone, Hash, Serialize)]
pub struct Summary<'a> {
    title: &'a str,
    description: &'a str,
    url: &'a str,
    date: Option<&'a Day>,
    badge: Option<&'a str>,
}

impl<'a> Summary<'a> {
    /// Creates the summary of a page.
    pub fn new(page: &'a Page) -> Self {
        Self {
            title: &page.content.title,
            description: &page.content.description,
            url: &page.place.url,
            date: page.content.date.as_ref(),
            badge: page.badge.as_deref(),
        }
    }
}

/// An article in the feed: a summary and the whole body.
#[derive(Debug, Clone, Hash, Serialize)]
pub struct FeedEntry<'a> {
    #[serde(flatten)]
    summary: Summary<'a>,
    updated: Option<&'a Day>,
    html: &'a str,
}

impl<'a> FeedEntry<'a> {
    /// Creates the feed entry of an article.
    pub fn new(page: &'a Page, body: &'a Body) -> Self {
        Self { summary: Summary::new(page), updated: page.content.changed(), html: &body.html }
    }

    /// Returns when the article was last changed, to date the feed as a whole.
    pub fn updated(&self) -> Option<&str> {
        self.updated.map(|day| day.rfc3339.as_str())
    }
}

/// A page in the sitemap.
#[derive(Debug, Clone, Hash, Serialize)]
pub struct SitemapEntry<'a> {
    url: &'a str,
    /// The day of the last change, if known: `2028-11-28`.
    lastmod: Option<&'a str>,
}

impl<'a> SitemapEntry<'a> {
    /// Creates the sitemap entry of a page.
    pub fn new(page: &'a Page) -> Self {
        Self { url: &page.place.url, lastmod: page.content.changed().map(|day| day.iso.as_str()) }
    }

    /// Creates the sitemap entry of a page that has no source file.
    pub fn generated(url: &'a str) -> Self {
        Self { url, lastmod: None }
    }
}

/// The position of a page in a paginated list.
#[derive(Debug, Clone, Hash, Serialize)]
pub struct PagerView {
    /// The number of this page, from 1.
    pub number: usize,
    /// The number of pages.
    pub count: usize,
    /// The path of the previous page, with newer articles.
    pub newer: Option<String>,
    /// The path of the next page, with older articles.
    pub older: Option<String>,
}

impl PagerView {
    /// Creates the pager of page `number` of `count` of the section at `url`.
    pub fn new(url: &str, number: usize, count: usize) -> Self {
        Self {
            number,
            count,
            newer: (number > 1).then(|| Self::url(url, number - 1)),
            older: (number < count).then(|| Self::url(url, number + 1)),
        }
    }

    /// Returns the path of a page of the section at `url`: `/nieuws/`, `/nieuws/pagina/2/`.
    pub fn url(url: &str, number: usize) -> String {
        if number == 1 { url.to_owned() } else { format!("{url}pagina/{number}/") }
    }
}

/// A tag in the list of all tags, with its number of articles.
#[derive(Debug, Clone, Hash, Serialize)]
pub struct TagCount<'a> {
    title: &'a str,
    url: &'a str,
    count: usize,
}

impl<'a> TagCount<'a> {
    /// Creates the list entry of a tag.
    pub fn new(tag: &'a Tag) -> Self {
        Self { title: &tag.name, url: &tag.url, count: tag.articles.len() }
    }
}

/// The value `event`: the event that a page announces.
#[derive(Debug, Clone, Hash, Serialize)]
pub struct EventView<'a> {
    id: &'a str,
    title: &'a str,
    /// The title of the page that announces the event.
    page_title: &'a str,
    url: &'a str,
    /// The sign-up phase of each session at the moment of the build.
    phases: BTreeMap<&'a str, Phase>,
    /// The address that the form is sent to.
    action: String,
    /// The address that sends the links again.
    again: String,
    /// The address where a script reads how many seats are left.
    seats_url: String,
    /// The id of the element that holds the form.
    anchor: &'static str,
    retention_days: u16,
    /// Whether a seat is only held until the participant has confirmed the mail address.
    confirm_by_mail: bool,
    /// Whether any session is open for sign-up at the moment of the build.
    is_open: bool,
    /// What taking part costs, as a sentence.
    costs: &'a str,
    /// Whether some sessions are on the same day.
    has_same_day: bool,
    sessions: &'a [SessionWords],
}

impl<'a> EventView<'a> {
    /// Creates the view of an event as it stands at an instant.
    pub fn new(announcement: &'a Announcement, page: &'a Page, now: Timestamp) -> Self {
        let event = &announcement.event;
        Self {
            id: event.id().as_str(),
            title: event.title(),
            page_title: &page.content.title,
            url: &page.place.url,
            phases: event
                .sessions()
                .iter()
                .map(|session| (session.id().as_str(), session.phase(now)))
                .collect(),
            action: SignupAddress::Form { event: event.id().clone() }.to_string(),
            again: SignupAddress::Again { event: event.id().clone() }.to_string(),
            seats_url: SignupAddress::Seats { event: event.id().clone() }.to_string(),
            anchor: FORM_ANCHOR,
            retention_days: event.retention_days(),
            confirm_by_mail: event.confirm_by_mail(),
            is_open: event.sessions().iter().any(|session| session.phase(now) == Phase::Open),
            costs: event.costs(),
            has_same_day: announcement.sessions.iter().any(|session| session.name != session.date),
            sessions: &announcement.sessions,
        }
    }
}

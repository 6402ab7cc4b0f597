//! Structured data for search engines, in the vocabulary of schema.org.

use serde_json::{Value, json};

use crate::page::event::{Announcement, SessionWords};
use crate::page::parse::Content;
use crate::site::{Page, Site};
use crate::source::place::Kind;

/// Returns the structured data of a page, safe within a `script` element.
///
/// The text is empty if there is nothing to describe.
pub fn of(site: &Site, page: &Page) -> String {
    let mut graph = Vec::new();
    match page.place.kind {
        Kind::Home => graph.push(organization(site)),
        Kind::NotFound | Kind::Outage => {}
        Kind::Section | Kind::Page => graph.push(breadcrumbs(site, page)),
        Kind::Article => {
            graph.push(breadcrumbs(site, page));
            graph.push(news_article(site, page));
            if let Some(announcement) = &page.content.announcement {
                graph.extend(events(site, page, announcement));
            }
        }
    }
    if graph.is_empty() {
        return String::new();
    }
    // `<` could end the element, or begin a request-time expression.
    json!({ "@context": "https://schema.org", "@graph": graph }).to_string().replace('<', "\\u003c")
}

fn origin(site: &Site) -> &str {
    site.config.table.origin.get_ref()
}

fn url(site: &Site, path: &str) -> String {
    format!("{}{path}", origin(site))
}

fn organization(site: &Site) -> Value {
    json!({
        "@type": "Organization",
        "@id": url(site, "/#organisatie"),
        "name": site.config.table.title,
        "alternateName": site.config.table.short_title,
        "url": url(site, "/"),
    })
}

/// Returns a short form of the organisation, for use as the author, publisher or organiser.
fn organization_in_short(site: &Site) -> Value {
    json!({ "@type": "Organization", "name": site.config.table.title, "url": url(site, "/") })
}

fn breadcrumbs(site: &Site, page: &Page) -> Value {
    let steps: Vec<Value> = site
        .section_of(page)
        .into_iter()
        .chain([page])
        .enumerate()
        .map(|(at, page)| {
            let item = url(site, &page.place.url);
            json!({ "@type": "ListItem", "position": at + 1, "name": page.content.title, "item": item })
        })
        .collect();
    json!({ "@type": "BreadcrumbList", "itemListElement": steps })
}

fn news_article(site: &Site, page: &Page) -> Value {
    let Content { title, description, date, .. } = &*page.content;
    json!({
        "@type": "NewsArticle",
        "headline": title,
        "description": description,
        "inLanguage": "nl",
        "url": url(site, &page.place.url),
        "datePublished": date.as_ref().map(|day| &day.rfc3339),
        "dateModified": page.content.changed().map(|day| &day.rfc3339),
        "author": organization_in_short(site),
        "publisher": organization_in_short(site),
    })
}

fn events<'a>(
    site: &'a Site,
    page: &'a Page,
    announcement: &'a Announcement,
) -> impl Iterator<Item = Value> + 'a {
    announcement.sessions.iter().map(|session| {
        let page_url = url(site, &page.place.url);
        let status = match (session.called_off, &session.moved_from) {
            (true, _) => "EventCancelled",
            (false, Some(_)) => "EventRescheduled",
            (false, None) => "EventScheduled",
        };
        let mut event = json!({
            "@type": "Event",
            "@id": format!("{page_url}#{}", session.id),
            "name": announcement.event.title(),
            "description": page.content.description,
            "startDate": session.start,
            "endDate": session.end,
            "inLanguage": "nl",
            "eventStatus": format!("https://schema.org/{status}"),
            "eventAttendanceMode": format!("https://schema.org/{}", attendance_mode(session)),
            "location": location(session, &page_url),
            "organizer": organization_in_short(site),
            "maximumAttendeeCapacity": session.capacity,
            "offers": {
                "@type": "Offer",
                "validFrom": session.opens_at,
                "url": page_url,
            },
        });
        // What it costs is a sentence, which has no place here.
        if announcement.event.is_free() {
            event["isAccessibleForFree"] = true.into();
            event["offers"]["price"] = 0.into();
            event["offers"]["priceCurrency"] = "EUR".into();
        }
        if let Some(former) = &session.moved_from {
            event["previousStartDate"] = former.start.clone().into();
        }
        event
    })
}

fn attendance_mode(session: &SessionWords) -> &'static str {
    match (session.address.is_empty(), session.is_online) {
        (true, _) => "OnlineEventAttendanceMode",
        (false, false) => "OfflineEventAttendanceMode",
        (false, true) => "MixedEventAttendanceMode",
    }
}

fn location(session: &SessionWords, page_url: &str) -> Value {
    let online = || json!({ "@type": "VirtualLocation", "url": page_url });
    if session.address.is_empty() {
        return online();
    }
    // The name comes before the address: `De Werf, Plein 1, Utrecht`.
    let (name, address) = session.address.split_once(", ").unwrap_or((&session.address, &session.address));
    let place = json!({ "@type": "Place", "name": name, "address": address });
    if session.is_online { json!([place, online()]) } else { place }
}

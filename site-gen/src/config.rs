//! What holds for the whole site: `content/site.toml`.

use std::sync::Arc;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::clock;
use crate::problem::{Problem, Problems};
use crate::schema::Kind::{Number, Table, Tables, Text};
use crate::schema::{self, Key, required};
use crate::source::Source;

/// The site's own values.
#[derive(Debug)]
pub struct Config {
    /// As they are written.
    pub table: ConfigTable,
    /// The zone of days and times that name none.
    pub zone: TimeZone,
}

/// The site's own values, as they are written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigTable {
    /// Name of the organisation.
    pub title: String,
    /// Short name of the organisation.
    pub short_title: String,
    /// One or two sentences about the site, for the feed.
    pub description: String,
    /// IANA name of the zone of days and times that name none.
    pub time_zone: Spanned<String>,
    /// Articles on one page of a section.
    pub paginate_by: usize,
    /// Scheme and host of the site, without a slash at the end.
    pub origin: Spanned<String>,
    /// The version of the privacy notice, stored with each sign-up.
    pub privacy_notice_version: String,
    /// The links at the top of each page, in this order.
    pub menu: Vec<LinkTable>,
    /// The link for those who have an account.
    pub login: LinkTable,
    /// The links at the bottom of each page.
    pub footer: Vec<LinkTable>,
}

/// A link in the menu or the footer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkTable {
    /// Its words.
    pub title: String,
    /// A path of this site, or a whole address.
    pub url: Spanned<String>,
}

impl Serialize for LinkTable {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut link = serializer.serialize_struct("Link", 2)?;
        link.serialize_field("title", &self.title)?;
        link.serialize_field("url", self.url.get_ref())?;
        link.end()
    }
}

const LINK: &[Key] = &[required("title", Text), required("url", Text)];

const SITE: &[Key] = &[
    required("title", Text),
    required("short_title", Text),
    required("description", Text),
    required("time_zone", Text),
    required("paginate_by", Number(1000)),
    required("origin", Text),
    required("privacy_notice_version", Text),
    required("menu", Tables(LINK)),
    required("login", Table(LINK)),
    required("footer", Tables(LINK)),
];

/// Reads the site's configuration; `None` when it has a problem.
pub fn read(source: &Arc<Source>, problems: &mut Problems) -> Option<Config> {
    let table: ConfigTable = schema::read(source, 0..source.text.len(), SITE, problems)?;
    let zone = clock::zone(&table.time_zone, source, problems);
    let origin = table.origin.get_ref();
    let host = origin.strip_prefix("https://").or(origin.strip_prefix("http://"));
    if host.is_none_or(|host| host.is_empty() || host.contains('/')) {
        problems.push(
            Problem::at(source, table.origin.span(), "`origin` is het adres van de site, zonder pad")
                .help("schrijf het zo: `origin = \"https://www.voorbeeld.nl\"`"),
        );
        return None;
    }
    Some(Config { table, zone: zone? })
}

impl Config {
    /// Every link of menu and footer.
    pub fn links(&self) -> impl Iterator<Item = &LinkTable> {
        self.table.menu.iter().chain([&self.table.login]).chain(&self.table.footer)
    }
}

//! What holds for the whole site: `content/site.toml`.

use std::sync::Arc;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::page::clock;
use crate::page::schema::Kind::{Number, Table, Tables, Text};
use crate::page::schema::{self, Key, required};
use crate::source::file::Source;
use crate::source::link::{self, Target};
use crate::source::problem::{Problem, Problems};

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
#[derive(Debug, Hash, Deserialize)]
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

/// The keys of a link.
pub const LINK: &[Key] = &[
    required("title", Text, "de woorden van de link"),
    required("url", Text, "een pad van de site, of een heel adres"),
];

/// The keys of `site.toml`.
pub const SITE: &[Key] = &[
    required("title", Text, "de naam van de organisatie"),
    required("short_title", Text, "de korte naam van de organisatie"),
    required("description", Text, "een of twee zinnen over de site, voor de feed"),
    required("time_zone", Text, "de tijdzone van dagen en tijden die er zelf geen noemen"),
    required("paginate_by", Number(1000), "hoeveel artikelen er op een bladzijde van een overzicht staan"),
    required("origin", Text, "het adres van de site, met https:// en zonder pad"),
    required("privacy_notice_version", Text, "de versie van de privacyverklaring; staat bij elke aanmelding"),
    required("menu", Tables(LINK), "de links bovenaan elke pagina"),
    required("login", Table(LINK), "de link voor wie een account heeft"),
    required("footer", Tables(LINK), "de links onderaan elke pagina"),
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
    let config = Config { table, zone: zone? };
    for LinkTable { url, .. } in config.links() {
        let address = url.get_ref();
        let is_path = address.starts_with('/') && !address.starts_with("//") && !address.ends_with(".md");
        if !is_path && !matches!(link::target(address, ""), Target::Outside(_) | Target::Person) {
            let problem = Problem::at(source, url.span(), "dit is geen adres van de site of van elders");
            problems.push(problem.help("schrijf een pad, zoals `/contact/`, of een heel adres met https://"));
        }
    }
    Some(config)
}

impl Config {
    /// Every link of menu and footer.
    pub fn links(&self) -> impl Iterator<Item = &LinkTable> {
        self.table.menu.iter().chain([&self.table.login]).chain(&self.table.footer)
    }
}

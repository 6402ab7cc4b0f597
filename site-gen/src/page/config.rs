//! The configuration of the whole site: `content/site.toml`.

use std::sync::Arc;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::page::clock;
use crate::page::prose::Prose;
use crate::page::schema::Kind::{Line, Number, Table, Tables, Text, Texts};
use crate::page::schema::{self, Key, optional, required};
use crate::source::file::Source;
use crate::source::link::{self, Target};
use crate::source::problem::{Problem, Problems};

/// The site's configuration.
#[derive(Debug)]
pub struct Config {
    /// The values as an editor writes them.
    pub table: ConfigTable,
    /// The time zone of dates and times without one of their own.
    pub zone: TimeZone,
}

/// The site's configuration as an editor writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigTable {
    /// Name of the organisation.
    pub title: Prose,
    /// Short name of the organisation.
    pub short_title: Prose,
    /// One or two sentences about the site, for the feed.
    pub description: Prose,
    /// IANA name of the time zone of dates and times without one of their own.
    pub time_zone: Spanned<String>,
    /// Number of articles on one page of a section.
    pub paginate_by: usize,
    /// Scheme and host of the site, without a trailing slash.
    pub origin: Spanned<String>,
    /// Version of the privacy notice, stored with each sign-up.
    pub privacy_notice_version: String,
    /// Links at the top of each page, in display order.
    pub menu: Vec<LinkTable>,
    /// Login link, if it does not lead to the organisers' area.
    pub login: Option<LinkTable>,
    /// Links at the bottom of each page.
    pub footer: Vec<LinkTable>,
    /// Words that mean the same in a search, a list in each text.
    #[serde(default)]
    pub synonyms: Vec<String>,
}

/// A link in the menu or the footer, or the login link.
#[derive(Debug, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkTable {
    /// Text of the link.
    pub title: Prose,
    /// A path on this site, or a full URL.
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
    required("title", Line, "de naam van de organisatie"),
    required("short_title", Line, "de korte naam van de organisatie"),
    required("description", Text, "een of twee zinnen over de site, voor de feed"),
    required("time_zone", Text, "de tijdzone van dagen en tijden die er zelf geen noemen"),
    required("paginate_by", Number(1000), "hoeveel artikelen er op een bladzijde van een overzicht staan"),
    required("origin", Text, "het adres van de site, met https:// en zonder pad"),
    required("privacy_notice_version", Text, "de versie van de privacyverklaring; staat bij elke aanmelding"),
    required("menu", Tables(LINK), "de links bovenaan elke pagina"),
    optional("login", Table(LINK), "waar *inloggen* heen gaat; anders naar het beheer"),
    required("footer", Tables(LINK), "de links onderaan elke pagina"),
    optional(
        "synonyms",
        Texts,
        "losse woorden die bij het zoeken hetzelfde betekenen, per regel met komma's",
    ),
];

/// Reads the site's configuration.
///
/// Returns `None` if a key, the time zone or the origin has a problem. A link with an invalid URL is
/// reported, but does not prevent the result.
pub fn read(source: &Arc<Source>, problems: &mut Problems) -> Option<Config> {
    let table: ConfigTable = schema::read(source, 0..source.text.len(), SITE, &[], problems)?;
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
    /// Returns every link of the menu and the footer, and the login link.
    pub fn links(&self) -> impl Iterator<Item = &LinkTable> {
        self.table.menu.iter().chain(&self.table.login).chain(&self.table.footer)
    }
}

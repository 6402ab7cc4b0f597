//! What holds for the whole site: `content/site.toml`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::problem::{Problem, Problems};
use crate::schema::Kind::{Table, Tables, Text};
use crate::schema::{self, Key, required};
use crate::source::Source;

/// The site's own values.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Name of the organisation.
    pub title: String,
    /// Short name of the organisation.
    pub short_title: String,
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
    required("origin", Text),
    required("privacy_notice_version", Text),
    required("menu", Tables(LINK)),
    required("login", Table(LINK)),
    required("footer", Tables(LINK)),
];

/// Reads the site's configuration; `None` when it has a problem.
pub fn read(source: &Arc<Source>, problems: &mut Problems) -> Option<Config> {
    let config: Config = schema::read(source, 0..source.text.len(), SITE, problems)?;
    let origin = config.origin.get_ref();
    let host = origin.strip_prefix("https://").or(origin.strip_prefix("http://"));
    if host.is_none_or(|host| host.is_empty() || host.contains('/')) {
        problems.push(
            Problem::at(source, config.origin.span(), "`origin` is het adres van de site, zonder pad")
                .help("schrijf het zo: `origin = \"https://www.voorbeeld.nl\"`"),
        );
        return None;
    }
    Some(config)
}

impl Config {
    /// Every link of menu and footer.
    pub fn links(&self) -> impl Iterator<Item = &LinkTable> {
        self.menu.iter().chain([&self.login]).chain(&self.footer)
    }
}

//! A new article for an editor to fill in.

use std::collections::HashSet;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use catalog::id::MAX_ID_LENGTH;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::page::parse::parse;
use crate::site::is_reserved;
use crate::source::load::load;
use crate::source::place;
use crate::source::problem::{Problems, nearest};
use crate::words::invisible::is_invisible;
use crate::words::slug::slug;

/// What a new article is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewKind {
    /// News.
    News,
    /// An event to which people sign up.
    Event,
}

/// A new article.
#[derive(Debug, Clone, Copy)]
pub struct NewArticle<'a> {
    /// The name of the section's folder: `nieuws`.
    pub section: &'a str,
    /// The heading.
    pub title: &'a str,
    /// What it is about.
    pub kind: NewKind,
    /// Whether it is a draft, which is never public.
    pub is_draft: bool,
}

/// Writes a new article, and returns its file.
///
/// The article has every required key. Text that only an editor can supply is a placeholder,
/// which `check` reports. An existing file is never overwritten.
///
/// # Errors
/// Returns an error if the section does not exist, if the title has no letters or digits, or if
/// there already is an article with this title. Also fails if reading or writing fails.
pub fn write(root: &Path, article: &NewArticle<'_>, today: Date) -> Result<PathBuf> {
    let NewArticle { section, title, kind, is_draft } = *article;
    let content = root.join("content");
    let folder = content.join(section);
    if section.is_empty() || slug(section) != section || !folder.join("_index.md").is_file() {
        let sections = sections(&content)?;
        let help = match nearest(section, sections.iter().map(String::as_str)) {
            Some(near) => format!("bedoel je `{near}`?"),
            None => format!("mogelijk zijn: {}", sections.join(", ")),
        };
        bail!("er is geen onderdeel `{section}`; {help}");
    }
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ").replace(is_invisible, "");
    let name = shortened(&slug(&title), MAX_NAME);
    if name.is_empty() {
        bail!("de titel `{title}` heeft geen letters of cijfers");
    }
    let taken = Taken::read(root)?;
    let mine = format!("content/{section}/{name}");
    if taken
        .sources
        .iter()
        .any(|path| path.strip_prefix(&mine).is_some_and(|end| [".md", "/index.md"].contains(&end)))
    {
        bail!("`{mine}.md` is er al");
    }
    let name = numbered(&name, |name| {
        let Ok(place::Place { url, .. }) = place::of(&format!("content/{section}/{name}.md")) else {
            return true;
        };
        is_reserved(&url) || taken.addresses.contains(&url) || content.join(section).join(name).exists()
    });
    let id = numbered(&shortened(&name, MAX_ID_LENGTH), |id| taken.events.contains(id));
    let file = folder.join(format!("{name}.md"));
    let mut opened = match OpenOptions::new().write(true).create_new(true).open(&file) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => bail!("`{}` is er al", file.display()),
        opened => opened.with_context(|| format!("`{}` is niet te maken", file.display()))?,
    };
    opened
        .write_all(text(&title, is_draft, (kind == NewKind::Event).then_some(&id), today).as_bytes())
        .with_context(|| format!("`{}` is niet te schrijven", file.display()))?;
    Ok(file)
}

/// The most letters of a file name that is made from a title.
const MAX_NAME: usize = 60;

/// What a new article can't have, because something else on the site has it.
struct Taken {
    sources: HashSet<String>,
    addresses: HashSet<String>,
    events: HashSet<String>,
}

impl Taken {
    fn read(root: &Path) -> Result<Self> {
        // Problems in other pages are not for here.
        let mut problems = Problems::default();
        let sources = load(root, None, &mut problems)?;
        let pages = parse(&sources.pages, None, &TimeZone::UTC, &mut problems);
        let mut addresses: HashSet<String> = pages.iter().map(|page| page.place.url.clone()).collect();
        let aliases =
            pages.iter().filter_map(|page| page.content.as_ref()).flat_map(|content| &content.aliases);
        addresses.extend(aliases.map(|alias| alias.get_ref().clone()));
        let announcements = pages.iter().filter_map(|page| page.announcement());
        Ok(Self {
            sources: sources.pages.iter().map(|source| source.path.clone()).collect(),
            addresses,
            events: announcements.map(|announcement| announcement.event.id().to_string()).collect(),
        })
    }
}

/// Returns the first words of a slug that fit in a number of letters, or its beginning if none does.
fn shortened(slug: &str, most: usize) -> String {
    if slug.len() <= most {
        return slug.to_owned();
    }
    let end = slug[..=most].rfind('-').unwrap_or(most);
    slug[..end].trim_end_matches('-').to_owned()
}

/// Returns a name that is not taken: the wanted one, or else the same with a number.
fn numbered(wanted: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let further = (2_usize..).map(|number| {
        let end = format!("-{number}");
        shortened(wanted, MAX_ID_LENGTH.max(wanted.len()) - end.len()) + &end
    });
    std::iter::once(wanted.to_owned()).chain(further).find(|name| !is_taken(name)).unwrap_or_default()
}

/// Returns the names of the sections below `content/` that can have articles, in alphabetical order.
///
/// # Errors
/// Fails if the folder cannot be read.
pub fn sections(content: &Path) -> Result<Vec<String>> {
    let mut sections = Vec::new();
    for entry in fs::read_dir(content).with_context(|| format!("`{}` is niet te lezen", content.display()))? {
        let entry = entry?;
        if entry.path().join("_index.md").is_file() {
            sections.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    sections.sort();
    Ok(sections)
}

fn text(title: &str, is_draft: bool, event: Option<&String>, today: Date) -> String {
    // TOML basic strings use the same escapes as JSON strings.
    let title = serde_json::Value::from(title);
    let mut text =
        format!("+++\ntitle = {title}\ndescription = \"[vul in: waar het over gaat]\"\ndate = {today}\n");
    if is_draft {
        text.push_str("draft = true\n");
    }
    if let Some(id) = event {
        let day = today.saturating_add(jiff::Span::new().months(1));
        // A draft is not public with the wrong day.
        let hint = match is_draft {
            true => "",
            false => {
                "# [vul in: de juiste dag en tijd, het aantal plekken, en wanneer de aanmelding open is]\n"
            }
        };
        text.push_str(&format!(
            "\n[event]\nid = \"{id}\"\ntitle = {title}\ntime_zone = \"Europe/Amsterdam\"\n\n\
             {hint}[[event.sessions]]\nid = \"eerste-sessie\"\nstart = {day}T16:00:00\nend = {day}T17:30:00\n\
             capacity = 40\nopens = {today}T09:00:00\ncloses = {day}T16:00:00\n"
        ));
    }
    text + "+++\n\n[vul in: de tekst]\n"
}

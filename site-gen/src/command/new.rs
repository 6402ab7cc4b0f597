//! A new page for an editor to fill in.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use jiff::civil::Date;

use crate::source::problem::nearest;
use crate::words::slug::slug;

/// Writes a new article, with an event if requested, and returns its path.
///
/// The article has every required key. Text that only an editor can supply is a placeholder,
/// which `check` reports. An existing file is never overwritten.
///
/// # Errors
/// Returns an error if the section does not exist, if the title has no letters or digits, or if
/// the file already exists. Also fails if reading or writing fails.
pub fn article(root: &Path, section: &str, title: &str, today: Date, with_event: bool) -> Result<PathBuf> {
    let content = root.join("content");
    let folder = content.join(section);
    if slug(section) != section || !folder.join("_index.md").is_file() {
        let sections = sections(&content)?;
        let help = match nearest(section, sections.iter().map(String::as_str)) {
            Some(near) => format!("bedoel je `{near}`?"),
            None => format!("mogelijk zijn: {}", sections.join(", ")),
        };
        bail!("er is geen onderdeel `{section}`; {help}");
    }
    let name = slug(title);
    if name.is_empty() {
        bail!("de titel `{title}` heeft geen letters of cijfers");
    }
    let file = folder.join(format!("{name}.md"));
    let mut opened = match OpenOptions::new().write(true).create_new(true).open(&file) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => bail!("`{}` is er al", file.display()),
        opened => opened.with_context(|| format!("`{}` is niet te maken", file.display()))?,
    };
    opened
        .write_all(text(title, &name, today, with_event).as_bytes())
        .with_context(|| format!("`{}` is niet te schrijven", file.display()))?;
    Ok(file)
}

fn sections(content: &Path) -> Result<Vec<String>> {
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

fn text(title: &str, name: &str, today: Date, with_event: bool) -> String {
    // TOML basic strings use the same escapes as JSON strings.
    let title = serde_json::Value::from(title);
    let mut text =
        format!("+++\ntitle = {title}\ndescription = \"[vul in: waar het over gaat]\"\ndate = {today}\n");
    if with_event {
        let day = today.saturating_add(jiff::Span::new().months(1));
        let id: String = name.chars().take(catalog::id::MAX_ID_LENGTH).collect();
        let id = id.trim_end_matches('-');
        text.push_str(&format!(
            "\n[event]\nid = \"{id}\"\ntitle = {title}\ntime_zone = \"Europe/Amsterdam\"\n\n\
             # [vul in: de juiste dag en tijd, het aantal plaatsen, en wanneer de aanmelding open is]\n\
             [[event.sessions]]\nid = \"eerste-sessie\"\nstart = {day}T16:00:00\nend = {day}T17:30:00\n\
             capacity = 40\nopens = {today}T09:00:00\ncloses = {day}T16:00:00\n"
        ));
    }
    text + "+++\n\n[vul in: de tekst]\n"
}

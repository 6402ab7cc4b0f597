//! Front matter of Zola and Hugo as that of a page here.

use anyhow::{Context, Result, anyhow};
use catalog::typed_date::TypedDate;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use saphyr::{LoadableYamlNode as _, Scalar, Yaml};
use toml::value::Datetime;
use toml::{Table, Value};

/// The time zone of the moments at which pages appear and disappear.
const ZONE: &str = "Europe/Amsterdam";

/// Splits a page into its front matter, as a TOML table, and its body.
///
/// # Errors
/// Returns an error if the front matter is not valid TOML, YAML or JSON.
pub(super) fn split(text: &str) -> Result<(Table, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_start();
    for (fence, read) in [("+++", toml as fn(&str) -> Result<Table>), ("---", yaml)] {
        let Some(rest) = text.strip_prefix(fence) else { continue };
        let mut end = 0;
        for line in rest.split_inclusive('\n') {
            if end > 0 && line.trim_end() == fence {
                return Ok((read(&rest[..end])?, &rest[end + line.len()..]));
            }
            end += line.len();
        }
        return Err(anyhow!("de gegevens bovenaan eindigen niet met `{fence}`"));
    }
    if text.starts_with('{') {
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<Table>();
        let table = values.next().context("er staat niets tussen de accolades")?;
        return Ok((table.context("dit is geen geldige JSON")?, &text[values.byte_offset()..]));
    }
    Ok((Table::new(), text))
}

fn toml(text: &str) -> Result<Table> {
    text.parse().context("dit is geen geldige TOML")
}

/// Reads a YAML mapping as a TOML table. Values that TOML does not have are left out.
///
/// # Errors
/// Returns an error if the text is not valid YAML.
pub(super) fn yaml(text: &str) -> Result<Table> {
    let documents = Yaml::load_from_str(text).context("dit is geen geldige YAML")?;
    match documents.first().and_then(value) {
        Some(Value::Table(table)) => Ok(table),
        _ => Ok(Table::new()),
    }
}

fn value(yaml: &Yaml<'_>) -> Option<Value> {
    Some(match yaml {
        Yaml::Value(Scalar::Boolean(flag)) => Value::Boolean(*flag),
        Yaml::Value(Scalar::Integer(number)) => Value::Integer(*number),
        Yaml::Value(Scalar::FloatingPoint(number)) => Value::Float(number.into_inner()),
        Yaml::Value(Scalar::String(text)) => Value::String(text.to_string()),
        Yaml::Sequence(items) => Value::Array(items.iter().filter_map(value).collect()),
        Yaml::Mapping(entries) => {
            let entry =
                |(name, item): (&Yaml<'_>, &Yaml<'_>)| Some((name.as_str()?.to_owned(), value(item)?));
            Value::Table(entries.iter().filter_map(entry).collect())
        }
        _ => return None,
    })
}

/// The front matter of a page, as far as it has a meaning here.
#[derive(Debug, Default)]
pub(super) struct Front {
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) date: Option<Datetime>,
    pub(super) updated: Option<Datetime>,
    pub(super) tags: Vec<String>,
    /// Former addresses, each with a slash at the beginning.
    pub(super) aliases: Vec<String>,
    pub(super) draft: bool,
    publish_at: Option<String>,
    expires_at: Option<String>,
    /// The address that the page had, if it says so.
    pub(super) url: Option<String>,
    /// The last part of the address, if the page says so.
    pub(super) slug: Option<String>,
    /// The address to which the page led.
    pub(super) redirect_to: Option<String>,
    /// The keys that have no meaning here.
    pub(super) dropped: Vec<String>,
}

impl Front {
    /// Translates a table. `names` of keys may have any case.
    pub(super) fn new(table: Table) -> Self {
        let mut front = Self::default();
        for (name, value) in table {
            match (name.to_lowercase().as_str(), value) {
                ("title", Value::String(text)) => front.title = Some(one_line(&text)),
                ("description" | "summary", Value::String(text)) if front.description.is_none() => {
                    front.description = Some(one_line(&text)).filter(|text| !text.is_empty());
                }
                ("date", value) => front.date = date(&value),
                ("updated" | "lastmod", value) => front.updated = date(&value),
                ("publishdate" | "publish_at", value) => front.publish_at = moment(&value),
                ("expirydate" | "expires_at", value) => front.expires_at = moment(&value),
                ("draft", Value::Boolean(draft)) => front.draft = draft,
                ("slug", Value::String(slug)) => front.slug = Some(slug),
                ("url" | "path", Value::String(url)) => front.url = Some(path(&url)),
                ("aliases", Value::Array(aliases)) => {
                    front.aliases = aliases.iter().filter_map(Value::as_str).map(path).collect();
                }
                ("tags" | "tag" | "categories" | "category", value) => front.tags.extend(texts(&value)),
                ("taxonomies", Value::Table(kinds)) => {
                    front.tags.extend(kinds.values().flat_map(texts));
                }
                ("redirect_to", Value::String(target)) => front.redirect_to = Some(target),
                _ => front.dropped.push(name),
            }
        }
        front.tags.sort();
        front.tags.dedup();
        front
    }

    /// Writes the front matter, with its fences. Only articles have tags.
    ///
    /// # Errors
    /// Never fails in practice, because every value can be written as TOML.
    pub(super) fn write(&self, with_tags: bool) -> Result<String> {
        let mut text = String::from("+++\n");
        let mut add = |name: &str, value: String| text.push_str(&format!("{name} = {value}\n"));
        let quoted = |text: &str| Value::from(text).to_string();
        let list = |texts: &[String]| Value::from(texts.to_vec()).to_string();
        let title = self.title.as_deref().filter(|title| !title.is_empty());
        add("title", quoted(title.unwrap_or("[vul in: de titel]")));
        if let Some(description) = &self.description {
            add("description", quoted(description));
        }
        for (name, date) in [("date", self.date), ("updated", self.updated)] {
            if let Some(date) = date {
                add(name, date.to_string());
            }
        }
        if with_tags && !self.tags.is_empty() {
            add("tags", list(&self.tags));
        }
        if !self.aliases.is_empty() {
            add("aliases", list(&self.aliases));
        }
        if self.draft {
            add("draft", "true".to_owned());
        }
        for (name, at) in [("publish_at", &self.publish_at), ("expires_at", &self.expires_at)] {
            if let Some(at) = at {
                add(name, at.clone());
            }
        }
        Ok(text + "+++\n")
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns an address within the site with its slashes: `/oud/`, `/oud.html`.
fn path(url: &str) -> String {
    let path = format!("/{}", url.trim().trim_start_matches('/'));
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.') && !name.ends_with('.'));
    let is_number = path.rsplit('.').next().is_some_and(|end| end.starts_with(|c: char| c.is_ascii_digit()));
    if path.ends_with('/') || (is_file && !is_number && path.ends_with(".html")) { path } else { path + "/" }
}

fn texts(value: &Value) -> Vec<String> {
    let all = match value {
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        Value::String(text) => vec![text.as_str()],
        _ => Vec::new(),
    };
    all.into_iter().map(one_line).filter(|text| !text.is_empty()).collect()
}

/// Reads a date from a value of any generator.
pub(super) fn date(value: &Value) -> Option<Datetime> {
    match value {
        Value::Datetime(at) => Some(*at),
        Value::String(text) => {
            let text = text.trim();
            let written = text.parse().or_else(|_| text.replacen(' ', "T", 1).replace(" +", "+").parse());
            written.ok().or_else(|| TypedDate::read(text)?.date()?.parse().ok())
        }
        _ => None,
    }
}

/// Reads a moment as a date and time in the time zone of the site.
fn moment(value: &Value) -> Option<String> {
    let date = date(value)?;
    if date.offset.is_some() {
        let at: Timestamp = date.to_string().replace(' ', "T").parse().ok()?;
        let zoned = at.to_zoned_datetime(TimeZone::get(ZONE).ok()?);
        return Some(zoned.strftime("%Y-%m-%dT%H:%M:%S").to_string());
    }
    let day = date.date?;
    Some(match date.time {
        Some(time) => format!("{day}T{time}"),
        None => format!("{day}T00:00:00"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        let (table, body) = split(text).unwrap();
        Front::new(table).write(true).unwrap() + body
    }

    #[test]
    fn front_matter_is_translated_from_toml_yaml_and_json() {
        let expected = "+++\ntitle = \"Een titel\"\ndescription = \"Waarover\"\ndate = 2024-01-02T10:00:00Z\n\
                        tags = [\"a\", \"b\"]\naliases = [\"/oud/\", \"/x.html\"]\ndraft = true\n\
                        publish_at = 2024-07-01T12:00:00\n+++\nTekst\n";
        let toml = "+++\ntitle = \"Een titel\"\ndescription = \"Waarover\"\ndate = 2024-01-02T10:00:00Z\nweight = 3\n\
                    aliases = [\"oud\", \"x.html\"]\ndraft = true\npublishDate = 2024-07-01T10:00:00Z\n\
                    [taxonomies]\ntags = [\"b\", \"a\"]\n+++\nTekst\n";
        assert_eq!(written(toml), expected);
        let yaml = "---\ntitle: Een\n  titel\nsummary: Waarover\ndate: 2024-01-02T10:00:00Z\naliases: [oud, x.html]\n\
                    draft: true\npublishDate: 2024-07-01 12:00:00\ntags:\n  - b\ncategories: a\n---\nTekst\n";
        assert_eq!(written(yaml), expected);
        let json = "{\"title\": \"Een titel\", \"description\": \"Waarover\", \"date\": \"2024-01-02T10:00:00Z\", \
                    \"tags\": [\"a\", \"b\"], \"aliases\": [\"/oud/\", \"/x.html\"], \"draft\": true, \
                    \"publishDate\": \"2024-07-01T10:00:00Z\"}\nTekst\n";
        assert_eq!(written(json), expected.replace("+++\nTekst", "+++\n\nTekst"));
    }
}

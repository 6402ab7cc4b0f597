//! The fields of a page in groups, as the form shows them.

use serde::Serialize;
use site_gen::page::schema::Key;
use site_gen::source::place::Kind;

use super::changes::Change;
use super::document::full_name;
use super::field::Field;
use super::values::{EVENT_TABLE, REMOVED, Values, keys, session};

/// Fields that belong together.
#[derive(Debug, Serialize)]
pub struct Group {
    /// The full name of their table.
    pub table: String,
    /// The heading; empty for the first group.
    pub title: String,
    /// What an editor should know before filling them in; may be empty.
    pub note: &'static str,
    /// The fields.
    pub fields: Vec<Field>,
    /// The name of the box that removes all of it, if it can be removed.
    pub removal: Option<String>,
    /// Whether that box is ticked.
    pub is_removed: bool,
    /// What is wrong with all of it.
    pub faults: Vec<String>,
}

/// The keys that come before the body.
const FIRST: [&str; 2] = ["title", "description"];
/// The keys about when the page is public.
const PUBLIC: [&str; 3] = ["draft", "publish_at", "expires_at"];
/// The keys that only an article has.
const ARTICLE: [&str; 2] = ["date", "tags"];

const ABOUT_EVENT: &str = "Deelnemers lezen dit op de pagina en in hun mails. Wie zich al heeft aangemeld, krijgt vanzelf een mail als het begin verandert.";
const ABOUT_SESSION: &str = "Gaat een sessie niet door? Haal haar dan niet weg, maar vink aan dat ze niet doorgaat: dan krijgen deelnemers bericht.";

/// Returns the groups of fields for a page of this kind.
pub fn groups(kind: Kind, values: &Values, change: Option<&Change>) -> Vec<Group> {
    let is_article = kind == Kind::Article;
    let is_shown = |name: &str| is_article || !ARTICLE.contains(&name) || !values.get(name).is_empty();
    let of_page = |title: &str, note, is_wanted: &dyn Fn(&str) -> bool| {
        let mut group = group("", title.to_owned(), values, change);
        group.fields.retain(|field| is_wanted(&field.name) && is_shown(&field.name));
        if is_article {
            // The generator requires a date of articles only.
            group
                .fields
                .iter_mut()
                .filter(|field| field.name == "date")
                .for_each(|field| field.is_required = true);
        }
        Group { note, ..group }
    };
    let mut all = vec![
        of_page("", "", &|name| FIRST.contains(&name)),
        of_page("Over deze pagina", "", &|name| !FIRST.contains(&name) && !PUBLIC.contains(&name)),
        of_page(
            "Wanneer de pagina te zien is",
            "Zonder deze gegevens staat de pagina meteen op de site.",
            &|name| PUBLIC.contains(&name),
        ),
    ];
    if values.has_event() {
        all.push(Group {
            note: ABOUT_EVENT,
            ..group(EVENT_TABLE, "De bijeenkomst".to_owned(), values, change)
        });
    }
    for (at, number) in values.sessions().into_iter().enumerate() {
        let table = session(number);
        let removal = full_name(&table, REMOVED);
        let mut group = group(&table, format!("Sessie {}", at + 1), values, change);
        // That of a new session follows from its day.
        let id = full_name(&table, "id");
        group
            .fields
            .iter_mut()
            .filter(|field| field.name == id)
            .for_each(|field| field.is_required = !field.value.is_empty());
        all.push(Group {
            note: if at == 0 { ABOUT_SESSION } else { "" },
            is_removed: values.is_removed(&table),
            removal: Some(removal),
            ..group
        });
    }
    all
}

fn group(table: &str, title: String, values: &Values, change: Option<&Change>) -> Group {
    let field = |key: &'static Key| {
        let name = full_name(table, key.name);
        let mut field = Field::new(&name, key, values.get(&name));
        if let Some(change) = change {
            field.faults.extend(change.faults.get(&name).map(|fault| (*fault).to_owned()));
            field.theirs = change.theirs.get(&name).cloned();
        }
        field
    };
    Group {
        table: table.to_owned(),
        title,
        note: "",
        fields: keys(table).map(field).collect(),
        removal: None,
        is_removed: false,
        faults: Vec::new(),
    }
}

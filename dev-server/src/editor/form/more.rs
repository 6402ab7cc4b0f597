//! More to fill in: an event, or one more session.

use super::values::{EVENT_TABLE, Values, keys, session};

/// Adds an event or one more session, and returns the name of the table that is new.
pub fn with_more(path: &str, values: &mut Values) -> String {
    let is_new = !values.has_event();
    if is_new {
        let file = path.trim_end_matches(".md").trim_end_matches("/index");
        values.set("event.id", file.rsplit('/').next().unwrap_or_default());
        values.set("event.title", values.get("title").to_owned());
        values.set("event.time_zone", "Europe/Amsterdam");
    }
    let last = values.sessions().last().copied();
    let table = session(last.map_or(0, |last| last + 1));
    for key in keys(&table) {
        // Most sessions of an event differ only in their dates.
        let same = last.filter(|_| key.name == "capacity" || key.name == "place");
        let value = same.map(|last| values.get(&format!("{}.{}", session(last), key.name)).to_owned());
        values.set(format!("{table}.{}", key.name), value.unwrap_or_default());
    }
    if is_new { EVENT_TABLE.to_owned() } else { table }
}

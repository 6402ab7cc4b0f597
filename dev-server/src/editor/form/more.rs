//! What the form fills in itself: an event, one more session, and the end of signing up after a postponement.

use super::values::{EVENT_TABLE, Values, keys, session};

/// Lets the end of signing up move along with a session's begin, if both were the same moment and only the begin was typed.
pub fn closes_follow(mut typed: Values, opened: &Values) -> Values {
    for number in opened.sessions() {
        let [start, closes] = ["start", "closes"].map(|key| format!("{}.{key}", session(number)));
        let before = opened.get(&start);
        if opened.get(&closes) == before && typed.get(&closes) == before && typed.get(&start) != before {
            typed.set(closes, typed.get(&start).to_owned());
        }
    }
    typed
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_up_ends_with_the_begin_as_long_as_nobody_says_otherwise() {
        let values = |start: &str, closes: &str| {
            let mut values = Values::default();
            values.set("event.sessions.0.start", start);
            values.set("event.sessions.0.closes", closes);
            values
        };
        let check = |opened: (&str, &str), typed: (&str, &str), expected: &str| {
            let followed = closes_follow(values(typed.0, typed.1), &values(opened.0, opened.1));
            assert_eq!(followed.get("event.sessions.0.closes"), expected);
        };
        check(("12", "12"), ("19", "12"), "19");
        check(("12", "12"), ("19", "11"), "11");
        check(("12", "11"), ("19", "11"), "11");
        check(("12", "12"), ("12", "12"), "12");
    }
}

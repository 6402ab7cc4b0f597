//! What is wrong with a page, told at the fields of its form.

use super::form::field::Field;
use super::form::groups::Group;
use super::form::values::{BODY, SESSIONS, session};
use super::page::{Fault, FormPage};

/// What an editor reads at a field that somebody else has changed too.
pub(super) const CONFLICT: &str =
    "Iemand anders heeft dit ook gewijzigd. Kies wat het moet worden en bewaar opnieuw.";

/// Adds that somebody else has changed a text too.
pub(super) fn conflict(page: &mut FormPage, name: &str) {
    page.faults.push(Fault { name: name.to_owned(), text: format!("Tekst: {CONFLICT}") });
}

/// Returns the name that a key of the new text has in the form, where the sessions have other numbers.
pub(super) fn in_form(name: &str, sessions: &[usize]) -> String {
    let numbered = name.strip_prefix(SESSIONS).and_then(|rest| rest.strip_prefix('.'));
    let (number, rest) = numbered.map(|rest| rest.split_once('.').unwrap_or((rest, ""))).unwrap_or_default();
    match number.parse::<usize>().ok().and_then(|number| sessions.get(number)) {
        Some(number) if rest.is_empty() => session(*number),
        Some(number) => format!("{}.{rest}", session(*number)),
        None => name.to_owned(),
    }
}

/// Returns the name of a field, with that of its session.
pub(super) fn full_label(group: &Group, field: &Field) -> String {
    match group.table.starts_with(SESSIONS) {
        true => format!("{}, {}", group.title, field.label),
        false => field.label.to_owned(),
    }
}

/// Adds a problem to the page, at its field.
pub(super) fn tell(
    page: &mut FormPage,
    place: Option<(String, Option<usize>)>,
    line: Option<usize>,
    words: String,
) {
    let in_line = |line: Option<usize>| line.map(|line| format!("Regel {line}: ")).unwrap_or_default();
    let Some((name, line_in_body)) = place else {
        let name = if page.is_whole { "bestand" } else { "" };
        let text = format!("{}{words}", in_line(line.filter(|_| page.is_whole)));
        if page.is_whole {
            page.text.faults.push(text.clone());
        }
        return page.faults.push(Fault { name: name.to_owned(), text });
    };
    if name == BODY {
        let text = format!("{}{words}", in_line(line_in_body));
        page.text.faults.push(text.clone());
        return page.faults.push(Fault { name, text });
    }
    let of_field = |group: &Group| group.fields.iter().position(|field| field.name == name);
    let found = page.groups.iter_mut().find_map(|group| of_field(group).map(|at| (group, at)));
    if let Some((group, at)) = found {
        let label = full_label(group, &group.fields[at]);
        let field = &mut group.fields[at];
        // The form has said already what is wrong with it.
        if field.faults.is_empty() {
            field.faults.push(words.clone());
            page.faults.push(Fault { text: format!("{label}: {words}"), name });
        }
        return;
    }
    let Some(group) = page.groups.iter_mut().find(|group| group.table == name && !name.is_empty()) else {
        // A key that the form does not show.
        return page.faults.push(Fault { name: String::new(), text: format!("{name}: {words}") });
    };
    // What is missing in it, the form has said already at its field.
    if let Some(group) = Some(group).filter(|group| group.fields.iter().all(|field| field.faults.is_empty()))
    {
        group.faults.push(words.clone());
        page.faults.push(Fault { text: format!("{}: {words}", group.title), name });
    }
}

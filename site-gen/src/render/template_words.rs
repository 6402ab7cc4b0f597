//! Messages of the template engine in Dutch, for editors and designers.

use crate::source::problem::nearest;

/// The beginnings of the most common messages, with what to say instead. `{}` stands for the first name that
/// the message quotes.
const IN_DUTCH: [(&str, &str); 24] = [
    ("Variable", "er is hier geen waarde `{}`"),
    ("Field", "er is hier geen veld `{}`"),
    ("Unknown tag", "dit blok bestaat niet, of sluit iets af dat niet open is"),
    ("Unknown filter", "er is geen filter `{}`"),
    ("Unknown function", "er is geen functie `{}`"),
    ("Unknown test", "er is geen test `{}`"),
    ("Unknown template", "er is geen sjabloon `{}`"),
    ("Template '", "er is geen sjabloon `{}`"),
    ("Unknown component", "er is geen onderdeel `{}`"),
    ("Component '", "er is geen onderdeel `{}`"),
    ("Unknown argument", "dit onderdeel kent `{}` niet"),
    ("Missing keyword argument", "de waarde voor `{}` ontbreekt"),
    ("Unclosed component", "het onderdeel `{}` heeft geen einde"),
    ("Closing tag", "`{}` sluit iets anders af dan er open is"),
    ("Unexpected end of input", "hier houdt het sjabloon op terwijl er nog iets open is"),
    ("Unexpected character", "dit teken kan hier niet staan"),
    ("String opened with", "het aanhalingsteken aan het eind ontbreekt"),
    ("Found", "dit wordt hier niet verwacht"),
    ("Tried to render", "deze waarde is er niet"),
    ("Iteration not possible", "dit is geen lijst"),
    ("Invalid type", "deze waarde is van een ander soort dan hier kan"),
    ("Template already contains", "`{}` staat al in dit sjabloon"),
    ("This content would be ignored", "dit komt niet op de pagina: zet het in een blok"),
    ("Invalid syntax for `set`", "na `set` hoort een naam, een `=` en een waarde"),
];

/// Returns a message in Dutch with the original beside it, and a suggestion if there is one.
pub(super) fn dutch(original: &str) -> (String, Option<String>) {
    let known = IN_DUTCH.iter().find(|(beginning, _)| original.starts_with(beginning));
    let Some((_, dutch)) = known else { return (original.to_owned(), None) };
    let name = quoted(original).unwrap_or_default();
    // The list of what there is can be long. The suggestion replaces it.
    let (first, available) = original.split_once(" Available ").unwrap_or((original, ""));
    let names = available.split_once(": ").map_or("", |(_, names)| names);
    let names = names.split(", ").filter(|name| !name.is_empty());
    let near = nearest(name, names.clone());
    let help = match (near, available.is_empty()) {
        (Some(near), _) => Some(format!("bedoel je `{near}`?")),
        (None, false) => Some(format!("mogelijk zijn: {}", names.collect::<Vec<_>>().join(", "))),
        (None, true) => None,
    };
    (format!("{} (Tera: {first})", dutch.replace("{}", name)), help)
}

/// Returns the first text between quotes or backticks.
fn quoted(text: &str) -> Option<&str> {
    let start = text.find(['`', '\''])?;
    let quote = text[start..].chars().next()?;
    text[start + 1..].split(quote).next()
}

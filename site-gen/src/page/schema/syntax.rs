//! Syntax errors of TOML in Dutch, for editors.

use super::typed::CURLY;
use super::{Key, Kind};
use catalog::typed_date::TypedDate;

/// The most common messages of the TOML parser, with a Dutch translation.
const IN_DUTCH: [(&str, &str); 24] = [
    ("missing escaped value", "een `\\` tussen dubbele aanhalingstekens begint een bijzonder teken"),
    ("invalid basic string", "het aanhalingsteken aan het eind ontbreekt"),
    ("invalid literal string", "het aanhalingsteken aan het eind ontbreekt"),
    ("missing opening quote", "het aanhalingsteken aan het begin ontbreekt"),
    ("string values must be quoted", "tekst hoort tussen aanhalingstekens"),
    ("invalid date", "een datum is jaar-maand-dag"),
    ("invalid time", "een tijd is uren:minuten:seconden"),
    ("invalid boolean", "schrijf `true` of `false`, met kleine letters"),
    ("duplicate key", "deze sleutel staat er al"),
    ("key with no value", "na een sleutel hoort `=`, met daarachter de waarde"),
    ("missing value for key", "na `=` ontbreekt de waarde"),
    ("missing value", "hier ontbreekt een waarde"),
    ("missing assignment", "na een sleutel hoort `=`, met daarachter de waarde"),
    ("extra assignment", "hier staat een `=` te veel"),
    ("extra `=`", "hier staat een `=` te veel"),
    ("invalid unquoted key", "een sleutel bestaat uit letters, cijfers en streepjes"),
    ("missing comma", "tussen twee waarden ontbreekt een komma"),
    ("extra comma", "hier staat een komma te veel"),
    ("unclosed", "het haakje aan het eind ontbreekt"),
    ("unexpected leading zero", "een getal begint niet met een nul"),
    ("unexpected key or value", "hier hoort de regel op te houden"),
    ("unexpected content", "hier hoort de regel op te houden"),
    ("invalid value", "dit is geen waarde"),
    ("invalid comment character", "in een opmerking staat een teken dat daar niet mag"),
];

/// What is wrong with a line, in Dutch, and how it should be written, if that is known.
pub(super) struct Explained {
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// Explains an error of the parser on a line. `key` is the key that the line gives a value, if it is known.
pub(super) fn explain(original: &str, line: &str, key: Option<&Key>, within: &str) -> Explained {
    let line = line.trim();
    let typed = value_on(line);
    let help = key.map(|key| format!("schrijf het zo: `{}`", key.example_like(typed, within)));
    let plain = |message: &str, help| Explained { message: message.to_owned(), help };
    if line.starts_with('[') && original.contains("duplicate key") {
        let name = line.trim_matches(['[', ']', ' ']);
        return plain(
            "deze tabel staat er al",
            Some(format!("zijn het er meer, schrijf dan steeds `[[{name}]]`")),
        );
    }
    if line.starts_with('[') && original.contains("unclosed") {
        let closing = if line.starts_with("[[") { "]]" } else { "]" };
        let whole = format!("{}{closing}", line.trim_end_matches(']'));
        return plain("het haakje aan het eind ontbreekt", Some(format!("schrijf het zo: `{whole}`")));
    }
    if typed.starts_with(CURLY) {
        return plain("gekrulde aanhalingstekens gelden hier niet: gebruik rechte", help);
    }
    if line.contains(':') && !line.contains('=') {
        return plain("na een sleutel hoort `=`, geen dubbele punt", help);
    }
    let is_dated = key.is_none_or(|key| matches!(key.kind, Kind::Date | Kind::DateTime));
    match TypedDate::read(typed).filter(|_| is_dated) {
        Some(TypedDate::Unreal) => {
            return plain("deze dag of tijd bestaat niet", Some("kijk de datum na".to_owned()));
        }
        Some(TypedDate::Real(..)) => {
            let form = match key.map(|key| &key.kind) {
                Some(Kind::DateTime) => "een moment is jaar-maand-dag, een T, en uren:minuten:seconden",
                _ => "een datum is jaar-maand-dag",
            };
            return plain(form, help);
        }
        None => {}
    }
    if typed.starts_with('"')
        && typed.matches('"').count() > 2
        && original.contains("unexpected key or value")
    {
        return plain("binnen de aanhalingstekens staan nog aanhalingstekens", help);
    }
    if let Some(key) = key.filter(|key| matches!(key.kind, Kind::Flag | Kind::Number(_)))
        && original.contains("string values must be quoted")
    {
        return plain(&format!("`{}` moet {} zijn", key.name, key.kind.words()), help);
    }
    // What the parser expected instead is a list of characters.
    let original = original.split(", expected").next().unwrap_or(original);
    let message = match IN_DUTCH.iter().find(|(english, _)| original.contains(english)) {
        Some((_, dutch)) => format!("{dutch} (TOML: {original})"),
        None => format!("dit is geen geldige TOML: {original}"),
    };
    Explained { message, help }
}

/// Returns the value that a line gives a key, even if the line is not valid TOML.
pub(super) fn value_on(line: &str) -> &str {
    line.split_once(['=', ':']).map_or("", |(_, value)| value.trim())
}

/// Returns the key that a line gives a value, even if the line is not valid TOML.
pub(super) fn key_on(line: &str) -> &str {
    line.split(['=', ':', ' ']).find(|part| !part.is_empty()).unwrap_or_default().trim()
}

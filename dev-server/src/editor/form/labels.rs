//! What editors call the keys of a page.

/// The full name of each key, without the number of a session, and its name on the form.
const LABELS: &[(&str, &str)] = &[
    ("title", "Titel"),
    ("description", "Samenvatting"),
    ("date", "Datum van het bericht"),
    ("updated", "Bijgewerkt op"),
    ("tags", "Onderwerpen, één per regel"),
    ("aliases", "Oude adressen, één per regel"),
    ("draft", "Dit is nog een concept"),
    ("publish_at", "Openbaar vanaf"),
    ("expires_at", "Openbaar tot"),
    ("event.id", "Kenmerk van de bijeenkomst"),
    ("event.title", "Naam van de bijeenkomst"),
    ("event.time_zone", "Tijdzone"),
    ("event.retention_days", "Gegevens bewaren, in dagen"),
    ("event.place", "Waar, één per regel"),
    ("event.costs", "Kosten"),
    ("event.confirm_by_mail", "Deelnemers bevestigen hun e-mailadres"),
    ("event.sessions.id", "Kenmerk van de sessie"),
    ("event.sessions.start", "Begin"),
    ("event.sessions.end", "Einde"),
    ("event.sessions.capacity", "Plekken"),
    ("event.sessions.opens", "Aanmelden vanaf"),
    ("event.sessions.closes", "Aanmelden tot"),
    ("event.sessions.place", "Waar, als dat anders is dan bij de bijeenkomst"),
    ("event.sessions.moved_from", "Vorig begin, als de sessie is verzet"),
    ("event.sessions.called_off", "Deze sessie gaat niet door"),
    ("event.sessions.called_off_because", "Waarom de sessie niet doorgaat"),
];

/// Returns the name of a key on the form, given its full name.
pub(super) fn label(name: &str) -> Option<&'static str> {
    let parts = name.split('.').filter(|part| !part.bytes().all(|byte| byte.is_ascii_digit()));
    let name = parts.collect::<Vec<_>>().join(".");
    LABELS.iter().find(|(known, _)| *known == name).map(|(_, label)| *label)
}

/// Returns a text about a key in which other keys have the names that they have on the form. `name` is the full name of the
/// key.
pub fn in_words(text: &str, name: &str) -> String {
    let table = name.rsplit_once('.').map_or("", |(table, _)| table);
    let named = |code: &str| {
        let candidates =
            [format!("{table}.{code}"), format!("event.sessions.{code}"), format!("event.{code}")];
        let label = candidates.iter().map(String::as_str).chain([code]).find_map(label);
        label.map_or(format!("`{code}`"), |label| format!("‘{}’", label.split(',').next().unwrap_or(label)))
    };
    let parts = text.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { named(part) } else { part.to_owned() }).collect()
}

#[cfg(test)]
mod tests {
    use site_gen::page::front_matter::PAGE;
    use site_gen::page::schema::{Key, Kind};

    use super::*;
    use crate::editor::form::document::full_name;

    fn check(keys: &[Key], within: &str, count: &mut usize) {
        for key in keys {
            let name = full_name(within, key.name);
            match key.kind {
                Kind::Table(inner) | Kind::Tables(inner) => check(inner, &name, count),
                _ => {
                    assert!(label(&name).is_some(), "`{name}` has no label");
                    *count += 1;
                }
            }
        }
    }

    #[test]
    fn a_text_names_keys_as_the_form_does() {
        let words = in_words("zet `end` na `start`, `x`", "event.sessions.1.end");
        assert_eq!(words, "zet ‘Einde’ na ‘Begin’, `x`");
        assert_eq!(
            in_words("zoals `closes` of `publish_at`", ""),
            "zoals ‘Aanmelden tot’ of ‘Openbaar vanaf’"
        );
    }

    #[test]
    fn every_key_has_a_label_and_every_label_a_key() {
        let mut count = 0;
        check(PAGE, "", &mut count);
        assert_eq!(count, LABELS.len());
        assert_eq!(label("event.sessions.12.start"), Some("Begin"));
    }
}

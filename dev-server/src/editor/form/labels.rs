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
    fn every_key_has_a_label_and_every_label_a_key() {
        let mut count = 0;
        check(PAGE, "", &mut count);
        assert_eq!(count, LABELS.len());
        assert_eq!(label("event.sessions.12.start"), Some("Begin"));
    }
}

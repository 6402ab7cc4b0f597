//! Generates the page of the editors' guide that lists every key. The key lists are the ones that
//! validate the sources.

use std::fmt::Write as _;

use crate::markdown::shortcode;
use crate::page::config::{LINK, SITE};
use crate::page::front_matter::{EVENT, PAGE, SESSION};
use crate::page::schema::{Key, Kind};

/// Returns the whole page as Markdown.
pub fn markdown() -> String {
    let mut page = String::from(
        "# Alle sleutels\n\n\
         Deze pagina is gemaakt uit de code die de sleutels controleert. Met \
         `BLESS=1 cargo test -p site-gen --test reference` maak je hem opnieuw.\n",
    );
    table(&mut page, "Bovenaan een pagina", PAGE);
    table(&mut page, "`[event]`: een bijeenkomst", EVENT);
    table(&mut page, "`[[event.sessions]]`: een sessie", SESSION);
    table(&mut page, "`content/site.toml`: de hele site", SITE);
    table(&mut page, "`[[menu]]`, `[login]`, `[[footer]]`: een link", LINK);
    for (name, keys, written) in shortcode::ALL {
        if keys.is_empty() {
            // Writing to a string can't fail.
            let _ = write!(page, "\n## Bouwsteen `{name}`\n\n`{written}`: er hoeft niets in.\n");
        } else {
            table(&mut page, &format!("Bouwsteen `{name}`: `{written}`"), keys);
        }
    }
    page
}

fn table(page: &mut String, title: &str, keys: &[Key]) {
    // Writing to a string can't fail.
    let _ = write!(page, "\n## {title}\n\n| sleutel | verplicht | wat erin staat |\n|---|---|---|\n");
    for key in keys {
        let required = if key.required { "ja" } else { "nee" };
        let example = match key.kind {
            Kind::Table(_) | Kind::Tables(_) => String::new(),
            _ => format!(": `{}`", key.example("")),
        };
        let _ = writeln!(page, "| `{}` | {required} | {}{example} |", key.name, key.help);
    }
}

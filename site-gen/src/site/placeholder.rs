//! Placeholders for facts that are still missing: `[vul in: e-mailadres]`.

use std::ops::Range;

use crate::site::Site;
use crate::source::file::Source;
use crate::source::load::Sources;
use crate::source::problem::{Problem, Problems, Severity};

const START: &str = "[vul in:";

/// The top-level domain that is reserved for examples (RFC 2606).
const NOBODYS: &str = ".example";

/// Reports every placeholder in the content, and an origin of the site under `.example`.
///
/// With [`Severity::Error`], it skips the placeholders of pages that are not public.
pub fn find(sources: &Sources, site: &Site, severity: Severity, problems: &mut Problems) {
    let is_hidden = |source: &Source| site.held_back.iter().any(|held| held.path == source.path);
    for source in sources.pages.iter().chain(&sources.config) {
        if severity == Severity::Error && is_hidden(source) {
            continue;
        }
        for span in spans(&source.text) {
            let problem = Problem::at(source, span, "dit moet nog ingevuld worden").severity(severity);
            problems.push(problem.help("zoek uit wat hier moet staan, en haal de blokhaken weg"));
        }
    }
    let origin = &site.config.table.origin;
    if let Some(source) = sources.config.as_ref().filter(|_| origin.get_ref().ends_with(NOBODYS)) {
        let problem = Problem::at(source, origin.span(), "dit is nog niet het adres van de site");
        problems.push(problem.severity(severity).help("vul het eigen adres in, met https://"));
    }
}

/// Returns the placeholders in a text.
pub fn of(text: &str) -> impl Iterator<Item = &str> {
    spans(text).map(|span| &text[span])
}

fn spans(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    text.match_indices(START).map(|(start, _)| {
        let line = text[start..].lines().next().unwrap_or_default();
        let length = line.find(']').map_or(line.len(), |end| end + 1);
        start..start + length
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_ends_at_its_bracket_or_at_the_end_of_its_line() {
        let text = "bel [vul in: nummer] of\n[vul in: vergeten\nverder";
        assert_eq!(of(text).collect::<Vec<_>>(), ["[vul in: nummer]", "[vul in: vergeten"]);
    }
}

//! Alerts: blocks that draw attention, such as a tip or a warning.

use pulldown_cmark::BlockQuoteKind;

use crate::words::html::Text;

/// Returns the class and the default title of a kind of alert.
pub fn words(kind: BlockQuoteKind) -> (&'static str, &'static str) {
    match kind {
        BlockQuoteKind::Note => ("note", "Goed om te weten"),
        BlockQuoteKind::Tip => ("tip", "Tip"),
        BlockQuoteKind::Important => ("important", "Belangrijk"),
        BlockQuoteKind::Warning => ("warning", "Let op"),
        BlockQuoteKind::Caution => ("caution", "Pas op"),
    }
}

/// Returns the kind with this name; any other name means a note.
pub fn named(name: &str) -> BlockQuoteKind {
    match name {
        "tip" => BlockQuoteKind::Tip,
        "important" => BlockQuoteKind::Important,
        "warning" => BlockQuoteKind::Warning,
        "caution" => BlockQuoteKind::Caution,
        _ => BlockQuoteKind::Note,
    }
}

/// Returns the opening tags of an alert, with its title.
pub fn open(class: &str, title: &str) -> String {
    format!("<aside class=\"alert alert-{class}\">\n<p class=\"alert-title\">{}</p>\n", Text(title))
}

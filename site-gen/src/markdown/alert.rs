//! A block that calls for attention.

use pulldown_cmark::BlockQuoteKind;

use crate::words::html::Text;

/// Its class and its usual title.
pub fn words(kind: BlockQuoteKind) -> (&'static str, &'static str) {
    match kind {
        BlockQuoteKind::Note => ("note", "Goed om te weten"),
        BlockQuoteKind::Tip => ("tip", "Tip"),
        BlockQuoteKind::Important => ("important", "Belangrijk"),
        BlockQuoteKind::Warning => ("warning", "Let op"),
        BlockQuoteKind::Caution => ("caution", "Pas op"),
    }
}

/// The kind that an editor named.
pub fn named(name: &str) -> BlockQuoteKind {
    match name {
        "tip" => BlockQuoteKind::Tip,
        "important" => BlockQuoteKind::Important,
        "warning" => BlockQuoteKind::Warning,
        "caution" => BlockQuoteKind::Caution,
        _ => BlockQuoteKind::Note,
    }
}

/// The tags that it begins with.
pub fn open(class: &str, title: &str) -> String {
    format!("<aside class=\"alert alert-{class}\">\n<p class=\"alert-title\">{}</p>\n", Text(title))
}

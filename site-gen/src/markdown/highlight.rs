//! Syntax highlighting with classes: the security policy forbids inline styles.

use std::fmt::Write as _;
use std::sync::LazyLock;

use syntect::html::{ClassStyle, ClassedHTMLGenerator};
use syntect::parsing::SyntaxSet;
use syntect::util::LinesWithEndings;

use crate::words::html::Text;

/// The syntax definitions, loaded on first use: only a site with code needs them.
static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);

/// The style of class names: each has the prefix `hl-`, as in `hl-comment`.
const STYLE: ClassStyle = ClassStyle::SpacedPrefixed { prefix: "hl-" };

/// Renders a code block. Code in an unknown language is not highlighted.
pub fn block(code: &str, language: &str) -> String {
    let name = language.split([',', ' ']).next().unwrap_or_default();
    let mut html = String::from("<pre tabindex=\"0\"><code");
    if !name.is_empty() {
        // Writing to a string can't fail.
        let _ = write!(html, " class=\"language-{}\"", Text(name));
    }
    html.push('>');
    match coloured(code, name) {
        Some(coloured) => html.push_str(&coloured),
        None => {
            let _ = write!(html, "{}", Text(code));
        }
    }
    html.push_str("</code></pre>\n");
    html
}

fn coloured(code: &str, language: &str) -> Option<String> {
    if language.is_empty() {
        return None;
    }
    let syntax = SYNTAXES.find_syntax_by_token(language)?;
    let mut generator = ClassedHTMLGenerator::new_with_class_style(syntax, &SYNTAXES, STYLE);
    for line in LinesWithEndings::from(code) {
        generator.parse_html_for_line_which_includes_newline(line).ok()?;
    }
    Some(generator.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_highlighted_with_classes_and_an_unknown_language_stays_plain() {
        let html = block("let x = 1; // <één>\n", "rust");
        assert!(html.contains("<span class=\"hl-comment") && html.contains("&lt;één&gt;"), "{html}");
        assert!(!html.contains("style="), "{html}");
        assert_eq!(block("a < b", ""), "<pre tabindex=\"0\"><code>a &lt; b</code></pre>\n");
        let unknown = "<pre tabindex=\"0\"><code class=\"language-brabants\">a &lt; b</code></pre>\n";
        assert_eq!(block("a < b", "brabants"), unknown);
    }
}

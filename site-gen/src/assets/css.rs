//! CSS as tokens, and as text with only the whitespace that it needs.
//!
//! The tokens are those of CSS Syntax Level 3, read by Servo's tokenizer. Only whitespace, comments
//! and the last semicolon of a block are left out, so a style sheet keeps its meaning whatever
//! features it uses.

use std::ops::Range;

use cssparser::{ParseError, Parser, ParserInput, Token};

/// A token, reduced to what bundling and minifying need to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Space,
    Comment,
    AtKeyword,
    Text,
    /// `url(path)`: a single token.
    Url,
    /// `url(` before a string.
    UrlFunction,
    /// An opening bracket, alone or as the end of a function's name.
    Open,
    Close,
    BlockOpen,
    BlockClose,
    Semicolon,
    Comma,
    Colon,
    /// `>` between selectors, or in a media query.
    Greater,
    Other,
}

/// A token with its bytes in the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lexeme {
    pub(super) kind: Kind,
    pub(super) span: Range<usize>,
}

/// A place at which a text is not CSS, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NotCss {
    pub(super) at: Range<usize>,
    pub(super) message: &'static str,
}

/// Splits a style sheet into tokens. Brackets are balanced in the result.
pub(super) fn lex(css: &str) -> Result<Vec<Lexeme>, NotCss> {
    let mut input = ParserInput::new(css);
    let mut lexemes = Vec::new();
    lex_block(&mut Parser::new(&mut input), css, &mut lexemes)?;
    Ok(lexemes)
}

fn lex_block(parser: &mut Parser<'_, '_>, css: &str, lexemes: &mut Vec<Lexeme>) -> Result<(), NotCss> {
    loop {
        let start = parser.position().byte_index();
        let Ok(token) = parser.next_including_whitespace_and_comments() else { return Ok(()) };
        let (kind, block) = match token {
            Token::WhiteSpace(_) => (Kind::Space, None),
            Token::Comment(_) => (Kind::Comment, None),
            Token::AtKeyword(_) => (Kind::AtKeyword, None),
            Token::QuotedString(_) => (Kind::Text, None),
            Token::UnquotedUrl(_) => (Kind::Url, None),
            Token::Semicolon => (Kind::Semicolon, None),
            Token::Comma => (Kind::Comma, None),
            Token::Colon => (Kind::Colon, None),
            Token::Delim('>') => (Kind::Greater, None),
            Token::Function(name) if name.eq_ignore_ascii_case("url") => {
                (Kind::UrlFunction, Some(Kind::Close))
            }
            Token::Function(_) | Token::ParenthesisBlock | Token::SquareBracketBlock => {
                (Kind::Open, Some(Kind::Close))
            }
            Token::CurlyBracketBlock => (Kind::BlockOpen, Some(Kind::BlockClose)),
            token if token.is_parse_error() => {
                let message = match token {
                    Token::BadString(_) => "het aanhalingsteken aan het eind ontbreekt",
                    Token::BadUrl(_) => "dit is geen geldig adres: zet het tussen aanhalingstekens",
                    _ => "dit haakje sluit iets dat niet open is",
                };
                return Err(NotCss { at: start..parser.position().byte_index(), message });
            }
            _ => (Kind::Other, None),
        };
        let span = start..parser.position().byte_index();
        lexemes.push(Lexeme { kind, span: span.clone() });
        let Some(close) = block else { continue };
        let nested = parser.parse_nested_block(|nested| {
            lex_block(nested, css, lexemes).map_err(|error| nested.new_custom_error::<_, NotCss>(error))
        });
        nested.map_err(|error: ParseError<'_, NotCss>| match error.kind {
            cssparser::ParseErrorKind::Custom(error) => error,
            cssparser::ParseErrorKind::Basic(_) => {
                NotCss { at: span.clone(), message: "dit is geen geldige CSS" }
            }
        })?;
        let end = parser.position().byte_index();
        // At the end of the text CSS closes every open block by itself.
        let is_closed = end > span.end && css[..end].ends_with([')', ']', '}']);
        if !is_closed {
            return Err(NotCss { at: span, message: "dit haakje wordt niet gesloten" });
        }
        lexemes.push(Lexeme { kind: close, span: end - 1..end });
    }
}

/// Finds a declaration without a colon: the one mistake that leaves brackets and strings intact.
pub(super) fn find_broken_declaration(lexemes: &[Lexeme]) -> Option<Range<usize>> {
    let mut starts: Vec<usize> = Vec::new();
    let mut declaration: Option<(usize, bool)> = None;
    for (at, Lexeme { kind, .. }) in lexemes.iter().enumerate() {
        match kind {
            Kind::Space | Kind::Comment => {}
            Kind::BlockOpen => {
                starts.push(at);
                declaration = None;
            }
            Kind::Semicolon | Kind::BlockClose => {
                if let (Some((first, false)), false) = (declaration, starts.is_empty()) {
                    let last =
                        lexemes[..at].iter().rfind(|one| !matches!(one.kind, Kind::Space | Kind::Comment));
                    return Some(lexemes[first].span.start..last.map_or(0, |one| one.span.end));
                }
                declaration = None;
                if *kind == Kind::BlockClose {
                    starts.pop();
                }
            }
            // An at-rule needs no colon.
            Kind::AtKeyword if declaration.is_none() => declaration = Some((at, true)),
            Kind::Colon => declaration = declaration.map(|(first, _)| (first, true)),
            _ => declaration = declaration.or(Some((at, false))),
        }
    }
    None
}

/// Writes tokens with only the whitespace that separates them.
#[derive(Debug)]
pub(super) struct Minified {
    pub(super) css: String,
    /// What stood between the last token and the next one.
    gap: Gap,
    /// Whether the last token needs no separator behind it.
    is_separate: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    Nothing,
    /// A comment separates tokens without being whitespace.
    Comment,
    Space,
}

impl Minified {
    /// Begins an empty style sheet.
    pub(super) fn new() -> Self {
        Self { css: String::new(), gap: Gap::Nothing, is_separate: true }
    }

    /// Adds a token of a source.
    pub(super) fn push(&mut self, Lexeme { kind, span }: &Lexeme, source: &str) {
        self.push_text(*kind, &source[span.clone()]);
    }

    /// Adds a token with a text of its own.
    pub(super) fn push_text(&mut self, kind: Kind, text: &str) {
        let (needs_none_before, needs_none_after) = match kind {
            Kind::Space => return self.gap = Gap::Space,
            Kind::Comment => {
                return self.gap = if self.gap == Gap::Nothing { Gap::Comment } else { self.gap };
            }
            Kind::BlockOpen | Kind::BlockClose | Kind::Semicolon | Kind::Comma | Kind::Greater => {
                (true, true)
            }
            Kind::Close => (true, false),
            Kind::Open | Kind::UrlFunction | Kind::Colon => (false, true),
            Kind::AtKeyword | Kind::Text | Kind::Url | Kind::Other => (false, false),
        };
        if !needs_none_before && !self.is_separate {
            self.css.push_str(match self.gap {
                Gap::Nothing => "",
                Gap::Comment => "/**/",
                Gap::Space => " ",
            });
        }
        if kind == Kind::BlockClose && self.css.ends_with(';') {
            self.css.pop();
        }
        self.css.push_str(text);
        (self.gap, self.is_separate) = (Gap::Nothing, needs_none_after);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(css: &str, expected: &str) {
        let mut minified = Minified::new();
        lex(css).unwrap().iter().for_each(|lexeme| minified.push(lexeme, css));
        assert_eq!(minified.css, expected);
    }

    #[test]
    fn only_whitespace_that_separates_tokens_is_kept() {
        check("a  {\n color : red ;\n}\n\n/* x */ b{}", "a{color :red}b{}");
        check(
            "ul > li, ol  li:not( .x ) :hover { margin: 0 -1px calc( 1px + 2px ) }",
            "ul>li,ol li:not(.x) :hover{margin:0 -1px calc(1px + 2px)}",
        );
        check(
            "@media (min-width: 40rem) and (scripting: none) { a { b: c } }",
            "@media (min-width:40rem) and (scripting:none){a{b:c}}",
        );
        check("a { &:hover { color: red; } > b { c: d } }", "a{&:hover{color:red}>b{c:d}}");
        check("a { --x: { a: b }; content: \"a  /* b */\"; }", "a{--x:{a:b};content:\"a  /* b */\"}");
        check("div/* x */.y{a:url( x.png )}", "div/**/.y{a:url( x.png )}");
        check(
            "@layer a, b;\n@container card (width > 40rem) { a[href ^= \"x\" i] { b: c } }",
            "@layer a,b;@container card (width>40rem){a[href ^= \"x\" i]{b:c}}",
        );
        check(
            "a { b: c !important; d: light-dark(#FFF, #000) / 2 }",
            "a{b:c !important;d:light-dark(#FFF,#000) / 2}",
        );
    }

    #[test]
    fn text_that_is_not_css_is_reported_at_its_place() {
        let check = |css: &str, place: &str| assert_eq!(&css[lex(css).unwrap_err().at], place, "{css}");
        check("a { b: c }\nd } e {", "}");
        check("a { b: c", "{");
        check("a { b: (c }", "}");
        check("a { b: (c", "(");
        check("a { b: \"c\nd }", "\"c");
        let broken = |css: &str| find_broken_declaration(&lex(css).unwrap()).map(|at| css[at].to_owned());
        assert_eq!(broken("a { color red; b: c }").as_deref(), Some("color red"));
        assert_eq!(broken("a { b: c; color red }").as_deref(), Some("color red"));
        assert_eq!(broken("a { b: c; & d { e: f } @media (g) { h: i } @apply x; }"), None);
    }
}

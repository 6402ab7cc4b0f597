//! Text fields of a form: trimmed, limited, and safe to store and show.

use email_address::{EmailAddress, Options};

use super::text;

/// Why a text is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextError {
    /// Only whitespace and invisible characters.
    Empty,
    /// More characters than the limit.
    TooLong,
    /// Not an e-mail address.
    Malformed,
}

/// One line of 1 to `MAX` characters, so at most 4 × `MAX` bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Line<const MAX: usize>(String);

/// Text of 1 to `MAX` characters, so at most 4 × `MAX` bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Lines<const MAX: usize>(String);

/// An e-mail address of at most 254 bytes (RFC 5321, section 4.5.3.1), with a dot in its domain.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

fn within(text: String, max: usize) -> Result<String, TextError> {
    match text.chars().count() {
        0 => Err(TextError::Empty),
        count if count > max => Err(TextError::TooLong),
        _ => Ok(text),
    }
}

impl<const MAX: usize> Line<MAX> {
    /// Cleans a text and checks its length.
    ///
    /// # Errors
    /// Returns [`TextError::Empty`] or [`TextError::TooLong`].
    pub fn new(text: &str) -> Result<Self, TextError> {
        within(text::line(text), MAX).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> Lines<MAX> {
    /// Cleans a text and checks its length.
    ///
    /// # Errors
    /// Returns [`TextError::Empty`] or [`TextError::TooLong`].
    pub fn new(text: &str) -> Result<Self, TextError> {
        within(text::lines(text), MAX).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Invisible characters that join others; names need them, addresses do not.
const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];

impl Email {
    /// The maximum length in bytes.
    pub const MAX: usize = 254;

    /// Cleans a text and checks that it is an address.
    ///
    /// # Errors
    /// Returns a [`TextError`].
    pub fn new(text: &str) -> Result<Self, TextError> {
        let line = text::line(text);
        if line.is_empty() {
            return Err(TextError::Empty);
        }
        if line.len() > Self::MAX {
            return Err(TextError::TooLong);
        }
        let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
        match EmailAddress::parse_with_options(&line, options) {
            // A quoted local part may contain spaces and line breaks, and a joiner is invisible:
            // real addresses have neither.
            Ok(address) if !address.local_part().starts_with('"') && !line.contains(JOINERS) => {
                Ok(Self(line))
            }
            _ => Err(TextError::Malformed),
        }
    }

    /// The address as it was typed, to send mail to.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address in a spelling by which two spellings of one address compare equal.
    pub fn normalised(&self) -> String {
        self.0.to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_the_form_of_one() {
        for good in
            ["naam@voorbeeld.nl", " A.B+c@sub.voorbeeld.nl ", "o'neil@voorbeeld.nl", "jörg@voorbeeld.nl"]
        {
            assert!(Email::new(good).is_ok(), "{good}");
        }
        for bad in [
            "naam",
            "naam@",
            "@voorbeeld.nl",
            "naam@voorbeeld",
            "a b@voorbeeld.nl",
            "a@b@c.nl",
            "a@[::1]",
            "\"a b\"@c.nl",
            "A <a@b.nl>",
            "a@b..nl",
            "a@-b.nl",
            "a\u{200d}b@voorbeeld.nl",
        ] {
            assert_eq!(Email::new(bad).err(), Some(TextError::Malformed), "{bad}");
        }
        assert_eq!(Email::new(" ").err(), Some(TextError::Empty));
        let long = format!("{}@voorbeeld.nl", "a".repeat(250));
        assert_eq!(Email::new(&long).err(), Some(TextError::TooLong));
    }

    #[test]
    fn spellings_of_one_address_are_the_same() {
        let composed = |text: &str| Email::new(text).map(|email| email.normalised()).ok();
        assert_eq!(composed("jo\u{308}rg@voorbeeld.nl"), composed("jörg@voorbeeld.nl"));
        let normalised = |text: &str| Email::new(text).map(|email| email.normalised()).ok();
        assert_eq!(normalised("Naam@Voorbeeld.NL "), normalised("naam@voorbeeld.nl"));
    }

    #[test]
    fn a_limit_counts_characters_that_show() {
        assert!(Line::<3>::new(" éé\u{200b}é ").is_ok());
        assert_eq!(Line::<3>::new("éééé").err(), Some(TextError::TooLong));
    }
}

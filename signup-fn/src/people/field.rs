//! Text fields of a form: cleaned, limited in length, and safe to store and show.

use std::fmt;

use idna::AsciiDenyList;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::text;

/// The reason why a text is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextError {
    /// Only whitespace and invisible characters.
    Empty,
    /// More characters than the limit.
    TooLong,
    /// Not an email address.
    Malformed,
    /// An email address with letters before the `@` that are not ASCII, so that mail cannot be sent to it.
    NotAscii,
}

/// One line of 1 to `MAX` characters, so at most 4 × `MAX` bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Line<const MAX: usize>(String);

/// One or more lines, 1 to `MAX` characters in all, so at most 4 × `MAX` bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Lines<const MAX: usize>(String);

/// An email address of at most 254 bytes (RFC 5321, section 4.5.3.1), with a dot in its domain.
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

    /// Returns the text.
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

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Prints no personal data, so that none can end up in a log.
impl<const MAX: usize> fmt::Debug for Lines<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lines(…)")
    }
}

/// Prints no personal data, so that none can end up in a log.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

/// The characters that a local part may contain besides ASCII letters and digits: those of `atext`
/// (RFC 5322, section 3.2.3), and the dot.
const LOCAL: &str = "!#$%&'*+-/=?^_`{|}~.";

/// The characters of an address to escape in a `mailto:` URI: all but letters, digits, and these, which
/// it may contain (RFC 6068, section 2).
const MAILTO: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'@')
    .remove(b'.')
    .remove(b'-')
    .remove(b'_')
    .remove(b'~')
    .remove(b'+')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'*');

impl Email {
    /// The maximum length in bytes.
    pub const MAX: usize = 254;
    /// The maximum length of the part before the `@` in bytes (RFC 5321, section 4.5.3.1.1).
    const MAX_LOCAL: usize = 64;

    /// Cleans an address and checks that mail can be sent to it.
    ///
    /// The domain may contain any letters, because mail is sent to its ASCII form (Punycode, UTS #46). The
    /// part before the `@` must be ASCII, because SES does not support SMTPUTF8.
    ///
    /// # Errors
    /// Returns [`TextError::NotAscii`] if the part before the `@` contains other letters, and another
    /// [`TextError`] if the text is empty, too long, or not an address to which mail can be sent.
    pub fn new(text: &str) -> Result<Self, TextError> {
        let email = Self::stored(text)?;
        let (local, domain) = email.0.rsplit_once('@').ok_or(TextError::Malformed)?;
        let is_atom = |part: &str| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || LOCAL.contains(c))
        };
        let is_unicode = local
            .chars()
            .all(|c| !c.is_ascii() && c.is_alphanumeric() || c.is_ascii_alphanumeric() || LOCAL.contains(c));
        if !local.is_ascii() && is_unicode {
            return Err(TextError::NotAscii);
        }
        let is_local = local.len() <= Self::MAX_LOCAL && local.split('.').all(is_atom);
        if !is_local || ascii_domain(domain).is_none() {
            return Err(TextError::Malformed);
        }
        Ok(email)
    }

    /// Reads a stored address, which an earlier version may have accepted under other rules.
    ///
    /// # Errors
    /// Returns [`TextError::Empty`] or [`TextError::TooLong`].
    pub fn stored(text: &str) -> Result<Self, TextError> {
        let line = text::line(text);
        match line.len() {
            0 => Err(TextError::Empty),
            length if length > Self::MAX => Err(TextError::TooLong),
            _ => Ok(Self(line)),
        }
    }

    /// Returns the cleaned address, as it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the address for sending mail: with its domain in ASCII.
    pub fn ascii(&self) -> String {
        match self.0.rsplit_once('@') {
            Some((local, domain)) => {
                format!("{local}@{}", ascii_domain(domain).unwrap_or_else(|| domain.to_owned()))
            }
            None => self.0.clone(),
        }
    }

    /// Returns the address, escaped for a `mailto:` URI.
    pub fn in_uri(&self) -> String {
        utf8_percent_encode(&self.ascii(), MAILTO).to_string()
    }

    /// Returns the address in lower case and with its domain in ASCII, so that two spellings of one
    /// address compare equal.
    pub fn normalised(&self) -> String {
        self.ascii().to_lowercase()
    }
}

/// Returns the ASCII form of a domain, if mail can be sent to it: it needs a dot, and a top-level domain
/// of letters.
fn ascii_domain(domain: &str) -> Option<String> {
    let ascii = idna::domain_to_ascii_cow(domain.as_bytes(), AsciiDenyList::STD3).ok()?;
    let (_, top_level) = ascii.rsplit_once('.')?;
    let is_label =
        |label: &str| (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-');
    let is_top_level = top_level.len() >= 2
        && (top_level.starts_with("xn--") || top_level.bytes().all(|byte| byte.is_ascii_alphabetic()));
    (is_top_level && ascii.split('.').all(is_label)).then(|| ascii.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_must_be_one_that_mail_can_be_sent_to() {
        for good in [
            "naam@voorbeeld.nl",
            " A.B+c@sub.voorbeeld.nl ",
            "o'neil@voorbeeld.nl",
            "naam@müller.example",
            "a@x.xn--p1ai",
        ] {
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
            "naam@192.168.1.1",
            "naam@voorbeeld.123",
            "naam@voorbeeld.n",
            "naam@mijn_school.nl",
            ".naam@voorbeeld.nl",
            "na..am@voorbeeld.nl",
            "naam.@voorbeeld.nl",
            "naam@voorbeeld.nl.",
        ] {
            assert_eq!(Email::new(bad).err(), Some(TextError::Malformed), "{bad}");
        }
        assert_eq!(Email::new(" ").err(), Some(TextError::Empty));
        let long = format!("{}@voorbeeld.nl", "a".repeat(250));
        assert_eq!(Email::new(&long).err(), Some(TextError::TooLong));
    }

    #[test]
    fn mail_cannot_be_sent_to_a_local_part_that_is_not_ascii() {
        assert_eq!(Email::new("jörg@voorbeeld.nl").err(), Some(TextError::NotAscii));
        // An earlier version accepted it: what is stored stays readable.
        assert!(Email::stored("jörg@voorbeeld.nl").is_ok());
    }

    #[test]
    fn mail_goes_to_the_ascii_form_and_a_uri_is_escaped() {
        let email = Email::new("A&b?c%+d@Müller.nl").unwrap();
        assert_eq!(email.as_str(), "A&b?c%+d@Müller.nl");
        assert_eq!(email.ascii(), "A&b?c%+d@xn--mller-kva.nl");
        assert_eq!(email.in_uri(), "A%26b%3Fc%25+d@xn--mller-kva.nl");
    }

    #[test]
    fn two_spellings_of_one_address_compare_equal() {
        let composed = |text: &str| Email::new(text).map(|email| email.normalised()).ok();
        assert_eq!(composed("a@mu\u{308}ller.nl"), composed("a@müller.nl"));
        assert_eq!(composed("a@müller.nl"), composed("A@XN--Mller-KVA.nl"));
        assert_ne!(composed("a@müller.nl"), None);
        let normalised = |text: &str| Email::new(text).map(|email| email.normalised()).ok();
        assert_eq!(normalised("Naam@Voorbeeld.NL "), normalised("naam@voorbeeld.nl"));
    }

    #[test]
    fn a_limit_counts_only_visible_characters() {
        assert!(Line::<3>::new(" éé\u{200b}é ").is_ok());
        assert_eq!(Line::<3>::new("éééé").err(), Some(TextError::TooLong));
    }
}

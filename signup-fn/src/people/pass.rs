//! The link and the code with which an organiser logs in.
//!
//! Both follow from the random id of the request and a key that the table does not have, so nobody can
//! read them in the table:
//!
//! ```text
//! token = base64url( HMAC-SHA-256( key, "log-in link" | id ) )                    256 bits
//! code  = the first 40 bits of HMAC-SHA-256( key, "log-in code" | id ), base 32   8 characters
//! ```

use std::fmt;
use std::str::FromStr;

use catalog::Reference;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use subtle::ConstantTimeEq;

use super::bits;
use super::token::{TokenError, TokenKeys};

/// The random id of a request to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId([u8; 16]);

/// What a mail contains with which an organiser logs in.
pub struct Pass {
    /// The token in the link.
    pub token: String,
    /// The code, for another device than the one that reads the mail.
    pub code: Reference,
}

/// What an organiser presents.
pub enum Presented<'a> {
    /// The token of a link.
    Token(&'a str),
    /// A code, as it was typed.
    Code(&'a str),
}

impl TokenKeys {
    /// Returns the token and the code of a request.
    pub fn pass(&self, request: &RequestId) -> Pass {
        let token = self.hashes(&token_of(request)).next().unwrap_or_default();
        let code = self.hashes(&code_of(request)).next().unwrap_or_default();
        Pass { token: BASE64URL_NOPAD.encode(&token), code: as_code(&code) }
    }

    /// Returns whether a token or a code is that of a request. Compares in constant time.
    pub fn opens(&self, request: &RequestId, presented: &Presented<'_>) -> bool {
        match presented {
            Presented::Token(text) => {
                let Ok(token) = BASE64URL_NOPAD.decode(text.as_bytes()) else { return false };
                self.hashes(&token_of(request)).any(|own| own.ct_eq(&token).into())
            }
            Presented::Code(text) => {
                let code = as_typed(text);
                self.hashes(&code_of(request)).any(|own| {
                    let own = as_code(&own);
                    own.as_str().as_bytes().ct_eq(code.as_bytes()).into()
                })
            }
        }
    }
}

fn token_of(RequestId(id): &RequestId) -> [&[u8]; 2] {
    [b"log-in link\0", id]
}

fn code_of(RequestId(id): &RequestId) -> [&[u8]; 2] {
    [b"log-in code\0", id]
}

fn as_code(hash: &[u8; 32]) -> Reference {
    let [a, b, c, d, e, ..] = *hash;
    Reference::from_bits(u64::from_be_bytes([0, 0, 0, a, b, c, d, e]))
}

/// Returns a code as it is stored. People type lower case, spaces and hyphens, and mistake letters for digits
/// (Crockford's base 32 has none of these letters).
fn as_typed(text: &str) -> String {
    let letters = text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase());
    letters
        .map(|letter| match letter {
            'O' => '0',
            'I' | 'L' => '1',
            letter => letter,
        })
        .collect()
}

impl RequestId {
    /// Draws 128 random bits.
    ///
    /// # Errors
    /// Fails if the operating system does not supply random bits.
    pub fn random() -> Result<Self, getrandom::Error> {
        bits::random().map(Self)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl FromStr for RequestId {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        bits::from_hex(text).map(Self).ok_or(TokenError::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_token_and_code_open_a_request() {
        let keys = TokenKeys::new([1; 32]);
        let (one, other) = (RequestId([1; 16]), RequestId([2; 16]));
        let Pass { token, code } = keys.pass(&one);
        assert_eq!(token.len(), 43);
        assert!(keys.opens(&one, &Presented::Token(&token)));
        assert!(keys.opens(&one, &Presented::Code(code.as_str())));
        assert!(!keys.opens(&other, &Presented::Token(&token)));
        assert!(!keys.opens(&other, &Presented::Code(code.as_str())));
        assert!(!TokenKeys::new([2; 32]).opens(&one, &Presented::Token(&token)));
        for text in ["", "x", &token[1..], &format!("{token}A")] {
            assert!(!keys.opens(&one, &Presented::Token(text)), "{text}");
            assert!(!keys.opens(&one, &Presented::Code(text)), "{text}");
        }
    }

    #[test]
    fn a_code_may_be_typed_in_any_way() {
        assert_eq!(as_typed(" k7qf-2m9d "), "K7QF2M9D");
        assert_eq!(as_typed("ILO0 1111"), "11001111");
    }

    #[test]
    fn a_new_key_signs_while_the_old_one_still_opens() {
        let during: TokenKeys = format!("{}, {}", "22".repeat(32), "11".repeat(32)).parse().unwrap();
        let request = RequestId([1; 16]);
        let Pass { token, code } = TokenKeys::new([0x11; 32]).pass(&request);
        assert!(during.opens(&request, &Presented::Token(&token)));
        assert!(during.opens(&request, &Presented::Code(code.as_str())));
    }
}

//! Bits of ids, keys and secrets: where they come from, and how they are written.

use data_encoding::HEXLOWER;

/// Draws random bits.
///
/// # Errors
/// Fails if the operating system does not supply random bits.
pub(super) fn random<const BYTES: usize>() -> Result<[u8; BYTES], getrandom::Error> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// Reads lower-case hexadecimal digits. Returns `None` if these are others, or not as many.
pub(super) fn from_hex<const BYTES: usize>(digits: &str) -> Option<[u8; BYTES]> {
    HEXLOWER.decode(digits.as_bytes()).ok()?.try_into().ok()
}

/// Reads a key as an operator may have typed it: in either case, with spaces around it.
pub(super) fn key(digits: &str) -> Option<[u8; 32]> {
    from_hex(&digits.trim().to_ascii_lowercase())
}

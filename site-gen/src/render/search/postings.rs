//! The pages of a word, as a short text.

/// The pages that contain a word, in order, each with its class of weight.
pub(super) type Postings = Vec<(u32, u8)>;

/// Six bits each.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// The bit of a digit that says that more follow.
const MORE: u32 = 32;

/// Writes postings: for each page the distance from the one before, and in the last three bits the class less one. A
/// number is written in digits of five bits, the last first, as in LEB128. The most common one, of the next page, is one
/// digit.
pub(super) fn encoded(postings: &[(u32, u8)]) -> String {
    let mut text = String::with_capacity(postings.len());
    let mut before = 0;
    for (page, class) in postings {
        let mut number = (page - before) << 3 | u32::from(class - 1);
        before = *page;
        while number >= MORE {
            text.push(char::from(DIGITS[(number % MORE + MORE) as usize]));
            number /= MORE;
        }
        text.push(char::from(DIGITS[number as usize]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_takes_one_digit() {
        assert_eq!(encoded(&[]), "");
        assert_eq!(encoded(&[(0, 1), (1, 1), (2, 8)]), "AIP");
        // 100 × 8 + 2 = 802 = 25 × 32 + 2.
        assert_eq!(encoded(&[(100, 3)]), "iZ");
    }
}

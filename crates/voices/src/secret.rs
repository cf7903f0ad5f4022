//! The code of a receipt: shown once, kept as a hash only.

use rand::RngCore as _;
use wubang_kernel::digest::sha256_hex;

/// Letters and digits that nobody mistakes for one another on paper.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Letters of a code: 80 bits, too many to try.
const LENGTH: usize = 16;

/// Random bytes.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0_u8; N];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

/// A new code, in groups of four.
pub(crate) fn code() -> String {
    let mut text = String::new();
    for (at, byte) in random::<LENGTH>().into_iter().enumerate() {
        if at > 0 && at % 4 == 0 {
            text.push('-');
        }
        let letter = LETTERS.get(usize::from(byte % 32)).copied();
        text.push(char::from(letter.unwrap_or(b'2')));
    }
    text
}

/// A new key of 256 random bits.
pub(crate) fn key() -> String {
    sha256_hex(&random::<64>())
}

/// What is stored of a code: blanks, dashes and case do not count when somebody types it.
pub(crate) fn code_hash(number: &str, code: &str) -> String {
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    sha256_hex(format!("{number} {plain}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_typed_as_one_likes_and_belongs_to_one_number() {
        let (one, two) = (code(), code());
        assert_ne!(one, two);
        assert_eq!(one.len(), LENGTH + 3);
        let typed = one.to_lowercase().replace('-', " ");
        assert_eq!(code_hash("SQ-1", &one), code_hash("SQ-1", &typed));
        assert_ne!(code_hash("SQ-1", &one), code_hash("SQ-2", &one));
        assert_ne!(code_hash("SQ-1", &one), code_hash("SQ-1", &two));
    }
}

//! The one-time codes of a survey, the key that hides who has answered, and ids that tell no order.

use uuid::Uuid;
use wubang_kernel::digest::{hex, sha256_hex};

/// Letters and digits that nobody mistakes for one another on paper.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Letters of a code: 80 bits, too many to try.
const LENGTH: usize = 16;

/// A new code, in groups of four.
pub(super) fn code() -> String {
    let mut text = String::new();
    for (at, byte) in rand::random::<[u8; LENGTH]>().into_iter().enumerate() {
        if at > 0 && at % 4 == 0 {
            text.push('-');
        }
        let letter = LETTERS.get(usize::from(byte % 32)).copied();
        text.push(char::from(letter.unwrap_or(b'2')));
    }
    text
}

/// A new key of 256 random bits.
pub(super) fn key() -> String {
    hex(&rand::random::<[u8; 32]>())
}

/// An id that says nothing of when it was made: those of the service are in order of time.
pub(super) fn blind_id() -> Uuid {
    uuid::Builder::from_random_bytes(rand::random()).into_uuid()
}

/// The mark of a person who has answered.
pub(super) fn mark_of_person(key: &str, person: Uuid) -> String {
    sha256_hex(format!("{key} person {person}").as_bytes())
}

/// The mark of a code: blanks, dashes and case do not count when somebody types it.
pub(super) fn mark_of_code(key: &str, code: &str) -> String {
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    sha256_hex(format!("{key} code {plain}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_needs_the_key_and_a_code_is_typed_as_one_likes() {
        let (one, other, code, person) = (key(), key(), code(), Uuid::from_u128(7));
        assert_eq!(code.len(), LENGTH + 3);
        let typed = code.to_lowercase().replace('-', " ");
        assert_eq!(mark_of_code(&one, &code), mark_of_code(&one, &typed));
        assert_ne!(mark_of_code(&one, &code), mark_of_code(&other, &code));
        assert_ne!(mark_of_person(&one, person), mark_of_person(&other, person));
    }
}

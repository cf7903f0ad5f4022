//! Keyset cursors: where a list goes on, opaque to the caller.

use crate::code::Code;
use crate::refusal::Refusal;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// How many rows a page may have.
pub const LIMIT: std::ops::RangeInclusive<u64> = 1..=100;
/// How many it has when nobody says.
pub const DEFAULT_LIMIT: u64 = 20;

/// The id of the last row of a page; ids are UUIDv7, so id order is time order.
#[must_use]
pub fn encode(last: Uuid) -> String {
    URL_SAFE_NO_PAD.encode(last.as_bytes())
}

/// # Errors
/// `invalid_cursor` when the text was not made by [`encode`].
pub fn decode(cursor: &str) -> Result<Uuid, Refusal> {
    URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|bytes| Uuid::from_slice(&bytes).ok())
        .ok_or_else(|| Refusal::new(Code::InvalidCursor))
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// Rows wanted.
    pub limit: u64,
    /// Rows after this one (newest first).
    pub after: Option<Uuid>,
}

impl Default for Page {
    fn default() -> Self {
        Page {
            limit: DEFAULT_LIMIT,
            after: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cursor_comes_back(bytes: [u8; 16]) {
            let id = Uuid::from_bytes(bytes);
            prop_assert_eq!(decode(&encode(id)).unwrap(), id);
        }

        #[test]
        fn anything_else_is_refused(text in "[^A-Za-z0-9_-]{1,30}") {
            prop_assert_eq!(decode(&text).unwrap_err().code, Code::InvalidCursor);
        }
    }
}

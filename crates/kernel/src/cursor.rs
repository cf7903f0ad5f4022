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

/// The order that every list has: by the time at which its rows were made.
pub const CREATED: &str = "created_at";

/// The order of a list (`sort=-published_at`), by one of a closed list of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// What it goes by.
    pub key: &'static str,
    /// From the highest to the lowest. Rows without a value come last either way.
    pub descending: bool,
}

impl Order {
    /// Newest first, as lists are unless somebody asks for something else.
    pub const NEWEST: Order = Order {
        key: CREATED,
        descending: true,
    };

    /// Reads `key` or `-key`; `None` for a key that is not in the list.
    #[must_use]
    pub fn read(text: &str, keys: &[&'static str]) -> Option<Order> {
        let (name, descending) = match text.strip_prefix('-') {
            Some(name) => (name, true),
            None => (text, false),
        };
        let key = keys.iter().copied().find(|key| *key == name)?;
        Some(Order { key, descending })
    }
}

impl Default for Order {
    fn default() -> Self {
        Order::NEWEST
    }
}

impl std::fmt::Display for Order {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.descending { "-" } else { "" };
        write!(f, "{sign}{}", self.key)
    }
}

/// A row's place in an ordered list: where the next page goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The row.
    pub id: Uuid,
    /// What it is ordered by: a number, or an instant in microseconds; `None` where it has none.
    pub value: Option<i64>,
}

/// The place of the last row of a page. It names its order, so that it fits no other.
#[must_use]
pub fn encode_in(order: Order, last: Place) -> String {
    if order == Order::NEWEST {
        return encode(last.id);
    }
    let mut bytes = last.id.as_bytes().to_vec();
    bytes.push(u8::from(last.value.is_some()));
    bytes.extend(last.value.unwrap_or_default().to_be_bytes());
    bytes.extend(order.to_string().into_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// # Errors
/// `invalid_cursor` when the text was not made by [`encode_in`] for the same order.
pub fn decode_in(order: Order, cursor: &str) -> Result<Place, Refusal> {
    if order == Order::NEWEST {
        return decode(cursor).map(|id| Place { id, value: None });
    }
    read_place(order, cursor).ok_or_else(|| Refusal::new(Code::InvalidCursor))
}

fn read_place(order: Order, cursor: &str) -> Option<Place> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (id, rest) = bytes.split_at_checked(16)?;
    let (has, rest) = rest.split_first()?;
    let (value, name) = rest.split_at_checked(8)?;
    let value = i64::from_be_bytes(value.try_into().ok()?);
    if name != order.to_string().as_bytes() {
        return None;
    }
    let value = match *has {
        0 => None,
        1 => Some(value),
        _ => return None,
    };
    Some(Place {
        id: Uuid::from_slice(id).ok()?,
        value,
    })
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

    #[test]
    fn an_order_is_one_of_the_list() {
        let keys = &["published_at", CREATED];
        let read = |text| Order::read(text, keys).map(|order| order.to_string());
        assert_eq!(read("-published_at").as_deref(), Some("-published_at"));
        assert_eq!(read("created_at").as_deref(), Some("created_at"));
        assert_eq!(Order::read("-created_at", keys), Some(Order::NEWEST));
        for wrong in [
            "",
            "-",
            "--published_at",
            "+published_at",
            "title",
            "Published_at",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_cursor_comes_back(bytes: [u8; 16]) {
            let id = Uuid::from_bytes(bytes);
            prop_assert_eq!(decode(&encode(id)).unwrap(), id);
        }

        #[test]
        fn a_place_comes_back_in_its_own_order_and_in_no_other(bytes: [u8; 16], value: Option<i64>, one in 0..6_usize, other in 0..6_usize) {
            let order = |n: usize| Order { key: [CREATED, "supporters", "affected_count"][n / 2], descending: n.is_multiple_of(2) };
            let place = Place { id: Uuid::from_bytes(bytes), value };
            let cursor = encode_in(order(one), place);
            if one == other {
                let kept = decode_in(order(one), &cursor).unwrap();
                prop_assert_eq!(kept.id, place.id);
                prop_assert_eq!(kept.value, place.value.filter(|_| order(one) != Order::NEWEST));
            } else {
                prop_assert_eq!(decode_in(order(other), &cursor).unwrap_err().code, Code::InvalidCursor);
            }
        }

        #[test]
        fn anything_else_is_refused(text in "[^A-Za-z0-9_-]{1,30}") {
            prop_assert_eq!(decode(&text).unwrap_err().code, Code::InvalidCursor);
        }
    }
}

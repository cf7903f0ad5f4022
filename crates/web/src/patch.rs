//! Merge patch (RFC 7396): a member that is absent stays, `null` clears, a value sets.

use serde::{Deserialize, Deserializer};

/// For `#[serde(default, deserialize_with = "wubang_web::patch::member")]` on `Option<Option<T>>`:
/// `None` absent, `Some(None)` null, `Some(Some(value))` set.
///
/// # Errors
/// When the value has the wrong type.
pub fn member<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Applies one member to its place.
pub fn apply<T>(place: &mut Option<T>, member: Option<Option<T>>) {
    if let Some(value) = member {
        *place = value;
    }
}

//! What a path names an object by: its id or its person-readable number.

use uuid::Uuid;

/// Id or number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// UUID.
    Id(Uuid),
    /// Number (`LB-410108-2026-0001`).
    Number(String),
}

impl Key {
    /// Reads a path segment. Anything that is no UUID is taken for a number.
    #[must_use]
    pub fn parse(segment: &str) -> Key {
        Uuid::parse_str(segment).map_or_else(|_| Key::Number(segment.to_owned()), Key::Id)
    }
}

impl From<Uuid> for Key {
    fn from(id: Uuid) -> Self {
        Key::Id(id)
    }
}

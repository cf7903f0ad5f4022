//! Lengths of time (期限) as configuration and law write them.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// The longest term that can be written down: ten years of days.
pub(super) const LONGEST: u32 = 3660;

/// What a term counts.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Working days (工作日).
    Wd,
    /// Calendar days (自然日).
    Cd,
    /// Months (月).
    Mo,
}

impl Unit {
    /// The short form used in terms: `wd`, `cd`, `mo`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wd => "wd",
            Self::Cd => "cd",
            Self::Mo => "mo",
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A length of time (期限) by law or configuration. In JSON and configuration
/// a string such as `"5 wd"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Term {
    /// How many units.
    pub n: u32,
    /// Which unit.
    pub unit: Unit,
}

// By hand: the derive knows `value_type` only for a newtype.
impl PartialSchema for Term {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A length of time (期限): a number and wd, cd or mo."))
            .pattern(Some("^[0-9]{1,4} (wd|cd|mo)$"))
            .examples(["5 wd"])
            .into()
    }
}

impl ToSchema for Term {}

/// A text that is no term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a term is a number up to 3660 and wd, cd or mo, such as \"5 wd\"")]
pub struct TermError;

impl Term {
    /// `n` working days.
    pub const fn wd(n: u32) -> Self {
        Self { n, unit: Unit::Wd }
    }

    /// `n` calendar days.
    pub const fn cd(n: u32) -> Self {
        Self { n, unit: Unit::Cd }
    }

    /// `n` months.
    pub const fn mo(n: u32) -> Self {
        Self { n, unit: Unit::Mo }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.n, self.unit)
    }
}

impl FromStr for Term {
    type Err = TermError;

    fn from_str(text: &str) -> Result<Self, TermError> {
        let (number, unit) = text.trim().split_once(' ').ok_or(TermError)?;
        let unit = match unit.trim_start() {
            "wd" => Unit::Wd,
            "cd" => Unit::Cd,
            "mo" => Unit::Mo,
            _ => return Err(TermError),
        };
        if !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(TermError);
        }
        match number.parse() {
            Ok(n) if n <= LONGEST => Ok(Self { n, unit }),
            _ => Err(TermError),
        }
    }
}

impl TryFrom<String> for Term {
    type Error = TermError;

    fn try_from(text: String) -> Result<Self, TermError> {
        text.parse()
    }
}

impl From<Term> for String {
    fn from(term: Term) -> Self {
        term.to_string()
    }
}

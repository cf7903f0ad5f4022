//! Administrative division codes (行政区划代码): GB/T 2260 with three digits
//! each for street and community (rulebook 3.11).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::text;

/// The level of a division, from wide to narrow.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Province (省级), digits 1–2.
    Province,
    /// City (地级), digits 3–4.
    City,
    /// District or county (县级), digits 5–6.
    District,
    /// Street or town (乡级), digits 7–9.
    Street,
    /// Community or village (村级), digits 10–12.
    Community,
}

impl Level {
    /// How many leading digits are significant at this level.
    pub const fn digits(self) -> usize {
        match self {
            Self::Province => 2,
            Self::City => 4,
            Self::District => 6,
            Self::Street => 9,
            Self::Community => 12,
        }
    }

    const fn upper(self) -> Option<Self> {
        match self {
            Self::Province => None,
            Self::City => Some(Self::Province),
            Self::District => Some(Self::City),
            Self::Street => Some(Self::District),
            Self::Community => Some(Self::Street),
        }
    }
}

/// The code of a division (区划): 12 digits, with zeros after the significant
/// ones of an upper level.
///
/// Levels may be skipped, as in cities without districts: the parent of
/// street `441900003000` is the city `441900000000`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[0-9]{12}$", examples("370213001000"))]
pub struct DivisionCode([u8; 12]);

/// Why a text is not a division code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DivisionError {
    /// Not 2, 4, 6, 9 or 12 characters.
    Length {
        /// The number of characters found.
        got: usize,
    },
    /// A character that is not a digit.
    Character {
        /// Its place, counted from 1.
        position: usize,
        /// The character.
        found: char,
    },
    /// The province part is `00`.
    NoProvince,
}

impl DivisionError {
    /// Explanation in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Length { got } => format!("区划代码应为2、4、6、9或12位，实际为{got}位"),
            Self::Character { position, found } => {
                format!(
                    "区划代码第{position}位应为数字，实际为“{}”",
                    found.escape_debug()
                )
            }
            Self::NoProvince => "区划代码的省级部分不能为00".to_owned(),
        }
    }

    /// Explanation in English.
    pub fn en(&self) -> String {
        match self {
            Self::Length { got } => {
                format!("a division code has 2, 4, 6, 9 or 12 digits, got {got} characters")
            }
            Self::Character { position, found } => {
                format!(
                    "character {position} of the division code should be a digit, got {found:?}"
                )
            }
            Self::NoProvince => "the province part of the division code cannot be 00".to_owned(),
        }
    }
}

impl fmt::Display for DivisionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en())
    }
}

impl std::error::Error for DivisionError {}

impl DivisionCode {
    /// Reads 2, 4, 6, 9 or 12 digits as typed (trimmed, full-width to
    /// half-width) and fills up with zeros.
    ///
    /// # Errors
    /// [`DivisionError`].
    pub fn parse(raw: &str) -> Result<Self, DivisionError> {
        let text = text::parse_code(raw).unwrap_or_else(|_| text::clean(raw));
        let got = text.chars().count();
        if ![2, 4, 6, 9, 12].contains(&got) {
            return Err(DivisionError::Length { got });
        }
        let mut code = [b'0'; 12];
        for (index, (slot, found)) in code.iter_mut().zip(text.chars()).enumerate() {
            *slot = u8::try_from(found).ok().filter(u8::is_ascii_digit).ok_or(
                DivisionError::Character {
                    position: index + 1,
                    found,
                },
            )?;
        }
        if code.starts_with(b"00") {
            return Err(DivisionError::NoProvince);
        }
        Ok(Self(code))
    }

    /// All 12 digits.
    pub fn as_str(&self) -> &str {
        // Only digits get in, so the fallback never shows.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The level: that of the last part which is not zero.
    pub fn level(&self) -> Level {
        let filled = |from: usize, to: usize| self.0[from..to].iter().any(|&digit| digit != b'0');
        if filled(9, 12) {
            Level::Community
        } else if filled(6, 9) {
            Level::Street
        } else if filled(4, 6) {
            Level::District
        } else if filled(2, 4) {
            Level::City
        } else {
            Level::Province
        }
    }

    /// The significant digits: 2, 4, 6, 9 or 12 of them. Everything inside
    /// this division starts with them.
    pub fn prefix(&self) -> &str {
        &self.as_str()[..self.level().digits()]
    }

    /// Whether `other` is this division or lies inside it.
    pub fn contains(&self, other: &Self) -> bool {
        other.as_str().starts_with(self.prefix())
    }

    /// The next division up, `None` for a province.
    pub fn parent(&self) -> Option<Self> {
        let kept = self.level().upper()?.digits();
        let mut code = [b'0'; 12];
        code[..kept].copy_from_slice(&self.0[..kept]);
        Some(Self(code))
    }

    /// The first six digits, as used in other codes.
    pub fn district6(&self) -> &str {
        &self.as_str()[..6]
    }

    /// Whether it is a quasi community (类居委会/类村委会, community part 4xx or
    /// 5xx): allowed, but worth a warning.
    pub fn is_quasi(&self) -> bool {
        matches!(self.0[9], b'4' | b'5')
    }
}

impl fmt::Display for DivisionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for DivisionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DivisionCode({})", self.as_str())
    }
}

impl FromStr for DivisionCode {
    type Err = DivisionError;

    fn from_str(raw: &str) -> Result<Self, DivisionError> {
        Self::parse(raw)
    }
}

impl TryFrom<String> for DivisionCode {
    type Error = DivisionError;

    fn try_from(raw: String) -> Result<Self, DivisionError> {
        Self::parse(&raw)
    }
}

impl From<DivisionCode> for String {
    fn from(code: DivisionCode) -> Self {
        code.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(raw: &str) -> DivisionCode {
        DivisionCode::parse(raw).unwrap()
    }

    #[test]
    fn short_codes_are_filled_up() {
        for (raw, full, level, prefix) in [
            ("37", "370000000000", Level::Province, "37"),
            ("3702", "370200000000", Level::City, "3702"),
            ("370213", "370213000000", Level::District, "370213"),
            ("370213001", "370213001000", Level::Street, "370213001"),
            (
                "　３７０２１３００１００２ ",
                "370213001002",
                Level::Community,
                "370213001002",
            ),
        ] {
            let parsed = code(raw);
            assert_eq!(parsed.as_str(), full);
            assert_eq!(parsed.to_string(), full);
            assert_eq!(parsed.level(), level);
            assert_eq!(parsed.prefix(), prefix);
        }
        assert!(Level::Province < Level::Community);
    }

    #[test]
    fn faults_are_named() {
        assert_eq!(
            DivisionCode::parse("37021"),
            Err(DivisionError::Length { got: 5 })
        );
        assert_eq!(
            DivisionCode::parse(""),
            Err(DivisionError::Length { got: 0 })
        );
        let fault = DivisionError::Character {
            position: 3,
            found: 'O',
        };
        assert_eq!(DivisionCode::parse("37o213"), Err(fault));
        assert!(fault.zh().contains("第3位") && fault.en().contains("character 3"));
        assert_eq!(
            DivisionCode::parse("000000"),
            Err(DivisionError::NoProvince)
        );
    }

    #[test]
    fn ancestors_are_found_by_prefix_with_gaps() {
        let district = code("370213");
        for street in [
            "001", "003", "004", "005", "006", "007", "008", "010", "011", "012", "013",
        ] {
            let street = code(&format!("370213{street}"));
            assert!(district.contains(&street) && !street.contains(&district));
            assert_eq!(street.parent(), Some(district));
            assert_eq!(street.district6(), "370213");
        }
        let community = code("370213001002");
        assert!(code("370213001").contains(&community));
        assert!(!code("370213003").contains(&community));
        assert!(community.contains(&community));
        assert_eq!(code("37").parent(), None);
        assert_eq!(code("441900003").parent(), Some(code("4419")));
    }

    #[test]
    fn quasi_communities_are_marked_not_refused() {
        assert!(code("370213001498").is_quasi());
        assert!(code("370213001598").is_quasi());
        assert!(!code("370213001002").is_quasi());
        assert!(!code("370213001").is_quasi());
    }

    #[test]
    fn json_is_the_string() {
        let json = serde_json::to_string(&code("370213")).unwrap();
        assert_eq!(json, "\"370213000000\"");
        assert_eq!(
            serde_json::from_str::<DivisionCode>(&json).unwrap(),
            code("370213")
        );
        assert!(serde_json::from_str::<DivisionCode>("\"1\"").is_err());
        assert_eq!(serde_json::to_string(&Level::City).unwrap(), "\"city\"");
    }

    /// Few distinct digits, so that many pairs are related.
    fn codes() -> impl Strategy<Value = DivisionCode> {
        "3[0-1]0[0-1]0[0-1]00[0-1]00[0-1]".prop_map(|raw| code(&raw))
    }

    proptest! {
        #[test]
        fn contains_is_an_order(a in codes(), b in codes(), c in codes()) {
            prop_assert!(a.contains(&a));
            if a.contains(&b) && b.contains(&a) {
                prop_assert_eq!(a, b);
            }
            if a.contains(&b) && b.contains(&c) {
                prop_assert!(a.contains(&c));
            }
            prop_assert!(!a.contains(&b) || a.level() <= b.level());
        }

        #[test]
        fn a_parent_is_above_and_contains(a in codes()) {
            if let Some(parent) = a.parent() {
                prop_assert!(parent.contains(&a) && parent.level() < a.level());
            }
            prop_assert_eq!(code(a.prefix()), a);
        }

        #[test]
        fn nothing_panics(raw in any::<String>()) {
            if let Err(error) = DivisionCode::parse(&raw) {
                prop_assert!(!error.zh().is_empty() && !error.en().is_empty());
            }
        }
    }
}

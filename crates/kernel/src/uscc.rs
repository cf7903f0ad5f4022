//! The unified social credit code (统一社会信用代码), GB 32100-2015 with the
//! organisation code of GB 11714 inside (rulebook 3.11).
//!
//! 18 characters: 1 registration authority, 1 kind, 6 division, 8 organisation
//! and their check, 1 check over all.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::text;

/// The 31 characters of GB 32100 by their value (no I, O, S, V, Z).
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// `3^(i-1) mod 31` for the first 17 characters.
const WEIGHTS: [u32; 17] = [
    1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
];
/// GB 11714 weights for the 8 characters of the organisation code.
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// A unified social credit code (统一社会信用代码) whose two check characters
/// are right. 18 half-width upper-case characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(
    value_type = String,
    pattern = "^[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}$",
    examples("52370213MJE100233F")
)]
pub struct Uscc([u8; 18]);

/// Why a text is not a unified social credit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsccError {
    /// Not 18 characters.
    Length {
        /// The number of characters found.
        got: usize,
    },
    /// A character that cannot stand where it stands.
    Character {
        /// Its place, counted from 1.
        position: usize,
        /// The character.
        found: char,
    },
    /// Character 17 is not the check character of the organisation code.
    OrganisationCheck {
        /// The right check character.
        expected: char,
        /// The character found.
        found: char,
    },
    /// Character 18 is not the check character of the whole code.
    Check {
        /// The right check character.
        expected: char,
        /// The character found.
        found: char,
    },
}

impl UsccError {
    /// Explanation in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Length { got } => format!("统一社会信用代码应为18位，实际为{got}位"),
            Self::Character { position, found } => {
                format!(
                    "统一社会信用代码第{position}位的字符“{}”不允许",
                    found.escape_debug()
                )
            }
            Self::OrganisationCheck { expected, found } => format!(
                "统一社会信用代码第17位（组织机构代码校验码）应为“{expected}”，实际为“{found}”"
            ),
            Self::Check { expected, found } => {
                format!("统一社会信用代码第18位（校验码）应为“{expected}”，实际为“{found}”")
            }
        }
    }

    /// Explanation in English.
    pub fn en(&self) -> String {
        match self {
            Self::Length { got } => {
                format!("a unified social credit code has 18 characters, got {got}")
            }
            Self::Character { position, found } => {
                format!(
                    "character {position} of the unified social credit code cannot be {found:?}"
                )
            }
            Self::OrganisationCheck { expected, found } => format!(
                "character 17 of the unified social credit code (check of the organisation code) \
                 should be {expected:?}, got {found:?}"
            ),
            Self::Check { expected, found } => format!(
                "character 18 of the unified social credit code (check of the whole) \
                 should be {expected:?}, got {found:?}"
            ),
        }
    }
}

impl fmt::Display for UsccError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en())
    }
}

impl std::error::Error for UsccError {}

impl Uscc {
    /// Reads a code as typed: trimmed, upper-cased, full-width to half-width.
    ///
    /// # Errors
    /// The first [`UsccError`], in the order of its variants.
    pub fn parse(raw: &str) -> Result<Self, UsccError> {
        let text = normalise(raw);
        for (index, found) in text.chars().enumerate().take(18) {
            if !fits(index, found) {
                // A wrong length is the plainer message, so it goes first.
                return Err(length(&text).unwrap_or(UsccError::Character {
                    position: index + 1,
                    found,
                }));
            }
        }
        let bytes: [u8; 18] = text.as_bytes().try_into().map_err(|_| UsccError::Length {
            got: text.chars().count(),
        })?;
        let code = Self(bytes);
        code.verify()?;
        Ok(code)
    }

    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        // Only ASCII gets in, so the fallback never shows.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    fn verify(&self) -> Result<(), UsccError> {
        let text = self.as_str();
        let found = |index: usize| char::from(self.0[index]);
        if let Some(expected) = organisation_check(&text[8..16])
            && expected != found(16)
        {
            return Err(UsccError::OrganisationCheck {
                expected,
                found: found(16),
            });
        }
        if let Some(expected) = whole_check(&text[..17])
            && expected != found(17)
        {
            return Err(UsccError::Check {
                expected,
                found: found(17),
            });
        }
        Ok(())
    }
}

/// Builds a code from its parts and computes both check characters:
/// `authority_and_kind` (2 characters, e.g. `52`), `division6` (6 digits) and
/// `org8` (the organisation code without its check). `None` if a part has the
/// wrong length or a character that cannot stand there.
pub fn compose(authority_and_kind: &str, division6: &str, org8: &str) -> Option<String> {
    let parts = [authority_and_kind, division6, org8].map(normalise);
    let lengths = parts.each_ref().map(|part| part.chars().count());
    if lengths != [2, 6, 8] {
        return None;
    }
    let mut code = parts.concat();
    if !code.chars().enumerate().all(|(index, c)| fits(index, c)) {
        return None;
    }
    code.push(organisation_check(&parts[2])?);
    code.push(whole_check(&code)?);
    Some(code)
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uscc({})", self.as_str())
    }
}

impl FromStr for Uscc {
    type Err = UsccError;

    fn from_str(raw: &str) -> Result<Self, UsccError> {
        Self::parse(raw)
    }
}

impl TryFrom<String> for Uscc {
    type Error = UsccError;

    fn try_from(raw: String) -> Result<Self, UsccError> {
        Self::parse(&raw)
    }
}

impl From<Uscc> for String {
    fn from(code: Uscc) -> Self {
        code.as_str().to_owned()
    }
}

/// A control character stays in the text, so that it is reported by place.
fn normalise(raw: &str) -> String {
    text::parse_code(raw).unwrap_or_else(|_| text::clean(raw))
}

fn length(text: &str) -> Option<UsccError> {
    let got = text.chars().count();
    (got != 18).then_some(UsccError::Length { got })
}

/// Whether `c` may stand at `index` (from 0): the division is digits only.
fn fits(index: usize, c: char) -> bool {
    if (2..8).contains(&index) {
        c.is_ascii_digit()
    } else {
        value(c).is_some()
    }
}

fn value(c: char) -> Option<u32> {
    let byte = u8::try_from(c).ok()?;
    let index = ALPHABET.iter().position(|&letter| letter == byte)?;
    u32::try_from(index).ok()
}

/// GB 11714: `11 - Σ mod 11`, where 10 is written X and 11 is written 0.
fn organisation_check(eight: &str) -> Option<char> {
    let mut sum = 0;
    for (c, weight) in eight.chars().zip(ORGANISATION_WEIGHTS) {
        sum += c.to_digit(36)? * weight;
    }
    match 11 - sum % 11 {
        10 => Some('X'),
        11 => Some('0'),
        digit => char::from_digit(digit, 10),
    }
}

/// GB 32100: `(31 - Σ mod 31) mod 31`, written in the 31 characters.
fn whole_check(seventeen: &str) -> Option<char> {
    let mut sum = 0;
    for (c, weight) in seventeen.chars().zip(WEIGHTS) {
        sum += value(c)? * weight;
    }
    let index = usize::try_from((31 - sum % 31) % 31).ok()?;
    ALPHABET.get(index).copied().map(char::from)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const VALID: [&str; 6] = [
        "91350100M000100Y43",
        "91110000101623741K",
        "911101066976941872",
        "52370213MJE100233F",
        "51370213MJD550216L",
        "53370213MJ00004217",
    ];

    #[test]
    fn the_rulebook_codes_are_valid() {
        for code in VALID {
            assert_eq!(Uscc::parse(code).unwrap().as_str(), code);
            assert_eq!(
                compose(&code[..2], &code[2..8], &code[8..16]).as_deref(),
                Some(code)
            );
        }
    }

    #[test]
    fn a_real_code_that_fails_its_check_is_refused() {
        // Its organisation code is right, its last character is not.
        assert_eq!(
            Uscc::parse("91350211M0000XUF46"),
            Err(UsccError::Check {
                expected: 'R',
                found: '6',
            })
        );
    }

    #[test]
    fn typed_forms_are_normalised() {
        let wanted = Uscc::parse(VALID[3]).unwrap();
        assert_eq!(Uscc::parse(" 52370213mje100233f\n"), Ok(wanted));
        assert_eq!(
            Uscc::parse("　５２３７０２１３ＭＪＥ１００２３３ｆ"),
            Ok(wanted)
        );
    }

    #[test]
    fn each_fault_is_named() {
        assert_eq!(Uscc::parse(""), Err(UsccError::Length { got: 0 }));
        assert_eq!(Uscc::parse("五榜"), Err(UsccError::Length { got: 2 }));
        assert_eq!(
            Uscc::parse("52370213MJE100233FF"),
            Err(UsccError::Length { got: 19 })
        );
        for (code, position, found) in [
            ("52370213MJE10O233F", 14, 'O'),
            ("5237A213MJE100233F", 5, 'A'),
            ("52370213MJE100233榜", 18, '榜'),
            ("5\u{0}370213MJE100233F", 2, '\0'),
        ] {
            assert_eq!(
                Uscc::parse(code),
                Err(UsccError::Character { position, found })
            );
        }
        let organisation = UsccError::OrganisationCheck {
            expected: '3',
            found: '4',
        };
        assert_eq!(Uscc::parse("52370213MJE100234F"), Err(organisation));
        let whole = UsccError::Check {
            expected: 'F',
            found: 'G',
        };
        assert_eq!(Uscc::parse("52370213MJE100233G"), Err(whole));
        assert!(whole.zh().contains("第18位"));
        assert!(whole.en().contains("character 18"));
        assert!(organisation.zh().contains("第17位"));
    }

    #[test]
    fn json_is_the_string() {
        let code = Uscc::parse(VALID[0]).unwrap();
        let json = serde_json::to_string(&code).unwrap();
        assert_eq!(json, "\"91350100M000100Y43\"");
        assert_eq!(serde_json::from_str::<Uscc>(&json).unwrap(), code);
        assert!(serde_json::from_str::<Uscc>("\"91350100M000100Y44\"").is_err());
    }

    #[test]
    fn compose_refuses_wrong_parts() {
        assert_eq!(compose("5", "370213", "MJE10023"), None);
        assert_eq!(compose("52", "37021A", "MJE10023"), None);
        assert_eq!(compose("52", "370213", "MJE1002I"), None);
    }

    proptest! {
        #[test]
        fn every_single_change_is_found(
            organisation in "[0-9A-HJ-NP-RTUWXY]{8}",
            division in "[0-9]{6}",
            index in 0usize..18,
            to in 0usize..31,
        ) {
            let code = compose("52", &division, &organisation).unwrap();
            prop_assert_eq!(Uscc::parse(&code).unwrap().to_string(), code.clone());
            let mut bytes = code.clone().into_bytes();
            bytes[index] = ALPHABET[to];
            let changed = String::from_utf8(bytes).unwrap();
            prop_assert_eq!(Uscc::parse(&changed).is_ok(), changed == code);
        }

        #[test]
        fn nothing_panics(raw in any::<String>()) {
            if let Err(error) = Uscc::parse(&raw) {
                prop_assert!(!error.zh().is_empty() && !error.en().is_empty());
            }
        }
    }
}

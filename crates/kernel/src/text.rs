//! Text that is parsed once: normalised, free of control characters, bounded.
//!
//! Lengths are counted in characters (Unicode scalar values), never in bytes.
//! Every parse function is idempotent: parsing its own result changes nothing.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFault {
    /// Fewer than `min` characters are left after normalisation.
    TooShort {
        /// Smallest allowed number of characters.
        min: usize,
        /// Number of characters found.
        got: usize,
    },
    /// More than `max` characters are left after normalisation.
    TooLong {
        /// Largest allowed number of characters.
        max: usize,
        /// Number of characters found.
        got: usize,
    },
    /// A character that must not be stored: a control character (NUL, and in
    /// one-line texts also line breaks and tabs) or one that reverses the
    /// direction of the text on the screen.
    ControlCharacter {
        /// Its place in the normalised text, counted from 1.
        position: usize,
    },
}

impl TextFault {
    /// Machine-readable code, the same in every language.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooShort { .. } => "too_short",
            Self::TooLong { .. } => "too_long",
            Self::ControlCharacter { .. } => "control_character",
        }
    }

    /// Explanation in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::TooShort { min, got } => format!("至少{min}个字符，实际{got}个"),
            Self::TooLong { max, got } => format!("最多{max}个字符，实际{got}个"),
            Self::ControlCharacter { position } => format!("第{position}个字符是不允许的控制字符"),
        }
    }

    /// Explanation in English.
    pub fn en(&self) -> String {
        match self {
            Self::TooShort { min, got } => format!("at least {min} characters, got {got}"),
            Self::TooLong { max, got } => format!("at most {max} characters, got {got}"),
            Self::ControlCharacter { position } => {
                format!("character {position} is a control character, which is not allowed")
            }
        }
    }
}

impl fmt::Display for TextFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en())
    }
}

impl std::error::Error for TextFault {}

/// NFC form without white space at both ends.
///
/// Invisible characters (zero-width space, byte-order mark, word joiner) go
/// from the ends too, so that a name cannot consist of nothing visible.
pub fn clean(raw: &str) -> String {
    trim(&raw.nfc().collect::<String>()).to_owned()
}

/// A text as it is compared and searched: compatibility forms become one (NFKC), letters small.
pub fn fold(raw: &str) -> String {
    raw.nfkc().flat_map(char::to_lowercase).collect()
}

/// A text of one line: NFC, trimmed, `min..=max` characters, no control
/// characters at all.
///
/// # Errors
/// The first [`TextFault`] found; forbidden characters come before the length.
pub fn parse_line(raw: &str, min: usize, max: usize) -> Result<String, TextFault> {
    let text = clean(raw);
    refuse(&text, |c| {
        is_unsafe(c) || matches!(c, '\u{2028}' | '\u{2029}')
    })?;
    bounded(text, min, max)
}

/// A text of several lines: as [`parse_line`], but line breaks and tabs may
/// occur. `CRLF` and a lone `CR` become `LF`.
///
/// # Errors
/// The first [`TextFault`] found; forbidden characters come before the length.
pub fn parse_prose(raw: &str, min: usize, max: usize) -> Result<String, TextFault> {
    let text = clean(&raw.replace("\r\n", "\n").replace('\r', "\n"));
    refuse(&text, |c| is_unsafe(c) && !matches!(c, '\n' | '\t'))?;
    bounded(text, min, max)
}

/// A code typed by a person: full-width forms become half-width, ASCII letters
/// upper-case, then NFC and trim (rulebook 3.11).
///
/// # Errors
/// [`TextFault::ControlCharacter`].
pub fn parse_code(raw: &str) -> Result<String, TextFault> {
    let text: String = raw
        .chars()
        .map(|c| half_width(c).to_ascii_uppercase())
        .collect();
    let text = clean(&text);
    refuse(&text, is_unsafe)?;
    Ok(text)
}

/// A person's name for public pages: the first character stays, every other
/// one becomes `*`. A name of one character is hidden altogether.
pub fn mask_name(name: &str) -> String {
    let keep = usize::from(name.chars().count() > 1);
    name.chars()
        .enumerate()
        .map(|(i, c)| if i < keep { c } else { '*' })
        .collect()
}

/// A phone number for public pages: of eleven characters or more the first
/// three and the last four stay, of seven or more the last two, of a shorter
/// one nothing.
pub fn mask_phone(phone: &str) -> String {
    let count = phone.chars().count();
    let (head, tail) = match count {
        11.. => (3, 4),
        7..=10 => (0, 2),
        _ => (0, 0),
    };
    phone
        .chars()
        .enumerate()
        .map(|(i, c)| {
            if i < head || i >= count - tail {
                c
            } else {
                '*'
            }
        })
        .collect()
}

fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '\u{200B}' | '\u{2060}' | '\u{FEFF}')
    })
}

/// Control characters, and the bidirectional overrides and isolates, with
/// which a name can be made to look like another one.
fn is_unsafe(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn refuse(text: &str, forbidden: impl Fn(char) -> bool) -> Result<(), TextFault> {
    match text.chars().position(forbidden) {
        Some(index) => Err(TextFault::ControlCharacter {
            position: index + 1,
        }),
        None => Ok(()),
    }
}

fn bounded(text: String, min: usize, max: usize) -> Result<String, TextFault> {
    let got = text.chars().count();
    if got < min {
        Err(TextFault::TooShort { min, got })
    } else if got > max {
        Err(TextFault::TooLong { max, got })
    } else {
        Ok(text)
    }
}

/// U+FF01..U+FF5E are ASCII shifted by 0xFEE0; U+3000 is the wide space.
fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_is_trimmed_normalised_and_counted_in_characters() {
        assert_eq!(parse_line("　张三\n", 1, 2), Ok("张三".to_owned()));
        assert_eq!(parse_line("e\u{301}", 1, 1), Ok("é".to_owned()));
        assert_eq!(
            parse_line("五榜联动", 1, 3),
            Err(TextFault::TooLong { max: 3, got: 4 })
        );
        assert_eq!(
            parse_line("\u{200B}\u{FEFF} ", 1, 3),
            Err(TextFault::TooShort { min: 1, got: 0 })
        );
    }

    #[test]
    fn control_characters_are_refused() {
        for bad in [
            "a\0b",
            "a\nb",
            "a\r\nb",
            "a\tb",
            "a\u{7F}b",
            "a\u{202E}b",
            "a\u{2028}b",
        ] {
            let fault = parse_line(bad, 0, 9).unwrap_err();
            assert_eq!(fault, TextFault::ControlCharacter { position: 2 });
            assert_eq!(fault.code(), "control_character");
        }
        assert!(parse_prose("a\0b", 0, 9).is_err());
        assert!(parse_code("a\0b").is_err());
    }

    #[test]
    fn prose_keeps_lines_and_tabs() {
        assert_eq!(
            parse_prose(" 一\r\n二\r三\t四\n", 1, 9),
            Ok("一\n二\n三\t四".to_owned())
        );
        assert_eq!(
            parse_prose("一\r\n二", 4, 9),
            Err(TextFault::TooShort { min: 4, got: 3 })
        );
    }

    #[test]
    fn codes_become_half_width_and_upper_case() {
        assert_eq!(parse_code("　５２ｍｊe－1 "), Ok("52MJE-1".to_owned()));
    }

    #[test]
    fn masks() {
        assert_eq!(mask_name("张三丰"), "张**");
        assert_eq!(mask_name("张三"), "张*");
        assert_eq!(mask_name("张"), "*");
        assert_eq!(mask_name(""), "");
        assert_eq!(mask_phone("13812345678"), "138****5678");
        assert_eq!(mask_phone("88886666"), "******66");
        assert_eq!(mask_phone("12345"), "*****");
        assert_eq!(mask_phone(""), "");
    }

    #[test]
    fn faults_speak_both_languages() {
        let fault = TextFault::TooShort { min: 2, got: 1 };
        assert_eq!(fault.zh(), "至少2个字符，实际1个");
        assert_eq!(fault.en(), "at least 2 characters, got 1");
        assert_eq!(fault.to_string(), fault.en());
        assert_eq!(fault.code(), "too_short");
        assert_eq!(TextFault::TooLong { max: 1, got: 2 }.code(), "too_long");
    }

    proptest! {
        #[test]
        fn parsing_twice_is_parsing_once(raw in any::<String>()) {
            prop_assert_eq!(clean(&clean(&raw)), clean(&raw));
            if let Ok(once) = parse_line(&raw, 0, 1000) {
                prop_assert_eq!(parse_line(&once, 0, 1000), Ok(once.clone()));
                prop_assert!(!once.contains(['\0', '\n', '\r']));
            }
            if let Ok(once) = parse_prose(&raw, 0, 1000) {
                prop_assert_eq!(parse_prose(&once, 0, 1000), Ok(once.clone()));
            }
            if let Ok(once) = parse_code(&raw) {
                prop_assert_eq!(parse_code(&once), Ok(once.clone()));
            }
        }

        #[test]
        fn masks_keep_the_length(raw in "\\PC{0,20}") {
            prop_assert_eq!(mask_name(&raw).chars().count(), raw.chars().count());
            prop_assert_eq!(mask_phone(&raw).chars().count(), raw.chars().count());
        }
    }
}

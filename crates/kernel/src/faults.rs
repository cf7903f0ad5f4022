//! Collects every wrong field of one input, so that the caller hears all at once.

use crate::code::Code;
use crate::division::DivisionCode;
use crate::money::Fen;
use crate::refusal::{Bilingual, FieldFault, Refusal};
use crate::text;
use std::ops::RangeInclusive;

/// The reason of a decision that takes nothing else: see [`Faults::reason`].
///
/// # Errors
/// `invalid`, naming `/reason`.
pub fn reason(value: &str) -> Result<String, Refusal> {
    let mut faults = Faults::new();
    let reason = faults.reason(value);
    faults.finish()?;
    Ok(reason)
}

/// The wrong fields found so far. Readers return a harmless value for a wrong field,
/// because [`Faults::finish`] refuses the whole input anyway.
#[derive(Debug, Default)]
pub struct Faults {
    fields: Vec<FieldFault>,
}

impl Faults {
    /// Nothing found yet.
    #[must_use]
    pub fn new() -> Self {
        Faults::default()
    }

    /// Notes one wrong field.
    pub fn add(
        &mut self,
        pointer: impl Into<String>,
        code: &'static str,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) {
        self.fields.push(FieldFault {
            pointer: pointer.into(),
            code,
            text: Bilingual::new(zh, en),
            figures: None,
        });
    }

    /// Notes a missing field.
    pub fn missing(&mut self, pointer: impl Into<String>) {
        self.add(pointer, "required", "必填", "is required");
    }

    fn text_fault(&mut self, pointer: &str, fault: &text::TextFault) -> String {
        self.add(pointer, fault.code(), fault.zh(), fault.en());
        String::new()
    }

    /// One line of text, length in characters.
    pub fn line(&mut self, pointer: &str, value: &str, length: RangeInclusive<usize>) -> String {
        match text::parse_line(value, *length.start(), *length.end()) {
            Ok(text) => text,
            Err(fault) => self.text_fault(pointer, &fault),
        }
    }

    /// Text of several lines, length in characters.
    pub fn prose(&mut self, pointer: &str, value: &str, length: RangeInclusive<usize>) -> String {
        match text::parse_prose(value, *length.start(), *length.end()) {
            Ok(text) => text,
            Err(fault) => self.text_fault(pointer, &fault),
        }
    }

    /// The reason of a decision, at `/reason`: 5–1000 characters, as everybody may read it later.
    pub fn reason(&mut self, value: &str) -> String {
        self.prose("/reason", value, 5..=1000)
    }

    /// A whole number within bounds.
    pub fn number<N: PartialOrd + std::fmt::Display + Copy>(
        &mut self,
        pointer: &str,
        value: N,
        range: RangeInclusive<N>,
    ) -> N {
        if !range.contains(&value) {
            let (low, high) = (range.start(), range.end());
            self.add(
                pointer,
                "out_of_range",
                format!("须在 {low} 与 {high} 之间,实为 {value}"),
                format!("must be between {low} and {high}, got {value}"),
            );
        }
        value
    }

    /// An amount of money in fen, zero or more.
    pub fn fen(&mut self, pointer: &str, value: i64) -> Fen {
        match Fen::new(value) {
            Ok(fen) => fen,
            Err(_) => {
                self.add(
                    pointer,
                    "out_of_range",
                    format!("金额(分)不在允许范围内:{value}"),
                    format!("the amount in fen is out of range: {value}"),
                );
                Fen::ZERO
            }
        }
    }

    /// A division code (行政区划代码).
    pub fn division(&mut self, pointer: &str, value: &str) -> Option<DivisionCode> {
        match DivisionCode::parse(value) {
            Ok(code) => Some(code),
            Err(fault) => {
                self.add(pointer, "malformed", fault.zh(), fault.en());
                None
            }
        }
    }

    /// A list of at most `max` and at least `min` members.
    pub fn count(&mut self, pointer: &str, got: usize, range: RangeInclusive<usize>) {
        if !range.contains(&got) {
            let (min, max) = (range.start(), range.end());
            self.add(
                pointer,
                "out_of_range",
                format!("须有 {min} 至 {max} 项,实有 {got} 项"),
                format!("needs {min} to {max} members, got {got}"),
            );
        }
    }

    /// Whether nothing is wrong so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The fields found wrong.
    #[must_use]
    pub fn into_fields(self) -> Vec<FieldFault> {
        self.fields
    }

    /// # Errors
    /// `invalid` with every wrong field, when there is one.
    pub fn finish(self) -> Result<(), Refusal> {
        self.refuse_with(Code::Invalid)
    }

    /// # Errors
    /// `code` with every wrong field, when there is one.
    pub fn refuse_with(self, code: Code) -> Result<(), Refusal> {
        if self.fields.is_empty() {
            Ok(())
        } else {
            Err(Refusal {
                code,
                detail: None,
                fields: self.fields,
            })
        }
    }
}

//! A refusal: what was wrong, in both languages, with a pointer to each field.

use crate::code::Code;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A sentence in both languages the service speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bilingual {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Bilingual {
    /// Both texts.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Bilingual {
            zh: zh.into(),
            en: en.into(),
        }
    }
}

/// The figures behind a limit that was reached (rulebook 2.14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({ "used": 3, "limit": 3, "unit": "contracts", "free_on": "2026-12-31" }))]
pub struct Figures {
    /// 已用。
    pub used: i64,
    /// 上限。
    pub limit: i64,
    /// 单位。
    pub unit: FigureUnit,
    /// 预计何日释放(按在办协议的计划结束日);无法预计的为空。
    pub free_on: Option<NaiveDate>,
}

/// What figures count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FigureUnit {
    /// 协议(份)。
    Contracts,
    /// 揭榜意向书(份)。
    Bids,
    /// 金额(分)。
    Fen,
}

/// One wrong field of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// JSON pointer into the request body (`/budget/0/amount_fen`) or `?name` of a parameter.
    pub pointer: String,
    /// Closed short code: `required`, `too_short`, `out_of_range`, ….
    pub code: &'static str,
    /// What is wrong with it.
    pub text: Bilingual,
    /// The figures behind it, where a limit is reached.
    pub figures: Option<Figures>,
}

/// Why a command was not carried out. It becomes one problem document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Closed code.
    pub code: Code,
    /// What is special in this case, beside the code's own sentence.
    pub detail: Option<Bilingual>,
    /// All wrong fields at once.
    pub fields: Vec<FieldFault>,
}

impl Refusal {
    /// A refusal that says no more than its code.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Refusal {
            code,
            detail: None,
            fields: Vec::new(),
        }
    }

    /// Adds what is special in this case.
    #[must_use]
    pub fn because(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.detail = Some(Bilingual::new(zh, en));
        self
    }

    /// Adds one wrong field.
    #[must_use]
    pub fn field(
        mut self,
        pointer: &str,
        code: &'static str,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        self.fields.push(FieldFault {
            pointer: pointer.to_owned(),
            code,
            text: Bilingual::new(zh, en),
            figures: None,
        });
        self
    }

    /// The same about a value that stands deeper in the input than its check knew.
    #[must_use]
    pub fn below(mut self, at: &str) -> Self {
        for field in &mut self.fields {
            field.pointer.insert_str(0, at);
        }
        self
    }

    /// Adds the figures to the field that was added last.
    #[must_use]
    pub fn figures(mut self, figures: Option<Figures>) -> Self {
        if let Some(last) = self.fields.last_mut() {
            last.figures = figures;
        }
        self
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Refusal::new(code)
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.code.as_str())?;
        if let Some(detail) = &self.detail {
            write!(f, ": {}", detail.en)?;
        }
        for field in &self.fields {
            write!(f, "; {} {}", field.pointer, field.text.en)?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}

/// One reason for which an action is not open, as data for the caller.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Reason {
    /// Closed code.
    pub code: Code,
    /// Chinese sentence.
    pub zh: String,
    /// English sentence.
    pub en: String,
}

impl From<&Refusal> for Reason {
    fn from(refusal: &Refusal) -> Self {
        let (zh, en) = match &refusal.detail {
            Some(detail) => (detail.zh.clone(), detail.en.clone()),
            None => (refusal.code.zh().to_owned(), refusal.code.en().to_owned()),
        };
        Reason {
            code: refusal.code,
            zh,
            en,
        }
    }
}

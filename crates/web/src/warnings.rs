//! Warnings beside an answer: it was done, but somebody should look at a field again.

use serde::Serialize;
use utoipa::ToSchema;
use wubang_kernel::personal;

/// Something in a text that looks like personal data (rulebook 3.8). The text itself is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WarningOut {
    /// 字段(JSON pointer)。
    #[schema(example = "/description")]
    pub pointer: String,
    /// 种类:`identity_number`、`bank_card`、`phone`、`email`、`name`。
    #[schema(example = "phone")]
    pub kind: &'static str,
    /// 说明。
    #[schema(example = "第 12 至 22 个字符疑似电话号码,请删去:需求只写人数,不写姓名和联系方式")]
    pub detail: String,
}

/// What looks like personal data in some fields, by pointer.
#[must_use]
pub fn of(fields: &[(&str, &str)]) -> Vec<WarningOut> {
    let rows = fields.iter().flat_map(|(pointer, text)| {
        personal::find(text)
            .into_iter()
            .map(move |finding| WarningOut {
                pointer: (*pointer).to_owned(),
                kind: finding.kind.as_str(),
                detail: format!(
                    "第 {} 至 {} 个字符疑似{},请删去:只写人数,不写姓名和联系方式",
                    finding.start + 1,
                    finding.end,
                    finding.kind.zh()
                ),
            })
    });
    rows.collect()
}

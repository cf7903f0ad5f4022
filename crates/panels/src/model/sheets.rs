//! Score sheets and their receipts on the wire.

use super::Sheet;
use sea_orm::FromJsonQueryResult;
use serde::Deserialize;
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::Deref;
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_web::Instant;

/// Points per criterion key.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult,
)]
#[serde(transparent)]
#[schema(as = SheetPoints)]
pub struct Points(pub BTreeMap<String, i64>);

/// Reasons per criterion key.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult,
)]
#[serde(transparent)]
#[schema(as = SheetReasons)]
pub struct Reasons(pub BTreeMap<String, String>);

impl Deref for Points {
    type Target = BTreeMap<String, i64>;
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Deref for Reasons {
    type Target = BTreeMap<String, String>;
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// A score sheet handed in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SheetIn {
    /// 各项得分,整数,不超过满分。
    pub points: BTreeMap<String, i64>,
    /// 低于满分 40% 或高于 95% 的项须说明理由,5–500 字。
    #[serde(default)]
    pub reasons: BTreeMap<String, String>,
    /// 总评。
    pub comment: Option<String>,
}

/// A score sheet as its scorer and the supervisor see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SheetOut {
    /// Id.
    pub id: Uuid,
    /// 席位。
    pub member_id: Uuid,
    /// 评分对象。
    pub subject_id: Uuid,
    /// 各项得分。
    pub points: Points,
    /// 理由。
    pub reasons: Reasons,
    /// 总评。
    pub comment: Option<String>,
    /// 合计。
    pub total: i64,
    /// 提交时间。
    pub submitted_at: Instant,
    /// 作废时间。
    pub voided_at: Option<Instant>,
}

impl From<&Sheet> for SheetOut {
    fn from(sheet: &Sheet) -> Self {
        SheetOut {
            id: sheet.id,
            member_id: sheet.member_id,
            subject_id: sheet.subject_id,
            points: sheet.points.clone(),
            reasons: sheet.reasons.clone(),
            comment: sheet.comment.clone(),
            total: sheet.total,
            submitted_at: Instant(sheet.submitted_at),
            voided_at: sheet.voided_at.map(Instant),
        }
    }
}

/// A receipt for a sheet, for its scorer alone (回执): with it he can check later that exactly this sheet was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SheetReceipt {
    /// 评分对象。
    pub subject_id: Uuid,
    /// 承诺值:`SHA-256(盐 ‖ 评分表文本)`。
    pub commitment: String,
    /// 盐,只给评分人本人。
    pub salt: String,
    /// 评分表文本,逐字参与计算。
    pub sheet: String,
    /// 是否仍然有效(未作废)。
    pub counted: bool,
    /// 公布的承诺值清单(按值排列)中的位次,从 1 起;公布前为空。
    pub position: Option<usize>,
    /// 清单中的份数;公布前为空。
    pub of: Option<usize>,
}

/// One's own receipts on a panel.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SheetReceiptsOut {
    /// 评审组。
    pub panel_id: Uuid,
    /// 本人的回执。
    pub items: Vec<SheetReceipt>,
}

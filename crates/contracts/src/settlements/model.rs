//! Wire types of settlements.

use super::flow::SettlementState;
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_web::{ActionOut, DeadlineOut, Instant};

/// The street drafts a settlement, or drafts it anew: all else is computed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "unspent_fen": 300000, "evidence": "依据承榜组织提交的银行流水和票据核对,预付款结余 3000.00 元。", "note": "" }))]
pub struct SettlementIn {
    /// 已拨付款项中尚未支出的部分(分),有凭证为据,不超过已拨付合计。
    #[schema(minimum = 0)]
    pub unspent_fen: i64,
    /// 凭证与核对情况,10–5000 字。
    #[schema(min_length = 10, max_length = 5000)]
    pub evidence: String,
    /// 说明;对承榜组织意见的答复也写在这里。
    #[serde(default)]
    pub note: String,
}

/// The contractor does not agree with the figures.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettlementObjectIn {
    /// 意见与依据,10–5000 字。
    #[schema(min_length = 10, max_length = 5000)]
    pub objection: String,
}

/// What a milestone counts for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SettlementLine {
    /// 第几个里程碑。
    pub seq: i32,
    /// 名称。
    pub title: String,
    /// 验收确定的完成比例;未达成为 0。
    pub ratio_percent: i64,
}

/// What each milestone counts for; waived ones count for nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
#[serde(transparent)]
pub struct SettlementLines(pub Vec<SettlementLine>);

/// The figures of a settlement, in fen: `accepted + clawback = paid + due`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct SettlementFigures {
    /// 价款。
    pub price_fen: i64,
    /// 已验收工作的价款:价款乘以各里程碑完成比例的平均数,舍去不足一分的部分。
    pub accepted_fen: i64,
    /// 已拨付合计。
    pub paid_fen: i64,
    /// 应补拨。
    pub due_fen: i64,
    /// 应追回。
    pub clawback_fen: i64,
    /// 应追回中尚未支出的部分。
    pub unspent_fen: i64,
    /// 应追回中已支出而未获验收的部分。
    pub unaccepted_fen: i64,
}

/// A settlement in full.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettlementOut {
    /// Id.
    pub id: Uuid,
    /// 协议。
    pub contract_id: Uuid,
    /// 协议编号。
    pub contract_number: String,
    /// 状态。
    pub state: SettlementState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 各里程碑。
    pub lines: SettlementLines,
    /// 金额。
    #[serde(flatten)]
    pub figures: SettlementFigures,
    /// 街道认定的未支出款项。
    pub stated_unspent_fen: i64,
    /// 凭证与核对情况。
    pub evidence: String,
    /// 说明。
    pub note: Option<String>,
    /// 承榜组织的意见。
    pub objection: Option<String>,
    /// 补拨的款项;无须补拨的没有。
    pub payment_id: Option<Uuid>,
    /// 运行中的期限。
    pub deadlines: Vec<DeadlineOut>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
    /// 创建时间。
    pub created_at: Instant,
    /// 更新时间。
    pub updated_at: Instant,
}

/// A settlement in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettlementSummary {
    /// Id.
    pub id: Uuid,
    /// 协议。
    pub contract_id: Uuid,
    /// 协议编号。
    pub contract_number: String,
    /// 状态。
    pub state: SettlementState,
    /// 应补拨(分)。
    pub due_fen: i64,
    /// 应追回(分)。
    pub clawback_fen: i64,
    /// 创建时间。
    pub created_at: Instant,
}

wubang_web::list_of! {
    /// A page of settlements (结算).
    SettlementList of SettlementSummary
}

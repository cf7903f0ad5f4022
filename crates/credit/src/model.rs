//! Domain and wire types of credit and its lists.

use crate::flow::ListEntryState;
use crate::words::{DropGround, ListGround};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_registry::Check;
use wubang_registry::credit::{CreditBand, ListColour};
use wubang_web::{ActionOut, DeadlineOut, Instant};

/// Proposes an entry of the red or the black list.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "organisation_id": "019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c11", "division": "410108005000", "ground": "false_material", "months": 12,
    "facts": "意向书所附同类项目合同经向委托方核实系伪造,核实函与原件比对记录在案。", "object": "bid", "object_id": "019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c12", "object_label": "JB-410108-2026-0007" }))]
pub struct ListEntryIn {
    /// 拟列入的组织;只列组织,不列自然人。
    pub organisation_id: Uuid,
    /// 提出单位的区划代码。
    #[schema(example = "410108005000")]
    pub division: String,
    /// 事由。
    pub ground: ListGround,
    /// 有效期(月);黑榜为 6、12 或 24,红榜为 12。不填按事由的通常期限。
    #[schema(minimum = 6, maximum = 24)]
    pub months: Option<u32>,
    /// 事实与依据,10–5000 字;列入后公开,不得写入个人信息。
    pub facts: String,
    /// 所依据事项的类别(`contract`、`bid`、`award` 等)。
    pub object: Option<String>,
    /// 所依据事项。
    pub object_id: Option<Uuid>,
    /// 所依据事项的编号。
    pub object_label: Option<String>,
}

/// Does not list.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "ground": "good_faith_failure", "reason": "项目因场地拆迁中断,组织已按约告知并配合移交。" }))]
pub struct DropIn {
    /// 事由。
    pub ground: DropGround,
    /// 理由,5–1000 字。
    pub reason: String,
}

/// What an organisation says for itself.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "statement": "所附合同由合作方提供,本中心核对原件时未发现异常,现附沟通记录说明。" }))]
pub struct ListStatementIn {
    /// 陈述申辩或整改情况,10–5000 字。
    pub statement: String,
}

/// Takes an entry of a ledger back.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "因不可抗力放弃,经核实属正当理由。" }))]
pub struct VoidCreditEntryIn {
    /// 理由,5–1000 字。
    pub reason: String,
}

/// An entry of a list, for who handles it and for the organisation.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListEntryOut {
    /// Id.
    pub id: Uuid,
    /// 编号。
    #[schema(example = "HEI-410108-2026-0001")]
    pub number: String,
    /// 状态。
    pub state: ListEntryState,
    /// Version, as in `ETag`.
    pub version: i32,
    /// 组织。
    pub organisation_id: Uuid,
    /// 组织名称。
    pub organisation_name: String,
    /// 区划代码。
    pub division: String,
    /// 红榜或黑榜。
    pub colour: ListColour,
    /// 事由。
    pub ground: ListGround,
    /// 有效期(月)。
    pub months: i32,
    /// 事实与依据。
    pub facts: String,
    /// 所依据事项的类别。
    pub object: Option<String>,
    /// 所依据事项。
    pub object_id: Option<Uuid>,
    /// 所依据事项的编号。
    pub object_label: Option<String>,
    /// 陈述申辩截止。
    pub defence_by: Option<Instant>,
    /// 陈述申辩。
    pub defence: Option<String>,
    /// 决定理由。
    pub decision: Option<String>,
    /// 生效时间。
    pub effective_from: Option<Instant>,
    /// 效力截止。
    pub effective_until: Option<Instant>,
    /// 因异议暂停效力至。
    pub paused_until: Option<Instant>,
    /// 此刻是否有效。
    pub in_force: bool,
    /// 最早可申请修复的日期。
    pub repairable_on: Option<NaiveDate>,
    /// 修复申请。
    pub repair: Option<String>,
    /// 不予列入、不予修复、撤销的理由。
    pub reason: Option<String>,
    /// 进行中的期限。
    pub deadlines: Vec<DeadlineOut>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
    /// 提出时间。
    pub created_at: Instant,
    /// 更新时间。
    pub updated_at: Instant,
}

/// An entry in a list of entries.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListEntrySummary {
    /// Id.
    pub id: Uuid,
    /// 编号。
    pub number: String,
    /// 状态。
    pub state: ListEntryState,
    /// 组织。
    pub organisation_id: Uuid,
    /// 组织名称。
    pub organisation_name: String,
    /// 红榜或黑榜。
    pub colour: ListColour,
    /// 事由。
    pub ground: ListGround,
    /// 生效时间。
    pub effective_from: Option<Instant>,
    /// 效力截止。
    pub effective_until: Option<Instant>,
    /// 提出时间。
    pub created_at: Instant,
}

wubang_web::list_of! {
    /// A page of entries.
    ListEntryList of ListEntrySummary
}

/// An entry in force, as everybody reads it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicListEntryOut {
    /// Id.
    pub id: Uuid,
    /// 编号。
    pub number: String,
    /// 组织名称。
    pub organisation_name: String,
    /// 统一社会信用代码。
    pub uscc: Option<String>,
    /// 红榜或黑榜。
    pub colour: ListColour,
    /// 事由。
    pub ground: ListGround,
    /// 事由说明。
    pub ground_zh: &'static str,
    /// 事实。
    pub facts: String,
    /// 决定理由。
    pub decision: Option<String>,
    /// 生效时间。
    pub effective_from: Instant,
    /// 效力截止;到期自动移出。
    pub effective_until: Instant,
    /// 性质说明。
    pub note: &'static str,
}

wubang_web::list_of! {
    /// A page of entries in force.
    PublicListEntryList of PublicListEntryOut
}

/// One line of a credit ledger.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreditEntryOut {
    /// Id;按月恢复的分数没有 id。
    pub id: Option<Uuid>,
    /// 日期。
    pub entered_on: NaiveDate,
    /// 事由;`recovery` 为按月恢复。
    pub reason: String,
    /// 应加减的分数。
    pub points: i32,
    /// 实际计入的分数:已撤销的为 0,超出 0–120 的部分不计。
    pub counted: i32,
    /// 计入后的分数。
    pub balance: i32,
    /// 所依据事项的类别。
    pub object: Option<String>,
    /// 所依据事项。
    pub object_id: Option<Uuid>,
    /// 所依据事项的编号或名称。
    pub label: Option<String>,
    /// 撤销时间。
    pub voided_at: Option<Instant>,
    /// 撤销理由。
    pub void_reason: Option<String>,
}

/// The credit of an organisation with its whole ledger.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreditOut {
    /// 组织。
    pub organisation_id: Uuid,
    /// 今日信用分,0–120。
    #[schema(minimum = 0, maximum = 120)]
    pub score: i32,
    /// 信用档。
    pub band: CreditBand,
    /// 明细,由早到晚,从 100 分起逐笔相加等于今日信用分。
    pub entries: Vec<CreditEntryOut>,
    /// 此刻有效的红黑榜。
    pub lists: Vec<StandingOut>,
}

/// A list on which an organisation stands now.
#[derive(Debug, Serialize, ToSchema)]
pub struct StandingOut {
    /// 编号。
    pub number: String,
    /// 红榜或黑榜。
    pub colour: ListColour,
    /// 效力截止。
    pub until: Instant,
}

/// What everybody may know of the credit of an organisation: the band, never the number.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicCreditOut {
    /// 组织。
    pub organisation_id: Uuid,
    /// 组织名称。
    pub name: String,
    /// 信用档。
    pub band: CreditBand,
    /// 此刻有效的红黑榜。
    pub lists: Vec<StandingOut>,
}

/// Whether an organisation may take something on at all, for other systems.
#[derive(Debug, Serialize, ToSchema)]
pub struct StandingEligibilityOut {
    /// 组织。
    pub organisation_id: Uuid,
    /// 组织名称。
    pub name: String,
    /// 统一社会信用代码。
    pub uscc: Option<String>,
    /// 全部条件是否满足。
    pub eligible: bool,
    /// 逐项结果。
    pub checks: Vec<Check>,
}

//! Domain and wire types of rectification orders.

use super::flow::RectificationState;
use crate::watched::OfContractOut;
use crate::words::{Office, RectificationTrigger, Severity};
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wubang_web::{ActionOut, DeadlineOut, Instant};

/// Somebody reports an incident, or what else calls for rectification.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "contract_id": "019c0a52-7c3e-7b1a-9d7e-2f6f0a3b9c11", "trigger": "safety",
    "facts": "助浴活动中一名老人滑倒送医,现场未铺设防滑垫,亦无第二名护理员在场。" }))]
pub struct RectificationIn {
    /// 协议。
    pub contract_id: Uuid,
    /// 情形:街道和社区书记可报 `safety`、`fraud`、`privacy`;街道另可提出 `satisfaction_below_60`、`complaints_upheld`。
    pub trigger: RectificationTrigger,
    /// 事实与依据,10–2000 字;不得写入证件号码。
    #[schema(min_length = 10, max_length = 2000)]
    pub facts: String,
}

/// A defect that the street names.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DefectIn {
    /// 严重程度。
    pub severity: Severity,
    /// 问题,5–1000 字。
    #[schema(min_length = 5, max_length = 1000)]
    pub text: String,
    /// 整改要求,5–1000 字。
    #[schema(min_length = 5, max_length = 1000)]
    pub demand: String,
}

/// The street orders the correction of defects.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "defects": [{ "severity": "serious", "text": "助浴现场只有一名护理员。", "demand": "每场至少两名持证护理员,并报人员名册。" }] }))]
pub struct OrderRectificationIn {
    /// 问题清单,1–30 项;第二轮重新列出仍须整改的问题。
    #[schema(min_items = 1, max_items = 30)]
    pub defects: Vec<DefectIn>,
}

/// The street extends the term.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtendRectificationIn {
    /// 延长的工作日,1–15。
    #[schema(minimum = 1, maximum = 15)]
    pub working_days: u32,
    /// 理由,5–1000 字。
    #[schema(min_length = 5, max_length = 1000)]
    pub reason: String,
}

/// Evidence that a defect was corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// 问题序号。
    #[schema(minimum = 1)]
    pub defect: u32,
    /// 整改情况与证据,5–2000 字;不得写入证件号码。
    #[schema(min_length = 5, max_length = 2000)]
    pub evidence: String,
}

/// The contractor reports the correction.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "corrections": [{ "defect": 1, "evidence": "已增配两名护理员,名册与排班表留存社区。" }] }))]
pub struct CorrectionReportIn {
    /// 每项问题一条。
    pub corrections: Vec<Correction>,
}

/// One of the two offices says whether it is corrected.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "passed": true, "comment": "现场核查两次,护理员均在岗。" }))]
pub struct JudgeRectificationIn {
    /// 是否合格。
    pub passed: bool,
    /// 尚未整改到位的问题序号。
    #[serde(default)]
    pub open_defects: Vec<u32>,
    /// 新一次满意度调查的得分;情形为 `satisfaction_below_60` 且认为合格的,须达到 60。
    #[schema(minimum = 0, maximum = 100)]
    pub satisfaction: Option<u32>,
    /// 复查情况,5–2000 字。
    #[schema(min_length = 5, max_length = 2000)]
    pub comment: String,
}

/// A defect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Defect {
    /// 序号,从 1 起。
    pub n: u32,
    /// 严重程度。
    pub severity: Severity,
    /// 问题。
    pub text: String,
    /// 整改要求。
    pub demand: String,
}

/// The defects of an order.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult,
)]
#[serde(transparent)]
pub struct Defects(pub Vec<Defect>);

/// What the contractor has reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult)]
pub struct CorrectionReport {
    /// 逐项整改情况。
    pub corrections: Vec<Correction>,
    /// 报告时间。
    pub at: Instant,
}

/// What one office has found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Judgement {
    /// 哪一方。
    pub office: Office,
    /// 复查人。
    pub person_id: Uuid,
    /// 是否合格。
    pub passed: bool,
    /// 尚未整改到位的问题序号。
    pub open_defects: Vec<u32>,
    /// 新一次满意度调查的得分。
    pub satisfaction: Option<u32>,
    /// 复查情况。
    pub comment: String,
    /// 时间。
    pub at: Instant,
}

/// The findings of a round.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult,
)]
#[serde(transparent)]
pub struct Judgements(pub Vec<Judgement>);

/// A round that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PastRound {
    /// 轮次。
    pub round: i32,
    /// 问题清单。
    pub defects: Defects,
    /// 整改报告;逾期未报告的没有。
    pub report: Option<CorrectionReport>,
    /// 复查意见。
    pub opinions: Judgements,
}

/// The rounds that failed.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromJsonQueryResult,
)]
#[serde(transparent)]
pub struct PastRounds(pub Vec<PastRound>);

/// A rectification order.
#[derive(Debug, Serialize, ToSchema)]
pub struct RectificationOut {
    /// 所属协议等。
    #[serde(flatten)]
    pub of: OfContractOut,
    /// 状态。
    pub state: RectificationState,
    /// 情形。
    pub trigger: RectificationTrigger,
    /// 所依据事项的类别。
    pub object: Option<String>,
    /// 所依据事项。
    pub object_id: Option<Uuid>,
    /// 事实与依据。
    pub facts: String,
    /// 是否由系统提出。
    pub by_system: bool,
    /// 轮次,1 或 2。
    pub round: i32,
    /// 问题清单。
    pub defects: Defects,
    /// 已延长的工作日。
    pub extended_days: Option<i32>,
    /// 整改报告。
    pub report: Option<CorrectionReport>,
    /// 本轮复查意见。
    pub opinions: Judgements,
    /// 不合格的前一轮。
    pub rounds: PastRounds,
    /// 不予启动或延长的理由。
    pub reason: Option<String>,
    /// 进行中的期限。
    pub deadlines: Vec<DeadlineOut>,
    /// 当前用户可办理的动作。
    pub allowed_actions: Vec<ActionOut>,
}

/// A rectification order in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct RectificationSummary {
    /// 所属协议等。
    #[serde(flatten)]
    pub of: OfContractOut,
    /// 状态。
    pub state: RectificationState,
    /// 情形。
    pub trigger: RectificationTrigger,
    /// 轮次。
    pub round: i32,
}

wubang_web::list_of! {
    /// A page of rectification orders.
    RectificationList of RectificationSummary
}
